//! A chart as plain values.

use super::axis::Axis;
use super::palette::Colour;

/// A chart.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Title.
    pub title: String,
    /// Description in a sentence or two, also for readers who cannot see the chart.
    pub description: String,
    /// Axis from left to right.
    pub x: Axis,
    /// Axis from bottom to top.
    pub y: Axis,
    /// The series, in the order they are drawn. Later ones cover earlier ones.
    pub series: Vec<Series>,
}

/// Values that belong together.
#[derive(Debug, Clone)]
pub struct Series {
    /// Name in the legend. An empty name is not shown.
    pub name: String,
    /// Colour.
    pub colour: Colour,
    /// Values and the way they are drawn.
    pub mark: Mark,
}

/// Values with the way they are drawn.
#[derive(Debug, Clone)]
pub enum Mark {
    /// A line through points (x, y).
    Line(Vec<[f64; 2]>),
    /// A dashed line through points (x, y).
    Dashed(Vec<[f64; 2]>),
    /// Points (x, y).
    Dots(Vec<[f64; 2]>),
    /// Values along an axis, their spread to both sides, and their places on the other axis.
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
    /// A value on this axis and a place on the other one, as (x, y).
    pub fn point<T>(self, value: T, at: T) -> [T; 2] {
        match self {
            Self::X => [value, at],
            Self::Y => [at, value],
        }
    }
}

impl Mark {
    /// Every point that must be visible.
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
