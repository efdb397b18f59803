//! One file a command.

pub mod bench;
pub mod budget;
pub mod distill;
pub mod evaluate;
pub mod inspect;
pub mod presets;
pub mod report;
pub mod sweep;
