#![allow(clippy::unwrap_used, clippy::expect_used)]

use retort_core::evaluate::EvaluateSettings;
use toml::Value;

use super::*;
use crate::wording::told;

fn arguments(source: Option<&str>, set: &[&str]) -> SettingsArguments {
    SettingsArguments {
        source: source.map(str::to_owned),
        target: None,
        set: set.iter().map(ToString::to_string).collect(),
        seed: None,
    }
}

fn request(source: Option<&str>, set: &[&str]) -> Result<Request> {
    Request::of(&arguments(source, set))
}

fn plan(source: Option<&str>, set: &[&str]) -> Result<Plan> {
    request(source, set)?.plan()
}

/// A file in a temporary folder. The folder is deleted when the first value is dropped.
fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn every_preset_resolves_and_has_a_description() {
    for preset in presets::PRESETS {
        let plan = of_preset(preset.name).unwrap();
        assert_eq!(plan.preset.as_deref(), Some(preset.name));
        assert!(preset.text.starts_with("# ") && preset.description().len() > 20);
    }
    assert_eq!(plan(None, &[]).unwrap(), of_preset("multi-index").unwrap());
}

#[test]
fn a_task_alone_gets_a_two_layer_network_and_nothing_else_does() {
    let same = |request: Request| {
        let plan = request.plan_of_task().unwrap();
        assert_eq!(plan, request.plan_with(&[]).unwrap());
    };
    for preset in presets::PRESETS {
        same(request(Some(preset.name), &[]).unwrap());
    }
    let (_folder, path) = file(
        "task = { kind = \"digits\" }\nnetwork = { kind = \"mlp\", width = 8, depth = 1 }\n\
         [[objective]]\nkind = \"distribution-matching\"\n[[objective]]\nkind = \"gradient-matching\"\n",
    );
    same(request(Some(&path), &[]).unwrap());
    let (_folder, path) = file("task = { kind = \"digits\" }\n");
    let alone = request(Some(&path), &["network.width=64"]).unwrap();
    let network = alone.plan_of_task().unwrap().settings.network;
    assert_eq!(network.kind(), "two-layer");
    let message = told(alone.plan().unwrap_err());
    assert!(message.contains("network.kind"), "{message}");
}

#[test]
fn a_number_that_a_preset_has_no_settings_for_is_remarked_on() {
    let remark = |source: &str, set: &[&str]| {
        let request = request(Some(source), set).unwrap();
        request.remark(&request.plan().unwrap()).unwrap()
    };
    let said = remark("mnist-dc", &["synthetic.per_class=25"]).unwrap();
    assert_eq!(
        said,
        "mnist-dc has settings for 1, 10, 20, 30, 40, 50 points per class: for 25 it takes those of 1"
    );
    assert_eq!(remark("mnist-dc", &["synthetic.per_class=50"]), None);
    assert_eq!(remark("mnist-dc", &[]), None);
    assert_eq!(remark("mnist-dm", &["synthetic.per_class=50"]), None);
    assert_eq!(remark("multi-index", &["synthetic.points=20"]), None);
    let said = remark("cifar10-bptt", &["synthetic.per_class=50"]).unwrap();
    assert!(
        said.ends_with("for 10 points per class: for 50 it takes those of 10"),
        "{said}"
    );
    let (_folder, path) = file("preset = \"mnist-dc\"\n[synthetic]\nper_class = 5");
    assert!(remark(&path, &[]).is_some_and(|said| said.contains("for 5")));
}

