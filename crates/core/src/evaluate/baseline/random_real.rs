//! The baseline `random_real`: real rows drawn uniformly.

use super::{Baseline, Chosen};
use crate::error::Result;
use crate::seed::Seed;
use crate::synthetic::random_rows;
use crate::task::TrainingPart;

/// Real rows, drawn again for each network. If there are classes, each has as many as the set has points of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomReal;

impl Baseline for RandomReal {
    fn name(&self) -> &str {
        "random_real"
    }

    fn is_drawn_anew(&self) -> bool {
        true
    }

    fn choose(&self, training: TrainingPart<'_>, counts: &[usize], seed: &Seed) -> Result<Chosen> {
        let seed = seed.child("random real");
        Ok(Chosen::Rows(random_rows(
            training.rows,
            training.target.classes(),
            counts,
            &seed,
        )))
    }
}
