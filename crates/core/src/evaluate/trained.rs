//! Protocols `train`, `standard` and `quick`: gradient descent on all weights from a fresh start.

use burn::tensor::backend::Backend;

use super::judge::{judge, largest};
use super::protocol::Contestant;
use super::{Arena, FULL, Outcome, coreset};
use crate::error::Result;
use crate::host::{matrix, numbers};
use crate::inner::train::train;
use crate::inner::{Loss, forward};
use crate::seed::Seed;
use crate::synthetic::random_rows;
use crate::task::{Rows, Split, Target, one_hot, upload};

/// Scores the set and, where asked for, the baselines.
pub(super) fn scores<B: Backend>(
    arena: &Arena<'_, B>,
    note: &mut dyn FnMut(&str, Outcome),
) -> Result<()> {
    let task = arena.task;
    let points = arena.set.len();
    let distilled = arena.set.rows();
    let name = "distilled";
    let rates = arena.rates_of_set()?;
    let score = arena.trained(name, &rates, |_| distilled.clone())?;
    note(name, Ok(score?));
    if let Some(hard) = hard_rows(arena)? {
        let name = "distilled_hard";
        note(name, arena.trained(name, &rates, |_| hard.clone())?);
    }
    if !arena.settings.baselines {
        return Ok(());
    }
    let rates = arena.settings.rates();
    let random = |seed: &Seed| {
        let seed = seed.child("random real");
        let rows = random_rows(&task.task.train, task.task.target.classes(), points, &seed);
        task.train.select(&rows)
    };
    note("random_real", arena.trained("random_real", rates, random)?);
    for (name, rows) in coreset::all(task.task, points) {
        let rows = task.train.select(&rows);
        note(name, arena.trained(name, rates, |_| rows.clone())?);
    }
    let full = arena.trained(FULL, rates, |_| task.train.clone())?;
    note(FULL, full);
    Ok(())
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
        let Some(sizes) = stored.filter(|_| self.settings.learned_step_size) else {
            return Ok(self.settings.rates().to_vec());
        };
        let sizes = numbers(&sizes)?;
        Ok(vec![sizes.iter().sum::<f64>() / sizes.len().max(1) as f64])
    }

    /// The score of networks trained on the rows that each run's seed gives, with one of these rates.
    fn trained(
        &self,
        name: &str,
        rates: &[f64],
        rows: impl Fn(&Seed) -> Rows<B>,
    ) -> Result<Outcome> {
        let Some(rate) = self.choose_rate(name, rates, &rows)? else {
            return Ok(Err(self.no_number(name)));
        };
        self.score(name, |run| {
            let seed = self.run_seed(run);
            self.train_and_judge(name, &rows(&seed), rate, &seed, self.judges())
        })
    }

    /// The learning rate that does best on the validation part, judged by one network each that
    /// takes no part in the score; none where all diverge.
    fn choose_rate(
        &self,
        name: &str,
        rates: &[f64],
        rows: &impl Fn(&Seed) -> Rows<B>,
    ) -> Result<Option<f64>> {
        if let [only] = rates[..] {
            return Ok(Some(only));
        }
        let mut best = (None, f64::NAN);
        let seed = self.seed.child("choice");
        let rows = rows(&seed);
        for &rate in rates {
            let judges = &self.task.task.validation;
            let value = self.train_and_judge(name, &rows, rate, &seed, judges)?;
            if self.metric().better(value, best.1) {
                best = (Some(rate), value);
            }
        }
        Ok(best.0)
    }

    /// The metric on this split of a network trained on these rows; NaN where the training diverges.
    fn train_and_judge(
        &self,
        name: &str,
        rows: &Rows<B>,
        learning_rate: f64,
        seed: &Seed,
        split: &Split,
    ) -> Result<f64> {
        let contestant = match name {
            FULL => Contestant::All(rows.len()),
            _ => Contestant::Few(rows.len()),
        };
        let (network, loss) = (self.network, Loss::of(&self.task.task.target));
        let trainings =
            self.settings
                .trainings(contestant, learning_rate, loss, &self.augmentation);
        let start = network.fresh(&seed.child("network"));
        let weights = trainings
            .iter()
            .enumerate()
            .fold(start, |weights, (part, training)| {
                let seed = match part {
                    0 => seed.clone(),
                    part => seed.indexed("part", part as u64),
                };
                train(network, weights, rows, training, &seed)
            });
        let predict = |inputs| forward::plain(network, &weights, inputs).outputs;
        judge(self.metric(), split, network.device(), &weights, predict)
    }
}
