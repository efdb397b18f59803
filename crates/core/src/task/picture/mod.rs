//! Makes a task of pictures with labels, for every kind of file.
//!
//! Pictures stay bytes until the parts are known, so the only copy in single precision is the task.

mod collection;
mod settings;

pub use collection::{
    Collection, Pictures, Preprocessing, TestPictures, check_size, check_whitened, folder_name,
};
pub(super) use settings::{PENALTY, check_penalty, picture_settings};
