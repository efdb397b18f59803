//! Scores: fresh networks, trained on a set by a frozen protocol, judged on the test part.
//!
//! One protocol serves the distilled set and every baseline. Where it has a hyper-parameter to
//! choose, the validation part chooses it; the test part only reports.

mod alignment;
mod arena;
mod contest;
mod coreset;
mod evaluation;
mod feature_readout;
mod judge;
mod label_robust;
mod memory;
mod protocol;
mod score;
mod settings;
mod trained;
mod training;

pub use alignment::Alignment;
pub use coreset::{herding, k_center};
pub use evaluation::{Evaluation, evaluate};
pub use memory::MemoryAccount;
pub use protocol::{
    DescentSettings, FeatureStepSettings, Protocol, ScoringAugmentation, TrainingLoss,
    TrainingOptions,
};
pub use score::{Metric, Score};
pub use settings::{EvaluateSettings, ScoredOn};

#[cfg(test)]
mod contest_tests;
#[cfg(test)]
mod tests;
