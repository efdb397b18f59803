//! Protocols, each with the settings that it reads.

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};
use toml::Table;

use crate::error::{Error, Result};
use crate::inner::{OptimiserKind, Schedule};
use crate::network::AnyNetwork;
use crate::settings::{Check, keys, range};

/// How a network is trained on a set to score it. The same protocol serves every set.
///
/// Its settings stand beside `evaluate.protocol` in the section `evaluate`. A protocol has the keys that it
/// reads and no others.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "protocol", rename_all = "kebab-case")]
pub enum Protocol {
    /// Gradient descent on all weights from a fresh start, as its settings say: the same number of steps
    /// on every set.
    Train {
        /// The descent.
        #[serde(flatten)]
        descent: DescentSettings,
        /// What it shares with the other protocols that train all weights.
        #[serde(flatten)]
        options: TrainingOptions,
    },
    /// The literature's for pictures: 300 epochs, 1000 with augmentation (on all real data 200), of
    /// gradient descent with rate 0.01, a tenth of it in the second half (as the field's code counts: 301
    /// passes, the drop after 152; 1001 after 502), momentum 0.9, weight decay
    /// 5e-4 and batches of 256.
    Standard(TrainingOptions),
    /// The same for a laptop: 300 steps on every set, and so not to be compared with published numbers.
    Quick(TrainingOptions),
    /// The feature step and the ridge readout of theory.md.
    FeatureStep(FeatureStepSettings),
    /// The feature step on the points, and a ridge readout fitted on the training part of the task at hand:
    /// what the set's features are worth for another target than the one it was made for. The set's readout
    /// labels have no part in it.
    Transfer(FeatureStepSettings),
}

/// Gradient descent as `evaluate.protocol = "train"` takes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DescentSettings {
    /// Training steps; at least 1.
    pub steps: usize,
    /// Rows a training step sees, at least 1; all where there are fewer.
    pub batch: usize,
    /// Learning rates, of which validation data chooses one for each set and network. One network more
    /// is trained for each where there are several.
    pub learning_rates: Vec<f64>,
    /// What moves the weights.
    pub optimiser: OptimiserKind,
    /// Momentum, in [0, 1).
    pub momentum: f64,
    /// Weight decay; 0 for none.
    pub weight_decay: f64,
    /// How the learning rate falls.
    pub schedule: Schedule,
}

/// What every protocol reads that trains all weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainingOptions {
    /// Whether networks are trained on the distilled set with the step size that it stores (the mean, where
    /// it stores several), instead of the protocol's rates. Baselines have none.
    pub learned_step_size: bool,
    /// What the training makes small.
    pub loss: TrainingLoss,
    /// What the training sees pictures through. With anything, protocol `standard` has 1000 epochs.
    pub augment: ScoringAugmentation,
}

/// The readouts that `evaluate.protocol = "feature-step"` and `"transfer"` fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeatureStepSettings {
    /// Ridge penalties, of which validation data chooses one for each readout that is fitted on real data.
    pub penalties: Vec<f64>,
}

/// What a training makes small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrainingLoss {
    /// Cross-entropy for classes, the squared error for values.
    #[default]
    ByTarget,
    /// The squared error, for targets that are regressed, as kernel regression's are.
    SquaredError,
}

/// What networks see pictures through while they are trained for a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScoringAugmentation {
    /// Nothing.
    None,
    /// The operations of `augment.operations`, where there are any: a batch has one of them, and each
    /// picture a draw of its own.
    #[default]
    Operations,
    /// DC's own for its sets of digits: each picture is shifted, resized or turned.
    Condensation,
}

impl Default for DescentSettings {
    fn default() -> Self {
        Self {
            steps: 1000,
            batch: 256,
            learning_rates: vec![0.01],
            optimiser: OptimiserKind::Sgd,
            momentum: 0.9,
            weight_decay: 5e-4,
            schedule: Schedule::Step,
        }
    }
}

impl Default for FeatureStepSettings {
    fn default() -> Self {
        Self {
            penalties: vec![1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1],
        }
    }
}

impl Default for Protocol {
    fn default() -> Self {
        Self::Train {
            descent: DescentSettings::default(),
            options: TrainingOptions::default(),
        }
    }
}

impl Protocol {
    /// The names that `evaluate.protocol` can have.
    pub const NAMES: [&'static str; 5] = ["train", "standard", "quick", "feature-step", "transfer"];

    /// Its name among [`Self::NAMES`].
    pub fn name(&self) -> &'static str {
        match self {
            Self::Train { .. } => "train",
            Self::Standard(_) => "standard",
            Self::Quick(_) => "quick",
            Self::FeatureStep(_) => "feature-step",
            Self::Transfer(_) => "transfer",
        }
    }