#[test]
fn a_preset_takes_what_it_says_for_a_number_of_points_a_class() {
    for preset in presets::PRESETS {
        let variants = besides(preset.name).unwrap();
        let Some(Value::Table(variants)) = variants.get("per_class") else {
            continue;
        };
        for (count, variant) in variants {
            let assignment = format!("synthetic.per_class={count}");
            let plan = plan(Some(preset.name), &[&assignment]).unwrap();
            let mut base = of_preset(preset.name).unwrap().settings;
            base.synthetic = plan.settings.synthetic.clone();
            let says_nothing = variant.as_table().is_some_and(Table::is_empty);
            assert_eq!(plan.settings == base, says_nothing, "{}", preset.name);
        }
    }
    let ten = ["synthetic.per_class=10", "distill.steps=7"];
    let own = plan(Some("mnist-dc"), &ten).unwrap().to_toml().unwrap();
    assert!(
        own.contains("life = 10") && own.contains("steps = 7"),
        "{own}"
    );
    let (_folder, path) = file(
        "preset = \"mnist-dc\"\n[synthetic]\nper_class = 50\n[objective]\nlife = 3\n\
         [per_class.50.distill]\nmomentum = 0.25\n",
    );
    let own = plan(Some(&path), &[]).unwrap().to_toml().unwrap();
    let found = |words: &str| own.contains(words);
    assert!(
        found("life = 3") && found("steps = 50000") && found("momentum = 0.25"),
        "{own}"
    );
    let (_folder, path) = file("per_class = 10\n");
    let refused = told(plan(Some(&path), &[]).unwrap_err());
    assert!(refused.starts_with("per_class = 10: "), "{refused}");
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
fn a_table_over_a_presets_objective_keeps_the_rest_of_it() {
    let text = "preset = \"digits\"\n[objective]\nunroll = 5\n";
    let (_folder, path) = file(text);
    let mut expected = plan(Some("digits"), &["objective.0.unroll=5"]).unwrap();
    assert_eq!(plan(Some(&path), &[]).unwrap(), expected);
    let (_folder, path) = file("preset = \"multi-index\"\nobjective.distance = \"squared\"");
    expected = plan(None, &["objective.distance=squared"]).unwrap();
    assert_eq!(plan(Some(&path), &[]).unwrap(), expected);
}

#[test]
fn a_repeated_run_has_a_directory_named_after_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("first").join("config.toml");
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    std::fs::write(&path, plan(None, &[]).unwrap().to_toml().unwrap()).unwrap();
    let request = request(path.to_str(), &[]).unwrap();
    assert_eq!(request.directory(), Path::new("runs/first-0"));
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
    for (source, set, named) in [
        (Some("digts"), "", "\"digits\""),
        (Some("nowhere.toml"), "", "nowhere.toml: "),
        (Some(path.as_str()), "", "preset = \"digit\": "),
        (Some(typo.as_str()), "", "`task`"),
        (Some(cut.as_str()), "", "own.toml: "),
        (None, "task.dmi=3", "`task.dim`"),
        (
            None,
            "synthetic.reference.rnak=3",
            "`synthetic.reference.rank`",
        ),
        (None, "network.kind=resnet", "network.kind = \"resnet\": "),
        (None, "distill.momentum=1", "distill.momentum = 1: "),
        (None, "distill.steps=ten", "distill.steps = \"ten\": "),
        (None, "distill.batch=[0,-4]", "distill.batch = [0, -4]: "),
        (None, "task.dim=wide", "task.dim = \"wide\": "),
        (None, "synthetic.reference=3", "synthetic.reference = 3: "),
        (
            None,
            "synthetic.reference.spread=wide",
            "synthetic.reference.spread = \"wide\": ",
        ),
        (None, "task.link=quartic", "task.link = \"quartic\": "),
        (None, "network.activation=3", "network.activation = 3: "),
        (None, "evaluate.baselines=3", "evaluate.baselines = 3: "),
        (
            None,
            "objective.1.learn=[\"inputs\"]",
            "objective.1.learn = [\"inputs\"]: ",
        ),
        (None, "network.knid=mlp", "`network.kind`"),
        (None, "distill.kind=mlp", "`distill.kind`"),
        (None, "task.dim", "task.dim"),
    ] {
        let set: Vec<&str> = Some(set)
            .filter(|set| !set.is_empty())
            .into_iter()
            .collect();
        let error = plan(source, &set).unwrap_err();
        assert!(error.is_bad_input());
        let message = told(error);
        assert!(message.contains(named), "{message}");
    }
}

