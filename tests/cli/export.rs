//! Sets for other programs, and the scores of sets that come back from them.

use std::fs;

use crate::program::{TWO_STAGES, UNROLLED, Workplace, text};
use crate::summary;

/// A table of two classes, with a column far from 0.
pub fn table() -> String {
    let rows = (0..60).map(|row| {
        let class = row % 2;
        let a = f64::from(row * 7 % 11) * 0.37 + 2.5 * f64::from(class);
        format!(
            "{a},{},{}\n",
            170_000 + row * row % 17,
            ["rose", "iris"][class as usize]
        )
    });
    format!("long,late,kind\n{}", rows.collect::<String>())
}

/// Settings of a run on a file, with soft labels if a part is learned for that.
pub fn settings(path: &str, learn: &str) -> String {
    format!(
        r#"
task = {{ kind = "csv", path = "{path}" }}
network = {{ kind = "mlp", width = 16, depth = 1 }}
synthetic = {{ per_class = 3 }}
distill = {{ steps = 20, learning_rate = 0.02, batch = 16 }}
evaluate = {{ steps = 20, runs = 2, learning_rates = [0.1] }}
objective = {{ kind = "performance-matching", learn = [{learn}], unroll = 4 }}
"#
    )
}

/// The value of `distilled` in a printed table.
pub fn distilled(printed: &[u8]) -> String {
    let printed = text(printed);
    let line = printed.lines().find(|line| line.starts_with("distilled "));
    line.unwrap_or_else(|| panic!("no score in {printed}"))
        .to_owned()
}

/// What `evaluate` says of the run itself, and of a file on the run's task.
pub fn scores(place: &Workplace, run: &str, file: &str) -> [String; 2] {
    let of = |arguments: &[&str]| distilled(&place.succeeds(arguments).stdout);
    [
        of(&["evaluate", run, "--set", "evaluate.baselines=false"]),
        of(&[
            "evaluate",
            file,
            "--task",
            run,
            "--set",
            "evaluate.baselines=false",
        ]),
    ]
}

#[test]
fn an_exported_set_scores_what_the_artefact_scores() {
    let place = Workplace::new();
    place.file("mine.csv", table());
    place.file("hard.toml", settings("mine.csv", "\"inputs\""));
    place.file(
        "soft.toml",
        settings("mine.csv", "\"inputs\", \"targets\", \"step-sizes\""),
    );
    place.file("drawn.toml", UNROLLED);
    place.file("theory.toml", TWO_STAGES);
    for run in ["hard", "soft", "drawn", "theory"] {
        place.succeeds(&["distill", &format!("{run}.toml"), "--out", run]);
        let file = format!("{run}.npz");
        place.succeeds(&["export", run, "--format", "npz", "--out", &file]);
        let before = fs::read(place.path(run).join("summary.json")).unwrap();
        let [own, exported] = scores(&place, run, &file);
        assert_eq!(own, exported, "{run}");
        assert_ne!(
            before,
            fs::read(place.path(run).join("summary.json")).unwrap()
        );
        let file = format!("{run}.st");
        place.succeeds(&["export", run, "--format", "safetensors", "--out", &file]);
        let [own, exported] = scores(&place, run, &file);
        assert_eq!(own, exported, "{file}");
        // The artefact itself, on a task that is named.
        let [own, named] = scores(&place, run, run);
        assert_eq!(own, named, "{run}");
    }
    let [own, named] = scores(&place, "hard", "hard/synthetic.safetensors");
    assert_eq!(own, named);
    fs::copy(place.path("hard.st"), place.path("hard.safetensors")).unwrap();
    for file in ["hard.st", "hard.safetensors"] {
        place.refuses(&["evaluate", file], &["--task"]);
    }
    place.refuses(
        &["inspect", "hard.safetensors"],
        &["hard.safetensors", "manifest", "--task"],
    );
    place.succeeds(&["export", "hard", "--format", "csv", "--out", "hard.csv"]);
    let [own, exported] = scores(&place, "hard", "hard.csv");
    assert_eq!(own, exported);
    let csv = fs::read_to_string(place.path("hard.csv")).unwrap();
    assert_eq!(csv.lines().count(), 7);
    assert!(
        csv.starts_with("long,late,kind\n") && csv.contains(",rose\n"),
        "{csv}"
    );
    let printed = place.succeeds(&["export", "hard", "--format", "csv", "--out", "-"]);
    assert_eq!(text(&printed.stdout), csv);
    let parquet = ["export", "hard", "--format", "parquet", "--out"];
    place.succeeds(&[&parquet[..], &["hard.parquet"]].concat());
    let [own, exported] = scores(&place, "hard", "hard.parquet");
    assert_eq!(own, exported);
    place.refuses(&[&parquet[..], &["-"]].concat(), &["--out", "-"]);
    // Labels that are learned do not fit into a table, and that is said.
    let said = place.succeeds(&["export", "soft", "--format", "csv", "--out", "soft.csv"]);
    assert!(
        text(&said.stderr).contains("step sizes"),
        "{}",
        text(&said.stderr)
    );
}

