//! Protocols by which networks are trained for a score, each with its own settings.

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};
use toml::Table;

use crate::error::{Error, Result};
use crate::inner::{OptimiserKind, Schedule};
use crate::network::AnyNetwork;
use crate::settings::{Check, keys, range};

/// How a network is trained on a set to score it. The protocol is the same for every set.
///
/// Its settings are keys of the section `evaluate`, beside `evaluate.protocol`. A protocol accepts only
/// the keys that it reads.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "protocol", rename_all = "kebab-case")]
pub enum Protocol {
    /// Gradient descent on all weights of a fresh network, with the given settings. Every set has the
    /// same number of steps.
    Train {
        /// Settings of the descent.
        #[serde(flatten)]
        descent: DescentSettings,
        /// Settings shared by all protocols that train all weights.
        #[serde(flatten)]
        options: TrainingOptions,
    },
    /// The protocol of the literature for pictures: gradient descent for 300 epochs, or 1000 with
    /// augmentation, or 200 on all real data. The learning rate is 0.01 and a tenth of it in the second
    /// half, momentum 0.9, weight decay 5e-4, and minibatches have 256 rows. On a set, passes are counted
    /// as in the field's code: 301 with the drop after 152, or 1001 with the drop after 502.
    Standard(TrainingOptions),
    /// A short form of `Standard` with 300 steps on every set. Its scores are not comparable with
    /// published numbers.
    Quick(TrainingOptions),
    /// The feature step and the ridge readout of `docs/theory.md`.
    FeatureStep(FeatureStepSettings),
    /// The feature step on the points, and a ridge readout fitted on the training part of the present task.
    /// It measures how useful the set's features are for a target other than the one the set was made for.
    /// The set's readout labels are ignored.
    Transfer(FeatureStepSettings),
}

/// Settings of gradient descent for `evaluate.protocol = "train"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DescentSettings {
    /// Number of training steps, at least 1. Default: 1000.
    pub steps: usize,
    /// Number of rows in a minibatch, at least 1; all rows if there are fewer. Default: 256.
    pub batch: usize,
    /// Learning rates to choose from, all positive. Default: 0.01 alone. If there are several, one more
    /// network is trained with each of them, and the validation part chooses one rate for each set.
    pub learning_rates: Vec<f64>,
    /// Optimiser of the weights.
    pub optimiser: OptimiserKind,
    /// Momentum, in [0, 1). Default: 0.9.
    pub momentum: f64,
    /// Weight decay; 0 for none. Default: 5e-4.
    pub weight_decay: f64,
    /// How the learning rate falls.
    pub schedule: Schedule,
}

/// Settings of all protocols that train all weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainingOptions {
    /// Whether networks are trained on the distilled set with the step size stored in it, or the mean if
    /// several are stored. Default: false. Baselines always have the protocol's rates.
    pub learned_step_size: bool,
    /// Loss of the training.
    pub loss: TrainingLoss,
    /// Augmentation of pictures in the training. If there is one, protocol `standard` has 1000 epochs.
    pub augment: ScoringAugmentation,
}

/// Settings of the readouts of `evaluate.protocol = "feature-step"` and `"transfer"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeatureStepSettings {
    /// Ridge penalties to choose from, all positive. The validation part chooses one for each readout that
    /// is not fitted on readout labels. Default: powers of ten from 1e-6 to 1e-1.
    pub penalties: Vec<f64>,
}

/// Loss of a training for a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrainingLoss {
    /// Cross-entropy for classes, the squared error for values (default).
    #[default]
    ByTarget,
    /// The squared error, for sets whose targets are regressed, such as those of kernel regression.
    SquaredError,
}

