//! SOURCE that is no data, columns that are not there, sizes that no set has: one clear error before any work.

use std::fs;

use crate::idx_files::gzipped;
use crate::program::{SHORTEST, Workplace, error, text};
use crate::wording::told;

/// Sixty rows of two classes, with names that are hard to type.
fn table() -> String {
    let row = |row: usize| {
        format!(
            "{},{},{},{}\n",
            row % 2 * 4 + row % 5,
            0.5 * (row % 7) as f64,
            100 + row,
            ["iris", "rose"][row % 2]
        )
    };
    let rows: String = (0..60).map(row).collect();
    format!("Long Name,\"say \"\"so\"\"\",7,kind\n{rows}")
}

/// Both `inspect` and `distill` refuse it, with the same words.
fn refused(place: &Workplace, source: &str, named: &[&str]) {
    place.refuses(&["inspect", source], named);
    let distilled = place.refused(&["distill", source], named);
    let inspected = text(&place.retort(&["inspect", source]).stderr);
    assert_eq!(error(&distilled), error(&inspected));
}

#[test]
fn formats_are_named_whatever_the_ending() {
    let place = Workplace::new();
    let tar = [&b"a.csv"[..], &[0; 252], b"ustar", &[0; 250]].concat();
    let files: [(&str, Vec<u8>, &str); 28] = [
        (
            "mine.xlsx",
            b"PK\x03\x04....xl/workbook.xml".to_vec(),
            "Excel",
        ),
        (
            "excel.csv",
            b"PK\x03\x04....xl/workbook.xml".to_vec(),
            "Excel",
        ),
        (
            "excel.npz",
            b"PK\x03\x04....xl/workbook.xml".to_vec(),
            "Excel",
        ),
        (
            "old.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0".to_vec(),
            "Excel",
        ),
        (
            "mine.ods",
            b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet".to_vec(),
            "LibreOffice",
        ),
        ("mine.zip", b"PK\x03\x04....a.csv".to_vec(), "zip"),
        (
            "mine.docx",
            b"PK\x03\x04....word/document.xml".to_vec(),
            "Word",
        ),
        ("numpy.csv", b"PK\x03\x04....X.npy".to_vec(), ".npz"),
        ("array.dat", b"\x93NUMPY\x01\0".to_vec(), ".npy"),
        ("mine.pdf", b"%PDF-1.4\n%\xe2\xe3".to_vec(), "PDF"),
        ("mine.npy", b"%PDF-1.4\n%\xe2\xe3".to_vec(), "PDF"),
        ("mine.db", b"SQLite format 3\0\x10\0".to_vec(), "SQLite"),
        ("mine.h5", b"\x89HDF\r\n\x1a\n\0\0".to_vec(), "HDF5"),
        ("mine.pkl", b"\x80\x04\x95\0\0".to_vec(), "pickle"),
        ("mine.json", b"[\n  {\n    \"a\": 1}]".to_vec(), "JSON"),
        ("rows.csv", b"{\"a\": 1}\n{\"a\": 2}\n".to_vec(), "JSON"),
        ("page.csv", b"\n<!doctype HTML>\n<html>".to_vec(), "HTML"),
        ("mine.arrow", b"ARROW1\0\0".to_vec(), "Arrow"),
        ("mine.feather", b"FEA1\0\0".to_vec(), "Feather"),
        ("mine.sav", b"$FL2@(#) SPSS".to_vec(), "SPSS"),
        ("mine.7z", b"7z\xbc\xaf\x27\x1c".to_vec(), "7z"),
        ("mine.tar", tar.clone(), "unpack"),
        ("tar.gz", gzipped(&tar), "tar"),
        ("photo.csv", b"\x89PNG\r\n\x1a\n\0\0".to_vec(), "PNG"),
        (
            "lfs.csv",
            b"version https://git-lfs.github.com/spec/v1\n".to_vec(),
            "LFS",
        ),
        ("sparse.txt", b"1 1:0.5 3:2\n-1 2:7\n".to_vec(), "LIBSVM"),
        ("lists.csv", b"[1, 2]\n[3, 4]\n".to_vec(), "JSON"),
        ("numbers.bin", (0..=255).collect(), "Windows-1252"),
    ];
    for (name, bytes, format) in files {
        place.file(name, bytes);
        refused(&place, name, &[name, format]);
    }
    // Letters that begin formats may begin tables too.
    for names in ["PAR1,PAR2,kind", "BMI,RDX,kind", "ORC,GIF8,kind"] {
        place.file(
            "letters.csv",
            table().replace("Long Name,\"say \"\"so\"\"\",7,kind", &format!("x,{names}")),
        );
        place.succeeds(&["inspect", "letters.csv"]);
        place.file(
            "letters.csv",
            format!("{names}\n1,2,a\n2,3,b\n3,4,a\n4,5,b\n5,6,a\n6,7,b\n7,8,a\n8,9,b\n"),
        );
        place.succeeds(&["inspect", "letters.csv"]);
    }
}

