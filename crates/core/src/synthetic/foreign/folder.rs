//! A folder of class folders of pictures as a set.

use std::path::Path;

use ndarray::Array2;

use super::set::Foreign;
use super::{classes, remarks};
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
    let found = class_folders(path, shape, task.normalisation.divisor)?;
    let (places, matched) = classes::places(path, &found.classes, names)?;
    let pictures = found.pictures;
    let counts = [pictures.len(), found.resized, found.cut];
    let labels: Vec<usize> = pictures.labels.iter().map(|&label| places[label]).collect();
    let mut scaled = vec![0.0; pictures.pixels.len()];
    pictures.pixels.scaled(0, &mut scaled);
    let pixels = scaled.into_iter().map(f64::from);
    let pixels = match task.normalisation.range {
        Some(range) => pixels.map(|value| range.of_unit(value)).collect(),
        None => pixels.collect(),
    };
    let inputs = Array2::from_shape_vec((labels.len(), shape.iter().product()), pixels);
    let inputs = inputs.map_err(|error| Error::data(path, error.to_string()))?;
    let targets = one_hot(&labels, names.len()).mapv(f64::from);
    let set = Foreign::of(path, task, inputs, (targets, Some(matched)))?;
    let remarks = remarks::of_sizes(shape, counts).into_iter().collect();
    Ok(Foreign { remarks, ..set })
}
