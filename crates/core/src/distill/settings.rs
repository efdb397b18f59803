//! Settings of the outer loop.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::inner::{OptimiserKind, Schedule};
use crate::settings::{Check, PerStage, range};
use crate::shape::InputShape;

/// Largest number of previews of a run. Each is a file and a frame of the animation.
const MOST_PREVIEWS: usize = 1000;

/// Settings of the outer loop. A [`PerStage`] may have another value in each stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DistillSettings {
    /// Number of outer steps of a stage, at most 10⁹. Default: 500.
    pub steps: PerStage<usize>,
    /// Learning rate of all learned parts, positive. Default: 0.02.
    pub learning_rate: PerStage<f64>,
    /// Learning rate of the logarithms of step sizes, positive. Default: `learning_rate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_size_learning_rate: Option<f64>,
    /// Number of real rows in an outer step, or rows of each class if the objective works class by
    /// class; 0 for all. Default: 256.
    pub batch: PerStage<usize>,
    /// Whether a batch has equally many rows of each class, which may come again. It changes nothing for
    /// objectives that work class by class. Default: false.
    pub balanced: bool,
    /// Norm of the noise on each real row, as a share of the median distance of a row to its nearest
    /// neighbour; 0 (default) for none, at most 1e3. Only for inputs that are vectors.
    pub row_noise: f64,
    /// Deviation of the noise on the points that the objective sees, in units of the encoded inputs; 0
    /// (default) for none, at most 1e3. Only for inputs that are vectors.
    pub point_noise: f64,
    /// Whether the objective sees the points of a table as the rows that they are decoded to, with one
    /// category in a column, and the gradient passes straight through. Otherwise it sees shares of
    /// categories, which become one category at the end. Default: true.
    pub straight_through: bool,
    /// Optimiser that moves the set.
    pub optimiser: OptimiserKind,
    /// First-moment coefficient of Adam, or momentum of gradient descent, in [0, 1).
    pub momentum: f64,
    /// How the learning rate falls over a stage.
    pub schedule: Schedule,
    /// Bound on the norm of the gradient with respect to all learned parts; 0 (default) for none.
    pub clip: f64,
    /// Bound on the same norm as a multiple of its running mean; 0 (default) for none. The running mean
    /// averages clipped norms, with weight 0.9 for the past. RaT-BPTT uses 2.
    pub clip_to_mean: f64,
    /// Number of outer steps between two checkpoints; 0 for one at the end of each stage only.
    pub checkpoint_every: usize,
    /// Number of outer steps between two lines of metrics, at least 1.
    pub log_every: usize,
    /// Number of outer steps, counted over all stages, between two previews; 0 (default) for none. A run
    /// has at most 1000 previews. They need inputs that are pictures.
    pub preview_every: usize,
    /// Additional outer steps, counted over all stages and in any order, after which there is a preview;
    /// 0 is the start.
    pub preview_at: Vec<usize>,
}

impl Default for DistillSettings {
    fn default() -> Self {
        Self {
            steps: PerStage::Same(500),
            learning_rate: PerStage::Same(0.02),
            step_size_learning_rate: None,
            batch: PerStage::Same(256),
            balanced: false,
            row_noise: 0.0,
            point_noise: 0.0,
            straight_through: true,
            optimiser: OptimiserKind::Adam,
            momentum: 0.9,
            schedule: Schedule::Cosine,
            clip: 0.0,
            clip_to_mean: 0.0,
            checkpoint_every: 50,
            log_every: 10,
            preview_every: 0,
            preview_at: Vec::new(),
        }
    }
}

impl Check for DistillSettings {
    fn check(&self) -> Result<()> {
        for &steps in self.steps.values() {
            range::count("distill.steps", steps, 0..=range::MOST)?;
        }
        for &rate in self.learning_rate.values() {
            range::positive("distill.learning_rate", rate)?;
        }
        range::within("distill.row_noise", self.row_noise, 0.0..=1e3)?;
        range::within("distill.point_noise", self.point_noise, 0.0..=1e3)?;
        range::momentum("distill.momentum", self.momentum)?;
        range::zero_or_positive("distill.clip", self.clip)?;
        range::zero_or_positive("distill.clip_to_mean", self.clip_to_mean)?;
        if let Some(rate) = self.step_size_learning_rate {
            range::positive("distill.step_size_learning_rate", rate)?;
        }
        range::count("distill.log_every", self.log_every, 1..=usize::MAX)
    }
}

