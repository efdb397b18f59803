//! The data of a case: random numbers of the right shape.

use ndarray::Array2;
use retort_core::seed::Seed;
use retort_core::shape::{InputShape, Interface};
use retort_core::task::{Normalisation, Split, Target, Task};

/// Shape and number of the rows.
#[derive(Debug, Clone, Copy)]
pub struct Data {
    /// Shape of an input.
    pub inputs: InputShape,
    /// Number of classes of equal size; 0 for one real target.
    pub classes: usize,
    /// Number of training rows, unless the case needs more.
    pub rows: usize,
}

impl Data {
    /// The interface of a network for these data.
    pub fn interface(&self) -> Interface {
        Interface {
            inputs: self.inputs,
            outputs: self.classes.max(1),
        }
    }

    /// A task with this number of training rows, and the smallest other parts that a task may have.
    pub fn task(&self, rows: usize, seed: &Seed) -> Task {
        let mut stream = seed.child("data").stream();
        let mut part = |rows: usize| {
            let inputs: Array2<f32> = stream.normal_matrix(rows, self.inputs.len());
            match self.classes {
                0 => Split::values(inputs, stream.normal_matrix(rows, 1)),
                classes => {
                    let labels = (0..rows).map(|row| row % classes).collect();
                    Split::classes(inputs, labels, classes)
                }
            }
        };
        let few = self.classes.max(1);
        let (train, validation, test) = (part(rows), part(few), part(few));
        let target = match self.classes {
            0 => Target::Values(vec!["y".to_owned()]),
            classes => Target::Classes((0..classes).map(|class| class.to_string()).collect()),
        };
        Task {
            name: "bench".to_owned(),
            train,
            validation,
            test,
            inputs: self.inputs,
            target,
            normalisation: Normalisation::default(),
            linear_part: None,
            subspace: None,
            columns: None,
            inspection: Default::default(),
        }
    }
}
