//! Judges: learners that had no part in making a set. Each is trained on the set and on the training sets
//! that the set is compared with, and scored on the same rows.
//!
//! A judge is one file here and one line in [`JUDGES`]. A program can add its own in
//! [`Evaluator`](super::Evaluator).

mod boosting;
mod contract;
mod forest;
mod judged;
mod knn;
mod linear;
mod logistic;
mod marks;
mod names;
mod registry;
mod tree;
mod verdict;

pub use boosting::Boosting;
pub use contract::{Judge, Lesson};
pub use forest::Forest;
pub(super) use judged::judged;
pub use knn::Knn;
pub use linear::Linear;
pub(super) use marks::LOWEST;
pub use marks::Marks;
pub use names::JudgeNames;
pub use registry::JUDGES;
pub use verdict::Verdict;
