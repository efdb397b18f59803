//! Collects files of records from a folder or an archive, in any order.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use super::files::{DATA_SETS, DataSet, PIXELS, SHAPE};
use crate::error::{Error, Result};
use crate::task::RowsOrFraction;
use crate::task::picture::{Collection, HeldOut, Pictures, Pixels, check_size};

/// Most bytes that are read of a file of class names.
const MOST_NAMES: u64 = 1 << 16;

/// The files that have been found so far.
#[derive(Debug, Default)]
pub struct Found {
    classes: Option<usize>,
    batches: BTreeMap<&'static str, Batch>,
    names: BTreeMap<&'static str, Vec<String>>,
}

/// The pictures of one file.
#[derive(Debug, Default)]
struct Batch {
    pixels: Vec<u8>,
    labels: Vec<usize>,
}

impl Found {
    /// No files yet. Looks for the data set with this number of classes, or for both for `None`.
    pub fn new(classes: Option<usize>) -> Self {
        Self {
            classes,
            ..Self::default()
        }
    }

    /// Reads a file of `length` bytes if `name` is the name of a wanted file, and ignores it otherwise.
    /// `place` is the file's path in messages. Memory grows as bytes arrive.
    ///
    /// # Errors
    /// [`Error::Data`] if the file cannot be read, if its length is no multiple of a record, if a label is
    /// out of range, if a file with this name was read before, or if there is not one name per class.
    pub fn take(&mut self, name: &str, place: &Path, length: u64, source: impl Read) -> Result<()> {
        let has = |data_set: &&DataSet| {
            data_set
                .batches()
                .chain([data_set.names])
                .any(|n| n == name)
        };
        let Some(data_set) = DataSet::with_classes(self.classes).find(has) else {
            return Ok(());
        };
        let Some(batch) = data_set.batches().find(|batch| *batch == name) else {
            let names = names(place, data_set, source)?;
            self.names.insert(data_set.names, names);
            return Ok(());
        };
        let count = usize::try_from(length).unwrap_or(usize::MAX) / data_set.record();
        let before: usize = self.batches.values().map(|batch| batch.labels.len()).sum();
        check_size(place, before.saturating_add(count), SHAPE, data_set.classes)?;
        let pictures = records(place, data_set, length, source)?;
        match self.batches.insert(batch, pictures) {
            None => Ok(()),
            Some(_) => Err(Error::data(place, "is there twice; remove one of them")),
        }
    }

    /// Returns the complete data set as a collection with this name, of whose training pictures `validation`
    /// are to be held out. `path` is where it was looked for.
    ///
    /// # Errors
    /// [`Error::Data`] if there are files of neither data set or of both, if a file is missing or truncated,
    /// or if a class has no training records.
    pub fn whole(
        mut self,
        path: &Path,
        name: String,
        validation: RowsOrFraction,
    ) -> Result<Collection> {
        let data_set = self.data_set(path)?;
        let missing: Vec<&str> = data_set
            .batches()
            .filter(|batch| !self.batches.contains_key(batch))
            .collect();
        if !missing.is_empty() {
            let problem = format!(
                "has no {}; all files of {} are needed",
                missing.join(", "),
                data_set.listed()
            );
            return Err(Error::data(path, problem));
        }
        // A file that is truncated between two records is shorter than the other training files.
        let sizes = || {
            let batches = data_set.train.iter();
            batches.filter_map(|name| Some((*name, self.batches.get(name)?.labels.len())))
        };
        let most = sizes().map(|(_, size)| size).max().unwrap_or(0);
        if let Some((name, size)) = sizes().find(|(_, size)| *size < most) {
            let problem = format!(
                "has {size} records, but another training file has {most}: it is truncated"
            );
            return Err(Error::data(&path.join(name), problem));
        }
        let test = joined(self.batches.remove(data_set.test).into_iter().collect());
        let batches = data_set
            .train
            .iter()
            .filter_map(|name| self.batches.remove(name));
        let train = joined(batches.collect());
        let numbered = || {
            (0..data_set.classes)
                .map(|class| class.to_string())
                .collect()
        };
        let names = self.names.remove(data_set.names).unwrap_or_else(numbered);
        let sizes = train.by_class(data_set.classes);
        if let Some(class) = sizes.iter().position(Vec::is_empty) {
            let problem = format!(
                "no training record has label {class} ({}), but {} has records of all its {} classes",
                names[class], data_set.title, data_set.classes
            );
            return Err(Error::data(path, problem));
        }
        Ok(Collection {
            name,
            classes: names,
            train,
            validation: HeldOut::RowsOrFraction(validation),
            test: HeldOut::Given(test),
        })
    }

