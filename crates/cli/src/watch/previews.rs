//! `previews/`: the set as a sheet of pictures after chosen outer steps.

use std::collections::BTreeSet;
use std::fs;

use crate::sheet::Sheet;
use burn::tensor::backend::Backend;
use retort_core::Result;
use retort_core::distill::{Observer, Progress, State};
use retort_core::task::Task;

use crate::decoration::left_out;
use crate::run_directory::RunDirectory;

/// Writes the sheets. One that is there already is replaced by the same picture: a run that goes on
/// does the steps after its checkpoint again. The first that cannot be made is named at once, all of them
/// [at the end](crate::decoration::finish); no step is lost with any.
#[derive(Debug)]
pub struct Previews<'a> {
    directory: &'a RunDirectory,
    sheet: Sheet<'a>,
    /// Digits of the largest step.
    digits: usize,
    /// The steps whose sheets could not be made.
    left_out: BTreeSet<usize>,
}

impl<'a> Previews<'a> {
    /// Makes the folder, for a run of `total` outer steps; none where the task has no pictures.
    pub fn open(directory: &'a RunDirectory, task: &'a Task, total: usize) -> Option<Self> {
        let sheet = Sheet::new(task.inputs, &task.target, &task.normalisation)?;
        // Where it cannot be made, neither can the sheets in it: the first one says so.
        let _ = fs::create_dir_all(directory.previews());
        Some(Self {
            directory,
            sheet,
            digits: total.to_string().len(),
            left_out: BTreeSet::new(),
        })
    }

    /// The steps whose sheets could not be made.
    pub fn left_out(self) -> BTreeSet<usize> {
        self.left_out
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
        if let Err(error) = self.sheet.save(&state.set, &title, &path) {
            if self.left_out.is_empty() {
                left_out(&path, &error);
            }
            self.left_out.insert(done);
        }
        Ok(())
    }
}
