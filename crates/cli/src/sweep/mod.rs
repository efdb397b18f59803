//! Sweeps: many runs of the same settings but for some that vary, as processes side by side.
//!
//! ```text
//!   asked      the arguments that were given, for going on and for asking again
//!   grid       which settings vary: the section [sweep] and --over become points of settings
//!   jobs       the runs: every point with every seed
//!   directory  where they live: plans, run directories, logs, results
//!   workers    processes of this program, each with one run, so many at a time
//!   results    one row a run, for programs: results.csv and results.jsonl
//!   seeds      the scores of runs that differ in their seed alone, over seeds: seeds.csv
//!   law        the laws that runs can be compared with
//!   observed   what the runs together say of the memory law
//!   outcome    that as a file: summary.json
//! ```
//!
//! A run of a sweep is a run like any other: a worker is `distill` with the run's own plan and
//! `--resume`, so that whatever a killed sweep has done is kept.

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
