#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::seed::Seed;
use crate::task::Task;

/// Rows of a table: two numbers, a category, a boolean, a date; fields may be missing.
type Row = (
    Option<f64>,
    Option<i32>,
    Option<u8>,
    Option<bool>,
    Option<i32>,
);

fn column(name: &str, cells: Cells) -> RawColumn {
    RawColumn {
        name: name.to_owned(),
        cells,
        quantities: false,
        gaps: Vec::new(),
        left_out: None,
    }
}

fn words(fields: impl Iterator<Item = Option<String>>) -> Cells {
    let mut words: Vec<String> = Vec::new();
    let mut code = |field: Option<String>| {
        let Some(field) = field else { return MISSING };
        let place = words.iter().position(|word| *word == field);
        place.unwrap_or_else(|| {
            words.push(field);
            words.len() - 1
        }) as u32
    };
    let codes = fields.map(&mut code).collect();
    Cells::Words { words, codes }
}

fn raw(rows: &[Row]) -> RawTable {
    let dates = Dates {
        order: DateOrder::YearFirst,
        times: false,
    };
    let numbers = |values: Vec<Option<f64>>| {
        values
            .into_iter()
            .map(|value| value.unwrap_or(f64::NAN))
            .collect()
    };
    let columns = vec![
        column(
            "size",
            Cells::Numbers(numbers(rows.iter().map(|row| row.0).collect())),
        ),
        column(
            "count",
            Cells::Numbers(numbers(
                rows.iter().map(|row| row.1.map(f64::from)).collect(),
            )),
        ),
        column(
            "colour",
            words(rows.iter().map(|row| row.2.map(|word| format!("c{word}")))),
        ),
        column(
            "old",
            words(
                rows.iter()
                    .map(|row| row.3.map(|old| if old { "Yes" } else { "No" }.to_owned())),
            ),
        ),
        column(
            "day",
            Cells::Dates(
                numbers(rows.iter().map(|row| row.4.map(f64::from)).collect()),
                dates,
            ),
        ),
        column(
            "y",
            Cells::Numbers((0..rows.len()).map(|row| (row % 2) as f64).collect()),
        ),
    ];
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    RawTable {
        path: PathBuf::from("made.up"),
        format: "made up".to_owned(),
        header: true,
        titles: titles(&names),
        columns,
        lines: Vec::new(),
        marks: Marks::default(),
        bytes: 1000,
        decisions: Vec::new(),
    }
}

fn task(rows: &[Row], encoding: Encoding) -> (RawTable, Task) {
    let raw = raw(rows);
    let types = BTreeMap::from([
        ("colour".to_owned(), ColumnType::Category),
        ("count".to_owned(), ColumnType::Number),
    ]);
    let choices = Choices {
        target: None,
        ignore: &[],
        types: &types,
        missing: MissingPolicy::Impute,
        missing_target: MissingTarget::Refuse,
        encoding,
        pooling: Pooling {
            min_frequency: 3,
            max_categories: 50,
        },
        problem: TargetKind::Auto,
        validation: 0.15,
        test: 0.15,
    };
    let plan = Plan::of(&raw, &choices).unwrap();
    let task = load(
        "made up".to_owned(),
        raw.clone(),
        plan,
        None,
        &choices,
        &Seed::new(0),
    )
    .unwrap();
    (raw, task)
}

/// A row as fields of the input columns of a schema.
fn cells(raw: &RawTable, schema: &TableSchema, row: usize) -> Vec<Cell> {
    let cell = |name: &String| {
        let column = raw
            .columns
            .iter()
            .find(|column| column.name == *name)
            .unwrap();
        match &column.cells {
            cells if cells.is_missing(row) => Cell::Missing,
            Cells::Numbers(values) => Cell::Number(values[row]),
            Cells::Dates(values, dates) => Cell::Word(dates.text(values[row])),
            Cells::Words { words, codes } => Cell::Word(words[codes[row] as usize].clone()),
            Cells::TooMany | Cells::Skipped => panic!(),
        }
    };
    schema.inputs().map(|column| cell(&column.name)).collect()
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let number = prop_oneof![
        -1e3..1e3_f64,
        (0_i32..5).prop_map(f64::from),
        -1e-7..1e-7_f64,
        1.7e9..1.8e9_f64
    ];
    let row = (
        prop::option::weighted(0.8, number),
        prop::option::weighted(0.8, -3_i32..30),
        prop::option::weighted(0.8, 0_u8..6),
        prop::option::weighted(0.8, any::<bool>()),
        prop::option::weighted(0.8, -9000_i32..30_000),
    );
    prop::collection::vec(row, 20..60)
}

