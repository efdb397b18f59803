#![allow(clippy::unwrap_used, clippy::panic)]
//! Every type that a file can give a column, with the values that `tests/loaders/inputs/parquet/make.py` wrote.

use std::path::PathBuf;

use super::read::read;
use crate::task::table::{Cells, DateOrder, Dates, MISSING, RawColumn, RawTable, Wanted};

const ROWS: usize = 40;

fn input(name: &str) -> PathBuf {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/loaders/inputs/parquet"
    );
    PathBuf::from(folder).join(name)
}

/// Reads a table; these columns in the ways that are given, and the others as they are.
fn table(name: &str, wanted: &[(&str, Wanted)]) -> RawTable {
    let of = |column: &String| {
        let asked = wanted.iter().find(|(name, _)| name == column);
        asked.map_or(Wanted::Auto, |(_, wanted)| *wanted)
    };
    let read = read(&input(name), |names| Ok(names.iter().map(of).collect()));
    read.unwrap()
}

fn column<'a>(table: &'a RawTable, name: &str) -> &'a RawColumn {
    let place = table.titles.iter().position(|title| title == name);
    &table.columns[place.unwrap_or_else(|| panic!("{name}"))]
}

/// Whether a row of the file has a gap.
fn is_gap(row: usize) -> bool {
    row % 7 == 3
}

fn assert_numbers(cells: &Cells, name: &str, of: impl Fn(f64) -> f64) {
    let values = cells
        .numbers()
        .unwrap_or_else(|| panic!("{name}: {cells:?}"));
    assert_eq!(values.len(), ROWS, "{name}");
    for (row, value) in values.iter().enumerate() {
        match is_gap(row) {
            true => assert!(value.is_nan(), "{name}, {row}: {value}"),
            false => {
                let right = of(row as f64);
                assert!(
                    value.to_bits() == right.to_bits() || value.is_nan() && right.is_nan(),
                    "{name}, {row}: {value} {right}"
                );
            }
        }
    }
}

fn assert_words(cells: &Cells, name: &str, of: impl Fn(usize) -> String) {
    let Cells::Words { words, codes } = cells else {
        panic!("{name}: {cells:?}");
    };
    assert_eq!(codes.len(), ROWS, "{name}");
    for (row, code) in codes.iter().enumerate() {
        match is_gap(row) {
            true => assert_eq!(*code, MISSING, "{name}, {row}"),
            false => assert_eq!(words[*code as usize], of(row), "{name}, {row}"),
        }
    }
}

/// A function of the row's number.
type OfRow = fn(f64) -> f64;

#[test]
fn numbers_have_their_values() {
    let table = table("kinds.parquet", &[]);
    assert_eq!((table.len(), table.format.as_str()), (ROWS, "parquet"));
    let cases: [(&str, OfRow); 19] = [
        ("int8", |row| row - 20.0),
        ("int16", |row| 100.0 * row - 2000.0),
        ("int32", |row| 5e7 * row - 1e9),
        ("int64", |row| 1e15 * row - 7.0),
        ("uint8", |row| 255.0 - row),
        ("uint16", |row| 65_535.0 - row),
        ("uint32", |row| 4_294_967_295.0 - row),
        ("uint64", |row| {
            18_446_744_073_709_551_616.0 - 4096.0 * (row + 1.0)
        }),
        ("float16", |row| row / 8.0),
        ("float32", |row| f64::from((row / 3.0) as f32)),
        ("float64", |row| {
            if row % 7.0 == 5.0 {
                f64::NAN
            } else {
                row / 3.0
            }
        }),
        ("decimal", |row| (row * 101.0 - 2000.0) / 100.0),
        ("wide", |row| 1e15 + (row - 20.0) / 8.0),
        ("widest", |row| (20.0 - row) / 8.0),
        ("time", |row| row % 24.0 * 3600.0 + 1815.5),
        ("time64", |row| {
            ((row % 24.0 * 3600.0 + 1815.0) * 1e6 + 250.0) / 1e6
        }),
        ("duration", |row| row),
        (
            "numbers",
            |row| if row == 0.0 { 0.5 } else { 1000.0 * row + 0.5 },
        ),
        ("nothing", |_| f64::NAN),
    ];
    for (name, of) in cases {
        assert!(
            matches!(column(&table, name).cells, Cells::Numbers(_)),
            "{name}"
        );
        assert_numbers(&column(&table, name).cells, name, of);
    }
    let values = column(&table, "required").cells.numbers().unwrap();
    assert_eq!(
        values,
        (0..ROWS).map(|row| row as f64 / 2.0).collect::<Vec<_>>()
    );
}

#[test]
fn dates_are_days_since_1970() {
    let moment = |row: f64| 19_753.0 + row + row % 5.0 / 24.0;
    let micros = move |row: f64| (moment(row) * 86_400e6).round() + 250.0 * row;
    let check = |name: &str, cells: &Cells, of: &dyn Fn(f64) -> f64, times: bool| {
        let Cells::Dates(values, dates) = cells else {
            panic!("{name}: {cells:?}");
        };
        let expected = Dates {
            order: dates.order,
            times,
        };
        assert_eq!(*dates, expected, "{name}");
        for (row, value) in values.iter().enumerate() {
            match is_gap(row) {
                true => assert!(value.is_nan(), "{name}, {row}"),
                false => assert!(
                    (value - of(row as f64)).abs() < 1e-11,
                    "{name}, {row}: {value}"
                ),
            }
        }
    };
    let all = table("kinds.parquet", &[]);
    let cells = |name| &column(&all, name).cells;
    check("date", cells("date"), &|row| row - 1.0, false);
    check("midnight", cells("midnight"), &|row| 19_753.0 + row, false);
    check("millis", cells("millis"), &moment, true);
    for name in ["micros", "nanos", "zoned"] {
        check(name, cells(name), &|row| micros(row) / 86_400e6, true);
    }
    // The first of February 2024 is day 19754; `13.02.2024` has the day first.
    check("dates", cells("dates"), &|row| 19_754.0 + row % 28.0, false);
    let old = table("int96.parquet", &[]);
    check("millis", &column(&old, "millis").cells, &moment, true);
    check(
        "nanos",
        &column(&old, "nanos").cells,
        &|row| micros(row) / 86_400e6,
        true,
    );
}

