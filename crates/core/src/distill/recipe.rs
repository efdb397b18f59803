//! The settings of a distillation without its task and network.

use std::sync::Arc;

use burn::tensor::backend::Backend;
use serde::ser::{Error as _, SerializeStruct};
use serde::{Serialize, Serializer};

use super::{DistillSettings, stages};
use crate::augment::AugmentSettings;
use crate::error::Result;
use crate::objective::{Method, Objective, section};
use crate::settings::Check;
use crate::synthetic::SyntheticSettings;

/// The settings that a [`super::Distiller`] uses.
///
/// [`crate::run::Settings::recipe`] makes it from the settings of a run. With an objective or a network
/// outside of the library, build it by hand.
#[derive(Debug, Clone)]
pub struct Recipe<B: Backend> {
    /// The size and initial values of the synthetic set.
    pub synthetic: SyntheticSettings,
    /// The outer loop.
    pub distill: DistillSettings,
    /// The augmentation of pictures before a network sees them.
    pub augment: AugmentSettings,
    /// The objectives whose gradients move the points, one for each stage.
    pub objective: Vec<Arc<dyn Objective<B>>>,
}

/// Writes the same tables as a settings file has.
impl<B: Backend> Serialize for Recipe<B> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let sections = self.objective.iter().map(|stage| section(&**stage));
        let objectives = sections.collect::<Result<Vec<_>>>();
        let mut recipe = to.serialize_struct("Recipe", 4)?;
        recipe.serialize_field("synthetic", &self.synthetic)?;
        recipe.serialize_field("distill", &self.distill)?;
        recipe.serialize_field("augment", &self.augment)?;
        recipe.serialize_field("objective", &objectives.map_err(S::Error::custom)?)?;
        recipe.end()
    }
}

impl<B: Backend> Recipe<B> {
    /// Checks the ranges of all values, that lists have one entry for each stage, and the order of stages.
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

    /// Number of outer steps of a stage, counted from 0.
    pub(super) fn steps(&self, stage: usize) -> usize {
        self.distill.steps.stage(stage).unwrap_or(0)
    }

    /// Number of outer steps of all stages before this one.
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
    fn the_total_of_steps_does_not_overflow() {
        let mut recipe = recipe();
        recipe.distill.steps = PerStage::Each(vec![usize::MAX, 7]);
        assert_eq!(recipe.steps_before(2), usize::MAX);
    }
}
