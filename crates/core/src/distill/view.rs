//! What an objective sees of the set at a step: the points of a table as the rows that they are decoded to, and
//! points with noise.
//!
//! A row of a table has one category in a column, but a point that moves along gradients has a share of each. So
//! the objective sees the projected point, and its gradient passes straight through the projection to the point
//! (Bengio, Léonard and Courville, "Estimating or propagating gradients through stochastic neurons", 2013).
//! After the step, the shares of categories are cut to 0 and 1.
//!
//! Noise on the points is drawn again at every step. Like noise on the real rows
//! ([`RowNoise`](crate::objective::RowNoise)), it keeps a small set from fitting the training rows too closely.

use burn::tensor::{Tensor, TensorData, backend::Backend};
use ndarray::Array2;

use crate::error::Result;
use crate::numeric::host::matrix;
use crate::seed::Seed;
use crate::synthetic::{Part, SyntheticSet};
use crate::task::{TableSchema, TrainingPart, upload};

/// How an objective sees the points.
#[derive(Debug)]
pub(super) struct View<'a, B: Backend> {
    /// The table's columns, if points are projected.
    table: Option<&'a TableSchema>,
    /// The deviation of the noise on each input, 0 for inputs that are no numbers. Empty without noise.
    deviations: Vec<f32>,
    /// The least and the largest value of each input `[1, features]`, if points are projected and some inputs are
    /// shares of categories.
    bounds: Option<[Tensor<B, 2>; 2]>,
}

impl<'a, B: Backend> View<'a, B> {
    /// The view of the points of a task. `noise` is the deviation of the noise on inputs that are numbers, in
    /// units of the encoded inputs.
    pub fn new(
        training: TrainingPart<'a>,
        straight_through: bool,
        noise: f64,
        device: &B::Device,
    ) -> Self {
        let table = training.columns.filter(|_| straight_through);
        let deviations = match noise > 0.0 {
            true => training.number_deviations(noise as f32),
            false => Vec::new(),
        };
        Self {
            table,
            deviations,
            bounds: table.and_then(|table| bounds(table, device)),
        }
    }

    /// The set as the objective sees it at the step of this seed.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) if the device cannot be read.
    pub fn seen(&self, set: SyntheticSet<B>, seed: &Seed) -> Result<SyntheticSet<B>> {
        let set = match self.table {
            Some(table) => projected(set, table)?,
            None => set,
        };
        if self.deviations.is_empty() {
            return Ok(set);
        }
        let inputs = set.inputs();
        let [points, width] = inputs.dims();
        let mut noise = seed
            .child("point noise")
            .stream()
            .normal_matrix(points, width);
        for mut row in noise.rows_mut() {
            for (value, deviation) in row.iter_mut().zip(&self.deviations) {
                *value *= deviation;
            }
        }
        let noised = inputs.clone() + upload(&noise, &inputs.device());
        Ok(set.with(Part::Inputs, noised))
    }

    /// The set after a step, with the shares of categories between 0 and 1.
    pub fn bounded(&self, set: SyntheticSet<B>) -> SyntheticSet<B> {
        match &self.bounds {
            None => set,
            Some([least, most]) => {
                let inputs = set.inputs();
                let inputs = inputs.max_pair(least.clone()).min_pair(most.clone());
                set.with(Part::Inputs, inputs)
            }
        }
    }
}

/// The bounds of the inputs: 0 and 1 of those that are no numbers. `None` if all are numbers.
fn bounds<B: Backend>(table: &TableSchema, device: &B::Device) -> Option<[Tensor<B, 2>; 2]> {
    let numbers = table.are_numbers();
    let bound = |of_share: f32, of_number: f32| {
        let bounds = numbers
            .iter()
            .map(|it| if *it { of_number } else { of_share });
        let data = TensorData::new(bounds.collect(), [1, numbers.len()]);
        Tensor::from_data(data, device)
    };
    let has_shares = numbers.iter().any(|is_number| !is_number);
    has_shares.then(|| [bound(0.0, f32::MIN), bound(1.0, f32::MAX)])
}

