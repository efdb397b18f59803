//! Charts: their content, and how it is drawn.
//!
//! ```text
//!   scores, loss, alignment, spectrum, memory   one file per chart of runs: values become a Chart
//!   sweep, law                                  the same for sweeps
//!   axis                                        the places of values, and the labels of ticks
//!   draw                                        draws a Chart on any surface of plotters
//!   palette                                     the colours, in light and dark
//!   vector                                      a Chart as SVG
//! ```

pub mod alignment;
pub mod axis;
mod draw;
pub mod law;
pub mod loss;
pub mod memory;
pub mod palette;
mod plot;
pub mod scores;
pub mod spectrum;
pub mod sweep;
mod vector;

pub use axis::{Axis, Scale};
pub use draw::{HEIGHT, WIDTH, draw, prepare};
pub use palette::Colour;
pub use plot::{Along, Chart, Mark, Series};
pub use vector::{Drawing, vector};
