//! Protocols `train`, `standard` and `quick`: gradient descent on all weights of a fresh network.

use burn::tensor::backend::Backend;

use super::candidate::{Candidate, NetworkScore, Note, OfSeed};
use super::chosen::BaselineRows;
use super::expert::{Expert, Watch};
use super::held_out::{HeldOut, Measured, are_finite, largest};
use super::training::Amount;
use super::trial::{DISTILLED, DISTILLED_HARD, FULL, RANDOM_SOFT, Trial};
use crate::error::Result;
use crate::inner::train::watched;
use crate::inner::{Loss, forward};
use crate::network::Weights;
use crate::numeric::host::{matrix, numbers};
use crate::seed::Seed;
use crate::task::{Rows, Target, one_hot, upload};

/// The rows that the networks of a candidate are trained on.
struct TrainingSet<'a, B: Backend> {
    name: &'a str,
    /// The learning rates to choose from.
    rates: Vec<f64>,
    /// The rows for the network of a run.
    rows: OfSeed<'a, Result<Rows<B>>>,
    /// Receives the best weights of the network of the first run.
    expert: Option<&'a Expert<B>>,
}

impl<'a, B: Backend> TrainingSet<'a, B> {
    /// A training set with the same rows for every network.
    fn on(name: &'a str, rates: &[f64], rows: Rows<B>) -> Self {
        Self {
            name,
            rates: rates.to_vec(),
            rows: Box::new(move |_| Ok(rows.clone())),
            expert: None,
        }
    }
}

/// Scores the set and then, if the settings ask for them, the baselines. An error for the set ends the
/// evaluation.
pub(super) fn scores<B: Backend>(trial: &Trial<'_, B>, note: &mut Note<'_>) -> Result<()> {
    let rates = trial.rates_of_set()?;
    let mut own = vec![TrainingSet::on(DISTILLED, &rates, trial.set.rows())];
    own.extend(hard_rows(trial)?.map(|hard| TrainingSet::on(DISTILLED_HARD, &rates, hard)));
    let nested = trial.nested.iter();
    own.extend(nested.map(|of| TrainingSet::on(&of.distilled, &rates, of.set.rows())));
    trial.train_all(&own, note)?;
    if !trial.settings.baselines {
        return Ok(());
    }
    let rates = trial.settings.protocol.rates();
    let expert = Expert::new();
    let chosen = trial.baselines(&trial.counts())?.into_iter();
    let chosen = chosen.chain(trial.nested_baselines()?);
    let mut baselines: Vec<TrainingSet<'_, B>> = chosen
        .map(|BaselineRows { name, rows, .. }| TrainingSet {
            name,
            rates: rates.to_vec(),
            rows,
            expert: None,
        })
        .collect();
    baselines.push(TrainingSet {
        expert: Some(&expert),
        ..TrainingSet::on(FULL, rates, trial.task.training.rows.clone())
    });
    trial.train_all(&baselines, note)?;
    if expert.get().is_none() {
        return note(RANDOM_SOFT, Err(trial.no_number(FULL)));
    }
    let loss = trial
        .settings
        .protocol
        .loss(Loss::of(&trial.task.task.target));
    let soft = TrainingSet {
        name: RANDOM_SOFT,
        rates: rates.to_vec(),
        rows: Box::new(|seed| trial.expert_rows(&expert, loss, seed)),
        expert: None,
    };
    trial.train_all(&[soft], note)
}

/// The points with hard labels (the class with the largest target), or `None` if the task has no classes
/// or the labels are hard already.
fn hard_rows<B: Backend>(trial: &Trial<'_, B>) -> Result<Option<Rows<B>>> {
    let Target::Classes(names) = &trial.task.task.target else {
        return Ok(None);
    };
    let targets = matrix(&trial.set.targets())?;
    let largest = targets
        .rows()
        .into_iter()
        .map(|row| largest(row.iter().copied()));
    let labels: Vec<usize> = largest.map(Option::unwrap_or_default).collect();
    let hard = one_hot(&labels, names.len());
    if hard.mapv(f64::from) == targets {
        return Ok(None);
    }
    Ok(Some(Rows {
        inputs: trial.set.inputs(),
        targets: upload(&hard, trial.network.device()),
    }))
}

