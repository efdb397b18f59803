//! Protocol `train`: gradient descent on all weights from a fresh start, the same number of steps
//! for every set.

use burn::tensor::backend::Backend;

use super::judge::judge;
use super::{Arena, Score, coreset};
use crate::error::Result;
use crate::inner::Loss;
use crate::inner::train::{Training, train};
use crate::network::Forward;
use crate::seed::Seed;
use crate::synthetic::random_rows;
use crate::task::{Rows, Split};

/// Scores the set and, where asked for, the baselines.
pub(super) fn scores<B: Backend>(
    arena: &Arena<'_, B>,
    note: &mut dyn FnMut(&str, Score),
) -> Result<()> {
    let task = arena.task;
    let points = arena.set.len();
    let distilled = Rows {
        inputs: arena.set.inputs(),
        targets: arena.set.targets(),
    };
    note("distilled", arena.trained(|_| Ok(distilled.clone()))?);
    if !arena.settings.baselines {
        return Ok(());
    }
    let classes = task.task.target_classes();
    let random = |seed: &Seed| {
        let seed = seed.child("random real");
        Ok(task
            .train
            .select(&random_rows(&task.task.train, classes, points, &seed)?))
    };
    note("random_real", arena.trained(random)?);
    if !classes.is_empty() {
        type Choose = fn(&Split, usize, usize) -> Vec<usize>;
        let coresets: [(&str, Choose); 2] = [
            ("herding", coreset::herding),
            ("k_center", coreset::k_center),
        ];
        for (name, choose) in coresets {
            let rows = choose(&task.task.train, classes.len(), points / classes.len());
            let part = task.train.select(&rows);
            note(name, arena.trained(|_| Ok(part.clone()))?);
        }
    }
    note("full", arena.trained(|_| Ok(task.train.clone()))?);
    Ok(())
}

impl<B: Backend> Arena<'_, B> {
    /// The score of networks trained on the rows that each run's seed gives.
    fn trained(&self, rows: impl Fn(&Seed) -> Result<Rows<B>>) -> Result<Score> {
        let rate = self.choose_rate(&rows)?;
        self.score(|run| {
            let seed = self.run_seed(run);
            self.train_and_judge(&rows(&seed)?, rate, &seed, &self.task.task.test)
        })
    }

    /// The learning rate that does best on the validation part, judged by one network each that
    /// takes no part in the score.
    fn choose_rate(&self, rows: &impl Fn(&Seed) -> Result<Rows<B>>) -> Result<f64> {
        let rates = &self.settings.learning_rates;
        let mut best = (rates[0], f64::NAN);
        if rates.len() == 1 {
            return Ok(best.0);
        }
        let seed = self.seed.child("choice");
        let rows = rows(&seed)?;
        for &rate in rates {
            let value = self.train_and_judge(&rows, rate, &seed, &self.task.task.validation)?;
            if self.metric().better(value, best.1) {
                best = (rate, value);
            }
        }
        Ok(best.0)
    }

    fn train_and_judge(
        &self,
        rows: &Rows<B>,
        learning_rate: f64,
        seed: &Seed,
        split: &Split,
    ) -> Result<f64> {
        let training = Training {
            steps: self.settings.steps,
            batch: self.settings.batch,
            optimiser: self.settings.optimiser,
            learning_rate,
            schedule: self.settings.schedule,
            momentum: self.settings.momentum,
            weight_decay: self.settings.weight_decay,
            loss: Loss::of(&self.task.task.target),
        };
        let network = self.network;
        let start = network.fresh(&seed.child("network"));
        let weights = train(network, start, rows, &training, seed);
        judge(self.metric(), split, network.device(), |inputs| {
            Forward::<B>::forward(network, &weights, inputs).outputs
        })
    }
}
