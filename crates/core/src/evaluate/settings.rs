//! Settings of the evaluation.

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use crate::augment::{AugmentSettings, Augmentation, NONE};
use crate::error::{Error, Result};
use crate::inner::{OptimiserKind, Schedule};
use crate::network::AnyNetwork;
use crate::settings::{Check, keys, range};
use crate::shape::InputShape;

/// How a network is trained on a set to score it. The same protocol serves every set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProtocolKind {
    /// Stochastic gradient descent on all weights from a fresh start, as the other settings say: the
    /// same number of steps on every set.
    Train,
    /// The literature's for pictures: 300 epochs, 1000 with augmentation (on all real data 200), of
    /// gradient descent with rate 0.01, a tenth of it in the second half (as the field's code counts: 301
    /// passes, the drop after 152; 1001 after 502), momentum 0.9, weight decay
    /// 5e-4 and batches of 256.
    Standard,
    /// The same for a laptop: 300 steps on every set, and so not to be compared with published numbers.
    Quick,
    /// The feature step and the ridge readout of theory.md.
    FeatureStep,
}

/// What a training makes small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrainingLoss {
    /// Cross-entropy for classes, the squared error for values.
    ByTarget,
    /// The squared error, for targets that are regressed, as kernel regression's are.
    SquaredError,
}

/// The part of the task that scores are taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judges {
    /// The test part: what is reported.
    #[default]
    Test,
    /// The validation part: what settings are chosen by, with nothing seen of the test part.
    Validation,
}

/// What networks see pictures through while they are trained for a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// Nothing.
    None,
    /// The operations of `augment.operations`, where there are any: a batch has one of them, and each
    /// picture a draw of its own.
    #[default]
    Operations,
    /// DC's own for its sets of digits: each picture is shifted, resized or turned.
    Condensation,
}

/// Settings of the evaluation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EvaluateSettings {
    /// Fresh networks a score is the mean of.
    pub runs: usize,
    /// At most so many for `full`, whose trainings are the long ones; as many as `runs` where not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_runs: Option<usize>,
    /// The part of the task that they are judged on.
    pub on: Judges,
    /// How they are trained.
    pub protocol: ProtocolKind,
    /// Training steps (protocol `train`).
    pub steps: usize,
    /// Rows a training step sees; all where there are fewer (protocol `train`).
    pub batch: usize,
    /// Learning rates, of which validation data chooses one for each set and network (protocol
    /// `train`). One network more is trained for each where there are several.
    pub learning_rates: Vec<f64>,
    /// Whether networks are trained on the distilled set with the step size that it stores (the mean, where
    /// it stores several), instead of those rates or the protocol's. Baselines have none.
    pub learned_step_size: bool,
    /// What moves the weights (protocol `train`).
    pub optimiser: OptimiserKind,
    /// Momentum of the training (protocol `train`).
    pub momentum: f64,
    /// Weight decay of the training (protocol `train`).
    pub weight_decay: f64,
    /// How the learning rate falls (protocol `train`).
    pub schedule: Schedule,
    /// What the training makes small.
    pub loss: TrainingLoss,
    /// What the training sees pictures through. With anything, protocol `standard` has 1000 epochs.
    pub augment: Seen,
    /// Ridge penalties, of which validation data chooses one for each readout that is fitted on
    /// real data (protocol `feature-step`).
    pub penalties: Vec<f64>,
    /// Whether the baselines are scored too.
    pub baselines: bool,
}

impl Default for EvaluateSettings {
    fn default() -> Self {
        Self {
            runs: 5,
            full_runs: None,
            on: Judges::Test,
            protocol: ProtocolKind::Train,
            steps: 1000,
            batch: 256,
            learning_rates: vec![0.01],
            learned_step_size: false,
            optimiser: OptimiserKind::Sgd,
            momentum: 0.9,
            weight_decay: 5e-4,
            schedule: Schedule::Step,
            loss: TrainingLoss::ByTarget,
            augment: Seen::Operations,
            penalties: vec![1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1],
            baselines: true,
        }
    }
}

impl EvaluateSettings {
    /// The augmentation of inputs of that shape that the training has.
    ///
    /// # Errors
    /// [`Error::Setting`]: there is one, but the inputs are no pictures.
    pub fn augmentation(
        &self,
        augment: &AugmentSettings,
        inputs: InputShape,
    ) -> Result<Augmentation> {
        match self.augment {
            Seen::None => Ok(NONE.clone()),
            Seen::Operations => augment.on(inputs),
            Seen::Condensation => inputs
                .picture_for("evaluate.augment", "\"condensation\"")
                .map(Augmentation::condensation),
        }
    }

