//! Prints a report in one of its formats.

use super::content::Report;
use super::{csv, html, json, markdown, png};
use crate::format::Format;

/// The report in this format.
///
/// # Errors
/// Those of the format: for example, a picture needs at least one chart.
pub fn print(report: &Report, format: Format) -> anyhow::Result<Vec<u8>> {
    match format {
        Format::Html => html::page(report).map(String::into_bytes),
        Format::Markdown => Ok(markdown::text(report).into_bytes()),
        Format::Csv => csv::rows(report),
        Format::Json => json::object(report),
        Format::Png => png::picture(report),
    }
}
