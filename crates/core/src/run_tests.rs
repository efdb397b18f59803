#![allow(clippy::unwrap_used, clippy::expect_used)]
//! Settings are read in double precision and used in single: accepted values must be in range there too.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Table;

use super::*;
use crate::evaluate::Protocol;
use crate::settings::apply_override;
use crate::settings::dotted;
use crate::synthetic::Part;
use crate::wording::told;

/// A setting that is a number, or a list of them.
struct Case {
    /// The kind of its section, if the section has kinds.
    kind: Option<&'static str>,
    key: &'static str,
    /// Whether a number is in range once it is in single precision.
    holds: fn(f32) -> bool,
    /// Numbers that are accepted.
    good: &'static [f64],
    /// Whether the default settings contain this key.
    has_default: bool,
}

const fn case(key: &'static str, holds: fn(f32) -> bool, good: &'static [f64]) -> Case {
    Case {
        kind: None,
        key,
        holds,
        good,
        has_default: true,
    }
}

impl Case {
    const fn of(self, kind: &'static str) -> Self {
        let kind = Some(kind);
        Self { kind, ..self }
    }

    const fn optional(self) -> Self {
        let has_default = false;
        Self {
            has_default,
            ..self
        }
    }
}

fn positive(number: f32) -> bool {
    number.is_normal() && number > 0.0
}

fn zero_or_positive(number: f32) -> bool {
    number == 0.0 || positive(number)
}

fn momentum(number: f32) -> bool {
    (0.0..1.0).contains(&number)
}

fn step_size(number: f32) -> bool {
    (1e-12..=1e6).contains(&number)
}

fn spread(number: f32) -> bool {
    let fourth = number.powi(4);
    (1e-9..=1e9).contains(&number) && positive(fourth)
}

fn whitening(number: f32) -> bool {
    (1e-6..=1e3).contains(&number)
}

fn width(number: f32) -> bool {
    (1e-3..=1e3).contains(&number)
}

fn noise(number: f32) -> bool {
    (0.0..=1e3).contains(&number)
}

const NOISE: &[f64] = &[0.0, 0.2, 1e3];
const WIDTHS: &[f64] = &[2e-3, 0.5, 1e3];
const POSITIVE: &[f64] = &[1.2e-38, 0.1, 3.4e38];
const MOMENTA: &[f64] = &[0.0, 0.5, 0.999_999_9, 0.999_999_94];
const STEP_SIZES: &[f64] = &[1e-12, 0.1, 1e6];
const SPREADS: &[f64] = &[1e-9, 1.0, 1e9];
const PENALTIES: &[f64] = &[1e-6, 0.1, 1e3];

/// All settings with a decimal point that are used in single precision.
const CASES: &[Case] = &[
    case("distill.learning_rate", positive, POSITIVE),
    case("distill.step_size_learning_rate", positive, POSITIVE).optional(),
    case("distill.momentum", momentum, MOMENTA),
    case("distill.row_noise", noise, NOISE),
    case("distill.point_noise", noise, NOISE),
    case("distill.clip", zero_or_positive, &[0.0, 1e-30, 1e30]),
    case("distill.clip_to_mean", zero_or_positive, &[0.0, 2.0]),
    case("synthetic.spread", spread, SPREADS),
    case("synthetic.reference.spread", spread, SPREADS),
    case("synthetic.reference.penalty", positive, POSITIVE),
    case("evaluate.learning_rates", positive, POSITIVE).of("train"),
    case("evaluate.momentum", momentum, MOMENTA).of("train"),
    case("evaluate.weight_decay", zero_or_positive, &[0.0, 5e-4]).of("train"),
    case("evaluate.penalties", positive, POSITIVE).of("feature-step"),
    case("evaluate.penalties", positive, POSITIVE).of("transfer"),
    case("objective.ageing_rate", step_size, STEP_SIZES).of("gradient-matching"),
    case("objective.step_size", step_size, STEP_SIZES).of("performance-matching"),
    case("objective.inner_momentum", momentum, MOMENTA).of("performance-matching"),
    case("objective.step_size", step_size, STEP_SIZES).of("trajectory-matching"),
    case("objective.experts.learning_rate", step_size, STEP_SIZES).of("trajectory-matching"),
    case(
        "objective.penalty",
        |number| (1e-9..=1e3).contains(&number),
        PENALTIES,
    )
    .of("kernel-regression"),
    case("objective.ageing_rate", step_size, STEP_SIZES).of("kernel-regression"),
    case("objective.width", width, WIDTHS).of("kernel-inducing-points"),
    case(
        "objective.penalty",
        |number| (1e-9..=1e3).contains(&number),
        PENALTIES,
    )
    .of("kernel-inducing-points"),
    case("objective.width", width, WIDTHS).of("neighbour-compression"),
    case(
        "task.noise",
        |number| (0.0..=1e6).contains(&number),
        &[0.0, 0.1, 1e6],
    )
    .of("multi-index"),
    case(
        "task.coefficients",
        |number| number.abs() <= 1e6,
        &[-1e6, 0.0, 0.3, 1e6],
    )
    .of("multi-index")
    .optional(),
    case("task.zca_penalty", whitening, PENALTIES)
        .of("idx")
        .optional(),
    case("task.zca_penalty", whitening, PENALTIES)
        .of("cifar")
        .optional(),
    case("task.zca_penalty", whitening, PENALTIES)
        .of("folder")
        .optional(),
];

