//! Reports: every format of runs finished and not, of several, and of sweeps; and what is refused.

use std::fs;

use retort_core::law::{Collapse, Curve, Observation, Threshold};
use serde_json::{Value, json};

use crate::program::{TWO_STAGES, UNROLLED, Workplace, text};
use crate::summary;

/// A name that would be markup, were it not escaped.
pub const ODD: &str = "<img src=x onerror=alert(1)> & \"co\"";

/// Runs both stages of the theory, and ten steps on pictures with sheets on the way.
pub fn two_runs(place: &Workplace) {
    place.file("theory.toml", TWO_STAGES);
    place.file("pictures.toml", UNROLLED);
    place.succeeds(&["distill", "theory.toml", "--seed", "3", "--out", "theory"]);
    let previews = ["--set", "distill.preview_every=25"];
    let run = ["distill", "pictures.toml", "--out", ODD];
    place.succeeds(&[&run[..], &previews].concat());
    place.succeeds(&["evaluate", ODD, "--set", "network.kind=two-layer"]);
}

/// The summary of a run with these scores and this count of numbers in its set.
pub fn stored_summary(metric: &str, scores: &Value, floats: usize) -> Value {
    json!({
        "retort": "0.1.0", "preset": null, "seed": 0, "backend": "flex",
        "task": {
            "name": "a task", "inputs": 8, "outputs": 1, "train": 90, "test": 10, "fingerprint": "00",
        },
        "metric": metric, "scores": scores,
        "memory": {"floats": floats, "real_floats": 810, "model_floats": 100},
        "seconds": {"distill": 1.0, "evaluate": 0.5}, "peak_memory_bytes": null,
    })
}

/// The directory of a sweep as it is left behind, with a law and a run that failed.
pub fn sweep(place: &Workplace) {
    let mut lines = String::new();
    let (mut observations, mut thresholds, mut curves) = (Vec::new(), Vec::new(), Vec::new());
    for (number, (dim, points)) in [(32, 2), (32, 8), (64, 2), (64, 8)].into_iter().enumerate() {
        let name = format!("{:04}", number + 1);
        place.file(&format!("swept/plans/{name}.toml"), "");
        let error = 1.0 / points as f64;
        let score = json!({"mean": error, "std": 0.01, "runs": 5});
        let summary = stored_summary("mse", &json!({"distilled": score}), points * (dim + 1));
        let line = json!({
            "run": name, "seed": 0, "settings": {"task.dim": dim, "synthetic.points": points},
            "summary": summary,
        });
        lines += &format!("{line}\n");
        observations.push(Observation {
            dim,
            rank: 2,
            points,
            labels: 256,
            seed: 0,
            smallest_cosine: 1.0 - error,
            features: error,
            student: error,
            floats: (points * (dim + 1)) as f64,
        });
    }
    for (rank, dim) in [(1, 32), (2, 32), (1, 64), (2, 64)] {
        let points = Some(2 * rank * rank);
        thresholds.push(Threshold {
            dim,
            rank,
            labels: 256,
            seed: 0,
            points,
            is_largest: false,
        });
        curves.push(Curve {
            dim,
            rank,
            labels: 256,
            errors: vec![[100.0, 0.5], [900.0, 0.1]],
        });
    }
    for name in ["0005", "0006"] {
        place.file(&format!("swept/plans/{name}.toml"), "");
    }
    let failed = json!({"run": "0005", "seed": 1, "settings": {"task.dim": 64}, "error": "<b>it diverged</b>"});
    place.file("swept/results.jsonl", format!("{lines}{failed}\n"));
    let exponent = |value: f64| json!({"value": value, "interval": [value - 0.1, value + 0.1]});
    let power = json!({
        "factor": 2.0, "rank": exponent(2.0), "dim": exponent(0.01), "thresholds": 4, "beyond": 1,
    });
    let collapse = Collapse {
        curves,
        pairs: 2,
        apart: Some(0.5),
        apart_scaled: Some(0.25),
        shapes_apart: Some(0.4),
        shapes_apart_scaled: Some(0.2),
    };
    let law = json!({
        "observations": observations, "thresholds": thresholds, "unknown": 1, "power_law": power,
        "collapse": collapse, "label_curves": [],
    });
    place.file("swept/summary.json", json!({"law": law}).to_string());
}