    /// The keys that the protocol of that name reads; none where there is no such protocol.
    pub(super) fn keys(name: &str) -> Vec<&'static str> {
        match name {
            "train" => [keys::of::<DescentSettings>(), keys::of::<TrainingOptions>()].concat(),
            "standard" | "quick" => keys::of::<TrainingOptions>().to_vec(),
            "feature-step" | "transfer" => keys::of::<FeatureStepSettings>().to_vec(),
            _ => Vec::new(),
        }
    }

    /// The protocol of that name, from the keys that it reads; the rest of the section is not looked at.
    ///
    /// # Errors
    /// A value of the wrong type. Its range is not looked at.
    pub(super) fn read(name: &str, section: &Table) -> Result<Self> {
        Ok(match name {
            "standard" => Self::Standard(keys::part("evaluate", section)?),
            "quick" => Self::Quick(keys::part("evaluate", section)?),
            "feature-step" => Self::FeatureStep(keys::part("evaluate", section)?),
            "transfer" => Self::Transfer(keys::part("evaluate", section)?),
            _ => Self::Train {
                descent: keys::part("evaluate", section)?,
                options: keys::part("evaluate", section)?,
            },
        })
    }

    /// The descent, where the protocol has settings for it.
    pub fn descent(&self) -> Option<&DescentSettings> {
        match self {
            Self::Train { descent, .. } => Some(descent),
            Self::Standard(_) | Self::Quick(_) | Self::FeatureStep(_) | Self::Transfer(_) => None,
        }
    }

    /// The options of a protocol that trains all weights; `None` of one that does not.
    pub fn options(&self) -> Option<&TrainingOptions> {
        match self {
            Self::Train { options, .. } | Self::Standard(options) | Self::Quick(options) => {
                Some(options)
            }
            Self::FeatureStep(_) | Self::Transfer(_) => None,
        }
    }

    /// The ridge penalties that validation data chooses from; none where the protocol fits no readouts.
    pub(super) fn penalties(&self) -> &[f64] {
        match self {
            Self::FeatureStep(settings) | Self::Transfer(settings) => &settings.penalties,
            Self::Train { .. } | Self::Standard(_) | Self::Quick(_) => &[],
        }
    }

    /// Whether it fits ridge readouts on features that a feature step has made, of rows as they are.
    pub fn takes_feature_step(&self) -> bool {
        match self {
            Self::FeatureStep(_) | Self::Transfer(_) => true,
            Self::Train { .. } | Self::Standard(_) | Self::Quick(_) => false,
        }
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
        match self {
            Self::FeatureStep(_) => 0,
            Self::Train { .. } | Self::Standard(_) | Self::Quick(_) | Self::Transfer(_) => labels,
        }
    }

    /// Refuses a network that the protocol cannot train.
    ///
    /// # Errors
    /// [`Error::Setting`]: the protocol takes the feature step, and the network names no layer for it.
    pub fn fits<B: Backend>(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        match self {
            Self::Train { .. } | Self::Standard(_) | Self::Quick(_) => Ok(()),
            Self::FeatureStep(_) | Self::Transfer(_) if network.feature_layer().is_some() => Ok(()),
            Self::FeatureStep(_) | Self::Transfer(_) => Err(Error::setting(
                "evaluate.protocol",
                format!("{:?}", self.name()),
                "needs a network with a layer that the feature step can move, and this one names \
                 none; give \"train\", which trains all weights, or another network.kind",
            )),
        }
    }
}

impl Check for Protocol {
    fn check(&self) -> Result<()> {
        match self {
            Self::Train { descent, .. } => descent.check(),
            Self::Standard(_) | Self::Quick(_) => Ok(()),
            Self::FeatureStep(settings) | Self::Transfer(settings) => settings.check(),
        }
    }
}

impl Check for DescentSettings {
    fn check(&self) -> Result<()> {
        range::count("evaluate.steps", self.steps, 1..=range::MOST)?;
        range::count("evaluate.batch", self.batch, 1..=usize::MAX)?;
        range::all_positive("evaluate.learning_rates", &self.learning_rates)?;
        range::momentum("evaluate.momentum", self.momentum)?;
        range::zero_or_positive("evaluate.weight_decay", self.weight_decay)
    }
}

impl Check for FeatureStepSettings {
    fn check(&self) -> Result<()> {
        range::all_positive("evaluate.penalties", &self.penalties)
    }
}
