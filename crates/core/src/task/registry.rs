//! The tasks that settings can name, one line for each.

use super::TaskSource;
use crate::settings::kinds;

kinds! {
    /// The settings of a task, chosen by `task.kind`.
    pub enum TaskSettings in "task" {
        "multi-index" => MultiIndex(super::multi_index::MultiIndex),
        "digits" => Digits(super::digits::Digits),
        "idx" => Idx(super::idx::Idx),
        "cifar" => Cifar(super::cifar::Cifar),
        "folder" => Folder(super::folder::Folder),
        "csv" => Csv(super::csv::Csv),
        "parquet" => Parquet(super::parquet::Parquet),
        "arrays" => Arrays(super::arrays::Arrays),
    }
    each(self, source) {
        /// The settings as the source of the task.
        pub fn source(&self) -> &dyn TaskSource
    } => source;
}
