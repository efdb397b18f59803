//! A whole evaluation: scores of the set and of the baselines, and further measurements.

use std::collections::BTreeMap;

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use super::alignment::{Alignment, FeatureAlignment};
use super::baseline::{BASELINES, Baseline};
use super::candidate::{NetworkScore, Outcome};
use super::gain::{BySet, Gain};
use super::held_out::HeldOut;
use super::judge::{Judge, Verdict, judged};
use super::memory::MemoryAccount;
use super::nested::NestedSet;
use super::protocol::Protocol;
use super::score::{Metric, Score};
use super::settings::{EvaluateSettings, ScoredOn};
use super::trial::{DISTILLED, DISTILLED_HARD, FULL, RANDOM_SOFT, Trial};
use super::{all_weights, feature_readout, label_robust};
use crate::augment::AugmentSettings;
use crate::error::{Error, Result};
use crate::network::AnyNetwork;
use crate::seed::Seed;
use crate::synthetic::{SingularDirection, SyntheticSet};
use crate::task::Resident;

/// The results of an evaluation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The metric of the scores.
    pub metric: Metric,
    /// The part of the task that scores were taken on.
    #[serde(default)]
    pub on: ScoredOn,
    /// Number of the set's readout labels that the protocol ignores ([`Protocol::unread_labels`]). If it
    /// is not 0, `distilled` is the score of the points alone.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unread_labels: usize,
    /// Scores by name: `distilled`, `random_real`, `k_means`, `agglomerative` and `full`; `random_soft` if all
    /// weights are trained; for classes also `herding` and `k_center`, and `distilled_hard` if the set's labels
    /// are soft; `distilled_K` for each nested size K below the whole set; and scores that only this protocol
    /// has.
    pub scores: Vec<(String, Score)>,
    /// By how much networks score better on the set than on each other one of [`Self::scores`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gain: BySet<Gain>,
    /// Candidates without a finite score, by name, with the reason. Never `distilled`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<(String, String)>,
    /// DD-Ranking's label-robust score, in [0, 1]. `None` without classes, or if a score it needs is
    /// missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_robust_score: Option<f64>,
    /// The marks of the judges. `None` if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judges: Option<Verdict>,
    /// Number of stored numbers, compared with data and model.
    pub memory: MemoryAccount,
    /// Alignment of points and features with the principal subspace. `None` if the task does not know it.
    pub alignment: Option<Alignment>,
    /// The points' singular directions, largest singular value first, each with its share inside the
    /// principal subspace. Empty if the task does not know the subspace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spectrum: Vec<SingularDirection>,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Names of scores that protocols give themselves, which no baseline may have.
const OF_PROTOCOLS: [&str; 6] = [
    DISTILLED,
    DISTILLED_HARD,
    "features_distilled",
    "random_features",
    FULL,
    RANDOM_SOFT,
];

/// Scores sets with these settings, task, network and baselines.
#[derive(Clone, Copy)]
pub struct Evaluator<'a, B: Backend> {
    /// Settings of the evaluation.
    pub settings: &'a EvaluateSettings,
    /// The operations that `evaluate.augment = "operations"` uses.
    pub augment: &'a AugmentSettings,
    /// The task.
    pub task: &'a Resident<'a, B>,
    /// The network; each run trains fresh weights of it.
    pub network: &'a dyn AnyNetwork<B>,
    /// The baselines, in the order of their scores: [`BASELINES`] and those that the caller adds.
    pub baselines: &'a [&'a dyn Baseline],
    /// Judges beside those that the settings name.
    pub judges: &'a [&'a dyn Judge],
}

/// Scores a set as [`Evaluator::evaluate`] does, with the baselines of the library.
///
/// # Errors
/// Those of [`Evaluator::evaluate`].
pub fn evaluate<B: Backend>(
    settings: &EvaluateSettings,
    augment: &AugmentSettings,
    task: &Resident<'_, B>,
    network: &dyn AnyNetwork<B>,
    set: &SyntheticSet<B>,
    seed: &Seed,
    scored: &mut dyn FnMut(&str, &Score),
) -> Result<Evaluation> {
    let evaluator = Evaluator {
        settings,
        augment,
        task,
        network,
        baselines: BASELINES,
        judges: &[],
    };
    evaluator.evaluate(set, seed, scored)
}

