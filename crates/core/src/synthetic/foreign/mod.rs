//! Sets that other programs made, or that were exported: read as points of a task.
//!
//! An archive of numpy, a table, or a folder with a folder of pictures for each class. Numbers are in the
//! units of the task's data.

mod archive;
mod classes;
mod folder;
pub(super) mod names;
mod read;
mod remarks;
mod rows;
mod set;
mod table;

pub use classes::Match;
pub use set::Foreign;
