//! What pandas notes about the columns of a file.

use std::collections::HashSet;

use parquet::file::metadata::KeyValue;
use serde_json::Value;

/// Whether a column has the name that pandas gives to an index without one: `__index_level_0__`.
pub fn is_index(name: &str) -> bool {
    let level = name
        .strip_prefix("__index_level_")
        .and_then(|rest| rest.strip_suffix("__"));
    level.is_some_and(|level| !level.is_empty() && level.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The columns that pandas calls categorical.
pub fn categorical(notes: &[KeyValue]) -> HashSet<String> {
    let note = notes.iter().find(|note| note.key == "pandas");
    let note: Option<Value> = note.and_then(|note| serde_json::from_str(note.value.as_ref()?).ok());
    let columns = note.as_ref().and_then(|note| note["columns"].as_array());
    let name = |column: &Value| {
        let name = column["field_name"].as_str().or(column["name"].as_str())?;
        (column["pandas_type"] == "categorical").then(|| name.trim().to_owned())
    };
    columns.into_iter().flatten().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_and_categories_are_told() {
        for (name, is) in [
            ("__index_level_0__", true),
            ("__index_level_12__", true),
            ("__index_level___", false),
            ("index", false),
        ] {
            assert_eq!(is_index(name), is, "{name}");
        }
        let note = r#"{"columns": [{"name": "a", "field_name": "a", "pandas_type": "categorical"},
            {"name": "b", "pandas_type": "unicode"}, {"name": null, "pandas_type": "categorical"}, 3]}"#;
        let of = |text: &str| {
            let key = "pandas".to_owned();
            categorical(&[KeyValue::new(key, text.to_owned())])
        };
        assert_eq!(of(note), HashSet::from(["a".to_owned()]));
        for text in ["", "[", "3", "{\"columns\": 3}"] {
            assert!(of(text).is_empty());
        }
    }
}
