//! A report for programs: everything that was gathered, as one object.

use super::Report;

/// The report as JSON.
///
/// # Errors
/// None that is known of.
pub fn object(report: &Report) -> anyhow::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(report)?;
    text.push(b'\n');
    Ok(text)
}
