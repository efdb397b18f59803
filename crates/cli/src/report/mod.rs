//! Reports on runs and sweeps.
//!
//! ```text
//!   content   what is said, gathered from directories: plain values
//!   papers    which papers a run used
//!   scores    the scores of runs as tables, over seeds and run by run
//!   table     the rest as tables of words, which pages and texts print alike
//!   chart     the content as charts
//!   html, markdown, csv, json, png   one file a format
//! ```
//!
//! Equal directories give equal reports: no clock is read.

mod chart;
mod content;
mod csv;
mod html;
mod json;
mod markdown;
mod papers;
mod png;
mod scores;
mod table;

use clap::ValueEnum;

pub use content::Report;

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

    /// The report in this format.
    ///
    /// # Errors
    /// A report without any chart as a picture.
    pub fn print(self, report: &Report) -> anyhow::Result<Vec<u8>> {
        match self {
            Self::Html => html::page(report).map(String::into_bytes),
            Self::Markdown => Ok(markdown::text(report).into_bytes()),
            Self::Csv => csv::rows(report),
            Self::Json => json::object(report),
            Self::Png => png::picture(report),
        }
    }
}

/// Every chart of a report, in the order of its pages.
fn charts(report: &Report) -> Vec<chart::Chart> {
    let of_all = chart::scores::charts(&report.runs);
    let several = report.runs.len() > 1;
    let named = |path: &str, chart: chart::Chart| match several {
        true => chart::Chart {
            title: format!("{}: {path}", chart.title),
            ..chart
        },
        false => chart,
    };
    let of_each = report.runs.iter().flat_map(|run| {
        let charts = of_run(run).into_iter();
        charts
            .map(|chart| named(&run.path, chart))
            .collect::<Vec<_>>()
    });
    let of_sweeps = report.sweeps.iter().flat_map(of_sweep);
    of_all.into_iter().chain(of_each).chain(of_sweeps).collect()
}

/// The charts of a sweep: those of its law, where it was made for one.
fn of_sweep(sweep: &content::Sweep) -> Vec<chart::Chart> {
    match &sweep.law {
        Some(law) => chart::law::charts(law),
        None => chart::sweep::charts(sweep),
    }
}

/// The charts of one run, but for its scores.
fn of_run(run: &content::Run) -> Vec<chart::Chart> {
    let memory = run
        .results
        .as_ref()
        .map(|it| chart::memory::chart(&it.memory));
    let charts = [
        chart::loss::chart(run),
        chart::alignment::chart(run),
        chart::spectrum::chart(run),
        memory,
    ];
    charts.into_iter().flatten().collect()
}
