//! The memory law: what runs over dimensions d, ranks r and numbers of points say of the claim that
//! memory of order r²d + L is enough (theory.md, arXiv 2603.14830).
//!
//! ```text
//!   threshold   for each d, r and seed, the fewest points that span S and teach its features
//!   power       the thresholds as a power of r and of d, with confidence intervals
//!   collapse    the student's error against memory: curves of different d, as they are and over r²d + L
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
