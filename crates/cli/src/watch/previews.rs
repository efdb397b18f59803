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

/// Observer that writes the sheets. A resumed run repeats the steps after its checkpoint, and so replaces
/// existing sheets by the same pictures. The first sheet that cannot be made is named at once, all of them
/// [at the end](crate::decoration::finish). The run goes on without them.
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
    /// Makes the folder, for a run of `total` outer steps. Returns `None` if the task has no pictures.
    pub fn open(directory: &'a RunDirectory, task: &'a Task, total: usize) -> Option<Self> {
        let sheet = Sheet::new(task.inputs, &task.target, &task.normalisation)?;
        // An error is ignored here: without the folder, the first sheet fails and is named.
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

    /// Writes the sheet after `done` steps. All titles of a run have the same length, so all its sheets have
    /// the same size.
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