#[test]
fn what_holds_no_table_is_told() {
    let place = Workplace::new();
    for (name, content, named) in [
        ("empty.csv", "", "empty"),
        ("blank.csv", "\n\n\n", "empty"),
        ("header.csv", "a,b,kind\n", "header"),
        (
            "prose.txt",
            "A text of\nseveral lines that has\nno columns.\n",
            "task.delimiter",
        ),
        ("one.csv", "a\nb\na\nb\n", "task.delimiter"),
        ("text.npz", "a,b\n1,2\n", ".csv"),
        ("text.npy", "a,b\n1,2\n", ".csv"),
    ] {
        place.file(name, content);
        refused(&place, name, &[name, named]);
    }
    fs::create_dir(place.path("nothing")).unwrap();
    refused(&place, "nothing", &["nothing: "]);
    place.file("tables/first.csv", table());
    place.file("tables/second.csv", table());
    refused(&place, "tables", &["tables: ", "first.csv", "second.csv"]);
    fs::create_dir_all(place.path("bare/ant")).unwrap();
    fs::create_dir_all(place.path("bare/bee")).unwrap();
    refused(&place, "bare", &["bare/ant: "]);
    place.file("texts/ant/a.txt", "no picture");
    place.file("texts/bee/b.txt", "no picture");
    refused(&place, "texts", &["texts/ant/a.txt: "]);
}

#[test]
fn what_is_not_there_is_told_with_what_is_meant() {
    let place = Workplace::new();
    place.file("flowers.csv", table());
    refused(&place, "flower.csv", &["flower.csv: ", "\"flowers.csv\""]);
    refused(
        &place,
        "flowers",
        &["SOURCE", "\"flowers\"", "\"flowers.csv\""],
    );
    refused(&place, "digit", &["SOURCE", "\"digits\""]);
    refused(
        &place,
        "no/such/folder/mine.csv",
        &["no/such/folder/mine.csv: "],
    );
}

#[test]
fn columns_are_named_as_they_are_called() {
    let place = Workplace::new();
    place.file("flowers.csv", table());
    let target = |name: &str| -> Option<String> {
        let output = place.retort(&["inspect", "flowers.csv", "--json", "--target", name]);
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
        found["target"]["columns"][0].as_str().map(str::to_owned)
    };
    for (name, column) in [
        ("Long Name", "Long Name"),
        ("say \"so\"", "say \"so\""),
        ("0", "Long Name"),
        ("1", "say \"so\""),
        // A column whose name is a number is meant before an index.
        ("7", "7"),
        ("3", "kind"),
    ] {
        assert_eq!(target(name).as_deref(), Some(column), "{name}");
    }
    let refused = |name: &str, named: &[&str]| {
        let named = [&["task.target", "flowers.csv"], named].concat();
        place.refuses(&["inspect", "flowers.csv", "--target", name], &named);
    };
    refused("kinds", &["\"kind\"", "`7`"]);
    refused("KIND", &["\"kind\""]);
    refused("long_name", &["\"Long Name\""]);
    refused("4", &["0 to 3"]);
    refused("", &["`kind`"]);
    // A name needs a header, and a number does not.
    let rows: String = table()
        .lines()
        .skip(1)
        .map(|line| format!("{line}\n"))
        .collect();
    place.file("bare.csv", rows);
    let by_index = text(
        &place
            .succeeds(&["inspect", "bare.csv", "--target", "3"])
            .stdout,
    );
    assert!(by_index.contains("60 rows"), "{by_index}");
    place.refuses(
        &["inspect", "bare.csv", "--target", "kind"],
        &["task.target", "\"kind\""],
    );
}

