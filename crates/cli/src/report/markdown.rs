//! A report as Markdown text with tables.

use std::fmt::Write;

use super::content::{Command, Report, Run, Sweep};
use super::scores;
use super::table::Table;
use super::tables;
use retort_core::paper::Paper;

/// The report as Markdown.
pub fn text(report: &Report) -> String {
    let mut text = format!("# {}\n", escaped(&report.title()));
    for table in scores::tables(report) {
        add(&mut text, &table);
    }
    report.runs.iter().for_each(|run| add_run(&mut text, run));
    report
        .sweeps
        .iter()
        .for_each(|sweep| add_sweep(&mut text, sweep));
    text
}

fn add_run(text: &mut String, run: &Run) {
    let _ = writeln!(text, "\n## Run {}", escaped(&run.path));
    add_remarks(text, &run.remarks);
    for table in tables::of_run(run) {
        add(text, &table);
    }
    add(text, &tables::provenance(run));
    add_commands(text, &run.commands);
    add_papers(text, &run.papers);
    let _ = write!(text, "\n### Settings\n\n{}", block("toml", &run.config));
}

fn add_sweep(text: &mut String, sweep: &Sweep) {
    let _ = writeln!(text, "\n## Sweep {}", escaped(&sweep.path));
    add_remarks(text, &sweep.remarks);
    for table in [
        tables::law(sweep),
        tables::thresholds(sweep),
        tables::over_seeds(sweep),
        Some(tables::of_sweep(sweep)),
        tables::failures(sweep),
        Some(tables::provenance_of_sweep(sweep)),
    ] {
        table.iter().for_each(|table| add(text, table));
    }
    add_commands(text, &sweep.commands);
    add_papers(text, &sweep.papers);
    if let Some(first) = &sweep.first {
        let _ = write!(
            text,
            "\n### Settings of the first run\n\n{}",
            block("toml", first)
        );
    }
}

fn add_commands(text: &mut String, commands: &[Command]) {
    if !commands.is_empty() {
        text.push_str("\n### To run it again\n");
    }
    for command in commands {
        let _ = writeln!(
            text,
            "\n{}:\n\n{}",
            escaped(&command.what),
            block("sh", &command.line)
        );
    }
}

fn add_papers(text: &mut String, papers: &[Paper]) {
    if !papers.is_empty() {
        text.push_str("\n### Papers\n\n");
    }
    for paper in papers {
        let (used, citation, link) = (paper.used, paper.citation, paper.link);
        let _ = writeln!(text, "- {citation} ({used}). <{link}>");
    }
}

fn add_remarks(text: &mut String, remarks: &[String]) {
    for remark in remarks {
        let _ = writeln!(text, "\n> {}", escaped(remark));
    }
}

fn add(text: &mut String, table: &Table) {
    if table.rows.is_empty() {
        return;
    }
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let _ = write!(text, "\n### {}\n\n", escaped(&table.caption));
    text.push_str(&line(&table.columns));
    text.push_str(&format!("|{}\n", "---|".repeat(table.columns.len())));
    table.rows.iter().for_each(|row| text.push_str(&line(row)));
}

/// Escapes Markdown's special characters.
fn escaped(words: &str) -> String {
    let mut text = String::new();
    for letter in words.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' => {
                text.extend(['\\', letter]);
            }
            letter if letter.is_control() => text.push(' '),
            letter => text.push(letter),
        }
    }
    text
}

/// A code block. Its fences are longer than any in its lines.
fn block(language: &str, lines: &str) -> String {
    let longest = lines.split(|letter| letter != '`').map(str::len).max();
    let fence = "`".repeat(3.max(longest.unwrap_or(0) + 1));
    format!("{fence}{language}\n{}\n{fence}\n", lines.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_users_stay_words() {
        let table = Table {
            caption: "a | b".to_owned(),
            columns: vec!["<script>".to_owned()],
            rows: vec![vec!["x\n| y".to_owned()]],
        };
        let mut text = String::new();
        add(&mut text, &table);
        assert_eq!(
            text,
            "\n### a \\| b\n\n| \\<script\\> |\n|---|\n| x \\| y |\n"
        );
        assert_eq!(block("sh", "a ``` b"), "````sh\na ``` b\n````\n");
    }
}