/// What a report says, from the file that it names.
pub fn reported(place: &Workplace, arguments: &[&str]) -> String {
    let output = place.succeeds(&[&["report"], arguments].concat());
    let path = text(&output.stdout);
    fs::read_to_string(place.path(path.trim_end())).unwrap()
}

#[test]
fn a_run_is_reported_in_every_format() {
    let place = Workplace::new();
    two_runs(&place);
    let page = reported(&place, &["theory"]);
    assert!(place.path("theory/report.html").exists());
    for words in [
        "<!DOCTYPE html>",
        "features_distilled",
        "Loss over time",
        "Alignment over time",
        "Spectrum of the points against S",
        "Memory",
        "r²d + L",
        "retort-cpu distill theory/config.toml --seed 3 --out theory-again",
        "arxiv.org/abs/2603.14830",
        "prefers-color-scheme: dark",
        "@media print",
    ] {
        assert!(page.contains(words), "{words} is not in the page");
    }
    assert!(!page.contains("<script"));
    // The same again is the same, byte for byte.
    assert_eq!(page, reported(&place, &["theory"]));

    let markdown = reported(&place, &["theory", "--format", "markdown", "--out", "a.md"]);
    assert!(
        markdown.starts_with("# multi-index, seed 3\n"),
        "{markdown}"
    );
    assert!(markdown.contains("| random\\_real | "), "{markdown}");

    let object = reported(&place, &["theory", "--format", "json"]);
    let object: Value = serde_json::from_str(&object).unwrap();
    let (run, summary) = (&object["runs"][0], summary(&place, "theory"));
    assert_eq!(run["results"]["scores"], summary["scores"]);
    assert_eq!(run["history"].as_array().unwrap().len(), 150);
    assert_eq!(run["spectrum"], summary["spectrum"]);

    let table = reported(&place, &["theory", "--format", "csv"]);
    let (head, row) = table.split_once('\n').unwrap();
    assert!(
        head.starts_with("run,seed,scores.distilled.mean,"),
        "{head}"
    );
    assert!(row.starts_with("theory,3,"), "{row}");

    place.succeeds(&["report", "theory", "--format", "png"]);
    let picture = image::open(place.path("theory/report.png"))
        .unwrap()
        .into_rgb8();
    assert!(picture.width() > 1000 && picture.height() > 1000);
    let colours: std::collections::BTreeSet<_> = picture.pixels().map(|pixel| pixel.0).collect();
    assert!(colours.len() > 20);
}

#[test]
fn the_command_in_a_report_repeats_the_run() {
    let place = Workplace::new();
    place.file("theory.toml", TWO_STAGES);
    place.succeeds(&["distill", "theory.toml", "--seed", "3", "--out", "theory"]);
    let object = reported(&place, &["theory", "--format", "json"]);
    let object: Value = serde_json::from_str(&object).unwrap();
    let command = object["runs"][0]["commands"][0]["line"].as_str().unwrap();
    let words: Vec<&str> = command.split(' ').collect();
    // As it is printed, beside the run that is there.
    place.succeeds(&words[1..]);
    let set = |run: &str| fs::read(place.path(run).join("synthetic.safetensors")).unwrap();
    assert!(set("theory") == set("theory-again"));
}