fn encodings() -> impl Strategy<Value = Encoding> {
    prop_oneof![
        Just(Encoding::Standard),
        Just(Encoding::Quantile),
        Just(Encoding::PiecewiseLinear)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn rows_decode_to_what_they_were(rows in rows(), encoding in encodings()) {
        let (raw, task) = task(&rows, encoding);
        let schema = task.columns.unwrap();
        for row in 0..raw.len() {
            let before = cells(&raw, &schema, row);
            let encoded = schema.encode(std::slice::from_ref(&before)).unwrap();
            let after = schema.decode(encoded.view()).remove(0);
            for ((before, after), column) in before.iter().zip(&after).zip(schema.inputs()) {
                let encoding = column.encoding.as_ref().unwrap();
                // What the training rows do not have is lost: a gap without an indicator, a number outside their
                // range, a category that they lack or that is rare.
                let lost = match (before, encoding) {
                    (Cell::Missing, Code::OneHot(code)) => !code.missing,
                    (Cell::Missing, _) => !column.indicator,
                    (Cell::Word(word), Code::OneHot(code)) => !code.categories.contains(word),
                    (_, Code::Standard(_) | Code::Boolean(_)) => false,
                    (Cell::Number(value), Code::Quantile(code)) => code.decode(-9.0) > *value || code.decode(9.0) < *value,
                    (Cell::Number(value), Code::PiecewiseLinear(code)) => {
                        code.edges[0] > *value || code.edges[code.edges.len() - 1] < *value
                    }
                    (_, Code::Quantile(_) | Code::PiecewiseLinear(_)) => continue,
                    _ => false,
                };
                if lost {
                    continue;
                }
                match (before, after) {
                    (Cell::Number(a), Cell::Number(b)) => {
                        let deviation = match encoding {
                            Code::Standard(code) => code.deviation,
                            Code::Quantile(code) => code.values[code.values.len() - 1] - code.values[0],
                            Code::PiecewiseLinear(code) => code.edges[code.edges.len() - 1] - code.edges[0],
                            _ => 0.0,
                        };
                        let margin = 1e-6 * deviation + 1e-14 * a.abs();
                        prop_assert!((a - b).abs() <= margin, "{} {a} {b}", column.name);
                    }
                    _ => prop_assert_eq!(before, after),
                }
            }
        }
    }

    #[test]
    fn projected_points_are_read_back_to_the_bit(
        rows in rows(), encoding in encodings(), noise in prop::collection::vec(-3.0..3.0_f32, 200),
    ) {
        let (_, task) = task(&rows, encoding);
        let schema = task.columns.unwrap();
        let mut points = ndarray::Array2::clone(&task.train.inputs);
        for (point, noise) in points.iter_mut().zip(noise.iter().cycle()) {
            *point += noise;
        }
        let projected = schema.project(&points).unwrap();
        // Written as text, read, and encoded again.
        let read = |cell: &Cell| match cell {
            Cell::Number(_) => Cell::Number(cell.text().parse().unwrap()),
            cell => cell.clone(),
        };
        let rows = schema.decode(projected.mapv(f64::from).view());
        let rows: Vec<Vec<Cell>> = rows.iter().map(|row| row.iter().map(read).collect()).collect();
        prop_assert_eq!(schema.encode(&rows).unwrap().mapv(|v| v as f32), projected);
    }

    #[test]
    fn training_rows_are_fitted_alone(rows in rows(), encoding in encodings()) {
        let (_, task) = task(&rows, encoding);
        let schema = task.columns.unwrap();
        schema.check(task.inputs.len()).unwrap();
        let json = serde_json::to_string(&schema).unwrap();
        prop_assert_eq!(&schema, &serde_json::from_str::<TableSchema>(&json).unwrap());
        let inputs = task.train.inputs.iter().chain(&*task.test.inputs);
        prop_assert!(inputs.copied().all(f32::is_finite));
    }
}

#[test]
fn names_that_come_again_get_numbers() {
    let names = ["a", "", "a", "a.1", "a", ""].map(str::to_owned);
    assert_eq!(
        titles(&names),
        ["a", "column 1", "a.2", "a.1", "a.3", "column 5"]
    );
}
