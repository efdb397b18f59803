//! A whole evaluation: the set and the baselines, and all that is found about them.

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use super::alignment::{Alignment, FeatureAlignment};
use super::baseline::{BASELINES, Baseline};
use super::candidate::Outcome;
use super::held_out::HeldOut;
use super::memory::MemoryAccount;
use super::protocol::Protocol;
use super::score::{Metric, Score};
use super::settings::{EvaluateSettings, ScoredOn};
use super::trial::{DISTILLED, DISTILLED_HARD, FULL, Trial};
use super::{all_weights, feature_readout, label_robust};
use crate::augment::AugmentSettings;
use crate::error::{Error, Result};
use crate::network::AnyNetwork;
use crate::seed::Seed;
use crate::synthetic::{SingularDirection, SyntheticSet};
use crate::task::Resident;

/// Everything an evaluation found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// What the scores measure.
    pub metric: Metric,
    /// On which part of the task.
    #[serde(default)]
    pub on: ScoredOn,
    /// Readout labels of the set that the protocol does not look at, so that `distilled` is a score of
    /// its points alone ([`Protocol::unread_labels`]).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unread_labels: usize,
    /// Scores by name: `distilled`, `random_real`, `full`; of classes `herding` and `k_center`, and
    /// `distilled_hard` where the set's own labels are soft; and the protocol's own.
    pub scores: Vec<(String, Score)>,
    /// Baselines without a finite score, by name, and why. Never `distilled`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<(String, String)>,
    /// DD-Ranking's label-robust score in [0, 1], where there are classes and all that it needs was
    /// scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_robust_score: Option<f64>,
    /// What is stored, against what it stands for.
    pub memory: MemoryAccount,
    /// How well points and features lie in the principal subspace, where that is known.
    pub alignment: Option<Alignment>,
    /// The points' singular directions, largest value first, and how much of each lies in the principal
    /// subspace; empty where that is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spectrum: Vec<SingularDirection>,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Scores that protocols give besides those of the set and the baselines.
const OF_PROTOCOLS: [&str; 5] = [
    DISTILLED,
    DISTILLED_HARD,
    "features_distilled",
    "random_features",
    FULL,
];

/// What sets are scored by: settings, a task, a network to make fresh ones of, and the baselines to compare
/// with.
#[derive(Clone, Copy)]
pub struct Evaluator<'a, B: Backend> {
    /// How sets are scored.
    pub settings: &'a EvaluateSettings,
    /// What `evaluate.augment = "operations"` stands for.
    pub augment: &'a AugmentSettings,
    /// The task.
    pub task: &'a Resident<'a, B>,
    /// The network whose fresh copies are trained.
    pub network: &'a dyn AnyNetwork<B>,
    /// The baselines, in the order of their scores: [`BASELINES`], and any of a caller's own.
    pub baselines: &'a [&'a dyn Baseline],
}

/// [`Evaluator::evaluate`] with the baselines of the library.
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
    };
    evaluator.evaluate(set, seed, scored)
}

impl<B: Backend> Evaluator<'_, B> {
    /// Scores a set, and the baselines where the settings ask for them. `scored` is told each score as
    /// soon as it is known; a baseline without one is in [`Evaluation::failed`].
    ///
    /// # Errors
    /// A set that was not made for this task's shapes; an augmentation that is not for them; a network
    /// that does not fit the protocol ([`EvaluateSettings::fits`]); two baselines of one name; no finite
    /// score for the set itself, since the training on it diverges at every learning rate, or no penalty
    /// gives it a readout; those of a baseline.
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
            baselines,
            seed: seed.child("evaluate"),
            test: HeldOut::new(&task.task.test, network.device()),
            validation: HeldOut::new(&task.task.validation, network.device()),
        };
        let (mut scores, mut failed) = (Vec::new(), Vec::new());
        let mut note = |name: &str, outcome: Outcome| {
            match outcome {
                Ok(networks) => {
                    let values: Vec<f64> = networks.iter().map(|network| network.value).collect();
                    let score = Score::of(&values);
                    scored(name, &score);
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
        let memory = MemoryAccount::of(&trial)?;
        let metric = trial.metric();
        Ok(Evaluation {
            metric,
            on: settings.on,
            unread_labels: settings.protocol.unread_labels(set.label_count()),
            label_robust_score: match metric {
                Metric::Accuracy => label_robust::score(&scores, &failed),
                Metric::Mse => None,
            },
            scores,
            failed,
            memory,
            alignment,
            spectrum,
        })
    }
}

/// Refuses two scores of one name.
fn check_names(baselines: &[&dyn Baseline]) -> Result<()> {
    for (place, baseline) in baselines.iter().enumerate() {
        let name = baseline.name();
        let earlier = baselines[..place].iter().any(|it| it.name() == name);
        if earlier || OF_PROTOCOLS.contains(&name) {
            let problem = format!("two scores have the name {name:?}: give the baseline another");
            return Err(Error::Mismatch(problem));
        }
    }
    Ok(())
}
