//! Protocols `feature-step` and `transfer`: the feature step and the ridge readout of `docs/theory.md`.
//!
//! | score | features from | readout fitted on |
//! |---|---|---|
//! | `distilled` | the points | reference inputs and labels, or the points if the set has no labels |
//! | `features_distilled` | the points | the training part |
//! | `random_real` | as many random real rows as the set has points and labels | the same rows |
//! | `herding`, `k_center` | the same number of real rows from a coreset; for classes only | the same rows |
//! | `k_means`, `agglomerative` | the same number of centres of clusters | the same centres |
//! | `random_features` | fresh weights | the training part |
//! | `full` (the teacher) | the training part | the training part |
//!
//! With `transfer`, the task may differ from the one that the set was made for. There `distilled` is what
//! the table calls `features_distilled`; the only other scores are `random_features` and `full`.
//!
//! The penalty of a readout that is not fitted on readout labels is chosen on the validation part, for
//! each run.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use super::alignment::FeatureAlignment;
use super::candidate::{Candidate, NetworkScore, Note, Outcome};
use super::held_out::{CHUNK, HeldOut, Measured, are_finite};
use super::protocol::Protocol;
use super::settings::ScoredOn;
use super::trial::{DISTILLED, FULL, Trial};
use crate::error::{Error, Result};
use crate::inner::ridge::RidgeSystem;
use crate::inner::{Loss, feature_step, forward};
use crate::network::Weights;
use crate::numeric::host::matrix;
use crate::seed::Seed;
use crate::synthetic::fraction_within;
use crate::task::Rows;

/// Scores the set and then, if the settings ask for them, the baselines. Returns the mean alignment of
/// features. An error for the set ends the evaluation.
pub(super) fn scores<B: Backend>(
    trial: &Trial<'_, B>,
    note: &mut Note<'_>,
) -> Result<FeatureAlignment> {
    let task = trial.task;
    let points = trial.set.rows();
    let transfers = matches!(trial.settings.protocol, Protocol::Transfer(_));
    let labels = if transfers { None } else { labels(trial)? };
    let own = if transfers {
        &task.training.rows
    } else {
        &points
    };
    let mut alignment = FeatureAlignment::default();
    let mut note = |name: &str, outcome: Outcome| {
        // Only candidates with a score count: the features of others may not be finite.
        let found = outcome.as_ref().ok().and_then(|networks| mean(networks));
        match name {
            DISTILLED => alignment.student = found,
            FULL => alignment.teacher = found,
            _ => {}
        }
        note(name, outcome)
    };
    let distilled = Candidate {
        name: DISTILLED,
        network: Box::new(|seed| {
            let weights = trial.features_from(&points, seed)?;
            let value = match &labels {
                Some(labels) => trial.read_out_and_score(&weights, labels)?,
                None => trial.fit_and_score(&weights, own)?,
            };
            trial.with_alignment(value, &weights)
        }),
    };
    let nested = trial.nested.iter().filter(|_| !transfers);
    let nested = nested.map(|of| Candidate {
        name: &of.distilled,
        network: Box::new(move |seed| trial.of_rows(&of.set.rows(), seed)),
    });
    let own_sets: Vec<Candidate<'_>> = [distilled].into_iter().chain(nested).collect();
    trial.score_all(&own_sets, &mut note)?;
    if !trial.settings.baselines {
        return Ok(alignment);
    }
    let mut counts = trial.counts();
    // A baseline stores as many numbers as the set: a row for each label too.
    let classes = counts.len();
    for (class, count) in counts.iter_mut().enumerate() {
        let labels = trial.set.label_count();
        *count += labels / classes + usize::from(class < labels % classes);
    }
    let features_distilled = Candidate {
        name: "features_distilled",
        network: Box::new(|seed| {
            let weights = trial.features_from(&points, seed)?;
            trial
                .fit_and_score(&weights, &task.training.rows)
                .map(NetworkScore::from)
        }),
    };
    let chosen = if transfers {
        Vec::new()
    } else {
        let mut chosen = trial.baselines(&counts)?;
        chosen.extend(trial.nested_baselines()?);
        chosen
    };
    let chosen = chosen.into_iter().map(|baseline| Candidate {
        name: baseline.name,
        network: Box::new(move |seed| trial.of_rows(&(baseline.rows)(seed)?, seed)),
    });
    let random_features = Candidate {
        name: "random_features",
        network: Box::new(|seed| {
            let start = trial.network.fresh(&seed.child("network"));
            let weights = feature_step::random(trial.network, &start, seed)?;
            trial
                .fit_and_score(&weights, &task.training.rows)
                .map(NetworkScore::from)
        }),
    };
    let full = Candidate {
        name: FULL,
        network: Box::new(|seed| {
            let weights = trial.features_from(&task.training.rows, seed)?;
            let value = trial.fit_and_score(&weights, &task.training.rows)?;
            trial.with_alignment(value, &weights)
        }),
    };
    let same_points = Some(features_distilled).filter(|_| !transfers);
    let baselines: Vec<Candidate<'_>> = same_points
        .into_iter()
        .chain(chosen)
        .chain([random_features, full])
        .collect();
    trial.score_all(&baselines, &mut note)?;
    Ok(alignment)
}