    /// What to say of settings given otherwise than by default that the protocol does not look at.
    pub fn remark(&self) -> Option<String> {
        let default = Self::default();
        let of_train = [
            ("evaluate.steps", self.steps != default.steps),
            ("evaluate.batch", self.batch != default.batch),
            (
                "evaluate.learning_rates",
                self.learning_rates != default.learning_rates,
            ),
            ("evaluate.optimiser", self.optimiser != default.optimiser),
            ("evaluate.momentum", self.momentum != default.momentum),
            (
                "evaluate.weight_decay",
                self.weight_decay != default.weight_decay,
            ),
            ("evaluate.schedule", self.schedule != default.schedule),
        ];
        let of_trainings = [("evaluate.loss", self.loss != default.loss)];
        let of_features = [("evaluate.penalties", self.penalties != default.penalties)];
        let unread: Vec<(&str, bool)> = match self.protocol {
            ProtocolKind::Train => of_features.to_vec(),
            ProtocolKind::Standard | ProtocolKind::Quick => [&of_train[..], &of_features].concat(),
            ProtocolKind::FeatureStep => [&of_train[..], &of_trainings].concat(),
        };
        let given = unread.into_iter().filter(|(_, given)| *given);
        let given: Vec<&str> = given.map(|(name, _)| name).collect();
        (!given.is_empty()).then(|| {
            let protocol = keys::shown(&self.protocol);
            format!(
                "without effect under evaluate.protocol = {protocol}: {}",
                given.join(", ")
            )
        })
    }

    /// How many of a set's readout labels the protocol does not look at: all, unless it is
    /// `feature-step`.
    ///
    /// A readout label is no value of the target at its reference input. It is what a ridge readout with
    /// the set's penalty must be fitted on, over features that a step on the points has made, for that
    /// readout to do well (theory.md, phase 2); and the points' targets are there for that step. A
    /// training by gradients on all weights has neither the step nor the readout, so that labels as rows
    /// would teach it numbers that were made for something else. It has the points alone, and says so.
    pub fn unread_labels(&self, labels: usize) -> usize {
        match self.protocol {
            ProtocolKind::FeatureStep => 0,
            ProtocolKind::Train | ProtocolKind::Standard | ProtocolKind::Quick => labels,
        }
    }

    /// What to say of a set with so many readout labels, where the protocol does not look at them.
    pub fn remark_on_labels(&self, labels: usize) -> Option<String> {
        let unread = self.unread_labels(labels);
        (unread > 0).then(|| {
            let protocol = keys::shown(&self.protocol);
            format!(
                "evaluate.protocol = {protocol} trains on the points alone, without the set's {unread} \
                 readout labels: give \"feature-step\" to score both"
            )
        })
    }

    /// Refuses a network that the protocol cannot train.
    ///
    /// # Errors
    /// [`Error::Setting`]: the protocol is `feature-step`, and the network names no layer for it.
    pub fn fits<B: Backend>(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        match self.protocol {
            ProtocolKind::FeatureStep if network.feature_layer().is_none() => Err(Error::setting(
                "evaluate.protocol",
                "\"feature-step\"",
                "needs a network with a layer that the feature step can move, and this one names \
                 none; give \"train\", which trains all weights, or another network.kind",
            )),
            ProtocolKind::FeatureStep
            | ProtocolKind::Train
            | ProtocolKind::Standard
            | ProtocolKind::Quick => Ok(()),
        }
    }
}

impl Check for EvaluateSettings {
    fn check(&self) -> Result<()> {
        range::count("evaluate.runs", self.runs, 1..=range::MOST)?;
        if let Some(runs) = self.full_runs {
            range::count("evaluate.full_runs", runs, 1..=range::MOST)?;
        }
        range::count("evaluate.steps", self.steps, 1..=range::MOST)?;
        range::count("evaluate.batch", self.batch, 1..=usize::MAX)?;
        range::all_positive("evaluate.learning_rates", &self.learning_rates)?;
        range::all_positive("evaluate.penalties", &self.penalties)?;
        range::momentum("evaluate.momentum", self.momentum)?;
        range::zero_or_positive("evaluate.weight_decay", self.weight_decay)
    }
}
