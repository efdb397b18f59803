//! The run directory: one run's settings, metrics, checkpoint, set and summary.
//!
//! ```text
//!   config.toml            resolved settings, preset and seed
//!   metrics.jsonl          one object per logged step
//!   checkpoint/            the state to continue from, the time it took, and the lock
//!   synthetic.safetensors  the set
//!   previews/              the set as pictures after chosen outer steps, if the settings ask for them
//!   summary.json           scores; a run with this file is finished, and lacks at most the pictures below
//!   preview.png            the set as pictures, if its inputs are pictures
//!   preview.gif            the previews in order, as one animated picture
//! ```

mod claim;
mod content;
mod logged;
mod paths;

pub use claim::{Claim, Existing, lock, tidy};
pub use content::Content;
pub use logged::{Logged, logged};
pub use paths::RunDirectory;
