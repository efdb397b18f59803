//! Exports that would replace the data that their set was made from.

use std::fs;

use crate::export::{settings, table};
use crate::program::Workplace;

#[test]
fn an_export_never_replaces_the_data_that_the_set_was_made_from() {
    let place = Workplace::new();
    place.file("mine.csv", table());
    place.file("test.csv", table());
    place.file("hard.toml", settings("mine.csv", "\"inputs\""));
    let distill = ["distill", "hard.toml", "--out", "run"];
    place.succeeds(&[&distill[..], &["--set", "task.test_path=test.csv"]].concat());
    let set = place.path("run/synthetic.safetensors");
    let files = ["mine.csv", "test.csv"].map(|name| place.path(name));
    let before = [&files[0], &files[1], &set].map(|path| fs::read(path).unwrap());
    #[cfg(unix)]
    std::os::unix::fs::symlink("mine.csv", place.path("link.csv")).unwrap();
    let export = |out: &str| {
        ["export", "run", "--format", "csv", "--force", "--out", out]
            .map(str::to_owned)
            .to_vec()
    };
    for (out, key) in [
        ("mine.csv", "task.path"),
        ("./run/../mine.csv", "task.path"),
        ("test.csv", "task.test_path"),
        ("link.csv", "task.path"),
        ("run/synthetic.safetensors", "--out"),
    ] {
        let export = export(out);
        let export: Vec<&str> = export.iter().map(String::as_str).collect();
        place.refuses(&export, &["--out", out, key]);
    }
    assert_eq!(
        before,
        [&files[0], &files[1], &set].map(|path| fs::read(path).unwrap())
    );
    place.succeeds(&["export", "run", "--format", "csv", "--out", "run/set.csv"]);
}

#[test]
fn a_folder_of_pictures_that_is_the_data_stays() {
    let place = Workplace::new();
    for (class, level) in [("dark", 40_u8), ("light", 200)] {
        for number in 0..8 {
            let picture = image::GrayImage::from_pixel(8, 8, image::Luma([level + number]));
            let folder = place.path("data").join(class);
            fs::create_dir_all(&folder).unwrap();
            picture.save(folder.join(format!("{number}.png"))).unwrap();
        }
    }
    let few = [
        "--set",
        "distill.steps=0",
        "--set",
        "evaluate.runs=1",
        "--set",
        "evaluate.baselines=false",
        "--per-class",
        "1",
        "--out",
        "run",
    ];
    place.succeeds(&[&["distill", "data"][..], &few].concat());
    let export = ["export", "run", "--format", "pictures", "--force", "--out"];
    for out in ["data", "data/dark", "data/new"] {
        place.refuses(
            &[&export[..], &[out]].concat(),
            &["--out", out, "task.path"],
        );
    }
    assert_eq!(fs::read_dir(place.path("data/dark")).unwrap().count(), 8);
    place.succeeds(&[&export[..], &["set"]].concat());
}
