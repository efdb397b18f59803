//! Atomic writes: if the program is killed at any moment, the old file or the whole new file remains.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Prefix of the names of temporary files.
const PREFIX: &str = ".retort-";

/// Whether a file with this name is temporary: [`write()`] is writing it, or was killed before it finished.
/// If no other process writes in its folder, the file may be removed.
pub fn is_temporary(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(PREFIX.as_bytes())
}

/// Writes a file atomically: writes a temporary file in the same folder, flushes it to the disk, renames it
/// to `path`, and flushes the folder. The file has the permissions of any new file.
///
/// If `path` is a symbolic link, the file that it points to is replaced. A device or a pipe is written to
/// directly, because a rename would replace it by a file.
///
/// # Errors
/// [`Error::Write`] if the folder is missing or not writable, if the disk is full, or if `path` is a folder.
/// The old file is then still there, and no temporary file is left.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    write_with(path, |file| file.write_all(bytes))
}

/// Writes a file like [`write()`], with bytes that `fill` writes piece by piece, so that they need not be in
/// memory at once.
///
/// # Errors
/// Those of [`write()`], and the error of `fill` as [`Error::Write`].
pub fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<()> {
    replace(path, fill).map_err(|source| Error::write(path, source))
}

/// Writes a folder with these files, by their paths in it, all or none: writes them into a temporary folder
/// beside `path`, and renames it to `path`. A folder that is there is replaced as a whole; while that
/// happens, `path` may not exist for a moment.
///
/// # Errors
/// [`Error::Write`] as for [`write()`]. The old folder is then still there.
pub fn write_folder(path: &Path, files: &[(PathBuf, Vec<u8>)]) -> Result<()> {
    let failed = |source| Error::write(path, source);
    let parent = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let temporary = || tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent);
    let folder = temporary().map_err(failed)?;
    for (name, bytes) in files {
        let file = folder.path().join(name);
        if let Some(above) = file.parent() {
            fs::create_dir_all(above).map_err(failed)?;
        }
        write(&file, bytes).map_err(|error| match error {
            Error::Write { source, .. } => failed(source),
            other => other,
        })?;
    }
    // The old folder is removed with the temporary one that it is moved into.
    let old = temporary().map_err(failed)?;
    let aside = old.path().join("old");
    let was_there = path.exists();
    if was_there {
        fs::rename(path, &aside).map_err(failed)?;
    }
    fs::rename(folder.path(), path).map_err(|source| {
        if was_there {
            // If this fails too, the first error is the one to tell.
            let _ = fs::rename(&aside, path);
        }
        failed(source)
    })
}

fn replace(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let path = match fs::metadata(path) {
        Ok(there) if there.is_file() => Cow::Owned(fs::canonicalize(path)?),
        Ok(there) if !there.is_dir() => return through(path, fill),
        _ => Cow::Borrowed(path),
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // The file is opened here, not by tempfile: tempfile would make it private, and would put its name
    // into the system's errors.
    let create = |path: &Path| File::create_new(path);
    let mut builder = tempfile::Builder::new();
    let mut file = builder.prefix(PREFIX).make_in(folder, create)?;
    let mut buffered = BufWriter::new(file.as_file_mut());
    fill(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// Writes directly to an existing device or pipe.
fn through(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut buffered = BufWriter::new(File::options().write(true).open(path)?);
    fill(&mut buffered)?;
    buffered.flush()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bin");
        write(&path, b"a long first text").unwrap();
        write(&path, b"short").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"short");
        assert_eq!(names(folder.path()), ["a.bin"]);
    }

    #[test]
    fn a_folder_is_written_as_a_whole() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("set");
        let file = |name: &str| (PathBuf::from(name), b"x".to_vec());
        write_folder(&path, &[file("a/0.png"), file("b/1.png")]).unwrap();
        write_folder(&path, &[file("c/2.png")]).unwrap();
        assert_eq!(names(&path), ["c"]);
        assert_eq!(names(root.path()), ["set"]);
        assert!(write_folder(&root.path().join("no/set"), &[file("a")]).is_err());
        assert_eq!(names(root.path()), ["set"]);
    }

    #[test]
    fn a_folder_in_the_way_or_missing_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("taken");
        std::fs::create_dir(&taken).unwrap();
        for path in [taken, folder.path().join("missing").join("a.bin")] {
            let error = write(&path, b"x").unwrap_err();
            assert!(matches!(&error, Error::Write { path: p, .. } if *p == path));
        }
        assert_eq!(names(folder.path()), ["taken"]);
    }

    #[test]
    fn a_write_that_fails_half_way_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bin");
        write(&path, b"old").unwrap();
        let error = write_with(&path, |file| {
            file.write_all(b"half of the new")?;
            Err(std::io::Error::other("no more"))
        });
        let error = error.unwrap_err();
        assert!(matches!(&error, Error::Write { path: p, .. } if *p == path));
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["a.bin"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_pipes_written_to() {
        use std::os::unix::fs::FileTypeExt;
        let folder = tempfile::tempdir().unwrap();
        let [file, link, pipe] = ["file", "link", "pipe"].map(|name| folder.path().join(name));
        write(&file, b"old").unwrap();
        std::os::unix::fs::symlink("file", &link).unwrap();
        write(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"new");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let read = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        write(&pipe, b"through").unwrap();
        assert_eq!(read.join().unwrap(), b"through");
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
        let mut left = names(folder.path());
        left.sort();
        assert_eq!(left, ["file", "link", "pipe"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_those_of_any_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
        write(&ours, b"x").unwrap();
        std::fs::write(&plain, b"x").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&plain));
    }
}
