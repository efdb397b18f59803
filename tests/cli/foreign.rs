//! Sets that other programs made, on a task that is named.

use std::fs;

use crate::export::{distilled, scores, settings, table};
use crate::program::Workplace;

#[test]
fn a_table_is_a_set_however_it_is_written() {
    let place = Workplace::new();
    place.file("mine.csv", table());
    place.file("run.toml", settings("mine.csv", "\"inputs\""));
    place.succeeds(&["distill", "run.toml", "--out", "run"]);
    place.succeeds(&["export", "run", "--format", "csv", "--out", "set.csv"]);
    let csv = fs::read_to_string(place.path("set.csv")).unwrap();
    let tabs = csv.replace(',', "\t");
    place.file("set.tsv", &tabs);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, csv.as_bytes()).unwrap();
    fs::write(place.path("set.csv.gz"), packed.finish().unwrap()).unwrap();
    // As a spreadsheet writes it where the decimal mark is a comma.
    place.file("spreadsheet.csv", tabs.replace('.', ",").replace('\t', ";"));
    // As pandas writes it with its index.
    let indexed = csv.lines().enumerate().map(|(row, line)| match row {
        0 => format!(",{line}\n"),
        row => format!("{},{line}\n", row - 1),
    });
    place.file("indexed.csv", indexed.collect::<String>());
    for file in ["set.tsv", "set.csv.gz", "spreadsheet.csv", "indexed.csv"] {
        let [own, other] = scores(&place, "run", file);
        assert_eq!(own, other, "{file}");
    }
    let other = csv.replace("long,", "wide,");
    place.file("other.csv", other);
    place.refuses(
        &["evaluate", "other.csv", "--task", "run"],
        &["`wide`", "remove it"],
    );
    place.refuses(&["evaluate", "set.tsv"], &["--task"]);
}

#[test]
fn a_set_of_another_program_must_fit_the_task() {
    let place = Workplace::new();
    place.file("mine.csv", table());
    place.file("hard.toml", settings("mine.csv", "\"inputs\""));
    place.file(
        "set.csv",
        "late,long,kind\n170003,1.5,rose\n170002,3.5,iris\n",
    );
    let printed = place.succeeds(&["evaluate", "set.csv", "--task", "hard.toml"]);
    distilled(&printed.stdout);
    // The task may be data, for which settings are chosen.
    let fast = [
        "--set",
        "evaluate.runs=1",
        "--set",
        "evaluate.baselines=false",
    ];
    let data = ["evaluate", "set.csv", "--task", "mine.csv"];
    distilled(&place.succeeds(&[&data[..], &fast].concat()).stdout);
    place.refuses(&["evaluate", "set.csv"], &["--task"]);
    for (content, named) in [
        ("long,kind\n1,rose\n", &["set.csv", "`late`"][..]),
        (
            "long,late,kind,a\n1,2,rose,3\n",
            &["set.csv", "`a`", "long, late, kind"],
        ),
        ("long,late,kind\n1,x,rose\n", &["set.csv", "line 2", "`x`"]),
        (
            "long,late,kind\n1,2,lily\n",
            &["set.csv", "\"lily\"", "\"rose\""],
        ),
        ("long,late,kind\n", &["set.csv"]),
    ] {
        place.file("set.csv", content);
        place.refuses(&["evaluate", "set.csv", "--task", "hard.toml"], named);
    }
    place.file("set.npz", "no archive");
    place.refuses(
        &["evaluate", "set.npz", "--task", "hard.toml"],
        &["set.npz"],
    );
    place.refuses(
        &["evaluate", "gone.npz", "--task", "hard.toml"],
        &["gone.npz"],
    );
}

#[test]
fn what_a_task_cannot_tell_of_a_set_is_said() {
    let place = Workplace::new();
    let rows = (0..60).map(|row| {
        let colour = ["red", "green", "blue"][row % 3];
        format!(
            "{}.5,{colour},{}\n",
            row * 7 % 11,
            ["rose", "iris", "lily"][row % 3]
        )
    });
    place.file(
        "mine.csv",
        format!("long,colour,kind\n{}", rows.collect::<String>()),
    );
    place.file("run.toml", settings("mine.csv", "\"inputs\""));
    place.file(
        "set.csv",
        "long,colour,kind\n1.5,teal,rose\n,red,iris\n3,,iris\n2,red,rose\n",
    );
    let evaluate = ["evaluate", "set.csv", "--task", "run.toml"];
    let said = place.succeeds(&evaluate).stderr;
    let said = crate::program::text(&said);
    for named in [&["`colour`", "`teal`"][..], &["`long`"], &["\"lily\""]] {
        let line = said
            .lines()
            .find(|line| named.iter().all(|name| line.contains(name)));
        assert!(line.is_some(), "{named:?}: {said}");
    }
    assert_eq!(said.matches("`colour`").count(), 2, "{said}");
}

#[test]
fn pictures_of_another_size_are_counted() {
    let place = Workplace::new();
    let folder = |name: &str, sides: &[[u32; 2]]| {
        for (class, level) in [("dark", 40_u8), ("light", 200)] {
            for (number, [across, down]) in sides.iter().enumerate() {
                let level = image::Luma([level + number as u8]);
                let picture = image::GrayImage::from_pixel(*across, *down, level);
                let folder = place.path(name).join(class);
                fs::create_dir_all(&folder).unwrap();
                picture.save(folder.join(format!("{number}.png"))).unwrap();
            }
        }
    };
    folder("data", &[[8, 8]; 8]);
    folder("set", &[[8, 8], [16, 16], [16, 8]]);
    let few = [
        "--set",
        "evaluate.runs=1",
        "--set",
        "evaluate.baselines=false",
        "--set",
        "task.side=8",
    ];
    let evaluate = ["evaluate", "set", "--task", "data"];
    let said = place.succeeds(&[&evaluate[..], &few].concat()).stderr;
    let said = crate::program::text(&said);
    assert!(said.contains("4 of 6") && said.contains("of 2 "), "{said}");
}
