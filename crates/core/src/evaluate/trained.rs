//! Protocols `train`, `standard` and `quick`: gradient descent on all weights from a fresh start.

use burn::tensor::backend::Backend;

use super::arena::{Arena, DISTILLED, FULL};
use super::contest::{Contestant, Note, OfSeed, Worth};
use super::coreset;
use super::judge::{Judging, are_finite, largest};
use super::training::Amount;
use crate::error::Result;
use crate::inner::train::train;
use crate::inner::{Loss, forward};
use crate::numeric::host::{matrix, numbers};
use crate::seed::Seed;
use crate::synthetic::random_rows;
use crate::task::{Rows, Target, one_hot, upload};

/// A contestant that networks are trained on.
struct Trainer<'a, B: Backend> {
    name: &'static str,
    /// The learning rates to choose from.
    rates: Vec<f64>,
    /// The rows for the network of a seed.
    rows: OfSeed<'a, Rows<B>>,
}

impl<B: Backend> Trainer<'_, B> {
    /// The same rows for every network.
    fn on(name: &'static str, rates: &[f64], rows: Rows<B>) -> Self {
        Self {
            name,
            rates: rates.to_vec(),
            rows: Box::new(move |_| rows.clone()),
        }
    }
}

/// Scores the set, without which there are no scores, and then, where asked for, the baselines.
pub(super) fn scores<B: Backend>(arena: &Arena<'_, B>, note: &mut Note<'_>) -> Result<()> {
    let task = arena.task;
    let rates = arena.rates_of_set()?;
    let mut own = vec![Trainer::on(DISTILLED, &rates, arena.set.rows())];
    own.extend(hard_rows(arena)?.map(|hard| Trainer::on("distilled_hard", &rates, hard)));
    arena.train_all(&own, note)?;
    if !arena.settings.baselines {
        return Ok(());
    }
    let (rates, points) = (arena.settings.protocol.rates(), arena.set.len());
    let random = |seed: &Seed| {
        let seed = seed.child("random real");
        let rows = random_rows(&task.task.train, task.task.target.classes(), points, &seed);
        task.train.select(&rows)
    };
    let mut baselines = vec![Trainer {
        name: "random_real",
        rates: rates.to_vec(),
        rows: Box::new(random),
    }];
    for (name, rows) in coreset::all(task.task, points) {
        baselines.push(Trainer::on(name, rates, task.train.select(&rows)));
    }
    baselines.push(Trainer::on(FULL, rates, task.train.clone()));
    arena.train_all(&baselines, note)
}

/// The points with the class that each target is largest for; none where that is all that targets say.
fn hard_rows<B: Backend>(arena: &Arena<'_, B>) -> Result<Option<Rows<B>>> {
    let Target::Classes(names) = &arena.task.task.target else {
        return Ok(None);
    };
    let targets = matrix(&arena.set.targets())?;
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
        inputs: arena.set.inputs(),
        targets: upload(&hard, arena.network.device()),
    }))
}

impl<B: Backend> Arena<'_, B> {
    /// The learning rates to choose from for the set itself.
    fn rates_of_set(&self) -> Result<Vec<f64>> {
        let stored = self.set.step_sizes();
        let Some(sizes) = stored.filter(|_| self.settings.learned_step_size()) else {
            return Ok(self.settings.protocol.rates().to_vec());
        };
        let sizes = numbers(&sizes)?;
        Ok(vec![sizes.iter().sum::<f64>() / sizes.len().max(1) as f64])
    }

    /// The scores of networks trained on the rows of each of these, with the rate that is best for it.
    fn train_all(&self, trainers: &[Trainer<'_, B>], note: &mut Note<'_>) -> Result<()> {
        let rates = self.choose_rates(trainers)?;
        let contestants: Vec<Contestant<'_>> = trainers
            .iter()
            .zip(rates)
            .map(|(trainer, rate)| Contestant {
                name: trainer.name,
                network: Box::new(move |seed| match rate {
                    Some(rate) => self
                        .train_and_judge(trainer, rate, seed, self.judges())
                        .map(Worth::from),
                    // All rates diverge.
                    None => Ok(f64::NAN.into()),
                }),
            })
            .collect();
        self.contest(&contestants, note)
    }

    /// The learning rates that do best on the validation part, judged by one network each that takes no
    /// part in a score; none where all of a contestant's diverge.
    fn choose_rates(&self, trainers: &[Trainer<'_, B>]) -> Result<Vec<Option<f64>>> {
        let seed = self.seed.child("choice");
        let tried = |trainer: &Trainer<'_, B>| match trainer.rates.len() {
            1 => 0,
            several => several,
        };
        let counts: Vec<usize> = trainers.iter().map(tried).collect();
        let mut best: Vec<(Option<f64>, f64)> = trainers
            .iter()
            .map(|trainer| match trainer.rates[..] {
                [only] => (Some(only), f64::NAN),
                _ => (None, f64::NAN),
            })
            .collect();
        let is_full = trainers.last().is_some_and(|last| last.name == FULL);
        let judged = |place: usize, rate: usize| {
            let trainer = &trainers[place];
            self.train_and_judge(trainer, trainer.rates[rate], &seed, &self.validation)
        };
        self.side_by_side(&counts, is_full, judged, |place, rate, value| {
            let value = value?;
            if self.metric().better(value, best[place].1) {
                best[place] = (Some(trainers[place].rates[rate]), value);
            }
            Ok(())
        })?;
        Ok(best.into_iter().map(|(rate, _)| rate).collect())
    }

    /// The metric on this part of a network trained on this contestant's rows; NaN where the training
    /// diverges.
    fn train_and_judge(
        &self,
        trainer: &Trainer<'_, B>,
        learning_rate: f64,
        seed: &Seed,
        judging: &Judging<'_, B>,
    ) -> Result<f64> {
        let rows = (trainer.rows)(seed);
        let amount = match trainer.name {
            FULL => Amount::All(rows.len()),
            _ => Amount::Few(rows.len()),
        };
        let (network, loss) = (self.network, Loss::of(&self.task.task.target));
        let trainings =
            self.settings
                .protocol
                .trainings(amount, learning_rate, loss, &self.augmentation);
        let start = network.fresh(&seed.child("network"));
        let weights = trainings
            .iter()
            .enumerate()
            .fold(start, |weights, (part, training)| {
                let seed = match part {
                    0 => seed.clone(),
                    part => seed.indexed("part", part as u64),
                };
                train(network, weights, &rows, training, &seed)
            });
        if !are_finite(&weights)? {
            return Ok(f64::NAN);
        }
        let predict = |inputs| vec![forward::plain(network, &weights, inputs).outputs];
        let values = judging.judge(self.metric(), 1, predict)?;
        Ok(values[0])
    }
}