impl<B: Backend> Trial<'_, B> {
    /// The learning rates to choose from for the set itself: the mean stored step size, if the settings ask
    /// for it and one is stored, else the protocol's rates.
    fn rates_of_set(&self) -> Result<Vec<f64>> {
        let stored = self.set.step_sizes();
        let Some(sizes) = stored.filter(|_| self.settings.learned_step_size()) else {
            return Ok(self.settings.protocol.rates().to_vec());
        };
        let sizes = numbers(&sizes)?;
        Ok(vec![sizes.iter().sum::<f64>() / sizes.len().max(1) as f64])
    }

    /// Trains and scores networks on each training set, with the best learning rate for it.
    fn train_all(&self, sets: &[TrainingSet<'_, B>], note: &mut Note<'_>) -> Result<()> {
        let rates = self.choose_rates(sets)?;
        let candidates: Vec<Candidate<'_>> = sets
            .iter()
            .zip(rates)
            .map(|(set, rate)| Candidate {
                name: set.name,
                network: Box::new(move |seed| match rate {
                    Some(rate) => self
                        .train_and_score(set, rate, seed, self.scored_on())
                        .map(NetworkScore::from),
                    // The training diverges at every rate.
                    None => Ok(Measured::LOST.into()),
                }),
            })
            .collect();
        self.score_all(&candidates, note)
    }

    /// Chooses the learning rate of each training set that does best on the validation part; `None` if
    /// the training diverges at every rate. The networks trained for this are not part of a score.
    fn choose_rates(&self, sets: &[TrainingSet<'_, B>]) -> Result<Vec<Option<f64>>> {
        let seed = self.seed.child("choice");
        let tried = |set: &TrainingSet<'_, B>| match set.rates.len() {
            1 => 0,
            several => several,
        };
        let counts: Vec<usize> = sets.iter().map(tried).collect();
        let mut best: Vec<(Option<f64>, f64)> = sets
            .iter()
            .map(|set| match set.rates[..] {
                [only] => (Some(only), f64::NAN),
                _ => (None, f64::NAN),
            })
            .collect();
        let is_full = sets.last().is_some_and(|last| last.name == FULL);
        let tried_with = |place: usize, rate: usize| {
            let set = &sets[place];
            self.train_and_score(set, set.rates[rate], &seed, &self.validation)
        };
        self.side_by_side(&counts, is_full, tried_with, |place, rate, value| {
            let value = value?.value;
            if self.metric().better(value, best[place].1) {
                best[place] = (Some(sets[place].rates[rate]), value);
            }
            Ok(())
        })?;
        Ok(best.into_iter().map(|(rate, _)| rate).collect())
    }

    /// Trains a fresh network on a training set and returns its score on `held_out`, which is lost if
    /// the training diverges.
    fn train_and_score(
        &self,
        set: &TrainingSet<'_, B>,
        learning_rate: f64,
        seed: &Seed,
        held_out: &HeldOut<'_, B>,
    ) -> Result<Measured> {
        let rows = (set.rows)(seed)?;
        let amount = match set.name {
            FULL => Amount::All(rows.len()),
            _ => Amount::Few(rows.len()),
        };
        let (network, loss) = (self.network, Loss::of(&self.task.task.target));
        let protocol = &self.settings.protocol;
        let trainings = protocol.trainings(amount, learning_rate, loss, &self.augmentation);
        let start = network.fresh(&seed.child("network"));
        let mut watch = set
            .expert
            .filter(|_| *seed == self.run_seed(0))
            .map(|expert| {
                (
                    Watch::new(network, &self.validation, protocol.loss(loss)),
                    expert,
                )
            });
        let weights = trainings
            .iter()
            .enumerate()
            .fold(start, |weights, (part, training)| {
                let seed = match part {
                    0 => seed.clone(),
                    part => seed.indexed("part", part as u64),
                };
                let mut look = |done: usize, weights: &Weights<B>| {
                    let watch = watch.iter_mut();
                    watch.for_each(|(watch, _)| watch.look(done, training.steps, weights));
                };
                watched(network, weights, &rows, training, &seed, &mut look)
            });
        if !are_finite(&weights)? {
            return Ok(Measured::LOST);
        }
        if let Some((watch, expert)) = watch {
            // Without validation rows, the expert is the network at the end.
            let best = watch.best()?.unwrap_or_else(|| weights.clone());
            expert.get_or_init(|| best);
        }
        let predict = |inputs| vec![forward::plain(network, &weights, inputs).outputs];
        let mut values = held_out.score(self.metric(), 1, predict)?;
        Ok(values.swap_remove(0))
    }
}
