//! The inputs of an array: vectors or pictures, as rows of a task.

use serde::{Deserialize, Serialize};

use super::files::Named;
use super::number::{is_accepted, remedy, shown};
use crate::error::{Error, Result};
use crate::shape::InputShape;
use crate::store::numpy::{Kind, Whole};
use crate::task::PixelRange;

/// Largest float that is taken as a pixel from 0 to 1.
const LARGEST_UNIT: f64 = 2.0;

/// How the axes of an array of inputs are read. The first axis counts rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// `[n, d]` are vectors, `[n, h, w]` are grey pictures. With four axes, the last one has the channels if
    /// its length is 1 or 3, otherwise the second one.
    #[default]
    Auto,
    /// All axes after the first are one vector.
    Vectors,
    /// `[n, h, w]` or `[n, h, w, c]`.
    Nhwc,
    /// `[n, h, w]` or `[n, c, h, w]`.
    Nchw,
}

impl Layout {
    fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Vectors => "vectors",
            Self::Nhwc => "nhwc",
            Self::Nchw => "nchw",
        }
    }
}

/// How the numbers of an array are read as rows: the shape, and what pixels are divided by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Shape of a row.
    pub shape: InputShape,
    /// Whether the channels are the last axis.
    is_channels_last: bool,
    /// The divisor of each number: 1, or the largest pixel.
    pub divisor: f64,
}

/// Inputs with a way to read them.
#[derive(Debug)]
pub struct Inputs<'a> {
    named: &'a Named,
    reading: Reading,
    /// Distance of neighbouring rows in memory.
    step: usize,
    /// The place in memory of each number of the first row.
    offsets: Vec<usize>,
    rows: usize,
}

impl Reading {
    /// Decides how the inputs of the training part are read.
    ///
    /// # Errors
    /// [`Error::Data`] if the array has texts, too few axes or an axis of length 0, or if no axis can have the
    /// channels. [`Error::Setting`] if `layout` does not fit its axes.
    pub fn of(named: &Named, layout: Layout) -> Result<Self> {
        let array = &named.array;
        let axes = array.shape();
        if array.element().is_text() {
            return Err(named.error("has texts, but inputs must be numbers"));
        }
        if axes.len() < 2 || axes.contains(&0) {
            let problem = format!(
                "has the shape {axes:?}, but inputs need rows on the first axis and at least one number \
                 each: [n, d] for vectors, [n, h, w], [n, h, w, c] or [n, c, h, w] for pictures"
            );
            return Err(named.error(problem));
        }
        let unfit = |what: &str| {
            let value = layout.name();
            let accepted = format!("{} has the shape {axes:?}: {what}", named.path.display());
            Err(Error::setting("task.layout", value, accepted))
        };
        let is_channel = |length: usize| [1, 3].contains(&length);
        let (shape, is_channels_last) = match (layout, &axes[1..]) {
            (Layout::Vectors, lengths) => (InputShape::Vector(lengths.iter().product()), false),
            (Layout::Auto, &[features]) => (InputShape::Vector(features), false),
            (_, &[_]) => return unfit("these are vectors; remove this setting"),
            (_, &[height, width]) => (InputShape::Picture([1, height, width]), false),
            (Layout::Auto | Layout::Nhwc, &[height, width, channels]) if is_channel(channels) => {
                (InputShape::Picture([channels, height, width]), true)
            }
            (Layout::Auto | Layout::Nchw, &[channels, height, width]) if is_channel(channels) => {
                (InputShape::Picture([channels, height, width]), false)
            }
            (Layout::Auto, lengths) => {
                let problem = format!(
                    "has the shape {axes:?}, and pictures have 1 or 3 channels on the last or the second axis, \
                     so {lengths:?} is none; select channels, or set task.layout = \"vectors\" for vectors of \
                     all numbers"
                );
                return Err(named.error(problem));
            }
            _ => {
                return unfit(
                    "the axis of the channels must have length 1 (grey) or 3 (red, green and blue); for \
                     vectors of all numbers set task.layout = \"vectors\"",
                );
            }
        };
        let mut reading = Self {
            shape,
            is_channels_last,
            divisor: 1.0,
        };
        if let InputShape::Picture(_) = shape {
            reading.divisor = Inputs::new(named, reading)?.largest_pixel();
        }
        Ok(reading)
    }
}

impl Reading {
    /// Decides how an array is read whose rows must have a shape: pictures `[n, h, w, c]`, otherwise
    /// `[n, c, h, w]`. If the pixels of the task have a range of their own, they are not divided.
    ///
    /// # Errors
    /// [`Error::Data`] if the array has texts or another shape.
    pub fn for_shape(named: &Named, shape: InputShape, range: Option<PixelRange>) -> Result<Self> {
        let mut reading = Self {
            shape,
            is_channels_last: match (shape, named.array.shape()) {
                (InputShape::Picture([channels, height, width]), &[_, a, b, c]) => {
                    [a, b, c] == [height, width, channels]
                }
                _ => false,
            },
            divisor: 1.0,
        };
        let inputs = Inputs::new(named, reading)?;
        if let (InputShape::Picture(_), None) = (shape, range) {
            reading.divisor = inputs.largest_pixel();
        }
        Ok(reading)
    }
}

