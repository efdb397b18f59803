//! A stored schema encodes rows as the guide's Python does: docs/hooks/run_example.py reads the same file.

use retort_core::task::TableSchema;
use retort_core::task::table::Cell;
use serde_json::Value;

#[test]
fn rows_are_encoded_as_a_stored_schema_says() {
    let text = include_str!("inputs/encoded.json");
    let stored: Value = serde_json::from_str(text).unwrap();
    let schema: TableSchema = serde_json::from_value(stored["columns"].clone()).unwrap();
    schema.check(16).unwrap();
    assert_eq!(serde_json::to_value(&schema).unwrap(), stored["columns"]);
    let cell = |value: &Value| match value {
        Value::Number(number) => Cell::Number(number.as_f64().unwrap()),
        Value::String(word) => Cell::Word(word.clone()),
        _ => Cell::Missing,
    };
    let row = |row: &Value| {
        schema
            .inputs()
            .map(|column| cell(&row[&column.name]))
            .collect()
    };
    let rows: Vec<Vec<Cell>> = stored["rows"].as_array().unwrap().iter().map(row).collect();
    let encoded = schema.encode(&rows).unwrap();
    let expected: Vec<Vec<f64>> = serde_json::from_value(stored["encoded"].clone()).unwrap();
    for (row, expected) in encoded.rows().into_iter().zip(expected) {
        for (value, expected) in row.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-6, "{row} {expected}");
        }
    }
    assert!(schema.check(15).is_err());
    assert!(schema.encode(&[Vec::new()]).is_err());
}