/// Settings that are fractions of rows. They are used in double precision.
const FRACTIONS: [&str; 2] = ["task.validation", "task.test"];

/// Numbers just inside and outside of what single precision distinguishes from 0, 1 and infinity.
const PROBES: [f64; 34] = [
    f64::NEG_INFINITY,
    -1e39,
    -1e6,
    -1.0,
    -1e-30,
    -1e-300,
    0.0,
    1e-300,
    1e-46,
    1e-40,
    1.17e-38,
    1.2e-38,
    1e-30,
    1e-13,
    1e-12,
    1e-9,
    1e-6,
    0.1,
    0.5,
    0.999_999_9,
    0.999_999_97,
    0.999_999_98,
    0.999_999_999,
    1.0,
    1.000_000_01,
    2.0,
    1e3,
    1e6,
    1e9,
    1e30,
    3.4e38,
    3.5e38,
    1e300,
    f64::NAN,
];

/// Whether settings that are otherwise valid are refused because of this value of the key.
fn refused(case: &Case, value: f64) -> bool {
    let section = case.key.split('.').next().unwrap();
    let mut table = Table::new();
    let mut set = |assignment: &str| apply_override(&mut table, assignment).unwrap();
    set("task.kind=multi-index");
    set("network.kind=two-layer");
    set("objective.kind=gradient-matching");
    set("synthetic.points=4");
    if let Some(kind) = case.kind {
        let key = if section == "evaluate" {
            "protocol"
        } else {
            "kind"
        };
        set(&format!("{section}.{key}={kind}"));
    }
    let (before, after) = match case.key {
        "task.coefficients" => {
            set("task.link=polynomial");
            ("[0.0, 1.0, ", "]")
        }
        "task.zca_penalty" => {
            set("task.path=pictures");
            set("task.zca=true");
            if case.kind == Some("folder") {
                set("task.side=8");
            }
            ("", "")
        }
        "evaluate.learning_rates" | "evaluate.penalties" => ("[0.1, ", "]"),
        _ => ("", ""),
    };
    set(&format!("{}={before}{value:?}{after}", case.key));
    let blamed = |error: Error| error.to_string().starts_with(&format!("{} = ", case.key));
    Settings::read(&table).is_err_and(blamed)
}

#[test]
fn accepted_values_are_in_range_in_single_precision() {
    for case in CASES {
        let Case { key, holds, .. } = case;
        for &value in case.good {
            assert!(!refused(case, value), "{key} = {value:e} is refused");
        }
        for value in PROBES {
            let used = value as f32;
            let is_held = value == 0.0 || used.is_normal();
            assert!(
                refused(case, value) || is_held && holds(used),
                "{key} = {value:e} is accepted, and used as {used:e}"
            );
        }
    }
}

