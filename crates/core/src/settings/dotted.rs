//! Settings by their dotted keys, as `--set` names them, and the differences between two tables.

use toml::{Table, Value};

/// Returns every value that is not a table, with its dotted key, in order. In a list of tables the key
/// contains the table's index, counted from 0, as in `--set`.
pub fn leaves(table: &Table) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (key, value) in table {
        collect(key.clone(), value, &mut found);
    }
    found
}

fn collect(path: String, value: &Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                collect(format!("{path}.{key}"), value, found);
            }
        }
        Value::Array(values) if values.iter().any(Value::is_table) => {
            for (index, value) in values.iter().enumerate() {
                collect(format!("{path}.{index}"), value, found);
            }
        }
        value => found.push((path, value.clone())),
    }
}

/// Returns the settings of `after` that `before` does not have, or has with another value.
pub fn changes(before: &Table, after: &Table) -> Vec<(String, Value)> {
    let before = leaves(before);
    let mut after = leaves(after);
    after.retain(|leaf| !before.contains(leaf));
    after
}

/// The value of a dotted key as text, or "(not given)" if the table does not have it.
pub fn shown(table: &Table, key: &str) -> String {
    let found = leaves(table).into_iter().find(|(name, _)| name == key);
    found.map_or_else(|| "(not given)".to_owned(), |(_, value)| value.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn changes_are_named_by_their_dotted_keys() {
        let before: Table = "a.b = 1\na.c = [1, 2]\n[[d]]\nk = 1\n[[d]]\nk = 2"
            .parse()
            .unwrap();
        let after: Table = "a.b = 1\na.c = [1, 3]\n[[d]]\nk = 1\n[[d]]\nk = 3"
            .parse()
            .unwrap();
        let keys: Vec<String> = changes(&before, &after).into_iter().map(|c| c.0).collect();
        assert_eq!(keys, ["a.c", "d.1.k"]);
        assert_eq!(shown(&before, "d.1.k"), "2");
        assert_eq!(shown(&before, "a.x"), "(not given)");
        assert!(changes(&before, &before).is_empty());
    }
}