#[test]
fn a_resumed_run_cannot_be_asked_for_something_else() {
    let stored = plan(None, &["network.width=64"]).unwrap();
    let check = |source: Option<&str>, set: &[&str], seed| {
        let mut arguments = arguments(source, set);
        arguments.seed = seed;
        Request::of(&arguments)?.check_against(&stored)
    };
    check(None, &[], None).unwrap();
    check(Some("multi-index"), &["network.width=64"], Some(0)).unwrap();
    for (source, set, seed, named) in [
        (Some("digits"), None, None, "multi-index"),
        (None, Some("network.width=32"), None, "network.width = 32"),
        (
            None,
            Some("network.kind=mlp"),
            None,
            "network.kind = \"mlp\"",
        ),
        (None, None, Some(1), "seed = 1: "),
    ] {
        let set: Vec<&str> = set.into_iter().collect();
        let error = told(check(source, &set, seed).unwrap_err());
        assert!(error.contains(named), "{error}");
    }
    // A file gives all settings: a key that is missing from it counts as a difference.
    let text = stored.to_toml().unwrap();
    let (_folder, whole) = file(&text);
    check(Some(&whole), &[], None).unwrap();
    let (_folder, less) = file(&text.replace("width = 64\n", ""));
    let error = told(check(Some(&less), &[], None).unwrap_err());
    for name in ["network.width = 256", "network.width = 64", "own.toml"] {
        assert!(error.contains(name), "{error}");
    }
}

/// A run's `config.toml` from a version that stored the settings of every protocol in `evaluate`.
const EVERY_KEY: &str = r#"
version = "0.1.0"
task = { kind = "multi-index" }
network = { kind = "two-layer" }
objective = { kind = "gradient-matching" }
synthetic = { points = 4 }
[evaluate]
runs = 2
full_runs = 1
on = "test"
protocol = "feature-step"
steps = 7
batch = 256
learning_rates = [0.01]
learned_step_size = false
optimiser = "sgd"
momentum = 0.9
weight_decay = 0.0005
schedule = "step"
loss = "by-target"
augment = "operations"
penalties = [0.5]
baselines = true
"#;

#[test]
fn a_stored_run_with_the_settings_of_every_protocol_is_read() {
    let (_folder, path) = file(EVERY_KEY);
    let stored = Plan::load(Path::new(&path)).unwrap().unwrap();
    let expected = "runs = 2\nfull_runs = 1\nprotocol = \"feature-step\"\npenalties = [0.5]";
    let expected = EvaluateSettings::read(&expected.parse().unwrap()).unwrap();
    assert_eq!(stored.settings.evaluate, expected);
    assert_eq!(plan(Some(&path), &[]).unwrap().settings, stored.settings);
    request(Some(&path), &[])
        .unwrap()
        .check_against(&stored)
        .unwrap();
    let again = plan(
        Some(&path),
        &["evaluate.protocol=train", "evaluate.steps=3"],
    )
    .unwrap();
    let descent = again.settings.evaluate.protocol.descent().cloned();
    assert_eq!(descent.unwrap().steps, 3);
    // Written by hand, the same is refused.
    let (_folder, path) = file(&EVERY_KEY.replace("version = \"0.1.0\"\n", ""));
    let refused = told(plan(Some(&path), &[]).unwrap_err());
    assert!(refused.starts_with("evaluate."), "{refused}");
}

#[test]
fn a_protocol_over_a_presets_leaves_what_it_does_not_read() {
    for (preset, protocol) in [
        ("digits", "feature-step"),
        ("cifar10-frepo", "quick"),
        ("cifar10-mtt", "train"),
        ("multi-index", "standard"),
    ] {
        let set = format!("evaluate.protocol={protocol}");
        // The preset's network may not suit the protocol: that is checked later.
        let plan = plan(Some(preset), &[&set, "augment.operations=[]"]).unwrap();
        let evaluate = &plan.settings.evaluate;
        assert_eq!(evaluate.protocol.name(), protocol);
        assert_eq!(
            evaluate.runs,
            of_preset(preset).unwrap().settings.evaluate.runs
        );
        let read: Table = plan.to_toml().unwrap().parse().unwrap();
        assert_eq!(auto::read(sections(read)).unwrap().0, plan.settings);
    }
    let (_folder, path) = file("preset = \"digits\"\n[evaluate]\nprotocol = \"quick\"\nruns = 2\n");
    assert_eq!(
        plan(Some(&path), &[])
            .unwrap()
            .settings
            .evaluate
            .protocol
            .name(),
        "quick"
    );
    let refused = told(plan(None, &["evaluate.steps=3"]).unwrap_err());
    assert!(
        refused.contains("\"feature-step\"") && refused.contains("\"train\""),
        "{refused}"
    );
}

/// The sections of a document, without the keys above them.
fn sections(mut document: Table) -> Table {
    document.retain(|key, _| !["preset", "seed", "version"].contains(&key));
    document
}
