//! What pandas notes about the columns of a file.

use std::collections::{HashMap, HashSet};

use parquet::file::metadata::KeyValue;
use serde_json::Value;

/// Whether a column has the name that pandas gives to an index without one: `__index_level_0__`.
fn has_index_name(name: &str) -> bool {
    let level = name
        .strip_prefix("__index_level_")
        .and_then(|rest| rest.strip_suffix("__"));
    level.is_some_and(|level| !level.is_empty() && level.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What pandas notes in a file: which columns are the index of the table, and which are categories.
#[derive(Debug, Default)]
pub struct Pandas {
    index: HashSet<String>,
    categorical: HashSet<String>,
    /// Columns of durations, and how many of their units a second has.
    durations: HashMap<String, f64>,
}

impl Pandas {
    /// Reads what pandas notes, among the notes of all programs. What cannot be read is not noted.
    pub fn of(notes: &[KeyValue]) -> Self {
        let note = notes.iter().find(|note| note.key == "pandas");
        let note: Option<Value> =
            note.and_then(|note| serde_json::from_str(note.value.as_ref()?).ok());
        let Some(note) = note else {
            return Self::default();
        };
        let list = |key: &str| note[key].as_array().into_iter().flatten();
        let name = |column: &Value| {
            let name = column["field_name"].as_str().or(column["name"].as_str())?;
            Some(name.trim().to_owned())
        };
        let duration = |column: &Value| {
            let second = match column["numpy_type"].as_str()? {
                "timedelta64[s]" => 1.0,
                "timedelta64[ms]" => 1e3,
                "timedelta64[us]" => 1e6,
                "timedelta64[ns]" => 1e9,
                _ => return None,
            };
            Some((name(column)?, second))
        };
        let category = |column: &Value| {
            let name = name(column)?;
            (column["pandas_type"] == "categorical").then_some(name)
        };
        // An index of consecutive numbers is no column, and noted as an object.
        let index = list("index_columns").filter_map(|name| Some(name.as_str()?.trim().to_owned()));
        Self {
            index: index.collect(),
            categorical: list("columns").filter_map(category).collect(),
            durations: list("columns").filter_map(duration).collect(),
        }
    }

    /// Whether a column is the index of the table, or a part of it.
    pub fn is_index(&self, name: &str) -> bool {
        self.index.contains(name) || has_index_name(name)
    }

    /// How many units of a column of durations a second has, if pandas calls it one.
    pub fn duration(&self, name: &str) -> Option<f64> {
        self.durations.get(name).copied()
    }

    /// Whether pandas calls a column categorical.
    pub fn is_categorical(&self, name: &str) -> bool {
        self.categorical.contains(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Pandas {
        Pandas::of(&[KeyValue::new("pandas".to_owned(), text.to_owned())])
    }

    #[test]
    fn indices_and_categories_are_told() {
        for (name, is) in [
            ("__index_level_0__", true),
            ("__index_level_12__", true),
            ("__index_level___", false),
            ("index", false),
        ] {
            assert_eq!(Pandas::default().is_index(name), is, "{name}");
        }
        let note = of(
            r#"{"index_columns": ["num", {"kind": "range", "name": "a"}, 4], "columns":
            [{"name": "a", "field_name": "a", "pandas_type": "categorical"},
            {"name": "b", "pandas_type": "unicode"}, {"name": null, "pandas_type": "categorical"}, 3,
            {"name": "t", "pandas_type": "object", "numpy_type": "timedelta64[us]"}]}"#,
        );
        assert_eq!((note.duration("t"), note.duration("a")), (Some(1e6), None));
        assert!(note.is_index("num") && !note.is_index("a"));
        assert!(note.is_categorical("a") && !note.is_categorical("b"));
        for text in ["", "[", "3", "{\"columns\": 3, \"index_columns\": {}}"] {
            assert!(of(text).categorical.is_empty() && of(text).index.is_empty());
        }
    }
}
