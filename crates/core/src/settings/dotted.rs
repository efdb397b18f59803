//! Settings by their dotted keys, as `--set` names them, and the differences between two tables.

use toml::{Table, Value};

/// A name as one part of a dotted key: as it is, or in quotes if TOML wants them.
pub fn part(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    if !name.is_empty() && name.chars().all(is_bare) {
        return name.to_owned();
    }
    let escaped = name.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// The parts of a dotted key, of which some may be in quotes. `None` if it is no key.
pub fn parts(key: &str) -> Option<Vec<String>> {
    let key = key.trim();
    if !key.contains(['"', '\'']) {
        let parts: Vec<String> = key.split('.').map(str::to_owned).collect();
        return parts.iter().all(|part| !part.is_empty()).then_some(parts);
    }
    let mut table: Table = format!("{key} = 0").parse().ok()?;
    let mut parts = Vec::new();
    loop {
        let (name, value) = std::mem::take(&mut table).into_iter().next()?;
        parts.push(name);
        match value {
            Value::Table(inner) => table = inner,
            _ => return Some(parts),
        }
    }
}

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
    fn names_in_keys_are_quoted_where_toml_wants_it() {
        for (name, shown) in [
            ("id", "id"),
            ("3", "3"),
            ("Body Mass (g)", "\"Body Mass (g)\""),
            ("a.b", "\"a.b\""),
            ("a=b", "\"a=b\""),
            ("two\nlines", "\"two\\u000Alines\""),
            ("say \"so\" \\", "\"say \\\"so\\\" \\\\\""),
            ("", "\"\""),
            ("Größe", "\"Größe\""),
        ] {
            assert_eq!(part(name), shown);
            let key = parts(&format!("task.types.{}", part(name))).unwrap();
            assert_eq!(key, ["task", "types", name]);
        }
        assert_eq!(parts("a.b c").unwrap(), ["a", "b c"]);
        for none in ["", "a.", "a.\"b", "a.\"b\"c"] {
            assert_eq!(parts(none), None);
        }
    }

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
