#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::plan::of_preset;
use crate::wording::told;

fn begun(root: &Path) {
    let mut claim = Claim::take(root, Existing::Refuse).unwrap();
    claim.begin(&of_preset("multi-index").unwrap()).unwrap();
}

fn refusal(root: &Path, existing: Existing) -> String {
    let error = Claim::take(root, existing).unwrap_err();
    assert!(error.is_bad_input());
    told(error)
}

fn entries(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_claim_that_never_begins_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    drop(Claim::take(&folder.path().join("a/b"), Existing::Refuse).unwrap());
    assert!(entries(folder.path()).is_empty());
    drop(Claim::take(folder.path(), Existing::Refuse).unwrap());
    assert!(entries(folder.path()).is_empty());
}

#[test]
fn what_a_killed_claim_leaves_counts_as_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("checkpoint")).unwrap();
    fs::write(folder.path().join("checkpoint/lock"), "").unwrap();
    fs::write(folder.path().join(".retort-x"), "").unwrap();
    begun(folder.path());
}

#[test]
fn temporary_files_of_killed_processes_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    begun(root);
    fs::write(root.join(".retort-a"), "half").unwrap();
    fs::write(root.join("checkpoint/.retort-b"), "half").unwrap();
    fs::write(root.join(".mine"), "whole").unwrap();
    drop(Claim::take(root, Existing::Continue).unwrap());
    assert_eq!(entries(root), [".mine", "checkpoint", "config.toml"]);
    assert_eq!(entries(&root.join("checkpoint")), ["lock"]);
}

#[test]
fn a_damaged_config_is_damage_and_not_a_foreign_directory() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    begun(root);
    let whole = fs::read_to_string(root.join("config.toml")).unwrap();
    for (text, named) in [
        (String::new(), "`version`"),
        (whole[..whole.len() / 2].to_owned(), "config.toml"),
        ("= =".to_owned(), "config.toml"),
        (whole.replace("[distill]", "[distil]"), "distil"),
    ] {
        fs::write(root.join("config.toml"), &text).unwrap();
        fs::write(root.join("metrics.jsonl"), "x").unwrap();
        assert!(refusal(root, Existing::Refuse).contains("--force"));
        let claim = Claim::take(root, Existing::Continue).unwrap();
        let error = claim.stored().unwrap_err();
        assert!(matches!(&error, Error::Toml { origin, .. } if origin.ends_with("/config.toml")));
        let error = told(error);
        assert!(error.contains(named), "{error}");
        drop(claim);
        assert_eq!(fs::read_to_string(root.join("config.toml")).unwrap(), text);
    }
    let plan = of_preset("multi-index").unwrap();
    let mut claim = Claim::take(root, Existing::Replace).unwrap();
    claim.begin(&plan).unwrap();
    assert_eq!(claim.stored().unwrap(), Some(plan));
    assert_eq!(entries(root), ["checkpoint", "config.toml"]);
}

#[test]
fn an_existing_run_is_refused_resumed_or_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    begun(root);
    for name in [
        "summary.json",
        "metrics.jsonl",
        "checkpoint/elapsed.json",
        "preview.png",
        "preview.gif",
        "notes.txt",
    ] {
        fs::write(root.join(name), "x").unwrap();
    }
    fs::create_dir(root.join("previews")).unwrap();
    fs::write(root.join("previews/step-00000010.png"), "x").unwrap();
    let message = refusal(root, Existing::Refuse);
    assert!(message.contains("finished run") && message.contains("--force"));
    let claim = Claim::take(root, Existing::Continue).unwrap();
    let plan = of_preset("multi-index").unwrap();
    assert_eq!(claim.stored().unwrap(), Some(plan.clone()));
    drop(claim);
    let mut claim = Claim::take(root, Existing::Replace).unwrap();
    assert!(
        root.join("summary.json").exists(),
        "nothing is lost before the run begins"
    );
    claim.begin(&plan).unwrap();
    assert_eq!(entries(root), ["checkpoint", "config.toml", "notes.txt"]);
    assert_eq!(entries(&root.join("checkpoint")), ["lock"]);
}

#[test]
fn a_replaced_run_takes_its_previews_and_reports_along_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    begun(root);
    fs::create_dir(root.join("previews")).unwrap();
    let ours = [
        "step-00000000.png",
        "step-00000010.png",
        "step-1000000000.png",
    ];
    let foreign = ["holiday.png", "step-10.png", "step-x.png"];
    for name in ours.iter().chain(&foreign).chain(&[".retort-x"]) {
        fs::write(root.join("previews").join(name), "x").unwrap();
    }
    for name in ["report.html", "report.png", "report.txt"] {
        fs::write(root.join(name), "x").unwrap();
    }
    let made = RunDirectory::at(root).previews_made();
    assert_eq!(made.into_keys().collect::<Vec<_>>(), [0, 10, 1_000_000_000]);
    let mut claim = Claim::take(root, Existing::Replace).unwrap();
    claim.begin(&of_preset("multi-index").unwrap()).unwrap();
    assert_eq!(entries(&root.join("previews")), foreign);
    let left = entries(root).into_iter();
    let reports: Vec<_> = left.filter(|name| name.starts_with("report")).collect();
    assert_eq!(reports, ["report.txt"]);
}

#[test]
fn foreign_directories_are_never_touched() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(
        root.join("config.toml"),
        "version = \"1\"\nname = \"website\"",
    )
    .unwrap();
    for existing in [Existing::Refuse, Existing::Replace, Existing::Continue] {
        assert!(refusal(root, existing).starts_with("--out = "));
    }
    assert_eq!(entries(root), ["config.toml"]);
}

#[test]
fn a_file_in_the_way_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    for root in [&file, &file.join("run")] {
        let refusal = refusal(root, Existing::Replace);
        assert!(refusal.contains(&file.display().to_string()), "{refusal}");
    }
    assert_eq!(entries(folder.path()), ["file"]);
}

#[test]
fn two_processes_cannot_work_in_one_directory() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("run");
    let first = Claim::take(&root, Existing::Refuse).unwrap();
    let out = format!("--out = {}: ", root.display());
    assert!(refusal(&root, Existing::Replace).starts_with(&out));
    drop(first);
    begun(&root);
}

#[test]
fn a_run_of_another_version_is_not_continued() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = of_preset("multi-index").unwrap();
    plan.version = "0.0.1".to_owned();
    let mut claim = Claim::take(folder.path(), Existing::Refuse).unwrap();
    claim.begin(&plan).unwrap();
    let error = claim.stored().unwrap_err();
    assert!(matches!(error, Error::Checkpoint { .. }), "{error}");
    assert!(told(error).contains("0.0.1"));
}
