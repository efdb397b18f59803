//! A task's training part on a device: uploaded once, and sampled by row indices drawn on the host.

use std::sync::Arc;

use burn::tensor::{AllocationProperty, Bytes, DType, Int, Tensor, TensorData, backend::Backend};
use ndarray::Array2;

use super::{Split, TableSchema, Target, Task};
use crate::seed::Stream;
use crate::shape::InputShape;

/// Rows of inputs and targets on a device.
#[derive(Debug, Clone)]
pub struct Rows<B: Backend> {
    /// Inputs, `[n, features]`.
    pub inputs: Tensor<B, 2>,
    /// Targets, `[n, outputs]`.
    pub targets: Tensor<B, 2>,
}

impl<B: Backend> Rows<B> {
    /// Uploads rows. A backend that computes in the host's memory, such as flex, shares the inputs without a
    /// copy.
    pub fn upload(split: &Split, device: &B::Device) -> Self {
        Self {
            inputs: shared(&split.inputs, device),
            targets: upload(&split.targets, device),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.inputs.dims()[0]
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows at these indices, in this order.
    pub fn select(&self, rows: &[usize]) -> Self {
        let rows = row_numbers(rows, &self.inputs.device());
        Self {
            inputs: self.inputs.clone().select(0, rows.clone()),
            targets: self.targets.clone().select(0, rows),
        }
    }
}

/// Row indices as a tensor on a device.
pub fn row_numbers<B: Backend>(rows: &[usize], device: &B::Device) -> Tensor<B, 1, Int> {
    let data: Vec<i64> = rows.iter().map(|&row| row as i64).collect();
    let count = data.len();
    Tensor::from_data(TensorData::new(data, [count]), device)
}

/// Copies a matrix from the host to a device.
pub fn upload<B: Backend>(matrix: &Array2<f32>, device: &B::Device) -> Tensor<B, 2> {
    let values: Vec<f32> = matrix.iter().copied().collect();
    Tensor::from_data(
        TensorData::new(values, [matrix.nrows(), matrix.ncols()]),
        device,
    )
}

/// Uploads a matrix that stays on the host too. A backend that computes in the host's memory in single
/// precision and uses data in place, such as flex, makes no second copy. Other backends copy the matrix.
fn shared<B: Backend>(matrix: &Arc<Array2<f32>>, device: &B::Device) -> Tensor<B, 2> {
    if matrix.as_slice().is_none() {
        return upload(matrix, device);
    }
    let numbers = bytes::Bytes::from_owner(Numbers(matrix.clone()));
    let numbers = Bytes::from_shared(numbers, AllocationProperty::Native);
    let shape = [matrix.nrows(), matrix.ncols()];
    Tensor::from_data(TensorData::from_bytes(numbers, shape, DType::F32), device)
}

/// A matrix in standard layout, as the bytes of its numbers.
struct Numbers(Arc<Array2<f32>>);

impl AsRef<[u8]> for Numbers {
    fn as_ref(&self) -> &[u8] {
        self.0.as_slice().map_or(&[], bytemuck::cast_slice)
    }
}

/// The training part of a task on the host. A distillation sees nothing else of the task.
///
/// Starts and baselines are given this:
///
/// ```
/// # use retort_core::task::{Split, TrainingPart};
/// fn rows<'a>(training: TrainingPart<'a>) -> &'a Split {
///     training.rows
/// }
/// ```
///
/// They cannot reach the rows that scores are taken on:
///
/// ```compile_fail,E0609
/// # use retort_core::task::{Split, TrainingPart};
/// fn rows<'a>(training: TrainingPart<'a>) -> &'a Split {
///     training.test
/// }
/// ```
///
/// A task does not follow from its training part:
///
/// ```compile_fail,E0277
/// # use retort_core::task::{Task, TrainingPart};
/// fn task<'a>(training: TrainingPart<'a>) -> &'a Task {
///     training.into()
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct TrainingPart<'a> {
    /// The training rows.
    pub rows: &'a Split,
    /// Shape of an input row.
    pub inputs: InputShape,
    /// Kind of the targets.
    pub target: &'a Target,
    /// The columns of a table, fitted on the training rows. `None` for other data.
    pub columns: Option<&'a TableSchema>,
}

impl TrainingPart<'_> {
    /// A deviation for each input: this one for numbers, and 0 for the 0/1 inputs of a table.
    pub fn number_deviations(&self, deviation: f32) -> Vec<f32> {
        match self.columns {
            None => vec![deviation; self.inputs.len()],
            Some(table) => {
                let numbers = table.are_numbers().into_iter();
                numbers.map(|it| if it { deviation } else { 0.0 }).collect()
            }
        }
    }
}

impl Task {
    /// The training part, without the rest of the task.
    pub fn training(&self) -> TrainingPart<'_> {
        TrainingPart {
            rows: &self.train,
            inputs: self.inputs,
            target: &self.target,
            columns: self.columns.as_ref(),
        }
    }
}

/// The training part of a task on a device. Objectives, and all other code that moves the points, get only
/// this, so that they cannot reach rows of the other parts.
#[derive(Debug)]
pub struct TrainingRows<'a, B: Backend> {
    /// The same part on the host.
    pub part: TrainingPart<'a>,
    /// All training rows.
    pub rows: Rows<B>,
    /// The indices of the rows of each class. Empty for real-valued targets.
    pub by_class: Vec<Vec<usize>>,
}

