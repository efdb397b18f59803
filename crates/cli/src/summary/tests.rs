#![allow(clippy::unwrap_used)]
//! Summaries as files: of this version, of older and newer ones, and damaged.

use std::fs;
use std::path::Path;

use retort_core::evaluate::{MemoryAccount, Metric, Score, Verdict};
use retort_core::shape::InputShape;
use serde_json::{Map, Value, json};

use super::content::{Seconds, Summary, TaskFacts};
use super::file::{StoredSummary, load, save};
use super::record::EvaluationRecord;
use crate::wording::told;

impl Summary {
    /// The summary of a run whose set has this score, with this deviation over five networks.
    pub fn of_score(mean: f64, std: f64) -> Self {
        let score = Score {
            mean,
            std,
            runs: 5,
            values: Vec::new(),
            balanced: None,
        };
        Self {
            retort: "0.1.0".to_owned(),
            format: 1,
            preset: None,
            seed: 3,
            backend: "flex".to_owned(),
            task: TaskFacts {
                name: "digits".to_owned(),
                inputs: InputShape::Picture([1, 8, 8]),
                outputs: 10,
                train: 1000,
                test: 100,
                fingerprint: "00".to_owned(),
            },
            metric: Metric::Accuracy,
            scored_on: Default::default(),
            unread_labels: 0,
            scores: vec![("distilled".to_owned(), score)],
            gain: Default::default(),
            counts: Vec::new(),
            failed: Vec::new(),
            label_robust_score: None,
            judges: None,
            memory: memory(),
            alignment: None,
            spectrum: Vec::new(),
            seconds: Seconds {
                distill: 1.0 / 3.0,
                evaluate: 2.0,
            },
            peak_memory_bytes: None,
            evaluations: Vec::new(),
            rest: Map::new(),
        }
    }
}

fn memory() -> MemoryAccount {
    MemoryAccount {
        floats: 10,
        real_floats: 1000,
        model_floats: 100,
        theory_floats: None,
    }
}

fn record(seed: u64, backend: &str, mean: f64) -> EvaluationRecord {
    let scored = Summary::of_score(mean, 0.0);
    EvaluationRecord {
        network: "mlp".to_owned(),
        overrides: vec!["network.kind=mlp".to_owned()],
        seed,
        backend: backend.to_owned(),
        metric: Metric::Mse,
        scores: scored.scores,
        gain: Default::default(),
        memory: memory(),
        alignment: None,
        scored_on: Default::default(),
        unread_labels: 0,
        failed: vec![("full".to_owned(), "it diverges".to_owned())],
        label_robust_score: None,
        judges: None,
        rest: Map::new(),
    }
}

