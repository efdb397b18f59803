//! The memory law: a test of the claim that memory of order r²d + L is enough (`docs/theory.md`,
//! arXiv 2603.14830), from runs with different dimensions d, ranks r and numbers of points.
//!
//! ```text
//!   threshold   for each d, r, L and seed, the fewest points that span S and give good features
//!   power       a power law in r and d fitted to the thresholds, with confidence intervals
//!   collapse    the student's error against memory, for different d, unscaled and relative to r²d + L
//!   labels      the student's error against L
//! ```

mod collapse;
mod labels;
mod memory_law;
mod observation;
mod power;
mod threshold;

pub use collapse::{Collapse, Curve, collapse};
pub use labels::{LabelCurve, label_curves};
pub use memory_law::{MemoryLaw, memory_law};
pub use observation::{Ladder, Observation, theory_floats};
pub use power::{Exponent, PowerLaw, fit};
pub use threshold::{COSINE, FLOOR, Threshold, geometric_mean, thresholds};
