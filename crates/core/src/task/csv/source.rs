//! The settings of a CSV task, and how the task is loaded.

use std::path::{Path, PathBuf};

use super::super::table::{
    self, Plan, RawTable, Targets, check_width, table_settings, types_of, wanted,
};
use super::super::{Target, Task, TaskSource};
use super::read::{Asked, read};
use super::text::Text;
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::settings::Check;
use crate::task::{Dialect, Split, recognise};

table_settings! {
    /// Settings of a table in a text file, `task.kind = "csv"`: fields between separators, plain or packed with gzip.
    ///
    /// Separator, marks of numbers, header and types of columns are found from the whole file, and said; the settings
    /// override them. Numbers are encoded as `encoding` says, with what is fitted on the training part; categories are
    /// one-hot. Real-valued targets are standardised, and mean squared errors are in these units. The seed splits the rows,
    /// class by class, so that every class has training rows.
    pub struct Csv {
        /// The file: UTF-8, UTF-16 with a byte order mark, or Windows-1252. If there is a `test_path`, it has only
        /// training and validation rows. A relative path is relative to the working directory, not to the settings file.
        pub path: PathBuf = PathBuf::new(),
        /// A file of test rows with the same columns, if there is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub test_path: Option<PathBuf> = None,
        /// Whether the first row names the columns. If not given, the data decide.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub header: Option<bool> = None,
        /// The character between two fields: an ASCII character other than a letter, a digit, `+`, `-`, `.`, a
        /// quote or a line break. If not given, the data decide.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub delimiter: Option<char> = None,
        /// The mark before decimals, `.` or `,`. If not given, the data decide.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub decimal: Option<char> = None,
        /// The mark between groups of three digits: `,`, `.`, a space, `'` or `_`; empty for none. If not given, the data
        /// decide.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub thousands: Option<String> = None,
    }
}

impl Check for Csv {
    fn check(&self) -> Result<()> {
        if self.path.as_os_str().is_empty() {
            let accepted = "give the CSV file to read, such as task.path=data.csv";
            return Err(Error::setting("task.path", "(not given)", accepted));
        }
        let reserved = |c: char| c.is_ascii_alphanumeric() || "\"+-.\r\n".contains(c);
        if let Some(mark) = self
            .delimiter
            .filter(|mark| !mark.is_ascii() || reserved(*mark))
        {
            let accepted = "must be one ASCII character that no number contains, such as , or ;";
            return Err(Error::setting(
                "task.delimiter",
                format!("{mark:?}"),
                accepted,
            ));
        }
        if let Some(mark) = self.decimal.filter(|mark| !matches!(mark, '.' | ',')) {
            let accepted = "must be \".\" or \",\"";
            return Err(Error::setting(
                "task.decimal",
                format!("{mark:?}"),
                accepted,
            ));
        }
        if let Some(mark) = &self.thousands {
            let decimal = self.decimal.map_or_else(String::new, String::from);
            if !["", ",", ".", " ", "'", "_"].contains(&mark.as_str())
                || (!mark.is_empty() && *mark == decimal)
            {
                let accepted = "must be \"\" for none, or one of , . space ' _ and another one than the decimal mark";
                return Err(Error::setting(
                    "task.thousands",
                    format!("{mark:?}"),
                    accepted,
                ));
            }
        }
        self.choices().check(self.test_path.is_some())
    }
}

impl TaskSource for Csv {
    fn load(&self, seed: &Seed) -> Result<Task> {
        self.check()?;
        let (raw, dialect) = self.raw()?;
        let choices = self.choices();
        let plan = Plan::of(&raw, &choices)?;
        let test = self
            .test_path
            .as_deref()
            .map(|path| self.same(path, &raw, &plan));
        let name = self.path.file_stem().unwrap_or(self.path.as_os_str());
        let name = name.to_string_lossy();
        let inner = Path::new(&*name).extension();
        let is_packed =
            inner.is_some_and(|end| ["csv", "tsv"].iter().any(|it| end.eq_ignore_ascii_case(it)));
        let inner = Path::new(&*name).file_stem().filter(|_| is_packed);
        let name = inner.map_or_else(
            || name.to_string(),
            |inner| inner.to_string_lossy().into_owned(),
        );
        let mut task = table::load(name, raw, plan, test.transpose()?, &choices, seed)?;
        task.inspection.dialect = Some(dialect);
        Ok(task)
    }
}

impl Csv {
    fn asked(&self) -> Asked {
        let choices = self.choices();
        Asked {
            delimiter: self.delimiter.map(|mark| mark as u8),
            decimal: self.decimal,
            thousands: self.thousands.as_ref().map(|mark| mark.chars().next()),
            header: self.header,
            names_columns: choices.name_columns(),
        }
    }

    /// The table of `path`.
    fn raw(&self) -> Result<(RawTable, Dialect)> {
        let choices = self.choices();
        read(&Text::read(&self.path)?, self.asked(), |header, names| {
            // What the rows below would only tell in other words is told at once.
            check_width(&self.path, names.len(), true)?;
            let types = types_of(&choices, &self.path, header, names)?;
            for column in choices.target.map_or(&[][..], Targets::columns) {
                column.find("task.target", &self.path, header, names)?;
            }
            Ok(types.into_iter().map(wanted).collect())
        })
    }

    /// The table of another file with the same columns.
    fn same(&self, path: &Path, training: &RawTable, plan: &Plan) -> Result<RawTable> {
        if recognise(path).is_ok_and(|found| found.kind == "parquet") {
            let accepted = format!(
                "is a parquet file, and {} is a text, but training and test rows must be in files of one format: pandas \
                 converts a parquet file by pandas.read_parquet(FILE).to_csv(FILE, index=False)",
                training.path.display()
            );
            return Err(Error::setting("task.test_path", path.display(), accepted));
        }
        let asked = Asked {
            header: Some(training.header),
            ..self.asked()
        };
        let (table, _) = read(&Text::read(path)?, asked, |_, names| {
            let wanted = plan.wanted(training);
            let places = training.places_of(path, names)?;
            Ok(places.into_iter().map(|place| wanted[place]).collect())
        })?;
        let places = training.places_of(path, &table.names())?;
        Ok(table.reordered(training, &places))
    }
}

/// Reads the rows of a table in memory that has a header, numbers, and classes in the last column. `path` is its name
/// in messages.
///
/// # Errors
/// [`Error::Data`] as for a file.
pub(in crate::task) fn rows_with_classes(path: &Path, text: &str) -> Result<(Split, Target)> {
    let asked = Asked {
        delimiter: Some(b','),
        header: Some(true),
        ..Asked::default()
    };
    let (raw, _) = read(&Text::of(path, text), asked, |_, names| {
        Ok(vec![table::Wanted::Number; names.len()])
    })?;
    table::rows_with_classes(&raw)
}
