//! What a load found in the data: columns, target, parts, and every decision that was taken for the user.

use serde::{Deserialize, Serialize};

use super::{RowsOrFraction, Split, Target};

/// Most classes that a decision names.
const MOST_NAMED: usize = 10;

/// A decision that was taken for the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What was found or decided: one plain sentence.
    pub text: String,
    /// The setting that overrides it, with a value, as a line of TOML such as `task.header = false`. `None` if
    /// there is none.
    #[serde(default)]
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

    /// That rows are drawn at random for the part that `key` gives, with the setting that says how many.
    pub fn drawn(rows: usize, key: &str, share: RowsOrFraction) -> Self {
        let part = match key {
            "task.test" => "the test",
            _ => "validation",
        };
        let share = match share {
            RowsOrFraction::Rows(rows) => rows.to_string(),
            RowsOrFraction::Fraction(share) => share.to_string(),
        };
        let rows_are = if rows == 1 { "row is" } else { "rows are" };
        Self::new(
            format!("{rows} {rows_are} drawn at random for {part}"),
            format!("{key} = {share}"),
        )
    }

    /// That inputs are normalised. `None` if the settings say that they are not.
    pub fn normalised(is_normalised: bool, how: &str) -> Option<Self> {
        let text = format!("inputs are less their mean, divided by their deviation, {how}");
        is_normalised.then(|| Self::new(text, "task.normalise = false"))
    }

    /// That some classes have no row in the test part. `None` if all have one, or if there are no classes.
    pub fn untested(target: &Target, test: &Split) -> Option<Self> {
        let mut is_tested = vec![false; target.class_names().len()];
        test.labels
            .iter()
            .for_each(|&label| is_tested[label] = true);
        let named = target.class_names().iter().zip(is_tested);
        let untested = named.filter(|(_, is_tested)| !is_tested);
        let names: Vec<String> = untested.map(|(name, _)| format!("`{name}`")).collect();
        let shown = names[..names.len().min(MOST_NAMED)].join(", ");
        let more = match names.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (!names.is_empty()).then(|| {
            Self::fact(format!(
                "the test part has no row of these classes, so that they are never tested: {shown}{more}"
            ))
        })
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
    /// How a table of text is written. `None` for other data.
    #[serde(default)]
    pub dialect: Option<Dialect>,
    /// Number of rows in all parts.
    pub rows: usize,
    /// The columns of a table, in the order of the file. Empty for other data.
    #[serde(default)]
    pub columns: Vec<ColumnReport>,
    /// What is predicted.
    pub target: TargetReport,
    /// Number of rows for training, validation and test.
    pub parts: [usize; 3],
    /// What was decided for the user, beside what `target` says.
    #[serde(default)]
    pub decisions: Vec<Decision>,
}

/// How a table of text is written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dialect {
    /// The character between two fields. A space stands for runs of blanks.
    pub delimiter: String,
    /// The mark before decimals.
    pub decimal: String,
    /// The mark between groups of three digits. `None` if there is none.
    pub thousands: Option<String>,
    /// Whether the first line names the columns.
    pub header: bool,
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
    #[serde(default)]
    pub range: Option<[f64; 2]>,
    /// First and last date of a column of dates, as text.
    #[serde(default)]
    pub dates: Option<[String; 2]>,
    /// The most frequent categories, at most 1000, with their counts.
    #[serde(default)]
    pub categories: Vec<Count>,
    /// Number of distinct categories.
    #[serde(default)]
    pub distinct: Option<usize>,
    /// How it is used: `input`, `target` or `left out`.
    #[serde(rename = "use")]
    pub role: String,
    /// The encoding of an input column, such as `standard` or `one-hot`.
    #[serde(default)]
    pub encoding: Option<String>,
    /// Count of numbers that an input column becomes. 0 for other columns.
    #[serde(default)]
    pub width: usize,
    /// Why it is left out.
    #[serde(default)]
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
    #[serde(default)]
    pub columns: Vec<String>,
    /// Why it is these columns, such as `the last column`. Empty if the data have no columns.
    #[serde(default)]
    pub chosen: String,
    /// `classes` or `numbers`.
    pub problem: String,
    /// The rule that decided between classes and numbers. Empty if the kind of data decides.
    #[serde(default)]
    pub rule: String,
    /// The setting that makes it the other problem, such as `task.problem = "regression"`. `None` if the target can
    /// only be this one.
    #[serde(default)]
    pub setting: Option<String>,
    /// The classes with their number of rows in all parts. Empty for numbers.
    #[serde(default)]
    pub counts: Vec<Count>,
    /// Smallest and largest value of one numeric target, before it was standardised.
    #[serde(default)]
    pub range: Option<[f64; 2]>,
}

/// Classes are told to be many if there are more than this.
const MOST_USUAL: usize = 50;

/// Classes are told to be many if they have fewer rows than this on average.
const FEWEST_USUAL: usize = 5;

impl TargetReport {
    /// A sentence about classes that are so many, or have so few rows, that another target may be meant.
    pub fn many_classes(&self) -> Option<String> {
        let classes = self.counts.len();
        let rows: usize = self.counts.iter().map(|count| count.rows).sum();
        if classes == 0 || (classes <= MOST_USUAL && rows >= FEWEST_USUAL * classes) {
            return None;
        }
        let each = rows as f64 / classes as f64;
        Some(format!(
            "the target has {classes} classes with {each:.1} rows each on average"
        ))
    }
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
