//! Fixed pieces of work to time. They use the library's own objectives and training loop on random
//! numbers, because only the time counts.

mod cases;
mod data;
mod settings;
mod timing;

pub use cases::{CASES, Case};
pub use settings::Changes;
pub use timing::{Times, names, time};