#[test]
fn several_runs_are_compared_and_names_are_no_markup() {
    let place = Workplace::new();
    two_runs(&place);
    let page = reported(&place, &["theory", ODD]);
    assert!(place.path("report.html").exists());
    assert!(page.contains("2 runs"));
    assert!(!page.contains("<img src=x"), "a name became markup");
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt; &amp; "));
    assert_eq!(page.matches("data:image/png;base64,").count(), 3);
    assert!(page.contains("after 25 steps"));
    assert!(page.contains("The same set through other networks"));
    let table = reported(&place, &["theory", ODD, "--format", "csv"]);
    assert_eq!(table.lines().count(), 3);
    assert!(table.contains("task.kind"), "{table}");
}

#[test]
fn a_run_with_a_single_sheet_says_how_to_have_more() {
    let place = Workplace::new();
    two_runs(&place);
    let more = "distill.preview_every=N";
    assert!(!reported(&place, &[ODD]).contains(more));
    assert!(!reported(&place, &["theory"]).contains(more));
    let run = place.path(ODD);
    fs::remove_dir_all(run.join("previews")).unwrap();
    assert!(reported(&place, &[ODD]).contains(more));
}

#[test]
fn a_sweep_is_reported_with_its_law_and_its_failures() {
    let place = Workplace::new();
    sweep(&place);
    let output = place.succeeds(&["report", "swept"]);
    assert!(text(&output.stderr).contains("1 of 6 runs have not ended yet"));
    let page = fs::read_to_string(place.path("swept/report.html")).unwrap();
    for words in [
        "Points that are enough",
        "Error/floor over memory/(r²d + L)",
        "Error against memory over r²d + L",
        "2.00 (95 % interval 1.90 to 2.10)",
        "thresholds unknown, since a run failed",
        "Fewest points that are enough",
        "synthetic.points",
        "&lt;b&gt;it diverged&lt;/b&gt;",
        "1 of 6 runs have not ended yet",
    ] {
        assert!(page.contains(words), "{words} is not in the page");
    }
    let table = reported(&place, &["swept", "--format", "csv"]);
    assert!(
        table.starts_with("run,task.dim,synthetic.points,seed,"),
        "{table}"
    );
    assert_eq!(table.lines().count(), 6);
    place.succeeds(&["report", "swept", "--format", "png"]);
    let markdown = reported(&place, &["swept", "--format", "markdown"]);
    assert!(markdown.contains("Runs that failed"), "{markdown}");
}

#[test]
fn an_unfinished_run_is_shown_as_far_as_it_has_come() {
    let place = Workplace::new();
    place.file("theory.toml", TWO_STAGES);
    let reference = ["--backend", "ndarray"];
    let run = ["distill", "theory.toml", "--out", "theory"];
    place.succeeds(&[&reference[..], &run].concat());
    for name in ["summary.json", "synthetic.safetensors"] {
        fs::remove_file(place.path("theory").join(name)).unwrap();
    }
    let metrics = fs::read_to_string(place.path("theory/metrics.jsonl")).unwrap();
    let some: String = metrics
        .lines()
        .take(9)
        .map(|line| format!("{line}\n"))
        .collect();
    place.file("theory/metrics.jsonl", format!("{some}{{\"done\":10,"));
    let output = place.succeeds(&["report", "theory"]);
    let said = text(&output.stderr);
    assert!(said.contains("has not come to its end"), "{said}");
    assert!(said.contains("9 of 150 steps are logged"), "{said}");
    assert!(said.contains("1 line is left out"), "{said}");
    let page = fs::read_to_string(place.path("theory/report.html")).unwrap();
    assert!(page.contains("retort-cpu --backend ndarray distill --out theory --resume"));
    assert!(page.contains("Loss over time") && !page.contains("random_real"));
    // Nothing is logged, nothing is drawn.
    fs::remove_file(place.path("theory/metrics.jsonl")).unwrap();
    for format in ["html", "markdown", "csv", "json"] {
        place.succeeds(&["report", "theory", "--format", format]);
    }
    // Without a checkpoint nobody knows the backend.
    fs::remove_file(place.path("theory/checkpoint/state.safetensors")).unwrap();
    let page = reported(&place, &["theory"]);
    assert!(page.contains("retort-cpu distill --out theory --resume"));
    let none = ["report", "theory", "--format", "png"];
    place.refuses(&none, &["--format"]);
}