/// Augmentation of pictures while a network is trained for a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScoringAugmentation {
    /// No augmentation.
    None,
    /// The operations of `augment.operations`, if there are any (default). One is drawn for each
    /// minibatch, and its parameters for each picture.
    #[default]
    Operations,
    /// The augmentation with which DC evaluates sets of digits: each picture is shifted, resized or rotated.
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
    /// The names that `evaluate.protocol` accepts.
    pub const NAMES: [&'static str; 5] = ["train", "standard", "quick", "feature-step", "transfer"];

    /// The name of this protocol, one of [`Self::NAMES`].
    pub fn name(&self) -> &'static str {
        match self {
            Self::Train { .. } => "train",
            Self::Standard(_) => "standard",
            Self::Quick(_) => "quick",
            Self::FeatureStep(_) => "feature-step",
            Self::Transfer(_) => "transfer",
        }
    }

    /// The keys that the protocol of this name reads; empty if there is no such protocol.
    pub(super) fn keys(name: &str) -> Vec<&'static str> {
        match name {
            "train" => [keys::of::<DescentSettings>(), keys::of::<TrainingOptions>()].concat(),
            "standard" | "quick" => keys::of::<TrainingOptions>().to_vec(),
            "feature-step" | "transfer" => keys::of::<FeatureStepSettings>().to_vec(),
            _ => Vec::new(),
        }
    }

    /// Reads the protocol of this name from its keys in a section; other keys are ignored.
    ///
    /// # Errors
    /// [`Error::Setting`] if a value has the wrong type. Ranges are not checked here.
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

    /// Settings of the descent, or `None` if the protocol has none.
    pub fn descent(&self) -> Option<&DescentSettings> {
        match self {
            Self::Train { descent, .. } => Some(descent),
            Self::Standard(_) | Self::Quick(_) | Self::FeatureStep(_) | Self::Transfer(_) => None,
        }
    }

    /// Options of the training, or `None` if the protocol does not train all weights.
    pub fn options(&self) -> Option<&TrainingOptions> {
        match self {
            Self::Train { options, .. } | Self::Standard(options) | Self::Quick(options) => {
                Some(options)
            }
            Self::FeatureStep(_) | Self::Transfer(_) => None,
        }
    }

    /// The ridge penalties to choose from; empty if the protocol fits no readouts.
    pub(super) fn penalties(&self) -> &[f64] {
        match self {
            Self::FeatureStep(settings) | Self::Transfer(settings) => &settings.penalties,
            Self::Train { .. } | Self::Standard(_) | Self::Quick(_) => &[],
        }
    }

    /// Whether the protocol takes a feature step and fits ridge readouts on the features. Such a protocol
    /// works on rows without augmentation.
    pub fn takes_feature_step(&self) -> bool {
        match self {
            Self::FeatureStep(_) | Self::Transfer(_) => true,
            Self::Train { .. } | Self::Standard(_) | Self::Quick(_) => false,
        }
    }

    /// Number of a set's readout labels that the protocol ignores: all, unless it is `feature-step`.
    ///
    /// A readout label is not the value of the target at its reference input. It is learned so that a ridge
    /// readout fitted on the labels, with the set's penalty and on features from a feature step on the
    /// points, does well (`docs/theory.md`, phase 2). A training of all weights has neither that step nor
    /// that readout, so labels would be wrong targets for it. It uses the points alone.
    pub fn unread_labels(&self, labels: usize) -> usize {
        match self {
            Self::FeatureStep(_) => 0,
            Self::Train { .. } | Self::Standard(_) | Self::Quick(_) | Self::Transfer(_) => labels,
        }
    }

    /// Refuses a network that the protocol cannot train.
    ///
    /// # Errors
    /// [`Error::Setting`] if the protocol takes the feature step but the network has no layer for it.
    pub fn fits<B: Backend>(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        match self {
            Self::Train { .. } | Self::Standard(_) | Self::Quick(_) => Ok(()),
            Self::FeatureStep(_) | Self::Transfer(_) if network.feature_layer().is_some() => Ok(()),
            Self::FeatureStep(_) | Self::Transfer(_) => Err(Error::setting(
                "evaluate.protocol",
                format!("{:?}", self.name()),
                "needs a network with a layer that the feature step can move, but this one has \
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
