//! What a load found in the data: columns, target, parts, and every decision that was taken for the user.

use serde::{Deserialize, Serialize};

use super::{Split, Target};

/// A decision that was taken for the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What was found or decided: one plain sentence.
    pub text: String,
    /// The setting that overrides it, with a value, such as `task.header = false`. `None` if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
}

impl Decision {
    /// A decision that a setting overrides.
    pub fn new(text: impl Into<String>, setting: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            setting: Some(setting.into()),
        }
    }

    /// A finding that no setting changes.
    pub fn fact(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            setting: None,
        }
    }
}

/// What a load found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Inspection {
    /// The format of the data, such as `CSV`.
    pub format: String,
    /// Number of rows in all parts.
    pub rows: usize,
    /// The columns of a table, in the order of the file. Empty for other data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnReport>,
    /// What is predicted.
    pub target: TargetReport,
    /// Number of rows for training, validation and test.
    pub parts: [usize; 3],
    /// What was decided for the user.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Decision>,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ColumnReport {
    /// Its name, or `column 3` without a header.
    pub name: String,
    /// What its fields are: `number`, `category`, `boolean`, `date`, `words`, `empty`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Number of missing fields.
    pub missing: usize,
    /// Smallest and largest value of numbers; of dates, days since 1970-01-01.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[f64; 2]>,
    /// The most frequent categories, with their counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Count>,
    /// Number of distinct categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distinct: Option<usize>,
    /// How it is used: `input`, `target` or `left out`.
    #[serde(rename = "use")]
    pub role: String,
    /// The encoding of an input column, such as `standard` or `one-hot`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Why it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A name and how often it occurs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Count {
    /// The name.
    pub name: String,
    /// The number of rows.
    pub rows: usize,
}

/// What is predicted.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TargetReport {
    /// Names of the target columns. Empty if the data have no columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// `classes` or `numbers`.
    pub problem: String,
    /// The rule that decided between classes and numbers. Empty if the kind of data decides.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rule: String,
    /// The classes with their number of rows in all parts. Empty for numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<Count>,
    /// Smallest and largest value of one numeric target, before it was standardised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[f64; 2]>,
}

impl Inspection {
    /// The inspection of data that are not a table: rows, parts and classes with their counts.
    pub fn of_parts(format: &str, target: &Target, parts: [&Split; 3]) -> Self {
        let mut counts = vec![0; target.class_names().len()];
        for &label in parts.iter().flat_map(|part| &part.labels) {
            counts[label] += 1;
        }
        let named = target.class_names().iter().zip(counts);
        Self {
            format: format.to_owned(),
            rows: parts.iter().map(|part| part.len()).sum(),
            target: TargetReport {
                problem: match target {
                    Target::Classes(_) => "classes".to_owned(),
                    Target::Values(_) => "numbers".to_owned(),
                },
                counts: named
                    .map(|(name, rows)| Count {
                        name: name.clone(),
                        rows,
                    })
                    .collect(),
                ..TargetReport::default()
            },
            parts: parts.map(Split::len),
            ..Self::default()
        }
    }
}
