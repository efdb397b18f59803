//! `inspect DATA`: what a stranger reads of a table, of arrays and of pictures, and as JSON.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::program::{SHORTEST, Workplace, text};

/// A table with what tables have: long names and values, gaps, dates, columns of no use.
fn penguins() -> String {
    let row = |row: usize| {
        let species = [
            "Adelie Penguin (Pygoscelis adeliae)",
            "Gentoo penguin (Pygoscelis papua)",
        ][row % 2];
        let sex = ["MALE", "FEMALE", "NA"][row % 3];
        let mass = if row.is_multiple_of(10) {
            "NA".to_owned()
        } else {
            (3000 + 37 * row).to_string()
        };
        format!(
            "{row},PAL0708,Anvers,\"Adult, 1 Egg Stage\",2007-11-{:02},{sex},{mass},{},N{row}A1,{species}\n",
            1 + row % 28,
            30.1 + (row as f64).sin() / 3.0
        )
    };
    let rows: String = (0..60).map(row).collect();
    format!(
        "Sample Number,studyName,Region,Stage,Date Egg,Sex,Body Mass (g),\
         A culmen of a length that is told in a name of many words (mm),Individual ID,Species\n{rows}"
    )
}

fn inspected(place: &Workplace, arguments: &[&str]) -> String {
    text(&place.succeeds(&[&["inspect"], arguments].concat()).stdout)
}

fn object(place: &Workplace, arguments: &[&str]) -> Value {
    let printed = inspected(place, &[arguments, &["--json"]].concat());
    assert_eq!(printed.lines().count(), 1, "{printed}");
    serde_json::from_str(&printed).unwrap()
}

/// The settings that an inspection names, as lines of TOML.
fn settings(found: &Value) -> BTreeSet<String> {
    let decisions = found["decisions"].as_array().unwrap().iter();
    let all = decisions.chain([&found["target"]]);
    let named = all.filter_map(|it| it["setting"].as_str());
    named.map(str::to_owned).collect()
}

/// Files `X.npy` and `y.npy` of twenty vectors of two classes.
fn arrays(place: &Workplace) {
    let file = |name: &str, kind: &str, shape: &str, bytes: Vec<u8>| {
        let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
        let header = format!("{header:<117}\n");
        let start = [&b"\x93NUMPY\x01\x00"[..], &[118, 0], header.as_bytes()].concat();
        place.file(name, [start, bytes].concat());
    };
    let inputs = (0..40).flat_map(|number| (f64::from(number) / 7.0).to_le_bytes());
    file("X.npy", "<f8", "(20, 2)", inputs.collect());
    let targets = (0..20_i64).flat_map(|row| (row % 2).to_le_bytes());
    file("y.npy", "<i8", "(20,)", targets.collect());
}

fn inputs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/loaders/inputs")
}

#[test]
fn a_table_is_told_in_lines_that_can_be_read() {
    let place = Workplace::new();
    place.file("penguins.csv", penguins());
    let said = inspected(&place, &["penguins.csv"]);
    for line in said.lines() {
        assert!(line.chars().count() <= 110, "{line}");
    }
    for (once, count) in [
        ("Species", 2),
        ("`,`", 1),
        ("separated", 1),
        ("decimal mark", 1),
        ("classes", 2),
        ("Region", 3),
        ("task.header=false", 1),
        ("'task.types.\"Date Egg\"=category'", 1),
        ("task.types.studyName=category", 1),
        ("task.missing=drop-rows", 1),
        ("2007-11-01 to 2007-11-28", 1),
        ("all fields are equal", 1),
    ] {
        assert_eq!(said.matches(once).count(), count, "{once}: {said}");
    }
    // What is given is no decision.
    let given = inspected(
        &place,
        &[
            "penguins.csv",
            "--set",
            "task.header=true",
            "--set",
            "task.types.\"Date Egg\"=ignore",
        ],
    );
    assert!(!given.contains("task.header"), "{given}");
    assert!(!given.contains("2007-11-01"), "{given}");
}

