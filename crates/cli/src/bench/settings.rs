//! The settings of a case, and changes to them.

use retort_core::run::{SECTIONS, Settings};
use retort_core::{Error, Result};
use toml::{Table, Value};

use super::cases::{ALL, Case, Work};
use crate::layers;

/// Largest count of numbers in the training rows of a case, 256 MiB.
const MOST_NUMBERS: usize = 1 << 26;

/// Changes to the settings of a case.
#[derive(Debug, Clone, Copy, Default)]
pub struct Changes<'a> {
    /// Number of channels of the ConvNet, in cases that have one.
    pub width: Option<usize>,
    /// Assignments `key=value`.
    pub set: &'a [String],
}

impl Case {
    /// Whether the case's network is a ConvNet, whose width can be chosen.
    ///
    /// # Errors
    /// The built-in cases cause none.
    pub fn has_convnet(&self) -> Result<bool> {
        self.table().map(|table| names_convnet(&table))
    }

    /// The case's settings with the changes, checked against its data.
    ///
    /// # Errors
    /// A change that is not accepted, or that the case does not read.
    pub(super) fn resolve(&self, changes: Changes<'_>) -> Result<Settings> {
        let mut table = self.table()?;
        let width = changes.width.filter(|_| names_convnet(&table));
        let width = width.map(|width| format!("network.width={width}"));
        let assignments: Vec<String> = width.into_iter().chain(changes.set.to_vec()).collect();
        layers::assign(&mut table, &assignments)?;
        changes
            .set
            .iter()
            .try_for_each(|set| self.check_read(set))?;
        Settings::read_for(&table, self.data.interface())
    }

    /// Number of training rows: that of the case's data, or more if a step sees more. (With fewer rows,
    /// a batch would silently shrink to all of them.)
    ///
    /// # Errors
    /// The rows would have more than [`MOST_NUMBERS`] numbers.
    pub(super) fn rows(&self, settings: &Settings) -> Result<usize> {
        let (key, batch, groups) = match self.work {
            Work::OuterGradient => {
                let batch = settings.distill.batch.stage(0).unwrap_or(0);
                let classes = self.data.classes.max(1);
                let groups = if by_class(settings)? { classes } else { 1 };
                ("distill.batch", batch, groups)
            }
            Work::Epoch => {
                let descent = settings.evaluate.protocol.descent();
                (
                    "evaluate.batch",
                    descent.map_or(0, |descent| descent.batch),
                    1,
                )
            }
        };
        let rows = self.data.rows.max(batch.saturating_mul(groups));
        let length = self.data.inputs.len();
        if rows == self.data.rows || rows.saturating_mul(length) <= MOST_NUMBERS {
            return Ok(rows);
        }
        let accepted = format!(
            "needs {rows} real rows of {length} numbers each in case {}, but at most {} such rows \
             are possible: give a smaller number",
            self.name,
            MOST_NUMBERS / length
        );
        Err(Error::setting(key, batch, accepted))
    }

    fn table(&self) -> Result<Table> {
        let mut table = Table::new();
        for text in [ALL, self.shared, self.settings] {
            let layer = text.parse().map_err(|error: toml::de::Error| Error::Toml {
                origin: self.name.to_owned(),
                problem: error.to_string(),
            });
            layers::overlay(&mut table, layer?);
        }
        Ok(table)
    }

    /// Refuses an assignment to a known section that would change nothing here.
    fn check_read(&self, assignment: &str) -> Result<()> {
        let (key, value) = assignment.split_once('=').unwrap_or((assignment, ""));
        let (key, value) = (key.trim(), value.trim());
        let below = |begin: &str| {
            let rest = key.strip_prefix(begin);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let reads = self.work.reads();
        // For a misspelt section, Settings::read_for names the nearest known one.
        if !SECTIONS.into_iter().any(below) || reads.iter().copied().any(below) {
            return Ok(());
        }
        let accepted = format!(
            "changes nothing in case {}, which has its own data: it accepts {}",
            self.name,
            reads.join(", ")
        );
        Err(Error::setting(key, value, accepted))
    }
}

fn names_convnet(table: &Table) -> bool {
    let kind = table.get("network").and_then(|network| network.get("kind"));
    kind.and_then(Value::as_str) == Some("convnet")
}

/// Whether the objective draws a batch of every class. Such an objective has the setting `by_class`.
fn by_class(settings: &Settings) -> Result<bool> {
    let table = settings.to_table()?;
    let objective = table.get("objective").and_then(|stages| stages.get(0));
    let by_class = objective.and_then(|objective| objective.get("by_class"));
    Ok(by_class.and_then(Value::as_bool) == Some(true))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::super::cases::CASES;
    use super::*;
    use crate::wording::told;

    fn case(name: &str) -> &'static Case {
        CASES.iter().find(|case| case.name == name).unwrap()
    }

    fn resolve(name: &str, set: &[&str]) -> Result<Settings> {
        let set: Vec<String> = set.iter().map(ToString::to_string).collect();
        case(name).resolve(Changes {
            width: None,
            set: &set,
        })
    }

    #[test]
    fn every_case_resolves_to_its_own_number_of_rows() {
        for case in &CASES {
            let width = Some(64);
            let settings = case.resolve(Changes { width, set: &[] }).unwrap();
            assert_eq!(case.rows(&settings).unwrap(), case.data.rows, "{case:?}");
            let table = settings.to_table().unwrap();
            let width = table["network"]["width"].as_integer();
            assert_eq!(width == Some(64), case.has_convnet().unwrap(), "{case:?}");
        }
    }

    #[test]
    fn there_are_as_many_rows_as_a_step_sees() {
        for (name, assignments, rows) in [
            ("dc-iteration", vec!["distill.batch=16"], 640),
            ("dc-iteration", vec!["distill.batch=65"], 650),
            (
                "dm-iteration",
                vec!["distill.batch=700", "objective.by_class=false"],
                700,
            ),
            ("unroll", vec!["distill.batch=700"], 700),
            ("train-epoch", vec!["evaluate.batch=700"], 700),
            ("two-layer", vec!["distill.batch=9000"], 9000),
        ] {
            let settings = resolve(name, &assignments).unwrap();
            assert_eq!(case(name).rows(&settings).unwrap(), rows, "{assignments:?}");
        }
        let settings = resolve("dm-iteration", &["distill.batch=99999999999"]).unwrap();
        let message = told(case("dm-iteration").rows(&settings).unwrap_err());
        assert!(message.contains("21845"), "{message}");
    }

    #[test]
    fn a_network_must_fit_the_cases_own_data() {
        let wide = ["network.width=16000"];
        let message = told(resolve("unroll-mlp-10", &wide).unwrap_err());
        assert!(message.contains("784"), "{message}");
    }
}
