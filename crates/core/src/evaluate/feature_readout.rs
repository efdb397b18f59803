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
use super::arena::{Arena, DISTILLED, FULL};
use super::contest::{Contestant, Note, Outcome, Worth};
use super::judge::{CHUNK, Judging, are_finite};
use super::{ScoredOn, coreset};
use crate::error::{Error, Result};
use crate::inner::ridge::Normal;
use crate::inner::{Loss, feature_step, forward};
use crate::network::Weights;
use crate::numeric::host::matrix;
use crate::seed::Seed;
use crate::synthetic::{random_rows, share};
use crate::task::Rows;

/// Scores the set, without which there are no scores, and then, where asked for, the baselines; returns
/// the alignment of features.
pub(super) fn scores<B: Backend>(
    arena: &Arena<'_, B>,
    note: &mut Note<'_>,
) -> Result<FeatureAlignment> {
    let task = arena.task;
    let points = arena.set.rows();
    let labels = labels(arena)?;
    let mut alignment = FeatureAlignment::default();
    let mut note = |name: &str, outcome: Outcome| {
        // A teacher without a score may have features that are no numbers.
        let found = outcome.as_ref().ok().and_then(|networks| mean(networks));
        match name {
            DISTILLED => alignment.student = found,
            FULL => alignment.teacher = found,
            _ => {}
        }
        note(name, outcome)
    };
    let distilled = Contestant {
        name: DISTILLED,
        network: Box::new(|seed| {
            let weights = arena.features_from(&points, seed)?;
            let value = match &labels {
                Some(labels) => arena.read_out_and_judge(&weights, labels)?,
                None => arena.fit_and_judge(&weights, &points)?,
            };
            arena.with_alignment(value, &weights)
        }),
    };
    arena.contest(&[distilled], &mut note)?;
    if !arena.settings.baselines {
        return Ok(alignment);
    }
    let count = points.len() + arena.set.label_count();
    let features_distilled = Contestant {
        name: "features_distilled",
        network: Box::new(|seed| {
            let weights = arena.features_from(&points, seed)?;
            arena.fit_and_judge(&weights, &task.train).map(Worth::from)
        }),
    };
    let random_real = Contestant {
        name: "random_real",
        network: Box::new(move |seed| {
            let classes = task.task.target.classes();
            let rows = random_rows(&task.task.train, classes, count, &seed.child("random real"));
            arena.of_rows(&task.train.select(&rows), seed)
        }),
    };
    let coresets = coreset::all(task.task, count)
        .into_iter()
        .map(|(name, rows)| {
            let rows = task.train.select(&rows);
            Contestant {
                name,
                network: Box::new(move |seed| arena.of_rows(&rows, seed)),
            }
        });
    let random_features = Contestant {
        name: "random_features",
        network: Box::new(|seed| {
            let start = arena.network.fresh(&seed.child("network"));
            let weights = feature_step::random(arena.network, &start, seed)?;
            arena.fit_and_judge(&weights, &task.train).map(Worth::from)
        }),
    };
    let full = Contestant {
        name: FULL,
        network: Box::new(|seed| {
            let weights = arena.features_from(&task.train, seed)?;
            let value = arena.fit_and_judge(&weights, &task.train)?;
            arena.with_alignment(value, &weights)
        }),
    };
    let baselines: Vec<Contestant<'_>> = [features_distilled, random_real]
        .into_iter()
        .chain(coresets)
        .chain([random_features, full])
        .collect();
    arena.contest(&baselines, &mut note)?;
    Ok(alignment)
}

/// Readout labels with their inputs, and the penalty of the readout that they stand for.
struct Labels<B: Backend> {
    rows: Rows<B>,
    penalty: f64,
}

/// Those of the set; none where it has none.
fn labels<B: Backend>(arena: &Arena<'_, B>) -> Result<Option<Labels<B>>> {
    let Some((targets, reference)) = arena.set.labels() else {
        return Ok(None);
    };
    let inputs = reference.inputs(&arena.set.inputs(), targets.dims()[0])?;
    let penalty = reference.settings.penalty;
    Ok(Some(Labels {
        rows: Rows { inputs, targets },
        penalty,
    }))
}

/// Mean alignment of these networks; none where that is not known.
fn mean(networks: &[Worth]) -> Option<f64> {
    let known: Vec<f64> = networks.iter().filter_map(|it| it.alignment).collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
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

    /// A network that takes its features and its readout from the same rows.
    fn of_rows(&self, rows: &Rows<B>, seed: &Seed) -> Result<Worth> {
        let weights = self.features_from(rows, seed)?;
        self.fit_and_judge(&weights, rows).map(Worth::from)
    }

    /// The test score of the readout that the set's labels stand for.
    fn read_out_and_judge(&self, weights: &Weights<B>, labels: &Labels<B>) -> Result<f64> {
        let Rows { inputs, targets } = labels.rows.clone();
        let readout = Normal::new(self.features(weights, inputs), targets)?.fit(labels.penalty)?;
        if are_finite(weights)? {
            let value = self.judge_readouts(weights, &[readout], self.judges())?[0];
            if value.is_finite() {
                return Ok(value);
            }
        }
        // Its penalty is the set's own: no setting of the evaluation could mend it.
        let problem = "the readout that the set's labels stand for gives a network whose weights or \
                       outputs are not finite: distil the set anew with a larger \
                       synthetic.reference.penalty";
        Err(Error::Mismatch(problem.to_owned()))
    }

    /// The test score of the readout fitted on these rows, its penalty chosen on validation; NaN
    /// where none has finite outputs there, or the weights are not finite. Features are computed once
    /// for all penalties.
    fn fit_and_judge(&self, weights: &Weights<B>, rows: &Rows<B>) -> Result<f64> {
        if !are_finite(weights)? {
            return Ok(f64::NAN);
        }
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
        let mut readouts = Vec::new();
        for &penalty in self.settings.protocol.penalties() {
            match system.fit(penalty) {
                // A penalty too small for this system is no candidate.
                Err(Error::Singular { .. }) => {}
                fitted => readouts.push(fitted?),
            }
        }
        let values = self.judge_readouts(weights, &readouts, &self.validation)?;
        let mut best = (f64::NAN, None);
        for (value, readout) in values.into_iter().zip(readouts) {
            if self.metric().better(value, best.0) {
                best = (value, Some(readout));
            }
        }
        match best {
            (_, None) => Ok(f64::NAN),
            (value, _) if self.settings.on == ScoredOn::Validation => Ok(value),
            (_, Some(readout)) => Ok(self.judge_readouts(weights, &[readout], self.judges())?[0]),
        }
    }

    /// The metric of each of these readouts of the same features.
    fn judge_readouts(
        &self,
        weights: &Weights<B>,
        readouts: &[Tensor<B, 2>],
        judging: &Judging<'_, B>,
    ) -> Result<Vec<f64>> {
        let predict = |inputs| {
            let features = self.features(weights, inputs);
            let outputs = readouts
                .iter()
                .map(|readout| features.clone().matmul(readout.clone()));
            outputs.collect()
        };
        judging.judge(self.metric(), readouts.len(), predict)
    }

    /// What a network of that value is worth, with how its features lie.
    fn with_alignment(&self, value: f64, weights: &Weights<B>) -> Result<Worth> {
        let alignment = self.alignment(weights)?;
        Ok(Worth { value, alignment })
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