#[test]
fn a_parquet_file_is_a_table_as_a_csv_file_is() {
    let place = Workplace::new();
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/loaders/inputs/parquet"
    );
    for name in ["kinds", "index"] {
        let bytes = fs::read(format!("{folder}/{name}.parquet")).unwrap();
        let file = format!("{name}.parquet");
        place.file(&file, &bytes);
        let few = ["--set", "distill.steps=3", "--set", "evaluate.steps=10"];
        let distil = ["distill", &file, "--per-class", "2", "--out", name];
        place.succeeds(&[&distil[..], &few].concat());
        let found = place.succeeds(&["inspect", &file]);
        assert!(
            text(&found.stdout).contains("parquet, 40 rows"),
            "{}",
            text(&found.stdout)
        );
        for format in ["parquet", "csv"] {
            let out = format!("{name}-set.{format}");
            place.succeeds(&["export", name, "--format", format, "--out", &out]);
            let [own, exported] = scores(&place, name, &out);
            assert_eq!(own, exported, "{out}");
        }
    }
    // The table itself is a set too, with an index that is no column.
    let whole = ["evaluate", "index.parquet", "--task", "index"];
    distilled(
        &place
            .succeeds(&[&whole[..], &["--set", "evaluate.runs=1"]].concat())
            .stdout,
    );
    let other = ["evaluate", "kinds-set.parquet", "--task", "index"];
    place.refuses(&other, &["kinds-set.parquet", "`int8`", "long"]);
    place.file("cut.parquet", "PAR1");
    place.refuses(&["distill", "cut.parquet"], &["cut.parquet"]);
    place.refuses(
        &["evaluate", "cut.parquet", "--task", "index"],
        &["cut.parquet"],
    );
}

