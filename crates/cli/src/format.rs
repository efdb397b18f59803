//! What a report is written as.

use clap::ValueEnum;

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One page with charts and pictures in it, that needs nothing else
    Html,
    /// Text with tables
    Markdown,
    /// A row for each run, with the columns of a sweep's results.csv
    Csv,
    /// Everything, for programs
    Json,
    /// All charts as one picture
    Png,
}

impl Format {
    /// The name of a report's file where none is given.
    pub fn file_name(self) -> String {
        let ending = match self {
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Png => "png",
        };
        format!("report.{ending}")
    }
}
