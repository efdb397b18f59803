//! Reports on runs and sweeps.
//!
//! ```text
//!   content   what is said, gathered from directories: plain values
//!   papers    which papers a run used
//!   scores    the scores of runs as tables, over seeds and run by run
//!   tables    the rest as tables of words, which pages and texts print alike
//!   chart     the content as charts; charts says which there are
//!   html, markdown, csv, json, png   one file a format
//! ```
//!
//! Equal directories give equal reports: no clock is read.

mod chart;
mod charts;
mod content;
mod csv;
mod html;
mod json;
mod markdown;
mod papers;
mod png;
mod print;
mod scores;
mod table;
mod tables;

pub use content::Report;
pub use print::print;
