//! Observers of the outer loop: metrics, checkpoints, previews and progress; and the progress of recording
//! experts before it.

mod checkpoints;
mod metrics;
mod previews;
mod progress;
mod recording;
mod together;

pub use checkpoints::{Checkpoints, elapsed};
pub use metrics::Metrics;
pub use previews::Previews;
pub use progress::progress;
pub use recording::recording;
pub use together::Together;
