//! Recognises the kind of data at a path by the names of files, so that a user need not name `task.kind`.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::cifar::is_record_file;
use crate::error::{Error, Result};

/// Data that were recognised: the settings `task.kind` and `task.path` of a task that reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// The kind of task.
    pub kind: &'static str,
    /// The path for `task.path`. For a single file of MNIST, its folder.
    pub path: std::path::PathBuf,
}

/// The ending of parquet files.
const PARQUET: &str = ".parquet";

/// Endings of files, and the kind of task that reads them.
const ENDINGS: [(&str, &str); 12] = [
    (".npz", "arrays"),
    (".npy", "arrays"),
    (".csv", "csv"),
    (".tsv", "csv"),
    (".csv.gz", "csv"),
    (".tsv.gz", "csv"),
    (".txt", "csv"),
    (PARQUET, "parquet"),
    (".tar.gz", "cifar"),
    (".tgz", "cifar"),
    (".tar", "cifar"),
    (".bin", "cifar"),
];

/// Says what kind of data a path leads to. Of a file it reads the name, and the first bytes if the name has no known
/// ending; of a folder the names of the files and folders in it.
///
/// | at the path | kind |
/// |---|---|
/// | a folder with files `train-images…`, or one of these files | `idx` |
/// | a folder with CIFAR's files, or a folder with such a folder; CIFAR's archive | `cifar` |
/// | a folder with parquet files and no other data | `parquet`, which says that it reads single files |
/// | any other folder | `folder` |
/// | a file `.npz` or `.npy` | `arrays` |
/// | a file `.parquet` | `parquet` |
/// | a file of another name that begins as a parquet file | `parquet` |
/// | any other file | `csv`, which names the format of a file that it cannot read |
///
/// # Errors
/// [`Error::Data`] if there is nothing at the path, or neither a file nor a folder, such as a pipe, or if the folder
/// cannot be read.
pub fn recognise(path: &Path) -> Result<Recognised> {
    let unreadable = |error| Error::unreadable(path, &error);
    let found = |kind, path: &Path| Recognised {
        kind,
        path: path.to_owned(),
    };
    let status = std::fs::metadata(path).map_err(unreadable)?;
    if !status.is_dir() {
        if !status.is_file() {
            let problem = "is neither a file nor a folder, and data are read more than once: write them into a file";
            return Err(Error::data(path, problem));
        }
        let name = path.file_name().unwrap_or_default();
        if is_idx(name) {
            return Ok(found("idx", path.parent().unwrap_or(Path::new("."))));
        }
        let name = name.to_string_lossy().to_lowercase();
        let ending = ENDINGS.iter().find(|(ending, _)| name.ends_with(ending));
        return Ok(match ending {
            Some((".bin", _)) if !is_record_file(&name) => found("csv", path),
            Some((".bin", kind)) => found(kind, path.parent().unwrap_or(Path::new("."))),
            Some((_, kind)) => found(kind, path),
            None => found(kind_of_content(path), path),
        });
    }
    let entries = std::fs::read_dir(path).map_err(unreadable)?;
    let names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    if names.iter().any(|name| is_idx(name)) {
        return Ok(found("idx", path));
    }
    let holds_records = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names = entries.map(|entry| entry.file_name());
        names.any(|name| is_record_file(&name.to_string_lossy()))
    };
    if holds_records(path) || names.iter().any(|name| holds_records(&path.join(name))) {
        return Ok(found("cifar", path));
    }
    if is_written_in_parts(&names) {
        return Ok(found("parquet", path));
    }
    Ok(found("folder", path))
}

/// Whether a folder is one table as parquet files: it has some, and no other data.
fn is_written_in_parts(names: &[OsString]) -> bool {
    let names = names
        .iter()
        .map(|name| name.to_string_lossy().to_lowercase());
    let kind = |name: &String| ENDINGS.iter().find(|(ending, _)| name.ends_with(ending));
    let kinds: Vec<&str> = names
        .filter_map(|name| kind(&name).map(|it| it.1))
        .collect();
    let is_only = kinds.iter().all(|kind| *kind == "parquet");
    is_only && !kinds.is_empty()
}

/// The kind of a file whose name tells nothing, by how it begins.
fn kind_of_content(path: &Path) -> &'static str {
    let mut begin = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut begin));
    match (read, &begin) {
        (Ok(()), b"PAR1") => "parquet",
        _ => "csv",
    }
}

fn is_idx(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("train-images") || name.starts_with("train-labels")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use super::*;
    use crate::wording::told;

    #[test]
    fn kinds_of_data_are_told_by_names() {
        let root = tempfile::tempdir().unwrap();
        for file in [
            "mnist/train-images-idx3-ubyte.gz",
            "cifar/data_batch_1.bin",
            "above/cifar-10-batches-bin/data_batch_1.bin",
            "pictures/rose/1.png",
            "Mine.CSV",
            "mine.tsv.gz",
            "mine.NPZ",
            "mine.Parquet",
            "written.parquet/part-0.snappy.parquet",
            "parts/1.parquet",
            "parts/2.parquet",
            "single/1.parquet",
            "mixed/1.parquet",
            "mixed/2.parquet",
            "mixed/mine.csv",
            "X.npy",
            "mine.xlsx",
            "numbers.bin",
            "cifar-10-binary.tar.gz",
        ] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        for (path, kind, to_read) in [
            ("mnist", "idx", "mnist"),
            ("mnist/train-images-idx3-ubyte.gz", "idx", "mnist"),
            ("cifar", "cifar", "cifar"),
            ("numbers.bin", "csv", "numbers.bin"),
            ("cifar/data_batch_1.bin", "cifar", "cifar"),
            ("above", "cifar", "above"),
            ("pictures", "folder", "pictures"),
            ("Mine.CSV", "csv", "Mine.CSV"),
            ("mine.tsv.gz", "csv", "mine.tsv.gz"),
            ("mine.NPZ", "arrays", "mine.NPZ"),
            ("X.npy", "arrays", "X.npy"),
            ("mine.Parquet", "parquet", "mine.Parquet"),
            ("written.parquet", "parquet", "written.parquet"),
            ("parts", "parquet", "parts"),
            ("single", "parquet", "single"),
            ("mixed", "folder", "mixed"),
            ("mine.xlsx", "csv", "mine.xlsx"),
            ("cifar-10-binary.tar.gz", "cifar", "cifar-10-binary.tar.gz"),
        ] {
            let found = recognise(&root.path().join(path)).unwrap();
            assert_eq!(found.kind, kind, "{path}");
            assert_eq!(found.path, root.path().join(to_read), "{path}");
        }
        fs::write(root.path().join("mine.pq"), b"PAR1 and more").unwrap();
        let found = recognise(&root.path().join("mine.pq")).unwrap();
        assert_eq!(found.kind, "parquet");
        assert!(recognise(&root.path().join("nothing.csv")).is_err());
        #[cfg(unix)]
        {
            let message = told(recognise(Path::new("/dev/null")).unwrap_err());
            assert!(message.contains("/dev/null"));
            let link = root.path().join("link.csv");
            std::os::unix::fs::symlink("nowhere", &link).unwrap();
            let message = told(recognise(&link).unwrap_err());
            assert!(message.contains("nowhere"), "{message}");
        }
    }
}