/// The set whose points are rows of the table.
///
/// # Errors
/// [`Error::Device`](crate::Error::Device) if the device cannot be read.
pub(super) fn projected<B: Backend>(
    set: SyntheticSet<B>,
    table: &TableSchema,
) -> Result<SyntheticSet<B>> {
    let inputs = set.inputs();
    let points: Array2<f32> = matrix(&inputs)?.mapv(|value| value as f32);
    if !points.iter().all(|value| value.is_finite()) {
        // Divergence is told by the loop itself.
        return Ok(set);
    }
    let rows = table.project(&points)?;
    Ok(set.with(Part::Inputs, upload(&rows, &inputs.device())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fmt::Write;

    use burn_flex::Flex;

    use super::*;
    use crate::task::{Csv, Task, TaskSource};

    type Set = SyntheticSet<Flex>;

    /// A table with a number, a colour of three and two classes: inputs `[x, red, green, blue]`.
    fn task() -> Task {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("colours.csv");
        let mut text = "x,colour,kind\n".to_owned();
        for row in 0..90 {
            let colour = ["red", "green", "blue"][row % 3];
            let kind = ["a", "b"][row % 2];
            writeln!(text, "{},{colour},{kind}", (row * 7) % 31).unwrap();
        }
        std::fs::write(&path, text).unwrap();
        let csv = Csv {
            path,
            ..Csv::default()
        };
        csv.load(&Seed::new(0)).unwrap()
    }

    fn set(rows: [[f32; 4]; 2]) -> Set {
        let inputs = Tensor::from_data(rows, &Default::default());
        let targets = Tensor::from_data([[1.0, 0.0], [0.0, 1.0]], &Default::default());
        SyntheticSet::new(inputs, targets)
    }

    fn inputs(set: &Set) -> Vec<f32> {
        set.inputs().to_data().to_vec().unwrap()
    }

    #[test]
    fn an_objective_sees_rows_of_the_table_unless_the_settings_say_otherwise() {
        let task = task();
        let points = set([[0.25, 0.4, 0.35, 0.1], [-1.5, 0.0, 0.2, 0.9]]);
        let seen = |straight_through| {
            let view = View::new(task.training(), straight_through, 0.0, &Default::default());
            inputs(&view.seen(points.clone(), &Seed::new(0)).unwrap())
        };
        let rows = seen(true);
        let categories: Vec<f32> = [&rows[1..4], &rows[5..8]].concat();
        assert_eq!(categories, [1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        for (seen, value) in [(rows[0], 0.25), (rows[4], -1.5)] {
            assert!((seen - value).abs() < 1e-6, "{seen} of {value}");
        }
        assert_eq!(seen(false), inputs(&points));
    }

    #[test]
    fn noise_is_drawn_anew_at_each_step_and_only_on_numbers() {
        let task = task();
        let points = set([[0.0, 1.0, 0.0, 0.0], [0.5, 0.0, 1.0, 0.0]]);
        let view = View::new(task.training(), false, 0.1, &Default::default());
        let seen = |seed| inputs(&view.seen(points.clone(), &Seed::new(seed)).unwrap());
        let (first, second, own) = (seen(1), seen(2), inputs(&points));
        assert_eq!(first, seen(1));
        for place in 0..8 {
            let is_number = place % 4 == 0;
            assert_eq!(first[place] != own[place], is_number, "input {place}");
            assert_eq!(first[place] != second[place], is_number, "input {place}");
        }
    }

    #[test]
    fn shares_of_categories_stay_between_0_and_1() {
        let task = task();
        let points = set([[7.0, 1.5, -0.5, 0.3], [-7.0, 0.0, 1.0, 2.0]]);
        let bounded = |straight_through| {
            let view = View::new(task.training(), straight_through, 0.0, &Default::default());
            inputs(&view.bounded(points.clone()))
        };
        assert_eq!(bounded(true), [7.0, 1.0, 0.0, 0.3, -7.0, 0.0, 1.0, 1.0]);
        assert_eq!(bounded(false), inputs(&points));
    }
}
