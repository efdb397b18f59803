//! Makes a task of pictures with labels, for every kind of file.
//!
//! Pictures stay as their files have them until the parts are known, so the only copy in single precision is the task.

mod collection;
mod pixels;
mod settings;

pub use collection::{
    Collection, HeldOut, Pictures, Preprocessing, check_size, check_whitened, folder_name,
};
pub use pixels::Pixels;
pub(super) use settings::{PENALTY, check_penalty, picture_settings};
