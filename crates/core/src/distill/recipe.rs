//! What is done to a task with a network, whatever those are.

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use super::DistillSettings;
use crate::augment::AugmentSettings;
use crate::error::{Error, Result};
use crate::objective::ObjectiveSettings;
use crate::settings::{Check, keys};
use crate::synthetic::{Part, SyntheticSettings};

/// The settings that a [`super::Distiller`] reads: all but those of the task and the network, which
/// it is handed, and of the evaluation. [`crate::run::Settings`] give theirs; with a network of one's own it is put
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
    /// Refuses values out of range, lists that are not as long as there are stages, and stages that
    /// cannot follow one another.
    pub(super) fn check<B: Backend>(&self) -> Result<()> {
        if self.objective.is_empty() {
            let accepted = "give at least one objective";
            return Err(Error::setting("objective", "[]", accepted));
        }
        self.synthetic.check()?;
        self.distill.check()?;
        self.distill.check_stages(self.objective.len())?;
        let mut stages = self.objective.iter();
        stages.try_for_each(|stage| stage.objective::<B>().check())?;
        self.check_labels()
    }

    /// Readout labels are learned, and belong to the inputs that the points end with.
    ///
    /// # Errors
    /// [`Error::Setting`]: labels that no stage learns, or inputs that move after them.
    pub(crate) fn check_labels(&self) -> Result<()> {
        let learns = |part: Part| {
            let stages = self.objective.iter().enumerate();
            stages.filter(move |(_, stage)| stage.learned().contains(&part))
        };
        let Some((first, labelling)) = learns(Part::Labels).next() else {
            if self.synthetic.labels == 0 {
                return Ok(());
            }
            let accepted = "no stage learns readout labels, so that they would stay 0: add an \
                            objective of kind \"readout-matching\", or leave this setting away";
            let labels = self.synthetic.labels;
            return Err(Error::setting("synthetic.labels", labels, accepted));
        };
        let Some((stage, moving)) = learns(Part::Inputs).find(|(stage, _)| *stage > first) else {
            return Ok(());
        };
        let accepted = format!(
            "this stage moves the inputs after objective.{first} ({}) has learned readout labels \
             for what they span: put it before that one, or leave \"inputs\" out here",
            labelling.kind()
        );
        Err(Error::setting(
            format!("objective.{stage}.learn"),
            keys::shown(moving.learned()),
            accepted,
        ))
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
            told(recipe.check::<Flex>().unwrap_err())
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