impl<'a, B: Backend> TrainingRows<'a, B> {
    /// Uploads the training rows.
    pub fn new(part: TrainingPart<'a>, device: &B::Device) -> Self {
        let by_class = part
            .target
            .classes()
            .map_or_else(Vec::new, |classes| part.rows.rows_by_class(classes));
        Self {
            part,
            rows: Rows::upload(part.rows, device),
            by_class,
        }
    }

    /// Draws a batch of `size` rows without repetition. If `size` is 0 or at least the number of rows, the
    /// batch is all rows, in order and without a copy.
    pub fn batch(&self, size: usize, stream: &mut Stream) -> Rows<B> {
        self.select(&self.draw(size, stream))
    }

    /// Draws the rows of such a batch, for [`Self::select`].
    pub fn draw(&self, size: usize, stream: &mut Stream) -> Drawn {
        match size {
            0 => Drawn::All,
            size if size >= self.rows.len() => Drawn::All,
            size => Drawn::Some(stream.sample(self.rows.len(), size)),
        }
    }

    /// Draws a row of a class, class by class in turn, until there are `size` rows; a row may come again.
    /// Without classes it draws as [`Self::draw`].
    pub fn draw_balanced(&self, size: usize, stream: &mut Stream) -> Drawn {
        let classes: Vec<&Vec<usize>> = self
            .by_class
            .iter()
            .filter(|rows| !rows.is_empty())
            .collect();
        if classes.is_empty() {
            return self.draw(size, stream);
        }
        let size = match size {
            0 => self.rows.len(),
            size => size,
        };
        let row = |(_, rows): (usize, &Vec<usize>)| rows[stream.below(rows.len())];
        let turns = (0..size).zip(classes.into_iter().cycle());
        Drawn::Some(turns.map(row).collect())
    }

    /// Draws the rows of a batch of one class. If `size` is 0 or at least the number of rows of the class,
    /// it is all rows of the class, in order.
    pub fn draw_class(&self, class: usize, size: usize, stream: &mut Stream) -> Drawn {
        let rows = &self.by_class[class];
        if size == 0 || size >= rows.len() {
            return Drawn::Some(rows.clone());
        }
        let places = stream.sample(rows.len(), size);
        Drawn::Some(places.into_iter().map(|place| rows[place]).collect())
    }

    /// Returns the rows that were drawn.
    pub fn select(&self, drawn: &Drawn) -> Rows<B> {
        match drawn {
            Drawn::All => self.rows.clone(),
            Drawn::Some(rows) => self.rows.select(rows),
        }
    }
}

/// A task with its training part on a device.
#[derive(Debug)]
pub struct Resident<'a, B: Backend> {
    /// The task on the host.
    pub task: &'a Task,
    /// The task's training part on the device.
    pub training: TrainingRows<'a, B>,
}

impl<'a, B: Backend> Resident<'a, B> {
    /// Uploads the training part.
    pub fn new(task: &'a Task, device: &B::Device) -> Self {
        Self {
            task,
            training: TrainingRows::new(task.training(), device),
        }
    }
}

/// The training rows that were drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drawn {
    /// All rows, in order.
    All,
    /// The rows at these indices, in this order.
    Some(Vec<usize>),
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use burn_flex::Flex;
    use burn_ndarray::NdArray;

    fn split() -> Split {
        let inputs = Array2::from_shape_fn((3, 2), |(row, column)| (2 * row + column) as f32);
        Split::classes(inputs, vec![0, 1, 0], 2)
    }

    fn numbers<B: Backend>(tensor: &Tensor<B, 2>) -> Vec<f32> {
        tensor.to_data().iter().collect()
    }

    #[test]
    fn flex_reads_the_numbers_of_the_host_where_they_are() {
        let split = split();
        let rows = Rows::<Flex>::upload(&split, &Default::default());
        let tensor = rows.inputs.clone().into_primitive().tensor();
        let there = tensor.as_slice::<f32>().unwrap().as_ptr();
        assert_eq!(there, split.inputs.as_ptr(), "there is a second copy");
    }

    fn host_and_device_change_independently<B: Backend>() {
        let expected = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        let mut split = split();
        let rows = Rows::<B>::upload(&split, &Default::default());
        Arc::make_mut(&mut split.inputs)[[0, 0]] = 9.0;
        assert_eq!(numbers(&rows.inputs), expected);
        // The only tensor of these numbers, so that an operation may change it in place.
        let kept = split.inputs.clone();
        let changed = Rows::<B>::upload(&split, &Default::default()).inputs + 1.0;
        assert_eq!(numbers(&changed), [10.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(kept[[0, 0]], 9.0);
        drop((split, kept));
        assert_eq!(numbers(&rows.inputs), expected);
        // Column-major in memory, unlike tensors.
        let inputs = Array2::from_shape_vec((2, 3), vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let transposed = Split::values(inputs.unwrap().reversed_axes(), Array2::zeros((3, 1)));
        let rows = Rows::<B>::upload(&transposed, &Default::default());
        assert_eq!(numbers(&rows.inputs), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    }

    #[test]
    fn shared_numbers_change_on_neither_side() {
        host_and_device_change_independently::<Flex>();
        host_and_device_change_independently::<NdArray<f32>>();
        host_and_device_change_independently::<NdArray<f64>>();
    }
}
