//! An average of objectives on a backend: the mean of the members' losses and gradients.

use std::collections::BTreeSet;
use std::sync::Arc;

use burn::tensor::{Tensor, backend::Backend};
use toml::Table;

use super::method::{Method, Trouble};
use super::{Context, Objective, ObjectiveState, OuterGradient};
use crate::error::{Error, Result};
use crate::experts::ExpertSettings;
use crate::network::AnyNetwork;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::Check;
use crate::synthetic::{Part, Parts, SyntheticSet};

/// The names of a member's values in the state begin with this.
fn prefix(place: usize) -> String {
    format!("{place}.")
}

/// An average on a backend.
#[derive(Debug)]
pub(super) struct Averaged<B: Backend> {
    /// The settings of the average.
    pub settings: Arc<dyn Method>,
    /// The members, with their weights divided by the sum of the weights.
    pub shares: Vec<(Arc<dyn Objective<B>>, f64)>,
}

impl<B: Backend> Check for Averaged<B> {
    fn check(&self) -> Result<()> {
        self.settings.check()
    }
}

macro_rules! of_settings {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)+) => {
        impl<B: Backend> Method for Averaged<B> {
            $(fn $name(&self $(, $argument: $type)*) -> $result {
                self.settings.$name($($argument),*)
            })+
        }
    };
}

of_settings! {
    kind() -> &'static str;
    settings() -> Result<Table>;
    learns() -> BTreeSet<Part>;
    papers() -> Vec<Paper>;
    experts() -> Option<&ExpertSettings>;
    stores_step_sizes() -> bool;
    refuses_augmentation() -> bool;
    memory_settings() -> Vec<String>;
    remedy(path: &str, trouble: Trouble) -> Option<String>;
}

impl<B: Backend> Objective<B> for Averaged<B> {
    fn prepare(&self, set: SyntheticSet<B>) -> Result<SyntheticSet<B>> {
        self.shares
            .iter()
            .try_fold(set, |set, (member, _)| member.prepare(set))
    }

    fn fits(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        self.shares
            .iter()
            .try_for_each(|(member, _)| member.fits(network))
    }

    fn check_state(
        &self,
        network: &dyn AnyNetwork<B>,
        set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
    ) -> Result<()> {
        for (place, (member, _)) in self.shares.iter().enumerate() {
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
        for (place, (member, share)) in self.shares.iter().enumerate() {
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
        for (place, (member, _)) in self.shares.iter().enumerate() {
            let own = state.take_within(&prefix(place));
            let seed = seed.indexed("member", place as u64);
            let own = member.after_step(context, set, own, &seed)?;
            state.put_within(&prefix(place), own);
        }
        Ok(state)
    }
}
