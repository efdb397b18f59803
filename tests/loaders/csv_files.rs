//! CSV files: random bytes, random tables, and mutated valid files.

use std::fs;

use proptest::prelude::*;
use retort_core::Error;
use retort_core::seed::Seed;
use retort_core::task::csv::{Column, TargetKind, Targets};
use retort_core::task::{Csv, TaskSource};

use crate::allocation::largest;
use crate::assert_sound;
use crate::wording::told;

const VALID: &str = "long,wide,kind\n1,2,rose\n2,3,rose\n3,1,rose\n4,4,rose\n5,0,rose\n\
    -1,7,iris\n-2,8,iris\n-3,9,iris\n-4,6,iris\n-5,5,iris\n";

fn settings() -> impl Strategy<Value = Csv> {
    let target = prop_oneof![
        Just(None),
        (0_usize..4).prop_map(|place| Some(Targets::One(Column::Index(place)))),
        "[a-c]".prop_map(|name| Some(Targets::One(Column::Name(name)))),
        prop::collection::vec(0_usize..4, 1..3).prop_map(|places| Some(Targets::Several(
            places.into_iter().map(Column::Index).collect()
        ))),
    ];
    let problem = prop_oneof![
        Just(TargetKind::Auto),
        Just(TargetKind::Classification),
        Just(TargetKind::Regression)
    ];
    let header = any::<Option<bool>>();
    let fractions = (0.01..0.99_f64, 0.01..0.99_f64);
    (
        header,
        target,
        problem,
        prop_oneof![Just(None), Just(Some(',')), Just(Some(';'))],
        fractions,
    )
        .prop_map(
            |(header, target, problem, delimiter, (validation, test))| Csv {
                header,
                target,
                problem,
                delimiter,
                validation,
                test,
                ..Csv::default()
            },
        )
}

/// Loads these bytes, as training and as test file: sound, or refused as bad input.
fn try_bytes(settings: &Csv, train: &[u8], test: Option<&[u8]>) {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings.clone();
    settings.path = folder.path().join("train.csv");
    fs::write(&settings.path, train).unwrap();
    if let Some(test) = test {
        let path = folder.path().join("test.csv");
        fs::write(&path, test).unwrap();
        settings.test_path = Some(path);
    }
    let (result, largest) = largest(|| settings.load(&Seed::new(0)));
    let bytes = train.len() + test.map_or(0, <[u8]>::len);
    // Linear in the file: its text, its numbers while they grow, and one-hot targets of few rows.
    assert!(largest <= (256 << 10) + 64 * bytes, "{largest} bytes");
    match result {
        Ok(task) => assert_sound(&task),
        Err(error) => assert!(error.is_bad_input(), "{error}"),
    }
}

fn table() -> impl Strategy<Value = String> {
    let field = prop_oneof![
        8 => (-9..9_i32).prop_map(|v| v.to_string()),
        4 => (-1e3..1e3_f64).prop_map(|v| v.to_string()),
        1 => prop::sample::select(vec!["", "nan", "inf", "-0", "1e30", "-1e30", "1e-40", "1e31", "x", "\"y,\n\"", " 7 ", "\u{feff}", "é"])
            .prop_map(str::to_owned),
    ];
    let row =
        move |width| prop::collection::vec(field.clone(), width).prop_map(|row| row.join(","));
    (2_usize..5).prop_flat_map(move |width| {
        let rows = prop::collection::vec(row(width), 0..30);
        (prop::option::of(Just("a,b,c,d")), rows).prop_map(move |(header, rows)| {
            let header = header.map(|names| &names[..2 * width - 1]);
            let lines: Vec<&str> = header
                .into_iter()
                .chain(rows.iter().map(String::as_str))
                .collect();
            lines.join("\n")
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_refused(
        raw in prop::collection::vec(any::<u8>(), 0..200), settings in settings(),
    ) {
        try_bytes(&settings, &raw, None);
    }

    #[test]
    fn tables_are_sound_or_refused(table in table(), settings in settings()) {
        try_bytes(&settings, table.as_bytes(), None);
    }

    #[test]
    fn test_tables_are_sound_or_refused(table in table(), test in table(), settings in settings()) {
        try_bytes(&settings, table.as_bytes(), Some(test.as_bytes()));
    }

    #[test]
    fn many_classes_are_sound_or_refused(
        rows in 1_usize..4000, classes in 1_usize..1100, width in 0_usize..40, as_test: bool,
    ) {
        let table = many_classes(rows, classes, width);
        if as_test {
            try_bytes(&Csv::default(), table.as_bytes(), Some(table.as_bytes()));
        } else {
            try_bytes(&Csv::default(), table.as_bytes(), None);
        }
    }

    #[test]
    fn mutated_files_are_sound_or_refused(
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), prop::sample::select(b",;\"\n\r .-+e09xN\xff\0".to_vec())), 1..6),
        as_test: bool,
    ) {
        let mut bytes = VALID.as_bytes().to_vec();
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if as_test {
            try_bytes(&Csv::default(), VALID.as_bytes(), Some(&bytes));
        } else {
            try_bytes(&Csv::default(), &bytes, None);
        }
    }
}

/// Rows of a feature, `width` bytes longer than it needs to be, and one of the classes by turns.
fn many_classes(rows: usize, classes: usize, width: usize) -> String {
    let row = |row: usize| format!("{}.{:0width$},c{}\n", row % 7, 0, row % classes);
    (0..rows).map(row).collect()
}

#[test]
fn classes_that_a_file_does_not_justify_are_refused() {
    let load = |text: String| {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), &text).unwrap();
        let settings = Csv {
            path: file.path().to_owned(),
            ..Csv::default()
        };
        let (result, largest) = largest(|| settings.load(&Seed::new(0)));
        assert!(largest <= (256 << 10) + 64 * text.len(), "{largest} bytes");
        result
    };
    // A hundred thousand rows of nine bytes: one-hot, they would be four hundred megabytes.
    let error = load(many_classes(100_000, 1000, 0)).unwrap_err();
    assert!(matches!(error, Error::Data { .. }), "{error}");
    let message = told(error);
    for name in ["column 1", "1000", "100000"] {
        assert!(message.contains(name), "{message}");
    }
    // The same classes in longer rows, and in few rows.
    for (rows, width) in [(5000, 60), (2000, 0)] {
        let classes = if width == 0 { 30 } else { 1000 };
        let task = load(many_classes(rows, classes, width)).unwrap();
        assert_sound(&task);
        assert_eq!(task.target.class_names().len(), classes);
    }
}

#[test]
fn most_tables_of_numbers_do_load() {
    // The properties above would hold for a loader that refuses everything.
    for seed in 0..50 {
        let mut stream = Seed::new(seed).stream();
        let mut row = || format!("{},{}\n", stream.below(19), stream.below(19));
        let text: String = (0..20).map(|_| row()).collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        let settings = Csv {
            path: file.path().to_owned(),
            problem: TargetKind::Regression,
            ..Csv::default()
        };
        assert_sound(&settings.load(&Seed::new(0)).unwrap());
    }
}
