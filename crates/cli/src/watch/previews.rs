//! `previews/`: the set as a sheet of pictures after chosen outer steps.

use std::fs;

use burn::tensor::backend::Backend;
use retort_core::distill::{Observer, Progress, State};
use retort_core::synthetic::sheet::Sheet;
use retort_core::task::Task;
use retort_core::{Error, Result};

use crate::run_directory::RunDirectory;

/// Writes the sheets. One that is there already is replaced by the same picture: a run that goes on
/// does the steps after its checkpoint again.
#[derive(Debug)]
pub struct Previews<'a> {
    directory: &'a RunDirectory,
    sheet: Sheet<'a>,
    /// Digits of the largest step.
    digits: usize,
}

impl<'a> Previews<'a> {
    /// Makes the folder, for a run of `total` outer steps; none where the task has no pictures.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(directory: &'a RunDirectory, task: &'a Task, total: usize) -> Result<Option<Self>> {
        let Some(sheet) = Sheet::new(task.inputs, &task.target, &task.normalisation) else {
            return Ok(None);
        };
        let folder = directory.previews();
        fs::create_dir_all(&folder).map_err(|error| Error::write(&folder, error))?;
        let digits = total.to_string().len();
        Ok(Some(Self {
            directory,
            sheet,
            digits,
        }))
    }
}

impl<B: Backend> Observer<B> for Previews<'_> {
    fn stepped(&mut self, _progress: &Progress) -> Result<()> {
        Ok(())
    }

    fn checkpoint(&mut self, _state: &State<B>) -> Result<()> {
        Ok(())
    }

    /// Titles are of one length, and with them all sheets of a run of one size.
    fn preview(&mut self, done: usize, state: &State<B>) -> Result<()> {
        let title = format!("step {done:>digits$}", digits = self.digits);
        let path = self.directory.preview_of(done);
        self.sheet.save(&state.set, &title, &path)
    }
}
