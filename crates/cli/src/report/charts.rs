//! The charts of a report.

use super::chart::{self, Chart};
use super::content::{Report, Run, Sweep};

/// Every chart of a report, in the order of its pages.
pub fn charts(report: &Report) -> Vec<Chart> {
    let of_all = chart::scores::charts(&report.runs);
    let several = report.runs.len() > 1;
    let named = |path: &str, chart: Chart| match several {
        true => Chart {
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

/// The charts of a sweep. A sweep made for a law has those of the law.
pub fn of_sweep(sweep: &Sweep) -> Vec<Chart> {
    match &sweep.law {
        Some(law) => chart::law::charts(law),
        None => chart::sweep::charts(sweep),
    }
}

/// The charts of one run, except for its scores.
pub fn of_run(run: &Run) -> Vec<Chart> {
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
