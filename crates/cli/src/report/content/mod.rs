//! The content of a report, gathered from run and sweep directories: plain values that every format prints.
//!
//! ```text
//!   run        a run directory: settings, results, logged steps, spectrum
//!   row        runs that differ only in their seed, and their scores over seeds
//!   results    summary.json, as in a report for programs
//!   pictures   previews/ and preview.png
//!   command    the commands that reproduce a run
//!   sweep      a sweep directory: results.jsonl, and the law in its summary.json
//!   whole      the whole report
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
