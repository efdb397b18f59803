//! Charts: what they show, apart from how they are drawn.
//!
//! ```text
//!   scores, loss, alignment, spectrum, memory   one file a chart of runs: values become a Chart
//!   sweep, law                                  the same of sweeps
//!   axis                                        where values come to stand, and which are named
//!   draw                                        a Chart on any surface that plotters can draw on
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
