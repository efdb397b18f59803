//! Reports on runs and sweeps.
//!
//! ```text
//!   content   the content, gathered from directories as plain values
//!   papers    the papers of the methods that a run used
//!   scores    the scores of runs as tables, over seeds and run by run
//!   table     one table of text
//!   tables    the rest of the content as tables, for html and markdown
//!   chart     the charts, and how they are drawn
//!   charts    the list of charts of a report
//!   html, markdown, csv, json, png   one file per format
//!   print     a report in a given format
//! ```
//!
//! Equal directories give equal reports, because no clock is read.

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
