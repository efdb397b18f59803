//! Finds and reads the arrays of inputs and targets: in one archive, or in files beside one another.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::names::{self, OfPart, Pairs};
use crate::error::{Error, Result};
use crate::store::numpy::{Archive, NumpyArray};
use crate::task::csv::foreign;

/// Number of bytes by which a format is told.
const LOOKED_AT: u64 = 1 << 16;

/// An array, and how messages name it.
#[derive(Debug)]
pub struct Named {
    /// The file.
    pub path: PathBuf,
    /// Its name in an archive.
    name: Option<String>,
    /// The array.
    pub array: NumpyArray,
}

impl Named {
    /// Reads the array of this name in an archive. `path` is that of the archive.
    ///
    /// # Errors
    /// Those of [`Archive::array`].
    pub fn of_archive(archive: &mut Archive, path: &Path, name: &str) -> Result<Self> {
        Ok(Self::new(path, name, archive.array(name)?))
    }

    /// An array of this name in the file at this path.
    pub fn new(path: &Path, name: &str, array: NumpyArray) -> Self {
        Self {
            path: path.to_owned(),
            name: Some(name.to_owned()),
            array,
        }
    }

    /// Its name and shape, for people.
    pub fn title(&self) -> String {
        let file = file_name(&self.path);
        let name = self.name.as_deref().unwrap_or(&file);
        format!("`{name}` {:?}", self.array.shape())
    }

    /// An error of this array. `problem` is a sentence without subject.
    pub fn error(&self, problem: impl AsRef<str>) -> Error {
        let problem = problem.as_ref();
        match &self.name {
            Some(name) => Error::data(&self.path, format!("the array {name:?} {problem}")),
            None => Error::data(&self.path, problem),
        }
    }
}

/// The arrays of one part.
#[derive(Debug)]
pub struct Rows {
    /// Inputs, one row each on the first axis.
    pub inputs: Named,
    /// Targets, as many.
    pub targets: Named,
}

/// The arrays of a task.
#[derive(Debug)]
pub struct Files {
    /// All rows, or the training part.
    pub train: Rows,
    /// The validation part, if it is given.
    pub validation: Option<Rows>,
    /// The test part, if it is given.
    pub test: Option<Rows>,
    /// Names of the classes, if an archive has them.
    pub classes: Option<ClassNames>,
    /// Names of arrays that are not read.
    pub left_out: Vec<String>,
}

/// Names of the classes, and where they are from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassNames {
    /// The name of their array.
    pub array: String,
    /// The names.
    pub names: Vec<String>,
}

impl ClassNames {
    /// Whether they must fit the classes. Otherwise they may be meant for something else.
    pub fn must_fit(&self) -> bool {
        self.array.eq_ignore_ascii_case(names::CLASSES[0])
    }
}

impl Files {
    /// Reads an archive `.npz`, or a file `.npy` with its targets in `labels` or beside it.
    ///
    /// # Errors
    /// [`Error::Data`] if a file is missing, damaged or does not have the arrays. [`Error::Setting`] for
    /// `task.labels` if it is not found or does not fit.
    pub fn read(path: &Path, labels: Option<&Path>) -> Result<Self> {
        check_format(path)?;
        match (has_ending(path, "npy"), labels) {
            (true, labels) => Self::pair(path, labels),
            (false, Some(labels)) => {
                let accepted =
                    "is for a file of inputs (.npy); an archive (.npz) has its own targets";
                Err(Error::setting("task.labels", labels.display(), accepted))
            }
            (false, None) => Self::archive(path),
        }
    }

    fn archive(path: &Path) -> Result<Self> {
        let mut archive = Archive::open(path)?;
        let names = archive.names();
        let pairs = Pairs::find(&names).map_err(|problem| Error::data(path, problem))?;
        let mut named = |name: &str| Named::of_archive(&mut archive, path, name);
        let mut rows = |pair: Option<names::Pair>| -> Result<Option<Rows>> {
            let Some((inputs, targets)) = pair else {
                return Ok(None);
            };
            let (inputs, targets) = (named(&inputs)?, named(&targets)?);
            Ok(Some(Rows { inputs, targets }))
        };
        let (train, validation, test) = (
            rows(pairs.train.clone())?,
            rows(pairs.validation.clone())?,
            rows(pairs.test.clone())?,
        );
        let train = train.ok_or_else(|| Error::data(path, names::accepted()))?;
        let mut of_classes = names::CLASSES.iter().filter_map(|known| {
            let name = names.iter().find(|name| name.to_lowercase() == *known);
            name.filter(|name| !pairs.has(name))
        });
        let classes = match of_classes.next() {
            Some(array) => texts(&named(array)?).map(|names| ClassNames {
                array: array.clone(),
                names,
            }),
            None => None,
        };
        let is_class_names = |name: &String| classes.as_ref().is_some_and(|own| own.array == *name);
        let left_out = names
            .iter()
            .filter(|name| !pairs.has(name) && !is_class_names(name));
        Ok(Self {
            train,
            validation,
            test,
            left_out: left_out.cloned().collect(),
            classes,
        })
    }

