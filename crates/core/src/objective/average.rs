//! The average of several objectives: the points move along the weighted mean of their gradients, so that
//! they serve all the learners that the members stand for.
//!
//! min over the set of Σ_k w_k L_k / Σ_k w_k. Each member draws its own networks and minibatches, keeps its own
//! state, and gives gradients for the parts that it learns.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::Arc;

use burn::tensor::backend::Backend;
use itertools::Itertools;
use toml::{Table, Value};

use super::Objective;
use super::averaged::Averaged;
use super::method::{Method, Trouble, section};
use crate::error::{Error, Result};
use crate::experts::ExpertSettings;
use crate::paper::Paper;
use crate::settings::{Check, keys, range};
use crate::synthetic::Part;

/// Largest number of members.
const MOST: usize = 32;

/// The settings of an average of objectives.
#[derive(Debug, Clone, Default)]
pub struct Average {
    /// The members, 1 to 32. Each is the section of an objective, with a weight.
    pub members: Vec<Member>,
}

/// An objective with its weight in the average.
#[derive(Debug, Clone)]
pub struct Member {
    /// The objective.
    pub method: Arc<dyn Method>,
    /// The weight w_k of its loss, 1e-9 to 1e9. Default: 1.
    pub weight: f64,
}

/// The section of a member in messages: `objective.members.0`.
fn member_path(path: &str, place: usize) -> String {
    format!("{path}.members.{place}")
}

/// Reads the settings of an objective from the section at a path.
type Read = fn(&str, &Table) -> Result<Arc<dyn Method>>;

impl Average {
    /// Reads the section of an average at a path such as `objective`. `read_member` reads the section of a
    /// member, without its weight.
    ///
    /// # Errors
    /// [`Error::Setting`] if `members` is no list of sections or a value is not accepted;
    /// [`Error::UnknownKey`] for another key; the errors of the members' own settings.
    pub(super) fn read(path: &str, table: &Table, read_member: Read) -> Result<Self> {
        keys::among(path, table, &["kind", "members"], &[])?;
        let refused = |value: &dyn Display| {
            let accepted = "must be a list of objectives, such as [{ kind = \"kernel-inducing-points\" }, \
                            { kind = \"neighbour-compression\", weight = 0.5 }]";
            Error::setting(format!("{path}.members"), value, accepted)
        };
        let members = match table.get("members") {
            None => return Err(refused(&"(not given)")),
            Some(given @ Value::Array(sections)) => {
                let read = |(place, section): (usize, &Value)| {
                    let section = section.as_table().ok_or_else(|| refused(&given))?;
                    Member::read(&member_path(path, place), section, read_member)
                };
                sections
                    .iter()
                    .enumerate()
                    .map(read)
                    .collect::<Result<_>>()?
            }
            Some(other) => return Err(refused(&other)),
        };
        keys::checked(path, table, Self { members })
    }
}

impl Member {
    fn read(path: &str, section: &Table, read: Read) -> Result<Self> {
        let mut section = section.clone();
        let weight = match section.remove("weight") {
            None => 1.0,
            Some(Value::Float(weight)) => weight,
            Some(Value::Integer(weight)) => weight as f64,
            Some(other) => {
                let key = format!("{path}.weight");
                return Err(Error::setting(key, other, "must be a number"));
            }
        };
        range::within(&format!("{path}.weight"), weight, 1e-9..=1e9)?;
        let method = read(path, &section)?;
        Ok(Self { method, weight })
    }
}

impl Average {
    fn methods(&self) -> impl Iterator<Item = &dyn Method> {
        self.members.iter().map(|member| &*member.method)
    }

    /// Whether each part that a member learns is learned by all members whose loss depends on it. All losses
    /// depend on inputs and targets, and those of members that store step sizes depend on step sizes.
    fn is_gradient_of_its_loss(&self) -> bool {
        let agree = |part: Part| {
            let methods = self.methods();
            let depending = methods.filter(|it| part != Part::StepSizes || it.stores_step_sizes());
            depending
                .map(|method| method.learns().contains(&part))
                .all_equal()
        };
        Part::ALL.into_iter().all(agree)
    }

    /// The average on the backend `B`. `on_backend` gives a member's objective there.
    ///
    /// # Errors
    /// Those of `on_backend`.
    pub(super) fn on<B: Backend>(
        self: &Arc<Self>,
        on_backend: impl Fn(&Arc<dyn Method>) -> Result<Arc<dyn Objective<B>>>,
    ) -> Result<Averaged<B>> {
        let sum: f64 = self.members.iter().map(|member| member.weight).sum();
        let share = |member: &Member| Ok((on_backend(&member.method)?, member.weight / sum));
        Ok(Averaged {
            settings: self.clone(),
            shares: self.members.iter().map(share).collect::<Result<_>>()?,
        })
    }
}