#[test]
fn many_columns_and_classes_are_counted() {
    let place = Workplace::new();
    let names: Vec<String> = (0..300).map(|column| format!("x{column}")).collect();
    let mut table = format!("{},word,kind\n", names.join(","));
    for row in 0..60 {
        let numbers: Vec<String> = (0..300)
            .map(|column| (0.5 * ((row * column) % 7) as f64).to_string())
            .collect();
        table += &format!("{},same,class{}\n", numbers.join(","), row % 30);
    }
    place.file("wide.csv", table);
    let said = inspected(&place, &["wide.csv"]);
    assert!(said.lines().count() < 60, "{said}");
    for part in [
        "302 columns",
        "277 more columns",
        "class0",
        "and 22 more",
        "2 rows each",
        "30 classes",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(
        said.contains("kind "),
        "the target has a row of its own: {said}"
    );
    let found = object(&place, &["wide.csv"]);
    assert_eq!(found["columns"].as_array().unwrap().len(), 302);
    assert_eq!(found["target"]["counts"].as_array().unwrap().len(), 30);
}

#[test]
fn the_object_has_the_same_keys_for_all_data() {
    let place = Workplace::new();
    place.file("penguins.csv", penguins());
    for class in ["ant", "bee"] {
        for number in 0..6_u8 {
            let file = place.file(&format!("pictures/{class}/{number}.png"), "");
            let picture = image::RgbImage::from_pixel(5, 5, image::Rgb([number, 9, 200]));
            picture.save(file).unwrap();
        }
    }
    let table = object(&place, &["penguins.csv"]);
    let keys = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<String>>()
    };
    let expected = [
        "name",
        "inputs",
        "format",
        "dialect",
        "rows",
        "columns",
        "target",
        "parts",
        "decisions",
    ];
    assert_eq!(keys(&table), expected);
    arrays(&place);
    for other in ["pictures", "X.npy"] {
        let other = object(&place, &[other]);
        assert_eq!(keys(&other), expected);
        assert_eq!(keys(&other["target"]), keys(&table["target"]));
        assert!(other["dialect"].is_null());
    }
    let dialect = &table["dialect"];
    assert_eq!(
        (dialect["delimiter"].as_str(), dialect["header"].as_bool()),
        (Some(","), Some(true))
    );
    let columns = table["columns"].as_array().unwrap();
    let of = |name: &str| {
        columns
            .iter()
            .find(|column| column["name"] == name)
            .unwrap()
    };
    for column in columns {
        assert_eq!(keys(column), keys(&columns[0]));
    }
    let mass = of("Body Mass (g)");
    assert_eq!(mass["missing"].as_u64(), Some(6));
    assert_eq!(mass["range"][0].as_f64(), Some(3037.0));
    assert_eq!(
        (mass["type"].as_str(), mass["width"].as_u64()),
        (Some("number"), Some(2))
    );
    assert_eq!(of("Date Egg")["dates"][0], "2007-11-01");
    assert_eq!(of("Region")["use"], "left out");
    assert!(of("Region")["why"].is_string() && of("Sex")["why"].is_null());
    assert_eq!(of("Species")["categories"].as_array().unwrap().len(), 2);
    assert_eq!(table["target"]["problem"], "classes");
    assert_eq!(
        table["parts"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_u64)
            .sum::<u64>(),
        60
    );
}