#[test]
fn words_are_read_with_gaps() {
    let table = table("kinds.parquet", &[]);
    let cells = |name| &column(&table, name).cells;
    let of = |words: &'static [&'static str]| move |row: usize| words[row % words.len()].to_owned();
    assert_words(cells("string"), "string", of(&["red", "green", "blue"]));
    assert_words(cells("dictionary"), "dictionary", of(&["low", "high"]));
    assert_words(cells("bool"), "bool", of(&["true", "false", "false"]));
    assert_words(cells("unmarked"), "unmarked", of(&["wet", "dry"]));
    let uuid = |row| format!("00000000-0000-0000-0000-{row:012x}");
    assert_words(cells("uuid"), "uuid", uuid);
    // `NA` is missing, as in every table.
    let Cells::Words { words, codes } = cells("large") else {
        panic!("no words");
    };
    assert_eq!(words, &["small", "large"]);
    assert_eq!((codes[0], codes[1], codes[2]), (MISSING, 0, 1));
}

#[test]
fn what_cannot_be_read_is_left_out_with_a_reason() {
    let table = table("kinds.parquet", &[]);
    for (name, why) in [
        ("bytes", "bytes"),
        ("fixed", "bytes"),
        ("list", "lists"),
        ("record", "records"),
        ("map", "maps"),
    ] {
        let column = column(&table, name);
        assert_eq!(column.cells, Cells::Skipped, "{name}");
        let told = column.left_out.as_ref().unwrap();
        assert!(told.contains(why), "{name}: {told}");
    }
    let left_out = table
        .columns
        .iter()
        .filter(|column| column.left_out.is_some());
    assert_eq!(left_out.count(), 5);
}

#[test]
fn columns_are_read_as_settings_want() {
    let wanted = [
        ("int8", Wanted::AllWords),
        ("float64", Wanted::Words),
        ("bool", Wanted::Number),
        ("date", Wanted::Words),
        ("micros", Wanted::Nothing),
        ("string", Wanted::AllWords),
        ("numbers", Wanted::Words),
        ("dates", Wanted::Date(Some(DateOrder::DayFirst))),
        ("bytes", Wanted::Nothing),
    ];
    let table = table("kinds.parquet", &wanted);
    let cells = |name| &column(&table, name).cells;
    assert_words(cells("int8"), "int8", |row| (row as i64 - 20).to_string());
    assert_words(cells("date"), "date", |row| match row {
        0 => "1969-12-31".to_owned(),
        row if row < 32 => format!("1970-01-{row:02}"),
        row => format!("1970-02-{:02}", row - 31),
    });
    assert_numbers(cells("bool"), "bool", |row| {
        f64::from(u8::from(row % 3.0 == 0.0))
    });
    assert_eq!(*cells("micros"), Cells::Skipped);
    assert!(matches!(cells("dates"), Cells::Dates(..)));
    let Cells::Words { words, codes } = cells("float64") else {
        panic!("no words");
    };
    assert_eq!(
        (words[codes[1] as usize].as_str(), codes[5]),
        ("0.3333333333333333", MISSING)
    );
    for (name, wanted, told) in [
        ("string", Wanted::Number, "`red`"),
        ("string", Wanted::Date(None), "`red`"),
        ("int16", Wanted::Date(None), "`-2000`"),
        ("date", Wanted::Number, "`1969-12-31`"),
        ("bytes", Wanted::Words, "UTF-8"),
    ] {
        let of = |column: &String| {
            if column == name {
                wanted
            } else {
                Wanted::Nothing
            }
        };
        let error = read(&input("kinds.parquet"), |names| {
            Ok(names.iter().map(of).collect())
        });
        let message = error.unwrap_err().to_string();
        assert!(
            message.contains("row 1: ") && message.contains(told),
            "{message}"
        );
    }
}

#[test]
fn every_packing_and_encoding_has_the_same_table() {
    let plain = table("none-1.parquet", &[]);
    assert_numbers(&column(&plain, "whole").cells, "whole", |row| {
        row % 11.0 - 5.0
    });
    let names = [
        "none", "snappy", "gzip", "zstd", "brotli", "lz4", "delta", "plain",
    ];
    for name in names {
        for version in [1, 2] {
            let name = format!("{name}-{version}.parquet");
            let other = table(&name, &[]);
            for (column, expected) in other.columns.iter().zip(&plain.columns) {
                let bits = |cells: &Cells| {
                    let values = cells.numbers().map(<[f64]>::to_vec);
                    values.map(|values| values.into_iter().map(f64::to_bits).collect::<Vec<_>>())
                };
                match bits(&column.cells) {
                    Some(found) => assert_eq!(Some(found), bits(&expected.cells), "{name}"),
                    None => assert_eq!(column.cells, expected.cells, "{name}"),
                }
            }
        }
    }
}
