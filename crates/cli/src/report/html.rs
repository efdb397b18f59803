//! A report as one page that needs no other file: it contains its style, charts and pictures, and runs no
//! script.
//!
//! The templates escape all text, with two exceptions: the drawings of [`chart::vector()`], in which plotters
//! has escaped the text, and the page's own style.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chart::{self, Chart, Drawing, palette, vector};
use super::charts::{of_run, of_sweep};
use super::content::{self, Command, Picture, Report, Run, Sweep};
use super::scores;
use super::table::Table;
use super::tables;
use crate::spread;
use retort_core::paper::Paper;

/// The style that is the same on light and dark paper.
const STYLE: &str = include_str!("style.css");

/// Largest number of columns of a table that is printed in letters of the usual size.
const WIDE: usize = 8;

/// The report as a page.
///
/// # Errors
/// None is known.
pub fn page(report: &Report) -> anyhow::Result<String> {
    let title = report.title();
    let charts = figures(&chart::scores::charts(&report.runs))?;
    let tables = scores::tables(report);
    let over = spread::over(content::overs(&content::by_measure(&report.runs)));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "Retort " (report.retort) };
                title { (title) " · Retort" }
                // Without an icon, a browser asks the network for one.
                link rel="icon" href="data:,";
                style { (PreEscaped(style())) }
            }
            body.sweep[!report.sweeps.is_empty()] {
                header {
                    p.kind { "Retort " (report.retort) ", a report" }
                    h1 { (title) }
                    @if let [run] = &report.runs[..] { p { (summary(run)) } }
                }
                main {
                    @if !tables.is_empty() {
                        section {
                            h2 { "Scores" }
                            p { "Fresh networks, trained on the distilled set and on each baseline by the same protocol. \
                                 Bars are sample standard deviations " (over) "." }
                            (charts)
                            @for table in &tables { (of_table(table)) }
                        }
                    }
                    @for run in &report.runs { (run_section(run, report.runs.len() > 1)?) }
                    @for sweep in &report.sweeps { (sweep_section(sweep)?) }
                }
                footer { p { "Made by Retort " (report.retort) ". Equal runs give equal reports, so this page has no date." } }
            }
        }
    };
    Ok(page.into_string())
}

/// Colours that are not in the palette, on light and dark paper.
const PAPERS: [&str; 2] = [
    "--paper: #ffffff; --panel: #f6f8fa; --link: #0060a0;",
    "--paper: #0d1117; --panel: #161b22; --link: #61b6f5;",
];

/// The page's style. A printed page always has the light colours.
fn style() -> String {
    let [light, dark] = [false, true].map(palette::variables);
    let [paper, dark_paper] = PAPERS;
    format!(
        ":root {{ {light}{paper} }}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark}{dark_paper} }} }}\n{STYLE}"
    )
}

/// Describes a run in one sentence.
fn summary(run: &Run) -> String {
    let network = run.plan.network.kind();
    let objectives = run.objectives();
    let made = format!("Distilled through {network} by {objectives}");
    match &run.results {
        Some(results) => format!("{made} into {} numbers.", results.memory.floats),
        None => format!("{made}."),
    }
}

fn run_section(run: &Run, several: bool) -> anyhow::Result<Markup> {
    let charts = figures(&of_run(run))?;
    Ok(html! {
        section {
            @if several { h2 { "Run " (run.path) } p { (summary(run)) } }
            @else { h2 { "The run" } }
            (remarks(&run.remarks))
            (charts)
            @for table in tables::of_run(run) { (of_table(&table)) }
            @if !run.pictures.is_empty() {
                h3 { "Pictures" }
                @if let [_] = &run.pictures[..] {
                    p { code { "--set distill.preview_every=N" } ", or " code { "distill.preview_at" }
                        ", makes more of them during a new run." }
                }
                div.sheets { @for picture in &run.pictures { (of_picture(picture)) } }
            }
            (commands(&run.commands))
            (papers(&run.papers))
            (of_table(&tables::provenance(run)))
            h3 { "Settings" }
            p { "All settings, as in " code { "config.toml" } "." }
            (lines(&run.config, "The settings"))
        }
    })
}

