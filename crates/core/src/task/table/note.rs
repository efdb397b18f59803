//! What is to be said of columns that were read by their content.

use super::mention::{self, listing, quoted, type_setting};
use super::number;
use super::raw::{Cells, RawColumn};
use crate::task::inspection::Decision;

/// What is to be said of a column: what comes before its name in a sentence, and what comes after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What comes before the name.
    pub before: String,
    /// What comes after the name.
    pub after: &'static str,
    /// The type that a setting gives to read the column otherwise.
    pub kind: &'static str,
}

/// One sentence for each note on columns at these places, with the columns that have it, and the setting that reads
/// the first in another way.
pub fn sentences(notes: &[(usize, Note)], titles: &[String], names: &[String]) -> Vec<Decision> {
    let mut groups: Vec<(&Note, Vec<usize>)> = Vec::new();
    for (place, note) in notes {
        match groups.iter_mut().find(|(other, _)| *other == note) {
            Some((_, places)) => places.push(*place),
            None => groups.push((note, vec![*place])),
        }
    }
    let sentence = |(note, places): (&Note, Vec<usize>)| {
        let listed: Vec<String> = places.iter().map(|&place| titles[place].clone()).collect();
        let first = places.first().copied().unwrap_or_default();
        let Note {
            before,
            after,
            kind,
        } = note;
        let plural = if listed.len() == 1 { "" } else { "s" };
        let text = format!("{before}column{plural} {}{after}", listing(&listed));
        Decision::new(text, type_setting(names, first, kind))
    };
    groups.into_iter().map(sentence).collect()
}

/// Which columns of numbers or dates have the same value in all rows.
pub fn constants(columns: &[RawColumn], titles: &[String]) -> Option<Decision> {
    let of_column = |(column, title): (&RawColumn, &String)| {
        let value = column.cells.constant()?;
        let text = match &column.cells {
            Cells::Dates(_, dates) => dates.text(value),
            _ => number::text(value),
        };
        Some(format!("{} (always {text})", quoted(title)))
    };
    let listed: Vec<String> = columns.iter().zip(titles).filter_map(of_column).collect();
    let plural = if listed.len() == 1 { "" } else { "s" };
    let text = format!(
        "nothing can be learned from the column{plural} {}",
        mention::listed(&listed)
    );
    (!listed.is_empty()).then(|| Decision::fact(text))
}