/// All summaries in the repository's results, by path. The first version wrote them.
fn kept() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../results/2026-11-25-epyc-zen4");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let named = files.filter(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.contains("-seed-") && name.ends_with(".json")
    });
    named
        .map(|path| {
            (
                path.display().to_string(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

#[test]
fn older_summaries_are_read_and_written_as_they_were() {
    let kept = kept();
    assert!(kept.len() > 50, "{}", kept.len());
    for (name, old) in kept {
        assert!(
            !old.contains("\"values\"") && !old.contains("\"format\""),
            "{name}"
        );
        let summary: Summary = serde_json::from_str(&old).unwrap();
        assert_eq!(summary.format, 1);
        assert!(
            summary
                .scores
                .iter()
                .all(|(_, score)| score.values.is_empty())
        );
        let new = format!("{}\n", serde_json::to_string_pretty(&summary).unwrap());
        assert_eq!(new.replace("  \"format\": 1,\n", ""), old, "{name}");
    }
}

#[test]
fn the_keys_stand_in_their_order_and_come_back() {
    let mut summary = Summary::of_score(0.1 + 0.2, f64::MIN_POSITIVE);
    summary.evaluations = vec![record(1, "flex", 1.0 / 3.0)];
    let text = serde_json::to_string(&summary).unwrap();
    assert_eq!(serde_json::from_str::<Summary>(&text).unwrap(), summary);
    let object: Map<String, Value> = serde_json::from_str(&text).unwrap();
    let keys: Vec<&str> = object.keys().map(String::as_str).collect();
    let expected = "retort format preset seed backend task metric scores memory seconds peak_memory_bytes evaluations";
    assert_eq!(keys.join(" "), expected);
    let added = object["evaluations"][0].as_object().unwrap();
    let keys: Vec<&str> = added.keys().map(String::as_str).collect();
    let expected = "network overrides seed backend metric scores memory alignment failed";
    assert_eq!(keys.join(" "), expected);
}

#[test]
fn a_record_replaces_only_one_of_the_same_kind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("summary.json");
    save(&path, &Summary::of_score(0.5, 0.1)).unwrap();
    let mut stored = StoredSummary::read(&path).unwrap();
    for (seed, backend, mean) in [
        (1, "flex", 0.1),
        (1, "ndarray", 0.2),
        (2, "flex", 0.3),
        (1, "flex", 0.4),
    ] {
        stored.add(&record(seed, backend, mean), false).unwrap();
    }
    let found = load(&path).unwrap().evaluations.into_iter();
    let means: Vec<f64> = found.map(|it| it.scores[0].1.mean).collect();
    assert_eq!(means, [0.4, 0.2, 0.3]);
}

#[test]
fn marks_of_judges_are_those_of_the_run_if_only_the_judges_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("summary.json");
    save(&path, &Summary::of_score(0.5, 0.1)).unwrap();
    let mut stored = StoredSummary::read(&path).unwrap();
    let judged = |name: &str| {
        let mut record = record(1, "flex", 0.1);
        record.overrides = vec![name.to_owned()];
        let names = vec![name.to_owned()];
        record.judges = Some(Verdict {
            names,
            ..Verdict::default()
        });
        record
    };
    for (name, is_own, expected) in [
        ("a", false, None),
        ("b", true, Some("b")),
        ("c", false, Some("b")),
    ] {
        stored.add(&judged(name), is_own).unwrap();
        let found = load(&path).unwrap();
        let names = found.judges.map(|verdict| verdict.names.concat());
        assert_eq!(names.as_deref(), expected);
        let added = found.evaluations.last().unwrap();
        assert_eq!(added.judges, judged(name).judges);
    }
}

#[test]
fn what_a_newer_version_wrote_survives() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("summary.json");
    let mut newer = json!(Summary::of_score(0.5, 0.1));
    newer["jury"] = json!({"forest": 0.25});
    newer["scores"]["distilled"]["balanced"] = json!(0.125);
    newer["evaluations"] = json!([record(1, "flex", 0.1)]);
    newer["evaluations"][0]["jury"] = json!(["forest"]);
    save(&path, &newer).unwrap();
    let summary = load(&path).unwrap();
    assert_eq!(summary.rest["jury"], newer["jury"]);
    assert_eq!(json!(summary)["evaluations"], newer["evaluations"]);
    let mut stored = StoredSummary::read(&path).unwrap();
    stored.add(&record(2, "flex", 0.2), false).unwrap();
    let mut after: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let records = after["evaluations"].as_array_mut().unwrap();
    assert_eq!(records.pop().unwrap(), json!(record(2, "flex", 0.2)));
    assert_eq!(after, newer);
}

#[test]
fn what_is_no_summary_is_refused_with_its_key_and_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("summary.json");
    let with = |pointer: &str, value: Value| {
        let mut summary = json!(Summary::of_score(0.5, 0.1));
        summary["evaluations"] = json!([record(1, "flex", 0.1)]);
        summary["scored_on"] = json!("test");
        *summary.pointer_mut(pointer).unwrap() = value;
        summary.to_string()
    };
    for (text, named) in [
        ("{\"scores\": {".to_owned(), "line 1"),
        ("[]".to_owned(), "an object with the results of a run"),
        ("{}".to_owned(), "`retort`"),
        (with("/task", json!(1)), "task: "),
        (with("/task/inputs", json!("many")), "task.inputs: "),
        (with("/scores/distilled", json!({})), "scores.distilled: "),
        (
            with("/scores/distilled/mean", Value::Null),
            "scores.distilled.mean: ",
        ),
        (with("/scored_on", json!("train")), "scored_on: "),
        (with("/evaluations", json!(3)), "evaluations: "),
        (
            with("/evaluations/0/failed/full", json!(3)),
            "evaluations[0].failed.full: ",
        ),
        (with("/format", json!(2)), "format: 2 "),
        (format!("{} {{", with("/seed", json!(3))), "trailing"),
    ] {
        fs::write(&path, &text).unwrap();
        let stored = StoredSummary::read(&path).unwrap_err();
        let error = load(&path).unwrap_err();
        assert!(error.is_bad_input());
        assert_eq!(error.to_string(), stored.to_string());
        let error = told(error);
        assert!(error.starts_with(&format!("{}: ", path.display())));
        assert!(error.contains(named), "{named:?} is not in {error}");
        assert!(error.contains("--resume"), "{error}");
    }
}