#[test]
fn every_setting_that_is_named_is_accepted() {
    let place = Workplace::new();
    let own = place.file("penguins.csv", penguins());
    arrays(&place);
    let paths = |folder: PathBuf| {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
    };
    let tables = paths(inputs()).filter(|path| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| ["csv", "tsv", "gz"].contains(&ending))
    });
    let files = tables.chain(paths(inputs().join("pictures")));
    let (mut all, mut tried) = (BTreeSet::new(), 0);
    for file in files.chain([PathBuf::from(own), place.path("X.npy")]) {
        let file = file.to_str().unwrap();
        let output = place.retort(&["inspect", file, "--json"]);
        // Some are to be refused.
        let Ok(found) = serde_json::from_slice::<Value>(&output.stdout) else {
            assert_eq!(output.status.code(), Some(2), "{file}");
            continue;
        };
        for setting in settings(&found) {
            let again = place.retort(&["inspect", file, "--set", &setting]);
            let message = text(&again.stderr);
            let key = setting.split(" = ").next().unwrap().to_owned();
            // How a file is written is what it is: another reading may end at a line of it.
            let is_dialect = [
                "task.delimiter",
                "task.decimal",
                "task.thousands",
                "task.header",
            ];
            let is_refused = is_dialect.contains(&key.as_str()) && message.contains(file);
            assert!(
                again.status.success() || is_refused,
                "{file}: {setting}: {message}"
            );
            assert!(
                !message.contains("unknown setting"),
                "{file}: {setting}: {message}"
            );
            tried += 1;
            all.insert(key);
        }
    }
    assert!(tried > 100, "{tried}");
    for key in [
        "task.problem",
        "task.missing",
        "task.encoding",
        "task.normalise",
        "task.thousands",
    ] {
        assert!(all.contains(key), "{key}: {all:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_setting_is_pasted_into_a_shell_as_it_is_shown() {
    let place = Workplace::new();
    place.file("penguins.csv", penguins());
    let said = inspected(&place, &["penguins.csv"]);
    let shown = said
        .lines()
        .find(|line| line.contains("Date Egg") && line.contains("task.types"));
    let shown = shown
        .unwrap()
        .rsplit_once(" (")
        .unwrap()
        .1
        .trim_end_matches(')');
    let program = place.command(&[]);
    let program = program.get_program().to_str().unwrap();
    let line = format!("{program} inspect penguins.csv --json --set {shown}");
    let output = Command::new("sh")
        .args(["-c", &line])
        .current_dir(place.path(""))
        .output()
        .unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let columns = found["columns"].as_array().unwrap();
    let date = columns
        .iter()
        .find(|column| column["name"] == "Date Egg")
        .unwrap();
    assert_eq!(date["type"], "category");
}

#[test]
fn a_run_is_shown_as_an_object_too() {
    let place = Workplace::new();
    place.file("penguins.csv", penguins());
    let run = [
        "distill",
        "penguins.csv",
        "--out",
        "run",
        "--per-class",
        "1",
    ];
    place.succeeds(&[&run[..], &SHORTEST].concat());
    let found = object(&place, &["run"]);
    assert_eq!(
        found["manifest"]["task"]["target"]["classes"]
            .as_array()
            .map(Vec::len),
        Some(2),
        "{found}"
    );
    assert!(found["tensors"]["inputs"].is_array() && found["summary"]["scores"].is_object());
    let said = inspected(&place, &["run"]);
    assert!(said.contains("`Body Mass (g)` (standard, 2)"), "{said}");
    place.refuses(
        &["inspect", "run", "--target", "Sex"],
        &["--target", "Sex", "run"],
    );
}

#[test]
fn distill_tells_the_same_before_its_choices() {
    let place = Workplace::new();
    place.file("penguins.csv", penguins());
    let said = inspected(&place, &["penguins.csv"]);
    let dry = place.succeeds(&["distill", "penguins.csv", "--dry-run"]);
    let told = text(&dry.stderr);
    assert!(told.contains(&said), "{told}");
    assert!(told.contains("(synthetic.per_class=10)"), "{told}");
    assert!(text(&dry.stdout).starts_with("# All settings"));
    // A settings file that names data of one's own tells what is found in them too.
    place.file(
        "mine.toml",
        text(&dry.stdout).replace("steps = 500", "steps = 2"),
    );
    let run = place.succeeds(&["distill", "mine.toml", "--set", "evaluate.steps=2"]);
    let told = text(&run.stderr);
    assert!(told.contains(&said) && !told.contains("choices"), "{told}");
}
