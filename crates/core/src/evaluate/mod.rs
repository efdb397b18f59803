//! Scores: fresh networks, trained on a set by a frozen protocol, judged on the test part.

mod score;
mod settings;

pub use score::{Metric, Score};
pub use settings::{EvaluateSettings, ProtocolKind};
