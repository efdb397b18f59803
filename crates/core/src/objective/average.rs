//! The average of several objectives: the points move along the weighted mean of their gradients, so that
//! they serve all the learners that the members stand for.
//!
//! min over the set of Σ_k w_k L_k / Σ_k w_k. Each member draws its own networks and minibatches, keeps its own
//! state, and gives gradients for the parts that it learns.

use std::collections::BTreeSet;
use std::sync::Arc;

use burn::tensor::{Tensor, backend::Backend};
use itertools::Itertools;
use toml::{Table, Value};

use super::{
    Context, Method, Objective, ObjectiveSettings, ObjectiveState, OuterGradient, Trouble,
};
use crate::error::{Error, Result};
use crate::experts::ExpertSettings;
use crate::network::AnyNetwork;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::{Check, keys, range};
use crate::synthetic::{Part, Parts, SyntheticSet};

/// Largest number of members.
const MOST: usize = 32;

/// The settings of an average of objectives.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Average {
    /// The members, 1 to 32. Each is the section of an objective, with a weight.
    pub members: Vec<Member>,
}

/// An objective with its weight in the average.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The settings of the objective.
    pub objective: ObjectiveSettings,
    /// The weight w_k of its loss, 1e-9 to 1e9. Default: 1.
    pub weight: f64,
}

/// The section of a member in messages: `objective.members.0`.
fn member_path(path: &str, place: usize) -> String {
    format!("{path}.members.{place}")
}

/// The names of a member's values in the state begin with this.
fn prefix(place: usize) -> String {
    format!("{place}.")
}

/// Reads the section of an average at a path such as `objective`.
///
/// # Errors
/// [`Error::Setting`] if `members` is no list of sections or a value is not accepted;
/// [`Error::UnknownKey`] for another key; the errors of the members' own settings.
pub(super) fn read(path: &str, table: &Table) -> Result<ObjectiveSettings> {
    keys::among(path, table, &["kind", "members"], &[])?;
    let refused = |value: &Value| {
        let accepted = "must be a list of objectives, such as [{ kind = \"kernel-inducing-points\" }, \
                        { kind = \"neighbour-compression\", weight = 0.5 }]";
        Error::setting(format!("{path}.members"), value, accepted)
    };
    let members = match table.get("members") {
        None => Vec::new(),
        Some(given @ Value::Array(sections)) => {
            let read = |(place, section): (usize, &Value)| {
                let section = section.as_table().ok_or_else(|| refused(given))?;
                Member::read(&member_path(path, place), section)
            };
            sections
                .iter()
                .enumerate()
                .map(read)
                .collect::<Result<_>>()?
        }
        Some(other) => return Err(refused(other)),
    };
    let average = keys::checked(path, table, Average { members })?;
    Ok(ObjectiveSettings::new(average))
}

impl Member {
    fn read(path: &str, section: &Table) -> Result<Self> {
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
        let objective = ObjectiveSettings::read_at(path, &section)?;
        Ok(Self { objective, weight })
    }

    fn method(&self) -> &dyn Method {
        self.objective.method()
    }
}

impl Average {
    fn methods(&self) -> impl Iterator<Item = &dyn Method> {
        self.members.iter().map(Member::method)
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

    /// The members as objectives on the backend `B`, with their weights divided by the sum of the weights.
    fn shares<B: Backend>(&self) -> Result<Vec<(Arc<dyn Objective<B>>, f64)>> {
        let sum: f64 = self.members.iter().map(|member| member.weight).sum();
        let share = |member: &Member| Ok((member.objective.objective()?, member.weight / sum));
        self.members.iter().map(share).collect()
    }
}

impl Check for Average {
    fn check(&self) -> Result<()> {
        let key = "objective.members";
        range::count(key, self.members.len(), 1..=MOST)?;
        let sections: Vec<Table> = self
            .members
            .iter()
            .filter_map(|it| it.objective.to_table().ok())
            .collect();
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
            let mut section = member.objective.to_table()?;
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

impl<B: Backend> Objective<B> for Average {
    fn prepare(&self, set: SyntheticSet<B>) -> Result<SyntheticSet<B>> {
        let members = self.shares::<B>()?;
        members
            .iter()
            .try_fold(set, |set, (member, _)| member.prepare(set))
    }

    fn fits(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        let members = self.shares::<B>()?;
        members
            .iter()
            .try_for_each(|(member, _)| member.fits(network))
    }

    fn check_state(
        &self,
        network: &dyn AnyNetwork<B>,
        set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
    ) -> Result<()> {
        for (place, (member, _)) in self.shares::<B>()?.iter().enumerate() {
            member.check_state(network, set, state.take_within(&prefix(place)))?;
        }
        Ok(())
    }

    fn outer_gradient(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
        seed: &Seed,
    ) -> Result<OuterGradient<B>> {
        let mut losses = Vec::new();
        let mut gradients: Parts<B> = Parts::new();
        for (place, (member, share)) in self.shares::<B>()?.iter().enumerate() {
            let own = state.take_within(&prefix(place));
            let seed = seed.indexed("member", place as u64);
            let found = member.outer_gradient(context, set, own, &seed)?;
            if let Some(part) = found.solved.keys().next() {
                return Err(Error::Mismatch(format!(
                    "the member {:?} solves for {part:?} instead of giving a gradient, so it cannot be \
                     averaged with others: give it a stage of its own in the list `objective`",
                    member.kind()
                )));
            }
            losses.push(found.loss.mul_scalar(*share));
            for (part, gradient) in found.gradients {
                let weighted: Tensor<B, 2> = gradient.mul_scalar(*share);
                let sum = match gradients.remove(&part) {
                    Some(others) => others + weighted,
                    None => weighted,
                };
                gradients.insert(part, sum);
            }
            state.put_within(&prefix(place), found.state);
        }
        let loss = losses
            .into_iter()
            .reduce(|sum, loss| sum + loss)
            .ok_or_else(|| {
                Error::Mismatch("an average of objectives needs at least one member".to_owned())
            })?;
        Ok(OuterGradient::new(loss, gradients).keeping(state))
    }

    fn after_step(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
        seed: &Seed,
    ) -> Result<ObjectiveState<B>> {
        for (place, (member, _)) in self.shares::<B>()?.iter().enumerate() {
            let own = state.take_within(&prefix(place));
            let seed = seed.indexed("member", place as u64);
            let own = member.after_step(context, set, own, &seed)?;
            state.put_within(&prefix(place), own);
        }
        Ok(state)
    }
}
