//! Pictures with labels become a task, whatever files they came from.
//!
//! They stay bytes until the parts are known: the only copy in single precision is the task.

mod collection;
mod settings;

pub use collection::{
    Collection, Pictures, Preprocessing, TestPictures, check_size, check_whitened, folder_name,
};
pub(super) use settings::{PENALTY, check_penalty, picture_settings};
