//! The commands, one per file.

pub mod bench;
pub mod budget;
pub mod distill;
pub mod evaluate;
pub mod export;
pub mod foreign;
pub mod inspect;
pub mod presets;
pub mod report;
pub mod sweep;
