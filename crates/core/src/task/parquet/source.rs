//! The settings of a task from a parquet file, and how the task is loaded.

use std::path::{Path, PathBuf};

#[cfg(not(feature = "parquet"))]
use super::closed::read;
#[cfg(feature = "parquet")]
use super::read::read;
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::settings::Check;
use crate::task::table::{self, Plan, RawTable, table_settings, types_of, wanted};
use crate::task::{Task, TaskSource, recognise};

table_settings! {
    /// Settings of a table in a parquet file, `task.kind = "parquet"`.
    ///
    /// The file says the types of its columns: numbers, booleans, dates and text. Nulls, NaN and the words for missing
    /// values are missing. Columns of lists, maps and records are left out, and that is said. Everything else is as for a
    /// table in a [text file](crate::task::Csv).
    pub struct Parquet {
        /// The file. If there is a `test_path`, it has only training and validation rows. A relative path is relative to
        /// the working directory, not to the settings file.
        pub path: PathBuf = PathBuf::new(),
        /// A file of test rows with the same columns, if there is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub test_path: Option<PathBuf> = None,
    }
}

impl Check for Parquet {
    fn check(&self) -> Result<()> {
        if self.path.as_os_str().is_empty() {
            let accepted = "give the parquet file to read, such as task.path=data.parquet";
            return Err(Error::setting("task.path", "(not given)", accepted));
        }
        self.choices().check(self.test_path.is_some())
    }
}

impl TaskSource for Parquet {
    fn load(&self, seed: &Seed) -> Result<Task> {
        self.check()?;
        let choices = self.choices();
        let raw = read(&self.path, |names| {
            let types = types_of(&choices, &self.path, true, names)?;
            Ok(types.into_iter().map(wanted).collect())
        })?;
        let plan = Plan::of(&raw, &choices)?;
        let test = self.test_path.as_deref();
        let test = test.map(|path| same(path, &raw, &plan)).transpose()?;
        let name = self.path.file_stem().unwrap_or(self.path.as_os_str());
        let name = name.to_string_lossy().into_owned();
        table::load(name, raw, plan, test, &choices, seed)
    }
}

/// The table of another file with the same columns.
fn same(path: &Path, training: &RawTable, plan: &Plan) -> Result<RawTable> {
    if recognise(path).is_ok_and(|found| found.kind == "csv") {
        let accepted = format!(
            "is no parquet file, and {} is one, but training and test rows must be in files of one format: pandas \
             converts a text by pandas.read_csv(FILE).to_parquet(FILE)",
            training.path.display()
        );
        return Err(Error::setting("task.test_path", path.display(), accepted));
    }
    let table = read(path, |names| {
        let wanted = plan.wanted(training);
        let places = training.places_of(path, names)?;
        Ok(places.into_iter().map(|place| wanted[place]).collect())
    })?;
    let places = training.places_of(path, &table.names())?;
    Ok(table.reordered(training, &places))
}
