//! Files that a run leaves: what is stored comes back, a continued run is the uninterrupted one bit
//! for bit, and no file whatever makes the library panic.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use retort_instances as _;

mod alignment;
mod continued;
mod damaged;
mod previews;
mod round_trip;
mod scene;
mod stages;
#[path = "../wording.rs"]
mod wording;
