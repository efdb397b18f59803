//! What counts as a missing value, and what is done about it.

use serde::{Deserialize, Serialize};

/// What is done with missing values, `task.missing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingPolicy {
    /// In input columns, a missing number becomes the median of the training rows, and a 0/1 column beside it
    /// says where values were missing. For categories, missing is a category of its own.
    #[default]
    Impute,
    /// A missing value in any used column is refused, with its line.
    Refuse,
    /// Rows with a missing value in any used column are left out, also those without a target.
    DropRows,
}

/// What is done with rows without a target, `task.missing_target`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingTarget {
    /// They are refused, with their lines.
    #[default]
    Refuse,
    /// They are left out.
    DropRows,
}

/// Words that are a missing value, in lower case; the case does not matter.
const WORDS: &[&str] = &[
    "na", "n/a", "nan", "-nan", "null", "none", "nil", "nat", "<na>", "#n/a", "#na", "#null!",
    "#value!", "#div/0!", "#num!", "#ref!", "#name?",
];
/// Marks that are a missing value.
const MARKS: &[&str] = &["?", "-", "--", "---", ".", "..", "...", "…", "–", "—"];

/// The date that databases write for none, with the time of the day or without.
const NO_DATE: &str = "0000-00-00";

/// Whether a trimmed field is a missing value: it is empty, `?`, `-`, `--`, `---`, `.`, `..`, `...`, `…`, `–`,
/// `—`, or, in any case, `NA`, `N/A`, `NaN`, `NaT`, `null`, `none`, `nil`, `<NA>`, an error of a spreadsheet such as
/// `#N/A`, or the date `0000-00-00`, alone or with `00:00:00`.
pub fn is_missing(field: &str) -> bool {
    let Some(&first) = field.as_bytes().first() else {
        return true;
    };
    if let Some(time) = field.strip_prefix(NO_DATE) {
        return matches!(time, "" | " 00:00:00" | "T00:00:00");
    }
    let digit = |byte: &u8| byte.is_ascii_digit();
    if field.len() > 7 || digit(&first) || field.as_bytes().get(1).is_some_and(digit) {
        return false;
    }
    MARKS.contains(&field) || WORDS.iter().any(|word| field.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_holds_in_any_case_and_nothing_else_is_missing() {
        for field in [
            "",
            "NA",
            "na",
            "N/A",
            "NaN",
            "NULL",
            "None",
            "?",
            "-",
            "--",
            ".",
            "#N/A",
            "#DIV/0!",
            "…",
            "NaT",
            "0000-00-00",
            "0000-00-00 00:00:00",
        ] {
            assert!(is_missing(field), "{field}");
        }
        for field in [
            "0",
            "0000-00-01",
            "0000-00-00x",
            "-1",
            "nap",
            "no",
            "unknown",
            "missing",
            "-.5",
            "a",
            "none of these",
        ] {
            assert!(!is_missing(field), "{field}");
        }
    }
}