#[test]
fn pictures_are_class_folders_that_are_read_again() {
    let place = Workplace::new();
    place.file("drawn.toml", UNROLLED);
    place.succeeds(&["distill", "drawn.toml", "--out", "run"]);
    let export = ["export", "run", "--format", "pictures", "--out", "set"];
    let said = place.succeeds(&export).stderr;
    let said = text(&said);
    assert!(said.contains("rounded") && said.contains("npz"), "{said}");
    let mut folders: Vec<_> = fs::read_dir(place.path("set"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    assert!(folders.len() >= 2, "{folders:?}");
    place.refuses(&export, &["--out", "set", "--force"]);
    place.succeeds(&[&export[..], &["--force"]].concat());
    place.file("set/mine.txt", "mine");
    place.refuses(&[&export[..], &["--force"]].concat(), &["--out", "set"]);
    fs::remove_file(place.path("set/mine.txt")).unwrap();
    if folders.len() == 10 {
        distilled(&place.succeeds(&["evaluate", "set", "--task", "run"]).stdout);
    }
    let csv = ["export", "run", "--format", "csv", "--out", "set.csv"];
    place.refuses(&csv, &["--format", "csv"]);
    let parquet = [
        "export",
        "run",
        "--format",
        "parquet",
        "--out",
        "set.parquet",
    ];
    place.refuses(&parquet, &["--format", "parquet"]);
    let console = ["export", "run", "--format", "npz", "--out", "-"];
    place.refuses(&console, &["--out", "-"]);
}

#[test]
fn arrays_are_distilled_without_a_settings_file() {
    use retort_core::store::numpy::{Elements, archive_bytes};
    let place = Workplace::new();
    let inputs = (0..240)
        .map(|v| f64::from(v * 7 % 13) + f64::from(v / 2 % 2))
        .collect();
    let arrays = [
        (
            "embeddings".to_owned(),
            Elements::Numbers(inputs).to_npy(&[120, 2]),
        ),
        (
            "labels".to_owned(),
            Elements::Integers([3, 8].repeat(60)).to_npy(&[120]),
        ),
    ];
    place.file("mine.npz", archive_bytes(&arrays).unwrap());
    let few = [
        "--set",
        "distill.steps=5",
        "--set",
        "evaluate.runs=1",
        "--per-class",
        "2",
    ];
    place.succeeds(
        &[
            &[
                "distill",
                "mine.npz",
                "--set",
                "synthetic.initial=real",
                "--out",
                "run",
            ][..],
            &few,
        ]
        .concat(),
    );
    assert_eq!(summary(&place, "run")["task"]["name"], "mine");
}

#[test]
fn pictures_of_twelve_bits_are_exported_with_all_of_them() {
    let place = Workplace::new();
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/loaders/inputs/pictures/twelve-bit"
    );
    let distill = [
        "distill",
        folder,
        "--out",
        "run",
        "--set",
        "distill.steps=0",
        "--set",
        "synthetic.initial=real",
        "--set",
        "synthetic.per_class=2",
        "--set",
        "evaluate.runs=1",
        "--set",
        "evaluate.baselines=false",
    ];
    place.succeeds(&distill);
    place.succeeds(&["export", "run", "--format", "pictures", "--out", "set"]);
    let said = place.succeeds(&["export", "run", "--format", "pictures", "--out", "again"]);
    assert!(
        !text(&said.stderr).contains("rounded"),
        "{}",
        text(&said.stderr)
    );
    let [own, exported] = scores(&place, "run", "set");
    assert_eq!(own, exported);
    let pictures = fs::read_dir(place.path("set/c0")).unwrap();
    let levels = pictures.map(|entry| {
        let picture = image::open(entry.unwrap().path()).unwrap();
        let image::DynamicImage::ImageRgb16(picture) = picture else {
            panic!("{:?}", picture.color());
        };
        picture.pixels().map(|pixel| pixel.0[0]).max().unwrap()
    });
    let levels: Vec<u16> = levels.collect();
    assert_eq!(levels.len(), 2);
    assert!(
        levels.iter().all(|most| (256..=4095).contains(most)),
        "{levels:?}"
    );
}

#[test]
fn words_that_pandas_takes_for_missing_are_told() {
    let place = Workplace::new();
    let rows = (0..60).map(|row| format!("{}.5,{}\n", row % 7, ["None", "iris"][row % 2]));
    let csv = format!("long,kind\n{}", rows.collect::<String>());
    for (name, csv) in [
        ("none", csv.clone()),
        ("plain", csv.replace("None", "rose")),
    ] {
        let file = format!("{name}.csv");
        place.file(&file, csv);
        let distill = ["distill", &file, "--per-class", "2", "--out", name];
        let few = [
            "--set",
            "distill.steps=2",
            "--set",
            "evaluate.runs=1",
            "--set",
            "task.types.kind=category",
        ];
        place.succeeds(&[&distill[..], &few].concat());
        for format in ["csv", "npz"] {
            let out = format!("{name}-set.{format}");
            let said = place.succeeds(&["export", name, "--format", format, "--out", &out]);
            let said = text(&said.stderr);
            let is_told = said.contains("`None`") && said.contains("keep_default_na=False");
            assert_eq!(is_told, (name, format) == ("none", "csv"), "{said}");
        }
    }
}

/// A table with a number, gaps, words, booleans, dates and a row number.
fn mixed() -> String {
    let rows = (0..90).map(|row: usize| {
        let class = row % 3;
        let length = match row % 10 {
            4 => String::new(),
            _ => format!("{}", (row * 7 % 23) as f64 * 0.31 + 2.0 * class as f64),
        };
        let colour = ["red", "green", "NA", "dark blue"][(row * 5 + class) % 4];
        let is_wild = ["yes", "no"][usize::from(row % 7 > 3 + class)];
        let (month, day) = (1 + row % 12, 1 + (row * 11) % 28);
        let kind = ["rose", "iris", "lily"][class];
        format!("{row},{length},{colour},{is_wild},2024-{month:02}-{day:02},{kind}\n")
    });
    let rows: String = rows.collect();
    format!("id,length,colour,wild,day,kind\n{rows}")
}

#[test]
fn rows_of_words_gaps_and_dates_come_back_with_the_score_of_the_set() {
    let place = Workplace::new();
    place.file("mine.csv", mixed());
    let quick = [
        "distill.steps=30",
        "evaluate.steps=20",
        "evaluate.runs=2",
        "evaluate.judges=[]",
    ];
    for encoding in ["standard", "quantile", "piecewise-linear"] {
        let encoding = format!("task.encoding={encoding}");
        let mut distill = vec!["distill", "mine.csv", "--out", "run", "--force"];
        for set in quick
            .iter()
            .copied()
            .chain([&*encoding, "task.ignore=[\"id\"]"])
        {
            distill.extend(["--set", set]);
        }
        place.succeeds(&distill);
        let export = [
            "export", "run", "--format", "csv", "--out", "set.csv", "--force",
        ];
        place.succeeds(&export);
        let csv = fs::read_to_string(place.path("set.csv")).unwrap();
        let mut lines = csv.lines();
        assert_eq!(lines.next(), Some("length,colour,wild,day,kind"));
        assert_eq!(lines.clone().count(), 30);
        for line in lines {
            let fields: Vec<&str> = line.split(',').collect();
            assert!(
                ["red", "green", "dark blue", ""].contains(&fields[1]),
                "{line}"
            );
            assert!(["yes", "no"].contains(&fields[2]), "{line}");
            assert!(fields[3].starts_with("20"), "{line}");
        }
        let [own, exported] = scores(&place, "run", "set.csv");
        assert_eq!(own, exported, "{encoding}");
    }
}
