//! Scores of sets: fresh networks are trained on a set by a fixed protocol, and their metric is taken on
//! the test part.
//!
//! The distilled set and every baseline have the same protocol. Its hyper-parameters are chosen on the
//! validation part, never on the test part.

mod alignment;
mod all_weights;
mod baseline;
mod candidate;
mod chosen;
mod evaluation;
mod expert;
mod feature_readout;
mod gain;
mod held_out;
mod judge;
mod label_robust;
mod memory;
mod nested;
mod protocol;
mod recalls;
mod score;
mod settings;
mod training;
mod trial;

pub use alignment::Alignment;
pub use baseline::{
    Agglomerative, BASELINES, Baseline, Chosen, Herding, KCenter, KMeans, RandomReal, herding,
    k_center,
};
pub use evaluation::{Evaluation, Evaluator, evaluate};
pub use gain::Gain;
pub use judge::{Boosting, Forest, JUDGES, Judge, JudgeNames, Knn, Lesson, Linear, Marks, Verdict};
pub use memory::MemoryAccount;
pub use protocol::{
    DescentSettings, FeatureStepSettings, Protocol, ScoringAugmentation, TrainingLoss,
    TrainingOptions,
};
pub use score::{Metric, Score};
pub use settings::{EvaluateSettings, ScoredOn};
pub use trial::DISTILLED;

#[cfg(test)]
mod candidate_tests;
#[cfg(test)]
mod judge_tests;
#[cfg(test)]
mod tests;