impl Check for Average {
    fn check(&self) -> Result<()> {
        let key = "objective.members";
        range::count(key, self.members.len(), 1..=MOST)?;
        let sections: Vec<Table> = self.methods().filter_map(|it| section(it).ok()).collect();
        let refused = |accepted: &str| Err(Error::setting(key, keys::shown(&sections), accepted));
        if self
            .methods()
            .any(|method| method.learns().contains(&Part::Labels))
        {
            return refused(
                "a member learns readout labels, which are solved for on their own: give it a stage of its \
                 own in the list `objective`",
            );
        }
        if !self.is_gradient_of_its_loss() {
            return refused(
                "members must learn the same parts, or their mean gradient is not that of their mean loss: \
                 give each the same `learn` (only `step-sizes` may be in some, where the others have none)",
            );
        }
        if self
            .methods()
            .filter(|method| method.experts().is_some())
            .count()
            > 1
        {
            return refused("only one member can follow experts");
        }
        Ok(())
    }
}

impl Method for Average {
    fn kind(&self) -> &'static str {
        "average"
    }

    fn settings(&self) -> Result<Table> {
        let section = |member: &Member| {
            let mut section = section(&*member.method)?;
            section.insert("weight".to_owned(), member.weight.into());
            Ok(Value::Table(section))
        };
        let members = self.members.iter().map(section).collect::<Result<_>>()?;
        Ok(Table::from_iter([(
            "members".to_owned(),
            Value::Array(members),
        )]))
    }

    fn learns(&self) -> BTreeSet<Part> {
        self.methods().flat_map(Method::learns).collect()
    }

    fn papers(&self) -> Vec<Paper> {
        let papers = self.methods().flat_map(Method::papers);
        papers.unique_by(|paper| paper.used).collect()
    }

    fn experts(&self) -> Option<&ExpertSettings> {
        self.methods().find_map(Method::experts)
    }

    fn stores_step_sizes(&self) -> bool {
        self.methods().any(Method::stores_step_sizes)
    }

    fn refuses_augmentation(&self) -> bool {
        self.methods().any(Method::refuses_augmentation)
    }

    fn memory_settings(&self) -> Vec<String> {
        let of_member = |(place, method): (usize, &dyn Method)| {
            let names = method.memory_settings().into_iter();
            names.map(move |name| format!("members.{place}.{name}"))
        };
        self.methods().enumerate().flat_map(of_member).collect()
    }

    fn remedy(&self, path: &str, trouble: Trouble) -> Option<String> {
        let mut members = self.methods().enumerate();
        members.find_map(|(place, method)| method.remedy(&member_path(path, place), trouble))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::error::Result;
    use crate::objective::ObjectiveSettings;
    use crate::synthetic::Part;
    use crate::wording::told;

    fn read(members: &str) -> Result<ObjectiveSettings> {
        let table = format!("kind = \"average\"\n{members}").parse().unwrap();
        ObjectiveSettings::read(&table)
    }

    #[test]
    fn members_are_sections_of_objectives_with_a_weight() {
        let average = read(
            "members = [{ kind = \"neighbour-compression\", weight = 2 }, \
             { kind = \"performance-matching\", unroll = 3 }]",
        );
        let average = average.unwrap();
        assert_eq!(average.learns(), [Part::Inputs, Part::StepSizes].into());
        assert_eq!(average.method().memory_settings(), ["members.1.unroll"]);
        assert_eq!(average.method().papers().len(), 2);
        let again = ObjectiveSettings::read(&average.to_table().unwrap()).unwrap();
        assert_eq!(again, average);
    }

    #[test]
    fn what_cannot_be_averaged_is_refused_by_key() {
        let kernel = "{ kind = \"kernel-inducing-points\" }";
        for (members, named) in [
            (String::new(), "objective.members"),
            ("members = []".to_owned(), "objective.members"),
            ("members = 3".to_owned(), "objective.members"),
            ("members = [3]".to_owned(), "objective.members"),
            (format!("member = [{kernel}]"), "objective.member"),
            (
                "members = [{ width = 1.0 }]".to_owned(),
                "objective.members.0.kind",
            ),
            (
                format!(
                    "members = [{kernel}, {{ kind = \"neighbour-compression\", width = 0.0 }}]"
                ),
                "objective.members.1.width",
            ),
            (
                "members = [{ kind = \"neighbour-compression\", weight = 0 }]".to_owned(),
                "objective.members.0.weight",
            ),
            (
                "members = [{ kind = \"neighbour-compression\", weight = \"1\" }]".to_owned(),
                "objective.members.0.weight",
            ),
            // Its loss depends on the inputs, but it gives no gradient for them.
            (
                format!(
                    "members = [{kernel}, {{ kind = \"neighbour-compression\", learn = [\"targets\"] }}]"
                ),
                "objective.members",
            ),
            (
                "members = [{ kind = \"readout-matching\" }]".to_owned(),
                "objective.members",
            ),
        ] {
            let error = read(&members).unwrap_err();
            assert!(error.is_bad_input());
            let message = told(error);
            assert!(message.contains(named), "{members}: {message}");
        }
    }
}
