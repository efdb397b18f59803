//! `summary.json`: the results of a finished run. The table, the report, sweeps, the law and `evaluate` all
//! read it through this module.
//!
//! ```text
//!   content    the file's keys as types
//!   record     a record that `evaluate` adds to it
//!   scored     the scores of a summary, a record or an evaluation, as one type
//!   file       reading, writing, adding, and the error for a damaged file
//!   in_order   objects whose entries keep their order
//! ```

mod content;
mod file;
mod in_order;
mod record;
mod scored;
#[cfg(test)]
mod tests;

pub use content::{Seconds, Summary, TaskFacts};
pub use file::{StoredSummary, check_seed, load, save};
pub use record::EvaluationRecord;
pub use scored::Scored;