    fn pair(path: &Path, labels: Option<&Path>) -> Result<Self> {
        // Names that no text can have are not among the known ones.
        let stem = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
        let targets = match labels {
            Some(labels) => labels.to_owned(),
            None => beside(path, &names::beside(stem))?.ok_or_else(|| unpaired(path, stem))?,
        };
        let rows = |inputs: &Path, targets: &Path| -> Result<Rows> {
            Ok(Rows {
                inputs: single(inputs)?,
                targets: single(targets)?,
            })
        };
        let mut left_out = Vec::new();
        let mut other_part = |part: OfPart| -> Result<Option<Rows>> {
            let mut found: Option<(PathBuf, PathBuf)> = None;
            for word in names::words_of(part).filter(|_| labels.is_none()) {
                let Some(inputs) = beside(path, &names::of_part(stem, word))? else {
                    continue;
                };
                let own = inputs.file_stem().and_then(OsStr::to_str);
                let own = own.unwrap_or_default();
                let targets = match beside(path, &names::beside(own))? {
                    Some(targets) => targets,
                    None if names::is_of_training(stem) => return Err(unpaired(&inputs, own)),
                    None => {
                        left_out.push(file_name(&inputs));
                        continue;
                    }
                };
                if let Some((other, _)) = &found {
                    let folder = path.parent().unwrap_or(path);
                    let problem = names::both(&file_name(other), &file_name(&inputs));
                    return Err(Error::data(folder, problem));
                }
                found = Some((inputs, targets));
            }
            found
                .map(|(inputs, targets)| rows(&inputs, &targets))
                .transpose()
        };
        Ok(Self {
            validation: other_part(OfPart::Validation)?,
            test: other_part(OfPart::Test)?,
            train: rows(path, &targets)?,
            classes: None,
            left_out,
        })
    }
}

/// The name of a file, for people.
fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// Refuses a file that is none of numpy by its first bytes, and names its format if that is known.
fn check_format(path: &Path) -> Result<()> {
    let unreadable = |error| Error::unreadable(path, &error);
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Ok(());
    }
    let mut start = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    let read = file.take(LOOKED_AT).read_to_end(&mut start);
    read.map_err(unreadable)?;
    let is_text = match std::str::from_utf8(&start) {
        Ok(_) => !start.contains(&0),
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    };
    let problem = match foreign(&start) {
        Some(format) if format.contains("numpy") => return Ok(()),
        Some(format) => format!("is {format}"),
        None if start.is_empty() => "is empty, but arrays of numpy are expected".to_owned(),
        None if is_text => "is a text file: if it is a table, give it the ending .csv".to_owned(),
        None => return Ok(()),
    };
    Err(Error::data(path, problem))
}

/// Reads a file of one array.
fn single(path: &Path) -> Result<Named> {
    Ok(Named {
        array: NumpyArray::load(path)?,
        path: path.to_owned(),
        name: None,
    })
}

/// The file beside `path` that has the first of these names that is there, in upper or lower case.
fn beside(path: &Path, stems: &[String]) -> Result<Option<PathBuf>> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let entries = std::fs::read_dir(folder).map_err(|error| Error::unreadable(folder, &error))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    let found = stems.iter().find_map(|stem| {
        let wanted = format!("{stem}.npy").to_lowercase();
        let own = path.file_name();
        let mut names = names.iter().filter(|name| name.to_lowercase() == wanted);
        names.find(|name| own != Some(OsStr::new(name.as_str())))
    });
    Ok(found.map(|name| path.with_file_name(name)))
}

/// The error if there are no targets beside a file.
fn unpaired(path: &Path, stem: &str) -> Error {
    let looked_for = names::beside(stem);
    let accepted = match looked_for.as_slice() {
        [] => "the name of the file of inputs has none of the words X, data, features, images, \
               embeddings or inputs that a file of targets would replace"
            .to_owned(),
        names => format!(
            "beside {} there is none of {}.npy",
            path.display(),
            names.join(".npy, ")
        ),
    };
    let accepted = format!("{accepted}: give the file of targets, such as task.labels=y.npy");
    Error::setting("task.labels", "(not given)", accepted)
}

/// The texts of an array with one axis, if it is one.
fn texts(named: &Named) -> Option<Vec<String>> {
    let array = &named.array;
    let [count] = *array.shape() else {
        return None;
    };
    (0..count).map(|place| array.text(place)).collect()
}

pub fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension()
        .is_some_and(|own| own.eq_ignore_ascii_case(ending))
}