impl DistillSettings {
    /// Factor of the learning rate for step sizes in a stage.
    pub(super) fn step_size_factor(&self, stage: usize) -> f64 {
        match (
            self.step_size_learning_rate,
            self.learning_rate.stage(stage),
        ) {
            (Some(own), Some(rate)) => own / rate,
            _ => 1.0,
        }
    }

    /// Checks that lists have one entry for each of `stages` stages, and that a run can have these
    /// previews.
    ///
    /// # Errors
    /// [`Error::Setting`] with the setting's name.
    pub fn check_stages(&self, stages: usize) -> Result<()> {
        self.steps.check_stages("distill.steps", stages)?;
        self.learning_rate
            .check_stages("distill.learning_rate", stages)?;
        self.batch.check_stages("distill.batch", stages)?;
        self.check_previews(self.total_steps(stages))
    }

    /// Refuses previews of inputs that are not pictures, and noise on inputs that are.
    ///
    /// # Errors
    /// [`Error::Setting`] with the setting's name.
    pub fn check_inputs(&self, inputs: InputShape) -> Result<()> {
        if let InputShape::Picture(_) = inputs {
            let noise = [
                ("distill.row_noise", self.row_noise),
                ("distill.point_noise", self.point_noise),
            ];
            if let Some((key, value)) = noise.into_iter().find(|(_, value)| *value > 0.0) {
                let accepted = "the task's inputs are pictures: take augment.operations instead";
                return Err(Error::setting(key, value, accepted));
            }
        }
        if inputs.can_be_drawn() {
            return Ok(());
        }
        let accepted = "the task's inputs are not pictures of 1 or 3 channels, so there is \
                        nothing to show: remove this setting";
        let listed = || format!("{:?}", self.preview_at);
        match (self.preview_every, self.preview_at.is_empty()) {
            (0, true) => Ok(()),
            (0, false) => Err(Error::setting("distill.preview_at", listed(), accepted)),
            (every, _) => Err(Error::setting("distill.preview_every", every, accepted)),
        }
    }

    /// Returns the outer steps, counted over all stages, after which a run of `total` steps has a
    /// preview. If there are any, the end is one of them; with `preview_every`, so is the start.
    pub fn previews(&self, total: usize) -> BTreeSet<usize> {
        let mut steps: BTreeSet<usize> = self.preview_at.iter().copied().collect();
        if self.preview_every > 0 {
            // One more than accepted is enough for the check to refuse it.
            let regular = (0..=total).step_by(self.preview_every);
            steps.extend(regular.take(MOST_PREVIEWS + 1));
        }
        if !steps.is_empty() {
            steps.insert(total);
        }
        steps
    }

    /// Number of outer steps of the first `stages` stages.
    pub fn total_steps(&self, stages: usize) -> usize {
        let steps = (0..stages).map(|stage| self.steps.stage(stage).unwrap_or(0));
        steps.fold(0, usize::saturating_add)
    }

