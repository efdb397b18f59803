//! A set as named arrays, for files that other programs read.

use ndarray::Array2;

use super::LabelKind;
use super::foreign::names;
use super::raw::{RawSet, largest};
use crate::shape::InputShape;
use crate::store::numpy::Elements;
use crate::task::Target;

/// A named array.
#[derive(Debug, Clone, PartialEq)]
pub struct SetArray {
    /// Its name.
    pub name: &'static str,
    /// Lengths of the axes.
    pub shape: Vec<usize>,
    /// Its elements in C order.
    pub elements: Elements,
}

impl RawSet {
    /// The set as arrays: `X`, `y`, `classes`, and if it has them `X_unrounded` (pictures), `y_soft`,
    /// `step_sizes`, and `X_reference`, `y_reference` and `reference` (readout labels).
    pub fn arrays(&self) -> Vec<SetArray> {
        let points = self.inputs.nrows();
        let mut arrays = Vec::new();
        let mut put = |name, shape: Vec<usize>, elements| {
            arrays.push(SetArray {
                name,
                shape,
                elements,
            });
        };
        match self.pictures() {
            Some(bytes) => {
                put("X", self.axes(points), Elements::Bytes(bytes));
                put(names::UNROUNDED, self.axes(points), self.last(&self.inputs));
            }
            None => put("X", self.axes(points), self.last(&self.inputs)),
        }
        match &self.target {
            Target::Classes(classes) => {
                let labels = self.classes().into_iter().map(|class| class as i64);
                put("y", vec![points], Elements::Integers(labels.collect()));
                put(
                    names::CLASSES,
                    vec![classes.len()],
                    Elements::Texts(classes.clone()),
                );
                if self.kind() == LabelKind::Soft {
                    put(
                        names::SOFT,
                        self.targets.shape().to_vec(),
                        numbers(&self.targets),
                    );
                }
            }
            Target::Values(values) => {
                let shape = if values.len() == 1 {
                    vec![points]
                } else {
                    self.targets.shape().to_vec()
                };
                put("y", shape, numbers(&self.targets));
            }
        }
        if let Some(sizes) = &self.step_sizes {
            put(
                names::STEP_SIZES,
                vec![sizes.len()],
                Elements::Numbers(sizes.clone()),
            );
        }
        if let Some(readout) = &self.readout {
            let count = readout.inputs.nrows();
            put(
                names::REFERENCE_INPUTS,
                self.axes(count),
                self.last(&readout.inputs),
            );
            put(
                names::READOUT_LABELS,
                readout.labels.shape().to_vec(),
                numbers(&readout.labels),
            );
            let reference = &readout.reference;
            let rank = reference.settings.rank.unwrap_or(0) as f64;
            let drawn = vec![
                reference.seed as f64,
                rank,
                reference.settings.spread,
                reference.settings.penalty,
            ];
            put(names::REFERENCE, vec![1, 4], Elements::Numbers(drawn));
        }
        arrays
    }

    /// Pictures with 1 or 3 channels as bytes `[n, h, w, c]`: pixels from 0 to 1 become 0 to 255, rounded, and
    /// those outside become 0 or 255. `None` for other inputs.
    pub fn pictures(&self) -> Option<Vec<u8>> {
        let is_picture = self.shape.can_be_drawn();
        let byte = |value: &f64| (value * 255.0).round().clamp(0.0, 255.0) as u8;
        let bytes = || self.channels_last(&self.inputs).iter().map(byte).collect();
        is_picture.then(bytes)
    }

    /// The same as numbers of 16 bits, from 0 to what is white in the files that the data came from. `None` if
    /// these have 8 bits, or for other inputs.
    pub fn deep_pictures(&self) -> Option<Vec<u16>> {
        let white = self.white.filter(|_| self.shape.can_be_drawn())?;
        let most = f64::from(white);
        let word = |value: &f64| (value * most).round().clamp(0.0, most) as u16;
        Some(self.channels_last(&self.inputs).iter().map(word).collect())
    }

    /// Names of the classes, one for each point: that with the largest target. Empty if targets are values.
    pub fn class_of_points(&self) -> Vec<&str> {
        let names = self.target.class_names();
        if names.is_empty() {
            return Vec::new();
        }
        let points = largest(&self.targets).into_iter();
        points
            .map(|class| names.get(class).map_or("", String::as_str))
            .collect()
    }

    fn axes(&self, count: usize) -> Vec<usize> {
        match self.shape {
            InputShape::Vector(features) => vec![count, features],
            InputShape::Picture([channels, height, width]) => vec![count, height, width, channels],
        }
    }

    fn last(&self, rows: &Array2<f64>) -> Elements {
        Elements::Numbers(self.channels_last(rows))
    }

    /// The numbers of rows, those of pictures with the channels as the last axis.
    fn channels_last(&self, rows: &Array2<f64>) -> Vec<f64> {
        let InputShape::Picture([channels, height, width]) = self.shape else {
            return rows.iter().copied().collect();
        };
        let area = height * width;
        let mut numbers = Vec::with_capacity(rows.len());
        for row in rows.rows() {
            for pixel in 0..area {
                numbers.extend((0..channels).map(|channel| row[channel * area + pixel]));
            }
        }
        numbers
    }
}

fn numbers(rows: &Array2<f64>) -> Elements {
    Elements::Numbers(rows.iter().copied().collect())
}