    /// The data set to which the found files belong.
    fn data_set(&self, path: &Path) -> Result<&'static DataSet> {
        let is_there = |data_set: &&'static DataSet| {
            data_set
                .batches()
                .any(|batch| self.batches.contains_key(batch))
        };
        let mut there = DATA_SETS.iter().filter(is_there);
        match (there.next(), there.next()) {
            (Some(data_set), None) => Ok(data_set),
            (Some(_), Some(_)) => Err(both(path)),
            (None, _) => {
                let looked_for: Vec<String> = DataSet::with_classes(self.classes)
                    .map(DataSet::listed)
                    .collect();
                let asked = self.classes.map_or_else(String::new, |classes| {
                    format!(" (task.classes = {classes})")
                });
                if !path.is_dir() {
                    let problem = format!(
                        "is an archive without a file of {}{asked}: unpack it, and name the table or the folder of \
                         pictures in it; of CIFAR give the binary version",
                        looked_for.join(" or ")
                    );
                    return Err(Error::data(path, problem));
                }
                let problem = format!(
                    "has no file of {}{asked}; task.path must be the folder of the binary version \
                    (not the Python or Matlab version), or its .tar.gz archive",
                    looked_for.join(" or ")
                );
                Err(Error::data(path, problem))
            }
        }
    }
}

/// The error for files of both data sets.
pub fn both(path: &Path) -> Error {
    let problem =
        "has files of CIFAR-10 and of CIFAR-100: choose one with task.classes = 10 or 100";
    Error::data(path, problem)
}

fn records(place: &Path, data_set: &DataSet, length: u64, mut source: impl Read) -> Result<Batch> {
    let record = data_set.record();
    if length == 0 || !length.is_multiple_of(record as u64) {
        let problem = format!(
            "has {length} bytes, which is no multiple of a record of {record} bytes ({} for \
            labels, {PIXELS} for pixels): it is truncated, or not a file of {}",
            data_set.labels, data_set.title
        );
        return Err(Error::data(place, problem));
    }
    let mut pictures = Batch::default();
    let mut head = vec![0; data_set.labels];
    for row in 0..length / record as u64 {
        let failed = |error| Error::unreadable(place, &error);
        source.read_exact(&mut head).map_err(failed)?;
        let label = head.last().copied().map_or(0, usize::from);
        if label >= data_set.classes {
            let problem = format!(
                "label {label} of record {row} (counted from 0) is not below {}, the number of \
                 classes of {}",
                data_set.classes, data_set.title
            );
            return Err(Error::data(place, problem));
        }
        pictures.labels.push(label);
        let start = pictures.pixels.len();
        pictures.pixels.resize(start + PIXELS, 0);
        source
            .read_exact(&mut pictures.pixels[start..])
            .map_err(failed)?;
    }
    Ok(pictures)
}

/// Reads the class names in a file: one per line, without blank lines.
fn names(place: &Path, data_set: &DataSet, source: impl Read) -> Result<Vec<String>> {
    let mut bytes = Vec::new();
    source
        .take(MOST_NAMES)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::unreadable(place, &error))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::data(place, "is not UTF-8 text; save it as UTF-8"))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let names: Vec<String> = lines.map(str::to_owned).collect();
    if names.len() == data_set.classes {
        return Ok(names);
    }
    let problem = format!(
        "has {} names, but {} has {} classes: give one name per line for each class",
        names.len(),
        data_set.title,
        data_set.classes
    );
    Err(Error::data(place, problem))
}

/// The pictures of several files, one file after the other.
fn joined(batches: Vec<Batch>) -> Pictures {
    let bytes = batches
        .iter()
        .map(|batch| batch.pixels.len())
        .sum::<usize>();
    let mut batches = batches.into_iter();
    let mut all = batches.next().unwrap_or_default();
    all.pixels.reserve_exact(bytes - all.pixels.len());
    for batch in batches {
        all.pixels.extend_from_slice(&batch.pixels);
        all.labels.extend_from_slice(&batch.labels);
    }
    Pictures {
        shape: SHAPE,
        pixels: Pixels::Bytes(all.pixels),
        labels: all.labels,
    }
}
