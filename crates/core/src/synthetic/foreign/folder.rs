//! A folder of class folders of pictures as a set.

use std::path::Path;

use ndarray::Array2;

use super::classes;
use super::set::Foreign;
use crate::error::{Error, Result};
use crate::shape::InputShape;
use crate::task::{Target, Task, class_folders, one_hot};

/// Reads the pictures for a task of pictures with classes. They are cut and resized to its shape. In pictures of
/// 16 bits, what is white for the task is white.
pub fn read(path: &Path, task: &Task) -> Result<Foreign> {
    let (InputShape::Picture(shape), Target::Classes(names)) = (task.inputs, &task.target) else {
        let problem = format!(
            "is a folder of pictures, but the task {:?} has none",
            task.name
        );
        return Err(Error::data(path, problem));
    };
    if ![1, 3].contains(&shape[0]) {
        let problem = format!(
            "is a folder of pictures, but those of the task have {} channels",
            shape[0]
        );
        return Err(Error::data(path, problem));
    }
    let (own, pictures) = class_folders(path, shape, task.normalisation.divisor)?;
    let (places, matched) = classes::places(path, &own, names)?;
    let labels: Vec<usize> = pictures.labels.iter().map(|&label| places[label]).collect();
    let mut scaled = vec![0.0; pictures.pixels.len()];
    pictures.pixels.scaled(0, &mut scaled);
    let pixels = scaled.into_iter().map(f64::from).collect();
    let inputs = Array2::from_shape_vec((labels.len(), shape.iter().product()), pixels);
    let inputs = inputs.map_err(|error| Error::data(path, error.to_string()))?;
    let targets = one_hot(&labels, names.len()).mapv(f64::from);
    Foreign::of(path, task, inputs, (targets, Some(matched)))
}