/// Keys of a section's defaults whose values are floating-point numbers, or lists of them.
fn numbers(section: &str, kind: Option<&'static str>, table: &Table) -> Vec<Row> {
    let is_float = |value: &toml::Value| match value {
        toml::Value::Float(_) => true,
        toml::Value::Array(values) => values.iter().any(toml::Value::is_float),
        _ => false,
    };
    let leaves = dotted::leaves(table).into_iter();
    let floats = leaves.filter(|(_, value)| is_float(value));
    floats
        .map(|(key, _)| (kind, format!("{section}.{key}")))
        .collect()
}

type Row = (Option<&'static str>, String);

/// The default settings of a kind, which are not checked.
fn defaults<T: for<'a> Deserialize<'a> + Serialize>(kind: &str) -> Table {
    let settings: T = toml::from_str(&format!("kind = {kind:?}")).unwrap();
    Table::try_from(settings).unwrap()
}

#[test]
fn every_number_among_the_defaults_has_a_case() {
    let distill = Table::try_from(DistillSettings::default()).unwrap();
    let mut found = numbers("distill", None, &distill);
    let synthetic = Table::try_from(SyntheticSettings::default()).unwrap();
    found.extend(numbers("synthetic", None, &synthetic));
    for protocol in Protocol::NAMES {
        let table = format!("protocol = {protocol:?}").parse().unwrap();
        let evaluate = EvaluateSettings::read(&table).unwrap();
        let table = Table::try_from(evaluate).unwrap();
        found.extend(numbers("evaluate", Some(protocol), &table));
    }
    let augment = Table::try_from(AugmentSettings::default()).unwrap();
    found.extend(numbers("augment", None, &augment));
    // The numbers of an average are those of its members.
    for kind in ObjectiveSettings::kinds()
        .into_iter()
        .filter(|kind| *kind != "average")
    {
        let named = Table::from_iter([("kind".to_owned(), kind.into())]);
        let table = ObjectiveSettings::read(&named).unwrap().to_table().unwrap();
        found.extend(numbers("objective", Some(kind), &table));
    }
    for &kind in NetworkSettings::KINDS {
        let table = defaults::<NetworkSettings>(kind);
        found.extend(numbers("network", Some(kind), &table));
    }
    for &kind in TaskSettings::KINDS {
        found.extend(numbers("task", Some(kind), &defaults::<TaskSettings>(kind)));
    }
    found.retain(|(_, key)| !FRACTIONS.contains(&key.as_str()));
    let with_default = CASES.iter().filter(|case| case.has_default);
    let cases: BTreeSet<Row> = with_default
        .map(|case| (case.kind, case.key.to_owned()))
        .collect();
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), cases);
}

#[test]
fn a_stored_run_may_name_an_objective_that_is_not_here() {
    let text = r#"
        task = { kind = "digits" }
        network = { kind = "mlp" }
        objective = { kind = "class-means", decay = 0.9, learn = ["inputs", "targets"] }
    "#;
    let table: Table = text.parse().unwrap();
    let refused = told(Settings::read(&table).unwrap_err());
    assert!(refused.contains("class-means"), "{refused}");
    let stored = Settings::read_stored(&table).unwrap();
    assert_eq!(stored.objective[0].kind(), "class-means");
    let learns = stored.objective[0].learns();
    assert_eq!(Vec::from_iter(learns), [Part::Inputs, Part::Targets]);
    let again = Settings::read_stored(&stored.to_table().unwrap()).unwrap();
    assert_eq!(again, stored);
    let missing = told(stored.recipe::<burn_flex::Flex>().unwrap_err());
    assert!(missing.contains("class-means"), "{missing}");
}

#[test]
fn keys_within_tables_of_an_objective_are_checked() {
    let text = r#"
        task = { kind = "digits" }
        network = { kind = "mlp" }
        objective = { kind = "trajectory-matching", experts = { cuont = 3 } }
    "#;
    let refused = told(Settings::read(&text.parse().unwrap()).unwrap_err());
    assert!(refused.contains("objective.experts.cuont"), "{refused}");
    assert!(refused.contains("objective.experts.count"), "{refused}");
}
