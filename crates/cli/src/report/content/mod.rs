//! What a report says, gathered from run and sweep directories: plain values that every format prints.
//!
//! ```text
//!   run        a run directory: settings, results, logged steps, spectrum
//!   row        runs that differ in their seed alone, and their scores over seeds
//!   results    summary.json, as a report for programs has it
//!   pictures   previews/ and preview.png
//!   command    what reproduces a run
//!   sweep      a sweep directory: results.jsonl, and the law in its summary.json
//! ```

mod command;
mod pictures;
mod results;
mod row;
mod run;
mod sweep;
mod whole;

pub use command::Command;
pub use pictures::Picture;
pub use row::{Measured, Row, by_measure, overs, spread_of};
pub use run::Run;
#[cfg(test)]
pub use sweep::Ended;
pub use sweep::Sweep;
pub use whole::Report;
