//! File formats of a report.

use clap::ValueEnum;

/// File format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One web page that contains its charts and pictures
    Html,
    /// Text with tables
    Markdown,
    /// A table with one row per run and the columns of a sweep's results.csv
    Csv,
    /// One object with everything, for programs
    Json,
    /// One picture of all charts
    Png,
}

impl Format {
    /// Default file name of a report.
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
