//! Sheets and animations that cannot be written: named once and left out, with no step, set or score lost.

use std::fs;

use crate::program::{UNROLLED, Workplace, text};

const RUN: [&str; 6] = ["distill", "small.toml", "--out", "run", "--seed", "3"];

/// Pictures, with few steps and sheets after some of them.
fn workplace() -> Workplace {
    let place = Workplace::new();
    let settings = UNROLLED
        .replace("steps = [20, 30]", "steps = [4, 4], preview_every = 2")
        .replace("steps = 20, runs = 2", "steps = 5, runs = 1");
    assert!(settings.contains("preview_every") && settings.contains("runs = 1"));
    place.file("small.toml", settings);
    place
}

/// All that a run is for.
fn results(place: &Workplace) -> (Vec<u8>, Vec<u8>, serde_json::Value) {
    let read = |name: &str| fs::read(place.path("run").join(name)).unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&read("summary.json")).unwrap();
    (
        read("synthetic.safetensors"),
        read("metrics.jsonl"),
        summary["scores"].clone(),
    )
}

/// The lines that say that something is left out.
fn notes(message: &str) -> Vec<&str> {
    let lines = message.lines();
    lines.filter(|line| line.contains("left out")).collect()
}

#[test]
fn what_stands_in_the_way_of_a_sheet_costs_nothing_else() {
    let place = workplace();
    place.succeeds(&RUN);
    let expected = results(&place);
    let path = |name: &str| place.path("run").join(name);
    let ways: [(&str, &dyn Fn(), usize); 5] = [
        (
            "preview.png",
            &|| fs::create_dir(path("preview.png")).unwrap(),
            5,
        ),
        (
            "preview.gif",
            &|| fs::create_dir(path("preview.gif")).unwrap(),
            5,
        ),
        // No folder can be made there.
        (
            "previews/step-00000000.png",
            &|| fs::write(path("previews"), "mine").unwrap(),
            0,
        ),
        (
            "previews/step-00000004.png",
            &|| fs::create_dir_all(path("previews/step-00000004.png/mine")).unwrap(),
            4,
        ),
        (
            "preview.png",
            &|| {
                fs::create_dir(path("preview.png")).unwrap();
                fs::write(path("preview.png/mine"), "").unwrap();
            },
            5,
        ),
    ];
    for (name, stand_in, sheets) in ways {
        for stale in ["preview.png", "preview.gif"] {
            let _ = fs::remove_file(path(stale));
            let _ = fs::remove_dir_all(path(stale));
        }
        let _ = fs::remove_file(path("previews"));
        let _ = fs::remove_dir_all(path("previews"));
        stand_in();
        let output = place.succeeds(&[&RUN[..], &["--force"]].concat());
        let message = text(&output.stderr);
        assert!(text(&output.stdout).contains("distilled"), "{message}");
        let notes = notes(&message);
        // All of several that are missing are named at the end, with what that means for the animation.
        let all = sheets == 0;
        assert_eq!(notes.len(), 1 + usize::from(all), "{name}: {message}");
        if all {
            let steps = "after steps 0, 2, 4, 6, 8 are left out";
            assert!(
                notes[1].contains(steps) && notes[1].contains("preview.gif"),
                "{}",
                notes[1]
            );
        }
        let named = format!("run/{name}: cannot write: ");
        assert!(notes[0].starts_with(&named), "{name}: {}", notes[0]);
        assert!(results(&place) == expected, "{name}: other results");
        let made = fs::read_dir(path("previews")).map_or(0, |entries| {
            let files = entries.filter(|entry| entry.as_ref().unwrap().path().is_file());
            files.count()
        });
        assert_eq!(made, sheets, "{name}: {message}");
        // All others are there.
        for other in ["preview.png", "preview.gif"] {
            let expected = name != other && (sheets > 0 || other == "preview.png");
            assert_eq!(path(other).is_file(), expected, "{other} without {name}");
        }
    }
}

#[test]
fn what_there_is_to_see_comes_after_points_and_scores() {
    let place = workplace();
    place.succeeds(&RUN);
    let time = |name: &str| {
        let written = fs::metadata(place.path("run").join(name)).unwrap();
        written.modified().unwrap()
    };
    let names = [
        "synthetic.safetensors",
        "summary.json",
        "preview.png",
        "preview.gif",
    ];
    assert!(names.map(time).is_sorted(), "{:?}", names.map(time));
}

#[test]
fn a_run_that_was_killed_after_its_scores_gets_its_pictures() {
    let place = workplace();
    place.succeeds(&RUN);
    let path = |name: &str| place.path("run").join(name);
    let names = ["preview.png", "preview.gif"];
    let [sheet, animation] = names.map(|name| fs::read(path(name)).unwrap());
    let expected = results(&place);
    for left in [&names[..], &names[1..]] {
        left.iter()
            .for_each(|name| fs::remove_file(path(name)).unwrap());
        place.succeeds(&["distill", "--out", "run", "--resume"]);
        assert!(fs::read(path("preview.png")).unwrap() == sheet);
        assert!(fs::read(path("preview.gif")).unwrap() == animation);
        assert!(results(&place) == expected);
    }
}
