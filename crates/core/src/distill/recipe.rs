//! What is done to a task with a network, whatever those are.

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use super::DistillSettings;
use crate::augment::AugmentSettings;
use crate::error::{Error, Result};
use crate::objective::ObjectiveSettings;
use crate::settings::{Check, Settings};
use crate::synthetic::SyntheticSettings;

/// The settings that a [`super::Distiller`] reads: all but those of the task and the network, which
/// it is handed, and of the evaluation. [`Settings`] give theirs; with a network of one's own it is put
/// together by hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// The shape and start of the synthetic set.
    pub synthetic: SyntheticSettings,
    /// The outer loop.
    pub distill: DistillSettings,
    /// What is done to pictures before a network sees them.
    pub augment: AugmentSettings,
    /// What the points are moved by: one objective a stage.
    pub objective: Vec<ObjectiveSettings>,
}

impl Recipe {
    /// Refuses values out of range, and lists that are not as long as there are stages.
    pub(super) fn check<B: Backend>(&self) -> Result<()> {
        if self.objective.is_empty() {
            let accepted = "give at least one objective";
            return Err(Error::setting("objective", "[]", accepted));
        }
        self.synthetic.check()?;
        self.distill.check()?;
        self.distill.check_stages(self.objective.len())?;
        let mut stages = self.objective.iter();
        stages.try_for_each(|stage| stage.objective::<B>().check())
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

impl From<&Settings> for Recipe {
    fn from(settings: &Settings) -> Self {
        Self {
            synthetic: settings.synthetic.clone(),
            distill: settings.distill.clone(),
            augment: settings.augment.clone(),
            objective: settings.objective.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::objective::GradientMatching;
    use crate::settings::PerStage;
    use burn_flex::Flex;

    fn recipe() -> Recipe {
        Recipe {
            synthetic: SyntheticSettings::default(),
            distill: DistillSettings::default(),
            augment: AugmentSettings::default(),
            objective: vec![ObjectiveSettings::GradientMatching(
                GradientMatching::default(),
            )],
        }
    }

    #[test]
    fn a_recipe_put_together_by_hand_is_checked() {
        assert!(recipe().check::<Flex>().is_ok());
        let refusal = |change: fn(&mut Recipe)| {
            let mut recipe = recipe();
            change(&mut recipe);
            recipe.check::<Flex>().unwrap_err().to_string()
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
                    let ObjectiveSettings::GradientMatching(matching) = &mut it.objective[0] else {
                        unreachable!()
                    };
                    matching.life = 0;
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
