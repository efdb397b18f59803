//! What a chart is: plain values.

use super::axis::Axis;
use super::palette::Colour;

/// A chart.
#[derive(Debug, Clone)]
pub struct Chart {
    /// What it is called.
    pub title: String,
    /// What it shows, in a sentence or two, for those who cannot see it too.
    pub description: String,
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
    /// What is drawn, the first lowest.
    pub series: Vec<Series>,
}

/// Values that belong together.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its name in the legend; empty for none.
    pub name: String,
    /// Its colour.
    pub colour: Colour,
    /// How it is drawn.
    pub mark: Mark,
}

/// Values with the way they are drawn.
#[derive(Debug, Clone)]
pub enum Mark {
    /// A line through points (x, y).
    Line(Vec<[f64; 2]>),
    /// The same, dashed.
    Dashed(Vec<[f64; 2]>),
    /// Points (x, y).
    Dots(Vec<[f64; 2]>),
    /// Values along an axis with what they spread by to both sides, and where they stand on the other axis.
    Spread(Along, Vec<[f64; 3]>),
    /// Boxes from one corner to the other.
    Boxes(Vec<[[f64; 2]; 2]>),
}

/// The axis that values spread along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// From left to right.
    X,
    /// From bottom to top.
    Y,
}

impl Along {
    /// A value on this axis, and where it stands on the other, as (x, y).
    pub fn point<T>(self, value: T, at: T) -> [T; 2] {
        match self {
            Self::X => [value, at],
            Self::Y => [at, value],
        }
    }
}

impl Mark {
    /// Every point that must be in sight.
    pub fn points(&self) -> Vec<[f64; 2]> {
        match self {
            Self::Line(points) | Self::Dashed(points) | Self::Dots(points) => points.clone(),
            Self::Spread(along, values) => {
                let ends = |[value, spread, at]: &[f64; 3]| {
                    [value - spread, *value, value + spread].map(|end| along.point(end, *at))
                };
                values.iter().flat_map(ends).collect()
            }
            Self::Boxes(boxes) => boxes.iter().flatten().copied().collect(),
        }
    }
}

impl Series {
    /// A series.
    pub fn new(name: impl Into<String>, colour: Colour, mark: Mark) -> Self {
        Self {
            name: name.into(),
            colour,
            mark,
        }
    }
}
