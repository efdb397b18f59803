//! The settings of a CIFAR task, and how the task is loaded.

use super::super::picture::{check_penalty, folder_name, picture_settings};
use super::super::{RowsOrFraction, Task, TaskSource};
use super::files::{DataSet, SHAPE};
use super::found::{Found, both};
use crate::error::{Error, Result};
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::{Check, range};
use crate::shape::{InputShape, Interface};
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

const PAPER: Paper = Paper {
    used: "the data",
    citation: "Krizhevsky. Learning Multiple Layers of Features from Tiny Images. Technical report, University of Toronto, 2009",
    link: "https://www.cs.toronto.edu/~kriz/cifar.html",
};

picture_settings! {
    /// Settings of CIFAR-10 or CIFAR-100, `task.kind = "cifar"`, in the official binary version:
    /// `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`, or `train.bin` and `test.bin`
    /// (fine labels). Class names come from `batches.meta.txt` or `fine_label_names.txt`. Without that
    /// file, classes are named by their numbers.
    ///
    /// Pixels are divided by 255. Then each channel is normalised with its mean and standard deviation in
    /// the training part.
    pub struct Cifar {
        /// The folder of these files, a folder that contains `cifar-10-batches-bin` or
        /// `cifar-100-binary`, or a `.tar.gz` of it, which is read without unpacking it to disk. A
        /// relative path is relative to the working directory, not to the settings file.
        pub path: PathBuf = PathBuf::new(),
        /// Number of classes, 10 or 100. If not given, the files that are found determine it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub classes: Option<usize> = None,
        /// Number of rows that the seed takes from the training files for validation, class by class. At
        /// least 1, default 5000.
        pub validation: usize = 5_000,
    }
}

impl Check for Cifar {
    fn check(&self) -> Result<()> {
        if self.path.as_os_str().is_empty() {
            let accepted = "give the folder or .tar.gz of the binary version, such as \
                            task.path=data/cifar-10-batches-bin";
            return Err(Error::setting("task.path", "(not given)", accepted));
        }
        if let Some(classes) = self.classes.filter(|classes| ![10, 100].contains(classes)) {
            let accepted = "must be 10 or 100; without it, the files that are found decide";
            return Err(Error::setting("task.classes", classes, accepted));
        }
        range::count("task.validation", self.validation, 1..=usize::MAX)?;
        check_penalty(self.zca_penalty)
    }
}

impl TaskSource for Cifar {
    fn has_classes(&self) -> Option<bool> {
        Some(true)
    }

    fn papers(&self) -> Vec<Paper> {
        vec![PAPER]
    }

    fn interface(&self) -> Option<Interface> {
        self.classes.map(|outputs| Interface {
            inputs: InputShape::Picture(SHAPE),
            outputs,
        })
    }

    fn load(&self, seed: &Seed) -> Result<Task> {
        self.check()?;
        let mut found = Found::new(self.classes);
        let (path, name) = if self.path.is_dir() {
            let folder = inner_folder(&self.path, self.classes)?;
            read_folder(&folder, self.classes, &mut found)?;
            let name = folder_name(&folder);
            (folder, name)
        } else {
            read_archive(&self.path, &mut found)?;
            let name = folder_name(&self.path);
            let stem = [".tar.gz", ".tgz"]
                .iter()
                .find_map(|end| name.strip_suffix(end));
            (self.path.clone(), stem.unwrap_or(&name).to_owned())
        };
        let collection = found.whole(&path, name, RowsOrFraction::Rows(self.validation))?;
        let mut task = collection.into_task(self.preprocessing(), &self.split(seed))?;
        task.inspection.format = "CIFAR files".to_owned();
        task.inspection.target.rule = "the labels of the files are classes".to_owned();
        Ok(task)
    }
}

/// The folder of the files: this folder, or else a folder in it to which an archive unpacks.
fn inner_folder(path: &Path, classes: Option<usize>) -> Result<PathBuf> {
    let data_sets = || DataSet::with_classes(classes);
    if data_sets().any(|data_set| data_set.batches().any(|name| path.join(name).exists())) {
        return Ok(path.to_owned());
    }
    let inner: Vec<PathBuf> = data_sets()
        .map(|data_set| path.join(data_set.folder))
        .filter(|inner| inner.is_dir())
        .collect();
    match &inner[..] {
        [] => Ok(path.to_owned()),
        [inner] => Ok(inner.clone()),
        _ => Err(both(path)),
    }
}

fn read_folder(folder: &Path, classes: Option<usize>, found: &mut Found) -> Result<()> {
    for data_set in DataSet::with_classes(classes) {
        for name in data_set.batches().chain([data_set.names]) {
            let place = folder.join(name);
            if !place.is_file() {
                continue;
            }
            let unreadable = |error| Error::unreadable(&place, &error);
            let file = File::open(&place).map_err(unreadable)?;
            let length = file.metadata().map_err(unreadable)?.len();
            found.take(name, &place, length, BufReader::new(file))?;
        }
    }
    Ok(())
}

/// Reads the wanted files of a `.tar.gz`, in any folder of it. Nothing else is kept. Names that are too long
/// for a tar header are not read, because no wanted file has such a name.
fn read_archive(path: &Path, found: &mut Found) -> Result<()> {
    let unreadable = |error| Error::unreadable(path, &error);
    if !path.exists() {
        let problem = "is neither a folder nor a .tar.gz that can be read; give the binary version of \
        CIFAR-10 or CIFAR-100, such as --set task.path=FOLDER";
        return Err(Error::data(path, problem));
    }
    let mut start = [0; 2];
    let is_packed = File::open(path)
        .and_then(|mut file| file.read_exact(&mut start))
        .map_err(unreadable)
        .map(|()| start == [0x1f, 0x8b])?;
    if !is_packed {
        let problem = "is neither a folder nor a .tar.gz: unpack it, and name the table or folder of pictures in \
                       it; of CIFAR-10 or CIFAR-100 give the binary version";
        return Err(Error::data(path, problem));
    }
    let file = BufReader::new(File::open(path).map_err(unreadable)?);
    let mut archive = tar::Archive::new(MultiGzDecoder::new(file));
    for entry in archive.entries().map_err(unreadable)?.raw(true) {
        let entry = entry.map_err(unreadable)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let inside = entry.path().map_err(unreadable)?.into_owned();
        let Some(name) = inside.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        found.take(name, &path.join(name), entry.size(), entry)?;
    }
    // Reads to the end, where the checksum is.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(unreadable)?;
    Ok(())
}