fn sweep_section(sweep: &Sweep) -> anyhow::Result<Markup> {
    let charts = figures(&of_sweep(sweep))?;
    Ok(html! {
        section {
            h2 { "Sweep " (sweep.path) }
            p { (sweep.ended.len()) " of " (sweep.planned) " runs have ended." }
            (remarks(&sweep.remarks))
            (charts)
            @if let Some(table) = tables::law(sweep) { (of_table(&table)) }
            @if let Some(table) = tables::thresholds(sweep) { (of_table(&table)) }
            @if let Some(table) = tables::over_seeds(sweep) { (of_table(&table)) }
            (of_table(&tables::of_sweep(sweep)))
            @if let Some(table) = tables::failures(sweep) { (of_table(&table)) }
            (commands(&sweep.commands))
            (papers(&sweep.papers))
            (of_table(&tables::provenance_of_sweep(sweep)))
            @if let Some(first) = &sweep.first {
                h3 { "Settings" }
                p { "The settings of the first run. The other runs differ in the settings that vary, which the results show." }
                (lines(first, "The settings"))
            }
        }
    })
}

fn commands(commands: &[Command]) -> Markup {
    html! {
        @if !commands.is_empty() {
            h3 { "To run it again" }
            @for command in commands {
                p { (command.what) ":" }
                (lines(&command.line, "The command"))
            }
        }
    }
}

fn papers(papers: &[Paper]) -> Markup {
    html! {
        @if !papers.is_empty() {
            h3 { "Papers" }
            ul {
                @for paper in papers {
                    li { (paper.citation) ". " a href=(paper.link) { (paper.link) } " (" (paper.used) ")" }
                }
            }
        }
    }
}

fn remarks(remarks: &[String]) -> Markup {
    html! { @for remark in remarks { p.remark { (remark) } } }
}

/// Charts side by side, as the page's width allows. Empty charts are left out.
fn figures(charts: &[Chart]) -> anyhow::Result<Markup> {
    let mut drawn: Vec<(&Chart, Drawing)> = Vec::new();
    for chart in charts {
        if let Some(drawing) = vector(chart)? {
            drawn.push((chart, drawing));
        }
    }
    Ok(html! {
        @if !drawn.is_empty() {
            div.figures {
                @for (chart, drawing) in &drawn {
                    figure {
                        h3 { (chart.title) }
                        svg xmlns="http://www.w3.org/2000/svg" viewBox=(drawing.view_box) role="img"
                            aria-label={ (chart.title) ". " (chart.description) } {
                            title { (chart.title) }
                            desc { (chart.description) }
                            (PreEscaped(&drawing.content))
                        }
                        figcaption { (chart.description) }
                    }
                }
            }
        }
    })
}

fn of_picture(picture: &Picture) -> Markup {
    let source = format!("data:image/png;base64,{}", STANDARD.encode(&picture.png));
    html! {
        figure {
            img src=(source) width=(picture.width) height=(picture.height)
                alt={ "The points as a sheet of pictures, " (picture.caption) };
            figcaption { (picture.caption) }
        }
    }
}

/// A table in its own box, which scrolls if the page is too narrow.
fn of_table(table: &Table) -> Markup {
    html! {
        @if !table.rows.is_empty() {
            h3 { (table.caption) }
            div.box tabindex="0" role="region" aria-label=(table.caption) {
                table.wide[table.columns.len() > WIDE] {
                    @if table.columns.iter().any(|name| !name.is_empty()) {
                        thead { tr { @for name in &table.columns { th scope="col" { (name) } } } }
                    }
                    tbody {
                        @for row in &table.rows {
                            tr {
                                @for (place, cell) in row.iter().enumerate() {
                                    @if place == 0 { th scope="row" { (cell) } }
                                    @else { td { (cell) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Preformatted lines in their own box.
fn lines(text: &str, label: &str) -> Markup {
    html! { pre.box tabindex="0" role="region" aria-label=(label) { code { (text) } } }
}