#[test]
fn what_is_no_run_or_damaged_is_refused() {
    let place = Workplace::new();
    place.file("theory.toml", TWO_STAGES);
    place.file("holiday/picture.txt", "mine");
    place.succeeds(&["distill", "theory.toml", "--out", "theory"]);
    let refuses = |path: &str, named: &[&str]| place.refuses(&["report", path], named);
    refuses("nowhere", &["RUN or SWEEP = nowhere: "]);
    refuses("theory.toml", &["RUN or SWEEP = theory.toml: "]);
    refuses("holiday", &["RUN or SWEEP = holiday: "]);
    place.refuses(
        &["report", "theory", "--out", "holiday"],
        &["--out = holiday: "],
    );
    place.refuses(
        &["report", "theory", "--out", "no/where.html"],
        &["no/where.html: "],
    );
    for own in ["config.toml", "summary.json", "synthetic.safetensors"] {
        let own = format!("theory/{own}");
        let named = format!("--out = {own}: ");
        place.refuses(&["report", "theory", "--out", &own], &[&named]);
    }
    let whole = fs::read_to_string(place.path("theory/summary.json")).unwrap();
    // What comes before that key is the same in every run.
    let (start, _) = whole.split_once("\"backend\"").unwrap();
    for (spoilt, name) in [
        (start.to_owned(), "line "),
        (
            whole.replacen("\"mean\"", "\"mien\"", 1),
            "scores.distilled: ",
        ),
        (
            whole.replacen("\"floats\": ", "\"floats\": -", 1),
            "memory.floats: ",
        ),
        ("[]".to_owned(), "line 1 "),
    ] {
        place.file("theory/summary.json", spoilt);
        refuses("theory", &["theory/summary.json: ", name, "--resume"]);
    }
    place.file(
        "theory/summary.json",
        whole.replace("\"spectrum\"", "\"unread\""),
    );
    place.file("theory/synthetic.safetensors", "spoilt");
    refuses("theory", &["synthetic.safetensors: "]);
    place.file("theory/config.toml", "spoilt");
    refuses("theory", &["config.toml: "]);
    sweep(&place);
    place.file("swept/summary.json", "{\"law\": {}}");
    refuses("swept", &["swept/summary.json: ", "`observations`"]);
    place.file("swept/results.jsonl", "{}\n");
    refuses("swept", &["swept/results.jsonl: line 1 ", "--resume"]);
}

#[test]
fn alignment_is_logged_and_ends_as_the_summary_has_it() {
    let place = Workplace::new();
    two_runs(&place);
    let lines = |run: &str| -> Vec<Value> {
        let text = fs::read_to_string(place.path(run).join("metrics.jsonl")).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let aligned = lines("theory");
    let summary = summary(&place, "theory");
    assert_eq!(aligned.len(), 150);
    for key in ["points", "smallest_cosine"] {
        let values: Vec<f64> = aligned
            .iter()
            .map(|line| line["alignment"][key].as_f64().unwrap())
            .collect();
        assert!(values.iter().all(|value| (0.0..=1.0).contains(value)));
        assert_eq!(json!(values.last()), summary["alignment"][key]);
        assert!(
            values[0] < values[59],
            "{key} grows while points are learned"
        );
    }
    let spectrum = summary["spectrum"].as_array().unwrap();
    assert_eq!(spectrum.len(), 2);
    let first = spectrum[0]["in_subspace"].as_f64().unwrap();
    assert!(first > 0.8, "{spectrum:?}");
    // A task without a subspace has neither.
    assert!(
        lines(ODD)
            .iter()
            .all(|line| line.get("alignment").is_none())
    );
    assert!(crate::summary(&place, ODD).get("spectrum").is_none());
}
