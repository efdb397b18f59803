//! Files of records, collected from a folder or an archive in whatever order they come.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use super::files::{DATA_SETS, DataSet, PIXELS, SHAPE};
use crate::error::{Error, Result};
use crate::task::picture::{Collection, Pictures, TestPictures, check_size};

/// Most bytes of a file of names.
const MOST_NAMES: u64 = 1 << 16;

/// What has been found.
#[derive(Debug, Default)]
pub struct Found {
    classes: Option<usize>,
    batches: BTreeMap<&'static str, Pictures>,
    names: BTreeMap<&'static str, Vec<String>>,
}

impl Found {
    /// Nothing yet, of the data set with so many classes, or of either.
    pub fn new(classes: Option<usize>) -> Self {
        Self {
            classes,
            ..Self::default()
        }
    }

    /// Reads a file of `length` bytes where its name is one of those looked for. `place` is what
    /// messages call it. Memory grows as bytes arrive.
    ///
    /// # Errors
    /// [`Error::Data`]: not whole records, a label out of range, a second file of that name, names
    /// that are not one a class.
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
        let before: usize = self.batches.values().map(Pictures::len).sum();
        check_size(place, before.saturating_add(count), SHAPE, data_set.classes)?;
        let pictures = records(place, data_set, length, source)?;
        match self.batches.insert(batch, pictures) {
            None => Ok(()),
            Some(_) => Err(Error::data(place, "is there twice; leave one of them out")),
        }
    }

    /// The data set, called `name`. `path` is where it was looked for.
    ///
    /// # Errors
    /// [`Error::Data`]: files of neither or of both, a missing file, a class without training records.
    pub fn whole(mut self, path: &Path, name: String) -> Result<Collection> {
        let data_set = self.data_set(path)?;
        let missing: Vec<&str> = data_set
            .batches()
            .filter(|batch| !self.batches.contains_key(batch))
            .collect();
        if !missing.is_empty() {
            let problem = format!(
                "lacks {}; {} is needed whole",
                missing.join(", "),
                data_set.listed()
            );
            return Err(Error::data(path, problem));
        }
        // A file that was cut between two records.
        let sizes = || {
            let batches = data_set.train.iter();
            batches.filter_map(|name| Some((*name, self.batches.get(name)?.len())))
        };
        let most = sizes().map(|(_, size)| size).max().unwrap_or(0);
        if let Some((name, size)) = sizes().find(|(_, size)| *size < most) {
            let problem = format!(
                "holds {size} records where another training file holds {most}: it is truncated"
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
                "no training record has label {class} ({}): {} has records of all its {} classes",
                names[class], data_set.title, data_set.classes
            );
            return Err(Error::data(path, problem));
        }
        Ok(Collection {
            name,
            classes: names,
            train,
            test: TestPictures::Given(test),
        })
    }

    /// The one data set of which there are files.
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
                let problem = format!(
                    "holds no file of {}{asked}; task.path must be the folder of the binary version \
                     (not the Python or Matlab one), or the .tar.gz it comes in",
                    looked_for.join(" or ")
                );
                Err(Error::data(path, problem))
            }
        }
    }
}

/// Says that there are files of both data sets.
pub fn both(path: &Path) -> Error {
    let problem = "holds files of CIFAR-10 and of CIFAR-100: choose with task.classes = 10 or 100";
    Error::data(path, problem)
}

fn records(
    place: &Path,
    data_set: &DataSet,
    length: u64,
    mut source: impl Read,
) -> Result<Pictures> {
    let record = data_set.record();
    if length == 0 || !length.is_multiple_of(record as u64) {
        let problem = format!(
            "has {length} bytes, which are no whole number of records of {record} bytes ({} for \
             labels, {PIXELS} pixels): it is truncated, or not a file of {}",
            data_set.labels, data_set.title
        );
        return Err(Error::data(place, problem));
    }
    let mut pictures = Pictures {
        shape: SHAPE,
        pixels: Vec::new(),
        labels: Vec::new(),
    };
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

/// The names of a file: one a line, blank lines left out.
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
        "has {} names, but {} has {} classes: one name a line is expected",
        names.len(),
        data_set.title,
        data_set.classes
    );
    Err(Error::data(place, problem))
}

/// Files one after the other.
fn joined(batches: Vec<Pictures>) -> Pictures {
    let bytes = batches
        .iter()
        .map(|batch| batch.pixels.len())
        .sum::<usize>();
    let mut batches = batches.into_iter();
    let mut all = batches.next().unwrap_or(Pictures {
        shape: SHAPE,
        pixels: Vec::new(),
        labels: Vec::new(),
    });
    all.pixels.reserve_exact(bytes - all.pixels.len());
    for batch in batches {
        all.pixels.extend_from_slice(&batch.pixels);
        all.labels.extend_from_slice(&batch.labels);
    }
    all
}
