//! Files of records, collected from a folder or an archive in whatever order they come.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use super::layout::{LAYOUTS, Layout, PIXELS, SHAPE};
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
        let has = |layout: &&Layout| layout.batches().chain([layout.names]).any(|n| n == name);
        let Some(layout) = Layout::with_classes(self.classes).find(has) else {
            return Ok(());
        };
        let Some(batch) = layout.batches().find(|batch| *batch == name) else {
            let names = names(place, layout, source)?;
            self.names.insert(layout.names, names);
            return Ok(());
        };
        let count = usize::try_from(length).unwrap_or(usize::MAX) / layout.record();
        let before: usize = self.batches.values().map(Pictures::len).sum();
        check_size(place, before.saturating_add(count), SHAPE, layout.classes)?;
        let pictures = records(place, layout, length, source)?;
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
        let layout = self.layout(path)?;
        let missing: Vec<&str> = layout
            .batches()
            .filter(|batch| !self.batches.contains_key(batch))
            .collect();
        if !missing.is_empty() {
            let problem = format!(
                "lacks {}; {} is needed whole",
                missing.join(", "),
                layout.listed()
            );
            return Err(Error::data(path, problem));
        }
        // A file that was cut between two records.
        let sizes = || {
            let batches = layout.train.iter();
            batches.filter_map(|name| Some((*name, self.batches.get(name)?.len())))
        };
        let most = sizes().map(|(_, size)| size).max().unwrap_or(0);
        if let Some((name, size)) = sizes().find(|(_, size)| *size < most) {
            let problem = format!(
                "holds {size} records where another training file holds {most}: it is truncated"
            );
            return Err(Error::data(&path.join(name), problem));
        }
        let test = joined(self.batches.remove(layout.test).into_iter().collect());
        let batches = layout
            .train
            .iter()
            .filter_map(|name| self.batches.remove(name));
        let train = joined(batches.collect());
        let numbered = || (0..layout.classes).map(|class| class.to_string()).collect();
        let names = self.names.remove(layout.names).unwrap_or_else(numbered);
        let sizes = train.by_class(layout.classes);
        if let Some(class) = sizes.iter().position(Vec::is_empty) {
            let problem = format!(
                "no training record has label {class} ({}): {} has records of all its {} classes",
                names[class], layout.title, layout.classes
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
    fn layout(&self, path: &Path) -> Result<&'static Layout> {
        let is_there = |layout: &&'static Layout| {
            layout
                .batches()
                .any(|batch| self.batches.contains_key(batch))
        };
        let mut there = LAYOUTS.iter().filter(is_there);
        match (there.next(), there.next()) {
            (Some(layout), None) => Ok(layout),
            (Some(_), Some(_)) => Err(both(path)),
            (None, _) => {
                let looked_for: Vec<String> = Layout::with_classes(self.classes)
                    .map(Layout::listed)
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

fn records(place: &Path, layout: &Layout, length: u64, mut source: impl Read) -> Result<Pictures> {
    let record = layout.record();
    if length == 0 || !length.is_multiple_of(record as u64) {
        let problem = format!(
            "has {length} bytes, which are no whole number of records of {record} bytes ({} for \
             labels, {PIXELS} pixels): it is truncated, or not a file of {}",
            layout.labels, layout.title
        );
        return Err(Error::data(place, problem));
    }
    let mut pictures = Pictures {
        shape: SHAPE,
        pixels: Vec::new(),
        labels: Vec::new(),
    };
    let mut head = vec![0; layout.labels];
    for row in 0..length / record as u64 {
        let failed = |error| Error::unreadable(place, &error);
        source.read_exact(&mut head).map_err(failed)?;
        let label = head.last().copied().map_or(0, usize::from);
        if label >= layout.classes {
            let problem = format!(
                "label {label} of record {row} (counted from 0) is not below {}, the number of \
                 classes of {}",
                layout.classes, layout.title
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
fn names(place: &Path, layout: &Layout, source: impl Read) -> Result<Vec<String>> {
    let mut bytes = Vec::new();
    source
        .take(MOST_NAMES)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::unreadable(place, &error))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::data(place, "is not UTF-8 text; save it as UTF-8"))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let names: Vec<String> = lines.map(str::to_owned).collect();
    if names.len() == layout.classes {
        return Ok(names);
    }
    let problem = format!(
        "has {} names, but {} has {} classes: one name a line is expected",
        names.len(),
        layout.title,
        layout.classes
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
