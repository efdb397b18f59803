//! Protocol `feature-step`: the feature step and the ridge readout of theory.md.
//!
//! | score | features from | readout fitted on |
//! |---|---|---|
//! | `distilled` | the points | reference inputs and labels, or the points where there are none |
//! | `features_distilled` | the points | the training part |
//! | `random_real` | as many real rows as the set has points and labels | the same rows |
//! | `herding`, `k_center` | as many again, chosen by geometry; for classes only | the same rows |
//! | `random_features` | the fresh start | the training part |
//! | `full` (the teacher) | the training part | the training part |
//!
//! Penalties of readouts on real rows are chosen on the validation part, run by run.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use super::alignment::FeatureAlignment;
use super::judge::{CHUNK, judge};
use super::{Arena, FULL, Outcome, coreset};
use crate::error::{Error, Result};
use crate::host::matrix;
use crate::inner::ridge::Normal;
use crate::inner::{Loss, feature_step, forward};
use crate::network::Weights;
use crate::seed::Seed;
use crate::synthetic::{random_rows, share};
use crate::task::{Rows, Split};

/// Scores the set and, where asked for, the baselines; returns the alignment of features.
pub(super) fn scores<B: Backend>(
    arena: &Arena<'_, B>,
    note: &mut dyn FnMut(&str, Outcome),
) -> Result<FeatureAlignment> {
    let task = arena.task;
    let points = arena.set.rows();
    let mut alignment = FeatureAlignment::default();

    let mut student = Vec::new();
    note(
        "distilled",
        Ok(arena.score("distilled", |run| {
            let seed = arena.run_seed(run);
            let weights = arena.features_from(&points, &seed)?;
            student.extend(arena.alignment(&weights)?);
            match arena.set.labels() {
                Some((labels, reference)) => {
                    let inputs = reference.inputs(&points.inputs, labels.dims()[0])?;
                    let features = arena.features(&weights, inputs);
                    let readout = Normal::new(features, labels)?.fit(reference.settings.penalty)?;
                    let value = arena.judge_readout(&weights, readout, arena.judges())?;
                    // Its penalty is the set's own: no setting of the evaluation could mend it.
                    if value.is_finite() {
                        Ok(value)
                    } else {
                        let problem = "the readout that the set's labels stand for gives a \
                                       network whose weights or outputs are not finite: distil \
                                       the set anew with a larger synthetic.reference.penalty";
                        Err(Error::Mismatch(problem.to_owned()))
                    }
                }
                None => arena.fit_and_judge(&weights, &points),
            }
        })??),
    );
    alignment.student = mean(&student);
    if !arena.settings.baselines {
        return Ok(alignment);
    }
    note(
        "features_distilled",
        arena.score("features_distilled", |run| {
            let weights = arena.features_from(&points, &arena.run_seed(run))?;
            arena.fit_and_judge(&weights, &task.train)
        })?,
    );
    let labels = arena.set.labels().map_or(0, |(labels, _)| labels.dims()[0]);
    let count = points.len() + labels;
    note(
        "random_real",
        arena.score("random_real", |run| {
            let seed = arena.run_seed(run);
            let classes = task.task.target.classes();
            let rows = random_rows(&task.task.train, classes, count, &seed.child("random real"));
            let rows = task.train.select(&rows);
            arena.fit_and_judge(&arena.features_from(&rows, &seed)?, &rows)
        })?,
    );
    for (name, rows) in coreset::all(task.task, count) {
        let rows = task.train.select(&rows);
        note(
            name,
            arena.score(name, |run| {
                let weights = arena.features_from(&rows, &arena.run_seed(run))?;
                arena.fit_and_judge(&weights, &rows)
            })?,
        );
    }
    note(
        "random_features",
        arena.score("random_features", |run| {
            let seed = arena.run_seed(run);
            let start = arena.network.fresh(&seed.child("network"));
            let weights = feature_step::random(arena.network, &start, &seed)?;
            arena.fit_and_judge(&weights, &task.train)
        })?,
    );
    let mut teacher = Vec::new();
    let full = arena.score(FULL, |run| {
        let weights = arena.features_from(&task.train, &arena.run_seed(run))?;
        teacher.extend(arena.alignment(&weights)?);
        arena.fit_and_judge(&weights, &task.train)
    })?;
    // A teacher without a score may have features that are no numbers.
    alignment.teacher = full.is_ok().then(|| mean(&teacher)).flatten();
    note(FULL, full);
    Ok(alignment)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

impl<B: Backend> Arena<'_, B> {
    /// A fresh network after the feature step on these rows.
    fn features_from(&self, rows: &Rows<B>, seed: &Seed) -> Result<Weights<B>> {
        let start = self.network.fresh(&seed.child("network"));
        let (inputs, targets) = (rows.inputs.clone(), rows.targets.clone());
        let loss = Loss::of(&self.task.task.target);
        feature_step::plain(self.network, &start, inputs, targets, loss, seed)
    }

    fn features(&self, weights: &Weights<B>, inputs: Tensor<B, 2>) -> Tensor<B, 2> {
        forward::plain(self.network, weights, inputs).features
    }

    /// The test score of the readout fitted on these rows, its penalty chosen on validation; NaN
    /// where none has finite outputs there, or the weights are not finite.
    fn fit_and_judge(&self, weights: &Weights<B>, rows: &Rows<B>) -> Result<f64> {
        let count = rows.len();
        let chunk = |first: usize| {
            let size = CHUNK.min(count - first);
            let inputs = rows.inputs.clone().narrow(0, first, size);
            Ok((
                self.features(weights, inputs),
                rows.targets.clone().narrow(0, first, size),
            ))
        };
        let system = if count > CHUNK {
            Normal::over_features((0..count).step_by(CHUNK).map(chunk))?
        } else {
            Normal::new(
                self.features(weights, rows.inputs.clone()),
                rows.targets.clone(),
            )?
        };
        let mut best = (f64::NAN, None);
        for &penalty in &self.settings.penalties {
            // A penalty too small for this system is no candidate.
            let readout = match system.fit(penalty) {
                Err(Error::Singular { .. }) => continue,
                fitted => fitted?,
            };
            let split = &self.task.task.validation;
            let value = self.judge_readout(weights, readout.clone(), split)?;
            if self.metric().better(value, best.0) {
                best = (value, Some(readout));
            }
        }
        match best.1 {
            Some(readout) => self.judge_readout(weights, readout, self.judges()),
            None => Ok(f64::NAN),
        }
    }

    fn judge_readout(
        &self,
        weights: &Weights<B>,
        readout: Tensor<B, 2>,
        split: &Split,
    ) -> Result<f64> {
        let predict = |inputs| self.features(weights, inputs).matmul(readout.clone());
        let device = self.network.device();
        judge(self.metric(), split, device, weights, predict)
    }

    /// Share of the features' squared norm inside the subspace, where that is known.
    fn alignment(&self, weights: &Weights<B>) -> Result<Option<f64>> {
        let Some(basis) = &self.task.task.subspace else {
            return Ok(None);
        };
        let layer = feature_step::layer(self.network)?;
        let columns: Array2<f64> = matrix(&weights.matrix(layer.weight))?;
        Ok(Some(share(&basis.mapv(f64::from), &columns.t().to_owned())))
    }
}