impl<'a> Inputs<'a> {
    /// The inputs of an array, read as those of the training part.
    ///
    /// # Errors
    /// [`Error::Data`] if the array has texts or rows of another shape.
    pub fn new(named: &'a Named, reading: Reading) -> Result<Self> {
        let array = &named.array;
        let strides = array.strides();
        let axes = array.shape();
        let fits = match (reading.shape, axes) {
            _ if array.element().is_text() || axes.contains(&0) => false,
            (InputShape::Vector(features), [_, lengths @ ..]) => {
                !lengths.is_empty() && lengths.iter().product::<usize>() == features
            }
            (InputShape::Picture([1, height, width]), &[_, h, w]) => [h, w] == [height, width],
            (InputShape::Picture(picture), &[_, a, b, c]) => match reading.is_channels_last {
                true => [c, a, b] == picture,
                false => [a, b, c] == picture,
            },
            _ => false,
        };
        if !fits {
            let shape = match reading.shape {
                InputShape::Vector(features) => format!("vectors of {features} numbers"),
                InputShape::Picture([channels, height, width]) => {
                    format!("pictures of {channels} × {height} × {width} (channels, height, width)")
                }
            };
            return Err(named.error(format!("has the shape {axes:?}, but {shape} are needed")));
        }
        // The axes of a row, the slowest of the row first.
        let mut order: Vec<usize> = (1..axes.len()).collect();
        if reading.is_channels_last && axes.len() == 4 {
            order.rotate_right(1);
        }
        let mut offsets = vec![0];
        for axis in order {
            let along = |offset: &usize| -> Vec<usize> {
                (0..axes[axis])
                    .map(|place| offset + place * strides[axis])
                    .collect()
            };
            offsets = offsets.iter().flat_map(along).collect();
        }
        Ok(Self {
            named,
            reading,
            step: strides[0],
            offsets,
            rows: axes[0],
        })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Writes a row: pixels from 0 to 1 and channel by channel, or the numbers of a vector.
    pub fn row(&self, row: usize, values: &mut [f64]) {
        let start = row * self.step;
        for (value, &offset) in values.iter_mut().zip(&self.offsets) {
            *value = self.named.array.number(start + offset) / self.reading.divisor;
        }
    }

    /// Checks that all numbers are finite.
    ///
    /// # Errors
    /// [`Error::Data`] with the row and the column.
    pub fn check(&self) -> Result<()> {
        if self.named.array.element().is_whole() {
            return Ok(());
        }
        for row in 0..self.rows {
            for (column, &offset) in self.offsets.iter().enumerate() {
                let value = self.named.array.number(row * self.step + offset);
                if !is_accepted(value) {
                    let problem = format!(
                        "has {} in row {row}, {} (counted from 0): {}",
                        shown(value),
                        self.place(column),
                        remedy(value)
                    );
                    return Err(self.named.error(problem));
                }
            }
        }
        Ok(())
    }

    /// The words for a place within a row.
    fn place(&self, column: usize) -> String {
        match self.reading.shape {
            InputShape::Vector(_) => format!("column {column}"),
            InputShape::Picture([_, height, width]) => {
                let (channel, pixel) = (column / (height * width), column % (height * width));
                format!(
                    "channel {channel}, line {}, pixel {}",
                    pixel / width,
                    pixel % width
                )
            }
        }
    }

    /// What pixels are divided by, so that they are from 0 to 1: 255 if they are integers up to 255, or
    /// floats from 0 to 255 that go beyond 2; 65535 if they are unsigned integers of 16 bits with larger
    /// numbers; 1 otherwise, also for booleans.
    fn largest_pixel(&self) -> f64 {
        let element = self.named.array.element();
        if (element.kind, element.size) == (Kind::Uint, 1) {
            return 255.0;
        }
        let [least, most] = self.extent();
        match element.kind {
            Kind::Uint | Kind::Int if least >= 0.0 && most <= 255.0 => 255.0,
            Kind::Uint if element.size == 2 => 65535.0,
            Kind::Float if least >= 0.0 && most > LARGEST_UNIT && most <= 255.0 => 255.0,
            _ => 1.0,
        }
    }

    /// The range of pixels that are not divided and not all from 0 to 1. `None` for others, and for vectors.
    pub fn range(&self) -> Option<PixelRange> {
        if matches!(self.reading.shape, InputShape::Vector(_)) || self.reading.divisor != 1.0 {
            return None;
        }
        let [least, most] = self.extent();
        (least < 0.0 || most > 1.0).then_some(PixelRange {
            least,
            most,
            integers: Whole::of(self.named.array.element()),
        })
    }

    /// The smallest and the largest number.
    fn extent(&self) -> [f64; 2] {
        let mut extent = [f64::INFINITY, f64::NEG_INFINITY];
        for row in 0..self.rows {
            for &offset in &self.offsets {
                let value = self.named.array.number(row * self.step + offset);
                extent = [extent[0].min(value), extent[1].max(value)];
            }
        }
        extent
    }
}
