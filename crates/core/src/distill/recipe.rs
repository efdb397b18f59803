//! What is done to a task with a network, whatever those are.

use std::sync::Arc;

use burn::tensor::backend::Backend;
use serde::ser::{Error as _, SerializeStruct};
use serde::{Serialize, Serializer};
use toml::Table;

use super::{DistillSettings, stages};
use crate::augment::AugmentSettings;
use crate::error::Result;
use crate::objective::{Method, Objective};
use crate::settings::Check;
use crate::synthetic::SyntheticSettings;

/// The settings that a [`super::Distiller`] reads: all but those of the task and the network, which
/// it is handed, and of the evaluation. [`crate::run::Settings::recipe`] gives that of settings; with an
/// objective or a network of one's own it is put together by hand.
#[derive(Debug, Clone)]
pub struct Recipe<B: Backend> {
    /// The shape and start of the synthetic set.
    pub synthetic: SyntheticSettings,
    /// The outer loop.
    pub distill: DistillSettings,
    /// What is done to pictures before a network sees them.
    pub augment: AugmentSettings,
    /// What the points are moved by: one objective a stage.
    pub objective: Vec<Arc<dyn Objective<B>>>,
}

/// The same tables as in a settings file.
impl<B: Backend> Serialize for Recipe<B> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let table = |objective: &Arc<dyn Objective<B>>| -> Result<Table> {
            let kind = ("kind".to_owned(), objective.kind().into());
            Ok([kind].into_iter().chain(objective.settings()?).collect())
        };
        let objectives = self.objective.iter().map(table).collect::<Result<Vec<_>>>();
        let mut recipe = to.serialize_struct("Recipe", 4)?;
        recipe.serialize_field("synthetic", &self.synthetic)?;
        recipe.serialize_field("distill", &self.distill)?;
        recipe.serialize_field("augment", &self.augment)?;
        recipe.serialize_field("objective", &objectives.map_err(S::Error::custom)?)?;
        recipe.end()
    }
}

impl<B: Backend> Recipe<B> {
    /// Refuses values out of range, lists that are not as long as there are stages, and stages that
    /// cannot follow one another.
    pub(super) fn check(&self) -> Result<()> {
        self.synthetic.check()?;
        self.distill.check()?;
        self.distill.check_stages(self.objective.len())?;
        self.objective.iter().try_for_each(|stage| stage.check())?;
        let methods = self
            .objective
            .iter()
            .map(|stage| -> &dyn Method { &**stage });
        stages::check(&methods.collect::<Vec<_>>(), self.synthetic.labels)
    }

    /// Outer steps of a stage.
    pub(super) fn steps(&self, stage: usize) -> usize {
        self.distill.steps.stage(stage).unwrap_or(0)
    }

    /// Outer steps of the first stages.
    pub(super) fn steps_before(&self, stage: usize) -> usize {
        self.distill.total_steps(stage)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::objective::GradientMatching;
    use crate::settings::PerStage;
    use crate::wording::told;
    use burn_flex::Flex;

    fn recipe() -> Recipe<Flex> {
        Recipe {
            synthetic: SyntheticSettings::default(),
            distill: DistillSettings::default(),
            augment: AugmentSettings::default(),
            objective: vec![Arc::new(GradientMatching::default())],
        }
    }

    #[test]
    fn a_recipe_put_together_by_hand_is_checked() {
        assert!(recipe().check().is_ok());
        let refusal = |change: fn(&mut Recipe<Flex>)| {
            let mut recipe = recipe();
            change(&mut recipe);
            told(recipe.check().unwrap_err())
        };
        for (message, word) in [
            (refusal(|it| it.objective.clear()), "objective = []"),
            (refusal(|it| it.synthetic.points = Some(0)), "points = 0"),
            (refusal(|it| it.distill.log_every = 0), "log_every = 0"),
            (
                refusal(|it| it.distill.steps = PerStage::Each(vec![1, 2])),
                "distill.steps",
            ),
            (
                refusal(|it| {
                    let matching = GradientMatching {
                        life: 0,
                        ..Default::default()
                    };
                    it.objective = vec![Arc::new(matching)];
                }),
                "objective.life = 0",
            ),
        ] {
            assert!(message.contains(word), "{message}");
        }
    }

    #[test]
    fn more_steps_than_can_be_counted_are_no_overflow() {
        let mut recipe = recipe();
        recipe.distill.steps = PerStage::Each(vec![usize::MAX, 7]);
        assert_eq!(recipe.steps_before(2), usize::MAX);
    }
}
