//! Your own objective, with everything that Retort's own objectives have.
//!
//! Class means: the points of each class move until their mean equals that of the class's real rows. Means of
//! batches are smoothed over the steps: the state. The program is `retort-cpu` with one more objective:
//!
//! ```text
//! cargo run --release --bin own-objective -- distill examples/own_objective.toml --out runs/means
//! cargo run --release --bin own-objective -- distill --resume --out runs/means
//! cargo run --release --bin own-objective -- report runs/means
//! ```
//!
//! A program outside this repository needs the dependencies of `examples/Cargo.toml`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use burn::tensor::{Tensor, backend::Backend};
use retort_core::network::AnyNetwork;
use retort_core::objective::{Context, Method, Objective, ObjectiveState, OuterGradient};
use retort_core::settings::{self, Check, range};
use retort_core::synthetic::{Part, SyntheticSet};
use retort_core::{Error, Result, numeric::total, paper::Paper, seed::Seed, tape::lift};
use serde::{Deserialize, Serialize};

/// Settings of `objective.kind = "class-means"`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct ClassMeans {
    /// Weight of the past in the smoothed means, in [0, 1). Default: 0.
    decay: f64,
}

impl Check for ClassMeans {
    fn check(&self) -> Result<()> {
        range::momentum("objective.decay", self.decay)
    }
}

impl Method for ClassMeans {
    fn kind(&self) -> &'static str {
        "class-means"
    }

    fn settings(&self) -> Result<toml::Table> {
        settings::table(self)
    }

    fn learns(&self) -> BTreeSet<Part> {
        BTreeSet::from([Part::Inputs])
    }

    /// It does not apply `context.augmentation`, and says so.
    fn refuses_augmentation(&self) -> bool {
        true
    }

    fn papers(&self) -> Vec<Paper> {
        vec![Paper {
            used: "class means",
            citation: "Rocchio. Relevance Feedback in Information Retrieval. The SMART Retrieval System, 1971",
            link: "https://nlp.stanford.edu/IR-book/html/htmledition/rocchio-classification-1.html",
        }]
    }
}

impl<B: Backend> Objective<B> for ClassMeans {
    fn check_state(
        &self,
        _network: &dyn AnyNetwork<B>,
        set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
    ) -> Result<()> {
        let shape = [set.targets().dims()[1], set.inputs().dims()[1]];
        match state.take_matrix("mean")? {
            Some(mean) if mean.dims() != shape => {
                Err(Error::Mismatch("means of another shape".into()))
            }
            _ => Ok(()),
        }
    }

    fn outer_gradient(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
        seed: &Seed,
    ) -> Result<OuterGradient<B>> {
        let (training, classes) = (context.training, context.training.by_class.len());
        if classes == 0 {
            return Err(Error::Mismatch("class means need classes".into()));
        }
        // The real side: the mean of a batch of every class, smoothed with the means of earlier steps.
        let mut stream = seed.child("batch").stream();
        let means = (0..classes).map(|class| {
            let rows = training.draw_class(class, context.batch, &mut stream);
            training.select(&rows).inputs.mean_dim(0)
        });
        let seen = Tensor::cat(means.collect(), 0);
        let mean = match state.take_matrix("mean")? {
            Some(before) => before.mul_scalar(self.decay) + seen.mul_scalar(1.0 - self.decay),
            None => seen,
        };
        // The synthetic side on a tape. The points are sorted by class.
        let on_tape = set.on_tape(&self.learns());
        let points = on_tape.set.inputs();
        let points = points.split_with_sizes(set.counts(classes), 0);
        let found = Tensor::cat(points.into_iter().map(|own| own.mean_dim(0)).collect(), 0);
        let loss = total::of((found - lift(mean.clone())).square());
        state.put_matrix("mean", mean);
        Ok(OuterGradient::new(loss.clone().inner(), on_tape.gradients(loss)).keeping(state))
    }
}

fn main() -> ExitCode {
    match retort_cpu::register::<ClassMeans>() {
        Ok(()) => retort_cpu::main(),
        Err(error) => retort_cli::exit_code(Err(error.into())),
    }
}
