//! Uploads the rows that baselines choose to the device.

use burn::tensor::backend::Backend;

use super::baseline::{Baseline, Chosen, KMeans};
use super::candidate::OfSeed;
use super::trial::Trial;
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::task::{Rows, upload};

/// The rows of a baseline, for each network that is trained on them.
pub(super) struct BaselineRows<'a, B: Backend> {
    /// Name of the score.
    pub name: &'a str,
    /// Whether each run has its own rows.
    pub is_drawn_anew: bool,
    /// The rows for the network of a run.
    pub rows: OfSeed<'a, Result<Rows<B>>>,
}

impl<'a, B: Backend> Trial<'a, B> {
    /// Returns the baselines that suit the task, each with `counts[c]` rows of class c.
    ///
    /// # Errors
    /// Those of a baseline, and [`Error::Mismatch`] if its rows do not fit the task.
    pub(super) fn baselines(&self, counts: &[usize]) -> Result<Vec<BaselineRows<'_, B>>> {
        let target = &self.task.task.target;
        let suited = self.baselines.iter().filter(|it| it.suits(target));
        suited
            .map(|&baseline| {
                let counts = counts.to_vec();
                let rows: OfSeed<'_, Result<Rows<B>>> = if baseline.is_drawn_anew() {
                    Box::new(move |seed| self.rows_of(baseline, &counts, seed))
                } else {
                    let rows = self.rows_of(baseline, &counts, &self.seed)?;
                    Box::new(move |_| Ok(rows.clone()))
                };
                let name = baseline.name();
                Ok(BaselineRows {
                    name,
                    is_drawn_anew: baseline.is_drawn_anew(),
                    rows,
                })
            })
            .collect()
    }

    /// Returns k-means centres in the sizes of the nested sets, if k-means is among the baselines.
    ///
    /// # Errors
    /// Those of [`Self::baselines`].
    pub(super) fn nested_baselines(&self) -> Result<Vec<BaselineRows<'_, B>>> {
        if !self.baselines.iter().any(|it| it.name() == KMeans.name()) {
            return Ok(Vec::new());
        }
        let of = self.nested.iter().map(|nested| {
            let rows = self.rows_of(&KMeans, &self.counts_of(&nested.set), &self.seed)?;
            Ok(BaselineRows {
                name: nested.k_means.as_str(),
                is_drawn_anew: false,
                rows: Box::new(move |_| Ok(rows.clone())),
            })
        });
        of.collect()
    }

    /// The rows that a baseline chooses for a seed, checked.
    fn rows_of(&self, baseline: &dyn Baseline, counts: &[usize], seed: &Seed) -> Result<Rows<B>> {
        let task = self.task.task;
        let refused = |problem: String| {
            let name = baseline.name();
            Err(Error::Mismatch(format!("the baseline {name:?} {problem}")))
        };
        let chosen = baseline.choose(task.training(), counts, seed)?;
        match chosen {
            Chosen::Rows(places) => {
                let rows = task.train.len();
                match places.iter().find(|&&place| place >= rows) {
                    Some(place) => refused(format!(
                        "chose row {place}, but the training part has {rows}, counted from 0"
                    )),
                    None if places.is_empty() => refused("chose no rows".to_owned()),
                    None => Ok(self.task.training.rows.select(&places)),
                }
            }
            Chosen::Made { inputs, targets } => {
                let wanted = [task.inputs.len(), task.target.len()];
                let widths = [inputs.ncols(), targets.ncols()];
                if widths != wanted || inputs.nrows() != targets.nrows() || inputs.is_empty() {
                    return refused(format!(
                        "made inputs {:?} and targets {:?}, but a row of the task has {} and {} numbers",
                        inputs.dim(),
                        targets.dim(),
                        wanted[0],
                        wanted[1]
                    ));
                }
                if !inputs.iter().chain(&targets).all(|it| it.is_finite()) {
                    return refused("made numbers that are not finite".to_owned());
                }
                let device = self.network.device();
                Ok(Rows {
                    inputs: upload(&inputs, device),
                    targets: upload(&targets, device),
                })
            }
        }
    }
}