impl<B: Backend> Evaluator<'_, B> {
    /// Scores a set and, if the settings ask for them, the baselines. `scored` receives the name and value
    /// of each score as soon as it is known. A baseline without a score is in [`Evaluation::failed`].
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the set does not have the task's shapes, or two scores have the same name;
    /// [`Error::Setting`] if the augmentation does not fit the inputs, the network does not fit the
    /// protocol ([`EvaluateSettings::fits`]), or the set has no finite score because its training diverges
    /// at every learning rate or no penalty gives a readout; the errors of a baseline.
    pub fn evaluate(
        &self,
        set: &SyntheticSet<B>,
        seed: &Seed,
        scored: &mut dyn FnMut(&str, &Score),
    ) -> Result<Evaluation> {
        let Self {
            settings,
            augment,
            task,
            network,
            baselines,
            judges,
        } = *self;
        settings.fits(network)?;
        check_names(baselines)?;
        let interface = task.task.interface();
        let [_, features] = set.inputs().dims();
        let [_, outputs] = set.targets().dims();
        if (features, outputs) != (interface.inputs.len(), interface.outputs) {
            return Err(Error::Mismatch(format!(
                "the set has {features} features and {outputs} outputs, but the task {:?} has {} and {}",
                task.task.name,
                interface.inputs.len(),
                interface.outputs,
            )));
        }
        let trial = Trial {
            settings,
            augmentation: settings.augmentation(augment, interface.inputs)?,
            task,
            network,
            set,
            nested: NestedSet::all(set),
            baselines,
            seed: seed.child("evaluate"),
            test: HeldOut::new(&task.task.test, network.device()),
            validation: HeldOut::new(&task.task.validation, network.device()),
        };
        let metric = trial.metric();
        let (mut scores, mut failed) = (Vec::new(), Vec::new());
        let (mut gain, mut own) = (BySet::new(), None);
        let mut note = |name: &str, outcome: Outcome| {
            match outcome {
                Ok(networks) => {
                    let values: Vec<f64> = networks.iter().map(|network| network.value).collect();
                    let balanced = networks.iter().filter_map(|network| network.balanced);
                    let balanced: Vec<f64> = balanced.collect();
                    let score = Score::with_balanced(&values, &balanced);
                    scored(name, &score);
                    let by_row = mean_by_row(&networks);
                    match &own {
                        None => own = Some((score.clone(), by_row)),
                        Some((of_set, rows)) => {
                            let of = Gain::of_networks(metric, (of_set, rows), (&score, &by_row));
                            gain.insert(name.to_owned(), of);
                        }
                    }
                    scores.push((name.to_owned(), score));
                }
                Err(reason) if name == DISTILLED => return Err(reason),
                Err(reason) => failed.push((name.to_owned(), reason.to_string())),
            }
            Ok(())
        };
        let features = match &settings.protocol {
            Protocol::Train { .. } | Protocol::Standard(_) | Protocol::Quick(_) => {
                all_weights::scores(&trial, &mut note)?;
                FeatureAlignment::default()
            }
            Protocol::FeatureStep(_) | Protocol::Transfer(_) => {
                feature_readout::scores(&trial, &mut note)?
            }
        };
        let (alignment, spectrum) = match Alignment::of_points(&trial)? {
            Some((points, spectrum)) => (Some(points.with_features(features)), spectrum),
            None => (None, Vec::new()),
        };
        let judges = judged(&trial, judges, &scores)?;
        let memory = MemoryAccount::of(&trial)?;
        Ok(Evaluation {
            metric,
            on: settings.on,
            unread_labels: settings.protocol.unread_labels(set.label_count()),
            label_robust_score: match metric {
                Metric::Accuracy => label_robust::score(&scores, &failed),
                Metric::Mse => None,
            },
            scores,
            gain,
            failed,
            judges,
            memory,
            alignment,
            spectrum,
        })
    }
}

/// The mean over networks of the metric of each row.
fn mean_by_row(networks: &[NetworkScore]) -> Vec<f32> {
    let rows = networks.first().map_or(0, |first| first.by_row.len());
    let share = 1.0 / networks.len().max(1) as f32;
    let of_row = |row: usize| share * networks.iter().map(|it| it.by_row[row]).sum::<f32>();
    (0..rows).map(of_row).collect()
}

/// Refuses a baseline with the name of another score.
fn check_names(baselines: &[&dyn Baseline]) -> Result<()> {
    for (place, baseline) in baselines.iter().enumerate() {
        let name = baseline.name();
        let earlier = baselines[..place].iter().any(|it| it.name() == name);
        let is_nested = name.starts_with("distilled_") || name.starts_with("k_means_");
        if earlier || is_nested || OF_PROTOCOLS.contains(&name) {
            let problem =
                format!("two scores have the name {name:?}: give the baseline another name");
            return Err(Error::Mismatch(problem));
        }
    }
    Ok(())
}
