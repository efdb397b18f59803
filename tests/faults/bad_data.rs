//! Data files that cannot be used: one clear error before any work.

use std::fs;

use crate::idx_files::{SETTINGS, folder, gzipped, images, labels};
use crate::program::{Workplace, text};

const RUN: [&str; 4] = ["distill", "idx.toml", "--out", "run"];

fn idx(change: impl FnOnce(&Workplace), named: &[&str]) {
    let place = Workplace::new();
    folder(&place);
    place.file("idx.toml", SETTINGS);
    change(&place);
    place.refuses(&RUN, named);
}

#[test]
fn good_idx_files_work() {
    let place = Workplace::new();
    folder(&place);
    place.file("idx.toml", SETTINGS);
    place.succeeds(&RUN);
    assert!(place.path("run/preview.png").exists());
}

#[test]
fn a_whitened_task_is_the_same_one_when_its_set_is_evaluated() {
    let place = Workplace::new();
    folder(&place);
    place.file("idx.toml", SETTINGS);
    let whitened = ["--set", "task.zca=true", "--set", "task.zca_penalty=0.2"];
    place.succeeds(&[&RUN[..], &whitened].concat());
    assert!(place.path("run/preview.png").exists());
    place.succeeds(&["evaluate", "run"]);
    let shown = text(&place.succeeds(&["inspect", "run"]).stdout);
    assert!(shown.contains("whitened (ZCA, penalty 0.2)"), "{shown}");
    place.refuses(
        &["evaluate", "run", "--set", "task.zca=false"],
        &["run", "\"data\""],
    );
    place.succeeds(&[&RUN[..], &whitened, &["--resume"]].concat());
}

#[test]
fn picture_folders_work_and_a_broken_picture_is_named() {
    let place = Workplace::new();
    for (class, level) in [("cat", 40_u8), ("dog", 200)] {
        for number in 0..6 {
            let file = place.file(&format!("data/{class}/{number}.png"), "");
            let picture = image::GrayImage::from_pixel(9, 7, image::Luma([level + number]));
            picture.save(file).unwrap();
        }
    }
    let settings = SETTINGS.replace(
        r#"kind = "idx", path = "data", classes = 3, validation = 12"#,
        r#"kind = "folder", path = "data", side = 4"#,
    );
    place.file("idx.toml", settings);
    place.succeeds(&RUN);
    place.file("data/dog/3.png", "no picture");
    place.refuses(
        &["distill", "idx.toml", "--out", "other"],
        &["data/dog/3.png: "],
    );
}

#[test]
fn a_missing_file_is_named() {
    let gone = "t10k-labels-idx1-ubyte";
    idx(
        |place| fs::remove_file(place.path("data/t10k-labels-idx1-ubyte.gz")).unwrap(),
        &[gone],
    );
    idx(
        |place| fs::remove_dir_all(place.path("data")).unwrap(),
        &["data: "],
    );
}

#[test]
fn a_truncated_file_is_named() {
    let name = "train-images-idx3-ubyte";
    idx(
        |place| drop(place.file("data/train-images-idx3-ubyte", &images(60)[..500])),
        &[name],
    );
    idx(
        |place| drop(place.file("data/train-images-idx3-ubyte", &images(60)[..7])),
        &[name],
    );
    let whole = gzipped(&images(12));
    let name = "t10k-images-idx3-ubyte";
    idx(
        |place| drop(place.file("data/t10k-images-idx3-ubyte.gz", &whole[..whole.len() / 2])),
        &[name],
    );
}

#[test]
fn a_wrong_magic_number_is_shown() {
    idx(
        |place| drop(place.file("data/train-labels-idx1-ubyte", images(60))),
        &["train-labels-idx1-ubyte"],
    );
}

#[test]
fn counts_that_disagree_are_shown() {
    idx(
        |place| drop(place.file("data/train-labels-idx1-ubyte", labels(59))),
        &["train-labels-idx1-ubyte", "59", "60"],
    );
}

#[test]
fn labels_out_of_range_are_shown() {
    let mut wrong = labels(60);
    wrong[8 + 17] = 7;
    idx(
        |place| drop(place.file("data/train-labels-idx1-ubyte", wrong)),
        &["train-labels-idx1-ubyte", "7"],
    );
}

#[test]
fn an_empty_class_is_named() {
    let mut wrong = labels(60);
    wrong[8..]
        .iter_mut()
        .for_each(|label| *label = (*label).min(1));
    idx(
        |place| drop(place.file("data/train-labels-idx1-ubyte", wrong)),
        &["data/train-labels-idx1-ubyte: ", "2"],
    );
}

fn csv(content: &str, named: &[&str]) {
    let place = Workplace::new();
    place.file("rows.csv", content);
    let settings = SETTINGS.replace(
        r#"kind = "idx", path = "data", classes = 3, validation = 12"#,
        r#"kind = "csv", path = "rows.csv""#,
    );
    place.file("csv.toml", settings);
    place.refuses(&["distill", "csv.toml", "--out", "run"], named);
}

#[test]
fn faulty_tables_are_refused() {
    csv("", &["rows.csv: "]);
    csv("a,b,target\n", &["rows.csv: "]);
    csv("a,b,target\n1,2,x\n1,2\n3,4,y\n", &["rows.csv: line 3: "]);
    let many = |word: &str| -> String {
        let rows = (0..60).map(|row| match row {
            0 => format!("1,{word},x\n"),
            _ => format!("{},{}.5,{}\n", row * row % 7, row, ["x", "y"][row % 2]),
        });
        format!("a,b,target\n{}", rows.collect::<String>())
    };
    for word in ["inf", "huh"] {
        csv(
            &many(word),
            &["rows.csv: line 2: ", "`b`", &format!("`{word}`")],
        );
    }
    csv(
        &many("1").replace(",y\n", ",\n"),
        &["rows.csv: ", "`target`", "line 3", "task.missing"],
    );
    csv("a,b,target\n1,2,x\n1,2,x\n3,4,x\n", &["rows.csv: "]);
}

#[test]
fn a_class_of_the_test_file_that_was_not_trained_on_is_shown() {
    let place = Workplace::new();
    place.file(
        "rows.csv",
        "a,b,kind\n1,2,x\n2,3,y\n3,4,x\n4,5,y\n5,6,x\n6,7,y\n",
    );
    place.file("test.csv", "a,b,kind\n1,2,x\n2,3,z\n");
    let settings = SETTINGS.replace(
        r#"kind = "idx", path = "data", classes = 3, validation = 12"#,
        r#"kind = "csv", path = "rows.csv", test_path = "test.csv""#,
    );
    place.file("csv.toml", settings);
    place.refuses(
        &["distill", "csv.toml", "--out", "run"],
        &["test.csv: line 3: ", "`z`"],
    );
}

#[test]
fn a_missing_table_and_an_unknown_column_are_named() {
    let place = Workplace::new();
    place.file("t.toml", "task = { kind = \"csv\", path = \"nowhere.csv\" }\nnetwork = { kind = \"mlp\" }\nobjective = { kind = \"gradient-matching\" }\n");
    place.refuses(&["distill", "t.toml", "--out", "run"], &["nowhere.csv"]);
    place.file(
        "nowhere.csv",
        "a,b,kind\n1,2,x\n2,3,y\n3,4,x\n4,5,y\n5,6,x\n6,7,y\n7,8,x\n8,9,y\n",
    );
    place.refuses(
        &[
            "distill",
            "t.toml",
            "--out",
            "run",
            "--set",
            "task.target=kinb",
        ],
        &["kinb", "\"kind\""],
    );
}
