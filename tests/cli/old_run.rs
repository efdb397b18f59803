//! A run that an older build of version 0.1.0 wrote: its config.toml has the settings of every protocol, and its
//! summary no format.

use std::fs;
use std::path::Path;

use crate::program::{Workplace, text};
use crate::summary;

const FILES: [&str; 4] = [
    "config.toml",
    "metrics.jsonl",
    "summary.json",
    "synthetic.safetensors",
];

#[test]
fn a_run_of_an_older_build_is_shown_scored_reported_and_found_finished() {
    let place = Workplace::new();
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cli/old_run");
    for name in FILES {
        place.file(&format!("run/{name}"), fs::read(stored.join(name)).unwrap());
    }
    let old = summary(&place, "run");
    assert!(old.get("format").is_none());

    let shown = place.succeeds(&["inspect", "run"]);
    assert!(text(&shown.stdout).contains("multi-index"));
    let finished = place.succeeds(&["distill", "--out", "run", "--resume"]);
    assert!(text(&finished.stderr).contains("finished"));
    place.succeeds(&["report", "run", "--format", "markdown", "--out", "run.md"]);

    place.succeeds(&["evaluate", "run", "--set", "evaluate.on=test"]);
    let now = summary(&place, "run");
    assert_eq!(now["scores"], old["scores"]);
    let again = &now["evaluations"][0]["scores"]["distilled"]["mean"];
    let [again, before] =
        [again, &old["scores"]["distilled"]["mean"]].map(|it| it.as_f64().unwrap());
    assert!((again / before - 1.0).abs() < 1e-4, "{again} and {before}");

    let config = fs::read_to_string(place.path("run/config.toml")).unwrap();
    assert!(config.contains("penalties") && config.contains("learning_rates"));
    place.succeeds(&["distill", "run/config.toml", "--out", "again"]);
    let made = summary(&place, "again");
    let [made, before] =
        [&made, &old].map(|it| it["scores"]["distilled"]["mean"].as_f64().unwrap());
    assert!((made / before - 1.0).abs() < 1e-3, "{made} and {before}");
}