#[test]
fn targets_that_are_no_classes_or_too_many_are_told() {
    let place = Workplace::new();
    let rows = |target: &dyn Fn(usize) -> String| -> String {
        let rows: String = (0..300)
            .map(|row| format!("{},{}\n", 0.5 * row as f64, target(row)))
            .collect();
        format!("x,y\n{rows}")
    };
    // One rule, told with the setting that has it otherwise.
    place.file("counts.csv", rows(&|row| (row % 15).to_string()));
    let said = text(&place.succeeds(&["inspect", "counts.csv"]).stdout);
    assert!(
        said.contains("15 classes") && said.contains("(task.problem=regression)"),
        "{said}"
    );
    let set = ["--set", "task.problem=numbers"];
    let said = text(
        &place
            .succeeds(&[&["inspect", "counts.csv"], &set[..]].concat())
            .stdout,
    );
    assert!(said.contains("numbers from 0 to 14"), "{said}");
    // Words of hundreds of kinds are told to be many.
    place.file("names.csv", rows(&|row| format!("name{}", row % 120)));
    let said = text(&place.succeeds(&["inspect", "names.csv"]).stdout);
    assert!(
        said.contains("120 classes") && said.contains("2.5 rows"),
        "{said}"
    );
    place.file("unique.csv", rows(&|row| format!("name{row}")));
    place.refuses(
        &["inspect", "unique.csv"],
        &["unique.csv: ", "300 classes", "task.target"],
    );
    // A word that counts as missing.
    place.file(
        "gaps.csv",
        rows(&|row| ["a", "b", "NA"][row % 3].to_owned()),
    );
    let refused = [
        "gaps.csv: ",
        "`y`",
        "100 of 300",
        "line 4",
        "task.missing",
        "task.types.y = \"category\"",
    ];
    place.refuses(&["inspect", "gaps.csv"], &refused);
    for set in ["task.types.y=category", "task.missing=drop-rows"] {
        place.succeeds(&["inspect", "gaps.csv", "--set", set]);
    }
}

#[test]
fn sizes_that_no_set_has_are_refused_also_in_a_dry_run() {
    let place = Workplace::new();
    place.file("flowers.csv", table());
    let of = |target: &str, size: &[&str], named: &[&str]| {
        let run = [&["distill", "flowers.csv", "--target", target], size].concat();
        told(error(&place.refused(&run, named)));
        let dry = [&run[..], &["--dry-run"]].concat();
        place.refused(&dry, named);
    };
    of("kind", &["--per-class", "0"], &["synthetic.per_class = 0"]);
    of("kind", &["--points", "0"], &["synthetic.points = 0"]);
    of(
        "kind",
        &["--points", "1"],
        &["synthetic.points = 1", "2 classes"],
    );
    of(
        "kind",
        &["--per-class", "9000000000000000000"],
        &["synthetic.per_class = 9000000000000000000"],
    );
    of(
        "kind",
        &["--points", "1000000000"],
        &["synthetic.points = 1000000000"],
    );
    of(
        "7",
        &["--per-class", "2"],
        &["synthetic.per_class = 2", "synthetic.points"],
    );
    for (option, value) in [
        ("--per-class", "-3"),
        ("--points", "1.5"),
        ("--per-class", "few"),
    ] {
        let given = format!("{option}={value}");
        place.refuses(&["distill", "flowers.csv", &given], &[option, value]);
    }
    place.succeeds(&["distill", "flowers.csv", "--points", "5", "--dry-run"]);
}

#[test]
fn the_users_folder_is_meant_by_a_tilde() {
    let place = Workplace::new();
    place.file("home/flowers.csv", table());
    place.file("home/test.csv", table());
    let run = [
        "distill",
        "~/flowers.csv",
        "--out",
        "~/run",
        "--set",
        "task.test_path=~/test.csv",
    ];
    let output = place
        .command(&[&run[..], &SHORTEST].concat())
        .env("HOME", place.path("home"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(place.path("home/run/summary.json").exists());
    let settings = [
        "distill",
        "--set",
        "task.kind=csv",
        "--set",
        "task.path=~/none.csv",
        "--dry-run",
    ];
    let shown = place
        .command(&["inspect", "~/none.csv"])
        .env("HOME", place.path("home"))
        .output()
        .unwrap();
    assert!(
        text(&shown.stderr).contains("home/none.csv: "),
        "{}",
        text(&shown.stderr)
    );
    let dry = place
        .command(&settings)
        .env("HOME", place.path("home"))
        .output()
        .unwrap();
    assert!(
        text(&dry.stdout).contains("home/none.csv\""),
        "{}",
        text(&dry.stderr)
    );
}

#[test]
fn a_directory_that_holds_a_run_tells_whether_it_is_finished() {
    let place = Workplace::new();
    place.file("flowers.csv", table());
    let run = [
        "distill",
        "flowers.csv",
        "--out",
        "run",
        "--set",
        "distill.steps=2",
        "--set",
        "evaluate.steps=2",
    ];
    place.succeeds(&run);
    let finished = place.refused(&run, &["--out", "run", "--force"]);
    assert!(!finished.contains("--resume"), "{finished}");
    told(error(&finished));
    fs::remove_file(place.path("run/summary.json")).unwrap();
    place.refuses(&run, &["--out", "run", "--resume", "--force"]);
}
