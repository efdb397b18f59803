//! The tasks that settings can name: one line each.

use super::{Csv, Digits, Idx, MultiIndex, Source};
use crate::settings::kinds;

kinds! {
    /// A task by its `task.kind`.
    pub enum TaskSettings in "task" {
        "multi-index" => MultiIndex(MultiIndex),
        "digits" => Digits(Digits),
        "idx" => Idx(Idx),
        "csv" => Csv(Csv),
    }
    each(self, source) {
        /// The settings as a source of their task.
        pub fn source(&self) -> &dyn Source
    } => source;
}