    fn check_previews(&self, total: usize) -> Result<()> {
        if let Some(step) = self.preview_at.iter().find(|step| **step > total) {
            let accepted = format!(
                "the run has {total} outer steps in all: give steps from 0 (the start) to {total}"
            );
            return Err(Error::setting("distill.preview_at", step, accepted));
        }
        if self.previews(total).len() <= MOST_PREVIEWS {
            return Ok(());
        }
        let most = format!("a run of {total} outer steps has at most {MOST_PREVIEWS} previews");
        let single: BTreeSet<usize> = self.preview_at.iter().copied().collect();
        // Room for the regular previews and the end, beside the listed previews and the start.
        match MOST_PREVIEWS.saturating_sub(single.len() + 1) {
            0 => {
                let listed = format!("a list of {}", self.preview_at.len());
                let accepted = format!("{most}, including the one at the end: give fewer");
                Err(Error::setting("distill.preview_at", listed, accepted))
            }
            room => {
                let least = total.div_ceil(room);
                let accepted = format!("{most}: give at least {least}, or 0 for none");
                Err(Error::setting(
                    "distill.preview_every",
                    self.preview_every,
                    accepted,
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::wording::told;

    fn settings(steps: Vec<usize>, every: usize, at: &[usize]) -> DistillSettings {
        DistillSettings {
            steps: PerStage::Each(steps),
            preview_every: every,
            preview_at: at.to_vec(),
            ..Default::default()
        }
    }

    #[test]
    fn previews_are_counted_over_all_stages_and_end_with_the_run() {
        for (every, at, expected) in [
            (0, &[][..], &[][..]),
            (10, &[], &[0, 10, 20, 25]),
            (5, &[], &[0, 5, 10, 15, 20, 25]),
            (100, &[], &[0, 25]),
            (0, &[7, 0, 7], &[0, 7, 25]),
            (0, &[25], &[25]),
            (20, &[3], &[0, 3, 20, 25]),
        ] {
            let settings = settings(vec![15, 10], every, at);
            assert!(settings.check_stages(2).is_ok());
            let shown: Vec<usize> = settings
                .previews(settings.total_steps(2))
                .into_iter()
                .collect();
            assert_eq!(shown, expected, "every {every}, at {at:?}");
        }
        let none = settings(vec![0], 3, &[]);
        assert_eq!(none.previews(0), BTreeSet::from([0]));
    }

    #[test]
    fn a_preview_beyond_the_end_is_refused() {
        let refusal = |at: &[usize]| {
            let error = settings(vec![15, 10], 0, at).check_stages(2).unwrap_err();
            told(error)
        };
        for at in [&[3, 26][..], &[usize::MAX]] {
            let refused = refusal(at);
            assert!(refused.starts_with("distill.preview_at = "), "{refused}");
            assert!(refused.contains("25"), "{refused}");
        }
    }

    #[test]
    fn more_previews_than_anyone_looks_at_are_refused_and_what_is_named_instead_works() {
        let many: Vec<usize> = (1..900).collect();
        for (steps, at, least) in [
            (5000, &[][..], 6),
            (999_000, &[], 1000),
            (range::MOST, &[], 1_001_002),
            (5000, &many[..], 50),
        ] {
            let of = |every| settings(vec![steps], every, at).check_stages(1);
            let error = told(of(1).unwrap_err());
            assert!(error.contains(&least.to_string()), "{error}");
            assert!(error.starts_with("distill.preview_every = 1: "), "{error}");
            assert!(of(least).is_ok() && of(0).is_ok(), "{steps}");
        }
        let listed = |count: usize| {
            let at: Vec<usize> = (0..count).collect();
            settings(vec![5000], 0, &at).check_stages(1)
        };
        assert!(listed(999).is_ok());
        let error = told(listed(1000).unwrap_err());
        assert!(
            error.starts_with("distill.preview_at = ") && error.contains("1000"),
            "{error}"
        );
    }

    #[test]
    fn only_pictures_are_shown() {
        for inputs in [InputShape::Vector(64), InputShape::Picture([2, 8, 8])] {
            let refusal = |every, at: &[usize]| {
                let settings = settings(vec![10], every, at);
                told(settings.check_inputs(inputs).unwrap_err())
            };
            assert!(refusal(5, &[]).starts_with("distill.preview_every = 5: "));
            assert!(refusal(0, &[5]).starts_with("distill.preview_at = [5]: "));
            assert!(settings(vec![10], 0, &[]).check_inputs(inputs).is_ok());
        }
        let pictures = InputShape::Picture([3, 8, 8]);
        assert!(settings(vec![10], 5, &[5]).check_inputs(pictures).is_ok());
    }
}
