//! Sweeps: many runs that differ in some settings, as processes side by side.
//!
//! ```text
//!   asked      the arguments of the sweep, for continuing and repeating it
//!   grid       the settings that vary: the section [sweep] and --over become points of settings
//!   job        one run of the sweep
//!   jobs       all runs: every point with every seed
//!   directory  the directory of the sweep: plans, run directories, logs, results
//!   workers    processes of this program, each with one run
//!   row        a run as a row of a table for programs
//!   results    one row per run, for programs: results.csv and results.jsonl
//!   seeds      the scores over seeds of runs that differ only in their seed: seeds.csv
//!   law        the laws that runs can be compared with
//!   observed   the comparison of the runs with the memory law
//!   outcome    that comparison as a file: summary.json
//! ```
//!
//! A run of a sweep is a run like any other: its process is `distill` with the run's own plan and
//! `--resume`. So the work of a killed sweep is kept.

mod asked;
mod directory;
mod grid;
mod job;
mod jobs;
mod law;
mod observed;
mod outcome;
mod results;
mod row;
pub mod seeds;
mod workers;

pub use asked::Asked;
pub use directory::SweepDirectory;
pub use grid::Grids;
pub use job::Job;
pub use jobs::jobs;
pub use law::Law;
pub use observed::{shown, thresholds, words};
pub use outcome::Outcome;
pub use results::Results;
pub use row::{Row, columns, row, table};
pub use workers::Workers;