/// Readout labels with their reference inputs, and the penalty of the readout that is fitted on them.
struct Labels<B: Backend> {
    rows: Rows<B>,
    penalty: f64,
}

/// The readout labels of the set, or `None` if it has none.
fn labels<B: Backend>(trial: &Trial<'_, B>) -> Result<Option<Labels<B>>> {
    let Some((targets, reference)) = trial.set.labels() else {
        return Ok(None);
    };
    let inputs = reference.inputs(&trial.set.inputs(), targets.dims()[0])?;
    let penalty = reference.settings.penalty;
    Ok(Some(Labels {
        rows: Rows { inputs, targets },
        penalty,
    }))
}

/// Mean alignment of these networks, or `None` if it is not known for any.
fn mean(networks: &[NetworkScore]) -> Option<f64> {
    let known: Vec<f64> = networks.iter().filter_map(|it| it.alignment).collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}

impl<B: Backend> Trial<'_, B> {
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

    /// The score of a network whose features and readout come from the same rows.
    fn of_rows(&self, rows: &Rows<B>, seed: &Seed) -> Result<NetworkScore> {
        let weights = self.features_from(rows, seed)?;
        self.fit_and_score(&weights, rows).map(NetworkScore::from)
    }

    /// The score of the readout fitted on the set's labels.
    fn read_out_and_score(&self, weights: &Weights<B>, labels: &Labels<B>) -> Result<Measured> {
        let Rows { inputs, targets } = labels.rows.clone();
        let readout =
            RidgeSystem::new(self.features(weights, inputs), targets)?.fit(labels.penalty)?;
        if are_finite(weights)? {
            let value = self.score_readout(weights, readout)?;
            if value.value.is_finite() {
                return Ok(value);
            }
        }
        // The penalty is stored in the set, so no setting of the evaluation can help.
        let problem = "the readout fitted on the set's labels gives a network whose weights or \
                       outputs are not finite: distil the set again with a larger \
                       synthetic.reference.penalty";
        Err(Error::Mismatch(problem.to_owned()))
    }

    /// The score of the readout fitted on these rows, with the penalty that does best on the validation
    /// part. NaN if the weights are not finite, or no penalty gives finite outputs there. Features are
    /// computed once for all penalties.
    fn fit_and_score(&self, weights: &Weights<B>, rows: &Rows<B>) -> Result<Measured> {
        if !are_finite(weights)? {
            return Ok(Measured::LOST);
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
            RidgeSystem::over_features((0..count).step_by(CHUNK).map(chunk))?
        } else {
            RidgeSystem::new(
                self.features(weights, rows.inputs.clone()),
                rows.targets.clone(),
            )?
        };
        let mut readouts = Vec::new();
        for &penalty in self.settings.protocol.penalties() {
            match system.fit(penalty) {
                // A penalty that is too small for this system is skipped.
                Err(Error::Singular { .. }) => {}
                fitted => readouts.push(fitted?),
            }
        }
        let values = self.score_readouts(weights, &readouts, &self.validation)?;
        let mut best = (Measured::LOST, None);
        for (value, readout) in values.into_iter().zip(readouts) {
            if self.metric().better(value.value, best.0.value) {
                best = (value, Some(readout));
            }
        }
        match best {
            (_, None) => Ok(Measured::LOST),
            (value, _) if self.settings.on == ScoredOn::Validation => Ok(value),
            (_, Some(readout)) => self.score_readout(weights, readout),
        }
    }

    /// The metric of this readout on the rows that scores are taken on.
    fn score_readout(&self, weights: &Weights<B>, readout: Tensor<B, 2>) -> Result<Measured> {
        let mut values = self.score_readouts(weights, &[readout], self.scored_on())?;
        Ok(values.swap_remove(0))
    }

    /// The metric of each of these readouts on the same features.
    fn score_readouts(
        &self,
        weights: &Weights<B>,
        readouts: &[Tensor<B, 2>],
        held_out: &HeldOut<'_, B>,
    ) -> Result<Vec<Measured>> {
        let predict = |inputs| {
            let features = self.features(weights, inputs);
            let outputs = readouts
                .iter()
                .map(|readout| features.clone().matmul(readout.clone()));
            outputs.collect()
        };
        held_out.score(self.metric(), readouts.len(), predict)
    }

    /// The score of a network with this value, including the alignment of its features.
    fn with_alignment(&self, value: Measured, weights: &Weights<B>) -> Result<NetworkScore> {
        let alignment = self.alignment(weights)?;
        Ok(NetworkScore {
            alignment,
            ..value.into()
        })
    }

    /// Share of the squared norm of the first layer's weights inside the principal subspace, or `None` if
    /// the task does not know the subspace.
    fn alignment(&self, weights: &Weights<B>) -> Result<Option<f64>> {
        let Some(basis) = &self.task.task.subspace else {
            return Ok(None);
        };
        let layer = feature_step::layer(self.network)?;
        let columns: Array2<f64> = matrix(&weights.matrix(layer.weight))?;
        Ok(Some(fraction_within(
            &basis.mapv(f64::from),
            &columns.t().to_owned(),
        )))
    }
}
