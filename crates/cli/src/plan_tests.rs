#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

fn arguments(source: Option<&str>, set: &[&str]) -> DistillArguments {
    DistillArguments {
        source: source.map(str::to_owned),
        set: set.iter().map(ToString::to_string).collect(),
        seed: None,
        out: None,
        resume: false,
        force: false,
    }
}

fn request(source: Option<&str>, set: &[&str]) -> Result<Request> {
    Request::of(&arguments(source, set))
}

fn plan(source: Option<&str>, set: &[&str]) -> Result<Plan> {
    request(source, set)?.plan()
}

/// A file in a folder that lives as long as the test needs it.
fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn every_preset_resolves_and_has_a_description() {
    for preset in &presets::PRESETS {
        let plan = of_preset(preset.name).unwrap();
        assert_eq!(plan.preset.as_deref(), Some(preset.name));
        assert!(preset.text.starts_with("# ") && preset.description().len() > 20);
    }
    assert_eq!(plan(None, &[]).unwrap(), of_preset("multi-index").unwrap());
}

#[test]
fn the_rank_of_the_reference_inputs_follows_the_task() {
    let rank = |set: &[&str]| {
        let settings = plan(None, set).unwrap().settings;
        settings.synthetic.reference.rank
    };
    assert_eq!(rank(&[]), Some(2));
    assert_eq!(rank(&["task.rank=5"]), Some(5));
    let own = ["task.rank=5", "synthetic.reference.rank=3"];
    assert_eq!(rank(&own), Some(3));
}

#[test]
fn a_file_starts_from_its_preset() {
    let text = "preset = \"digits\"\nseed = 7\n[synthetic]\npoints = 20\n";
    let (_folder, path) = file(text);
    let request = request(Some(&path), &["evaluate.runs=3"]).unwrap();
    let plan = request.plan().unwrap();
    assert_eq!(plan.settings.synthetic.points, Some(20));
    assert_eq!(plan.settings.synthetic.per_class, None);
    assert_eq!(plan.settings.evaluate.runs, 3);
    assert_eq!((plan.preset.as_deref(), plan.seed), (Some("digits"), 7));
    assert_eq!(request.directory(), Path::new("runs/own-7"));
}

#[test]
fn a_stored_plan_reads_back_as_itself() {
    let set = ["synthetic.per_class=1", "task.kind=digits"];
    let mut stored = plan(None, &set).unwrap();
    stored.seed = 9;
    let (_folder, path) = file(&stored.to_toml().unwrap());
    assert_eq!(plan(Some(&path), &[]).unwrap(), stored);
    assert_eq!(Plan::load(Path::new(&path)).unwrap(), Some(stored));
}

#[test]
fn what_is_wrong_is_named() {
    let (_folder, path) = file("preset = \"digit\"");
    let (_other, typo) = file("[tsak]\nkind = \"digits\"");
    let (_third, cut) = file("[task");
    for (source, set, words) in [
        (Some("digts"), "", "did you mean \"digits\"?"),
        (Some("nowhere.toml"), "", "nowhere.toml: cannot be read"),
        (
            Some(path.as_str()),
            "",
            "preset = \"digit\": must be one of",
        ),
        (
            Some(typo.as_str()),
            "",
            "unknown setting `tsak`; did you mean `task`?",
        ),
        (Some(cut.as_str()), "", "own.toml: TOML parse error"),
        (
            None,
            "task.dmi=3",
            "unknown setting `task.dmi`; did you mean `task.dim`?",
        ),
        (
            None,
            "synthetic.reference.rnak=3",
            "did you mean `synthetic.reference.rank`?",
        ),
        (
            None,
            "network.kind=resnet",
            "network.kind = \"resnet\": must be one of two-layer",
        ),
        (None, "distill.momentum=1", "distill.momentum = 1: must be"),
        (None, "distill.steps=ten", "distill.steps = \"ten\""),
        (None, "task.dim", "must look like key=value"),
    ] {
        let set: Vec<&str> = Some(set)
            .filter(|set| !set.is_empty())
            .into_iter()
            .collect();
        let error = plan(source, &set).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.is_bad_input());
    }
}

#[test]
fn a_resumed_run_cannot_be_asked_for_something_else() {
    let stored = plan(None, &["network.width=64"]).unwrap();
    let check = |source, set: &[&str], seed| {
        let mut arguments = arguments(source, set);
        arguments.seed = seed;
        Request::of(&arguments)?.check_against(&stored)
    };
    check(None, &[], None).unwrap();
    check(Some("multi-index"), &["network.width=64"], Some(0)).unwrap();
    for (source, set, seed, words) in [
        (Some("digits"), None, None, "has preset multi-index"),
        (None, Some("network.width=32"), None, "network.width = 32"),
        (
            None,
            Some("network.kind=mlp"),
            None,
            "network.kind = \"mlp\"",
        ),
        (None, None, Some(1), "has seed 0"),
    ] {
        let set: Vec<&str> = set.into_iter().collect();
        let error = check(source, &set, seed).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
