//! The baseline `random_real`: real rows drawn evenly.

use super::{Baseline, Chosen};
use crate::error::Result;
use crate::seed::Seed;
use crate::synthetic::random_rows;
use crate::task::TrainingPart;

/// Real rows drawn anew for each network, as many of each class where there are classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomReal;

impl Baseline for RandomReal {
    fn name(&self) -> &str {
        "random_real"
    }

    fn is_drawn_anew(&self) -> bool {
        true
    }

    fn choose(&self, training: TrainingPart<'_>, count: usize, seed: &Seed) -> Result<Chosen> {
        let seed = seed.child("random real");
        Ok(Chosen::Rows(random_rows(
            training.rows,
            training.target.classes(),
            count,
            &seed,
        )))
    }
}
