//! A set as named arrays, for files that other programs read.

use ndarray::Array2;

use super::LabelKind;
use super::foreign::names;
use super::raw::{RawSet, largest};
use crate::shape::InputShape;
use crate::store::numpy::{Elements, Whole};
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
        put("X", self.axes(points), self.own_inputs());
        if self.shape.can_be_drawn() {
            put(names::UNROUNDED, self.axes(points), self.last(&self.inputs));
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

    /// The inputs as the data have them. Pictures that were integers are integers of the same range: bytes, integers
    /// of 16 bits if the data used all of these, or integers of the type that the data had. They are rounded, and
    /// clamped where the type ends. Pictures of floats from 0 to 1 are bytes too. Others are not changed.
    fn own_inputs(&self) -> Elements {
        let numbers = self.channels_last(&self.inputs);
        let whole = |kind: Whole, white: f64| {
            let nearest = numbers.iter().map(|value| kind.nearest(value * white));
            Elements::Whole(kind, nearest.collect())
        };
        match (self.pictures(), self.range, self.white) {
            (None, ..) => Elements::Numbers(numbers),
            (Some(_), Some(range), _) => match range.integers {
                Some(kind) => whole(kind, 1.0),
                None => Elements::Numbers(numbers),
            },
            (Some(_), None, Some(u16::MAX)) => whole(Whole::Uint16, u16::MAX.into()),
            (Some(bytes), None, _) => Elements::Bytes(bytes),
        }
    }

    /// Pictures with 1 or 3 channels as bytes `[n, h, w, c]`: pixels from 0 to 1, or from the smallest to the largest
    /// of their range, become 0 to 255, rounded, and those outside become 0 or 255. `None` for other inputs.
    pub fn pictures(&self) -> Option<Vec<u8>> {
        let is_picture = self.shape.can_be_drawn();
        let byte = |value: &f64| (self.unit(*value) * 255.0).round().clamp(0.0, 255.0) as u8;
        let bytes = || self.channels_last(&self.inputs).iter().map(byte).collect();
        is_picture.then(bytes)
    }

    /// Count of the numbers of pictures that [`RawSet::pictures`] and [`RawSet::deep_pictures`] clamp.
    pub fn clamped_pixels(&self) -> usize {
        let most = f64::from(self.white.unwrap_or(u8::MAX.into()));
        let is_outside = |value: &&f64| {
            let rounded = (self.unit(**value) * most).round();
            rounded < 0.0 || rounded > most
        };
        let outside = || self.inputs.iter().filter(is_outside).count();
        if self.shape.can_be_drawn() {
            outside()
        } else {
            0
        }
    }

    /// Count of the numbers of pictures that [`RawSet::pictures`] or [`RawSet::deep_pictures`] round to another number.
    /// Those that are clamped are not counted, nor those that differ by no more than single precision does.
    pub fn rounded_pixels(&self) -> usize {
        let most = f64::from(self.white.unwrap_or(u8::MAX.into()));
        let tolerance = 8.0 * most * f64::from(f32::EPSILON);
        let is_rounded = |value: &&f64| {
            let exact = self.unit(**value) * most;
            let rounded = exact.round();
            (0.0..=most).contains(&rounded) && (exact - rounded).abs() > tolerance
        };
        if self.shape.can_be_drawn() {
            self.inputs.iter().filter(is_rounded).count()
        } else {
            0
        }
    }

    /// Count of the inputs that the array `X` clamps.
    pub fn clamped_inputs(&self) -> usize {
        match self.range {
            None => self.clamped_pixels(),
            Some(range) => {
                let kind = range.integers;
                let is_outside = |value: &&f64| {
                    kind.is_some_and(|kind| kind.nearest(**value) != value.round() as i128)
                };
                self.inputs.iter().filter(is_outside).count()
            }
        }
    }

    /// A pixel as a number from 0 to 1.
    fn unit(&self, value: f64) -> f64 {
        self.range.map_or(value, |range| range.to_unit(value))
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

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn pixels_are_rounded_or_clamped_or_neither() {
        let byte = f64::from(128.0_f32 / 255.0);
        let mut set = RawSet {
            shape: InputShape::Picture([1, 1, 5]),
            target: Target::Classes(vec!["a".to_owned(), "b".to_owned()]),
            inputs: array![[0.0, byte, 0.5, -0.2, 1.3]],
            white: None,
            range: None,
            targets: array![[1.0, 0.0]],
            step_sizes: None,
            readout: None,
            table: None,
        };
        assert_eq!((set.rounded_pixels(), set.clamped_pixels()), (1, 2));
        set.shape = InputShape::Vector(5);
        assert_eq!((set.rounded_pixels(), set.clamped_pixels()), (0, 0));
    }
}
