//! Keeps an export off the data that the set was made from, and off the set itself.

use std::path::{Component, Path, PathBuf};

use retort_core::{Error, Result};
use serde_json::Value;

/// Refuses `out` if it is one of the paths that the run's `task` names, or lies in one of them, or above one of them,
/// or if it is `set`, the file of the set. Links are followed.
///
/// # Errors
/// [`Error::Setting`] for `--out`, with the path that would be lost.
pub fn check(out: &Path, task: &Value, set: &Path) -> Result<()> {
    let refused = |what: String| Err(Error::setting("--out", out.display(), what));
    let at = resolved(out);
    if resolved(set) == at {
        return refused("is the set itself, which would be lost: name another path".to_owned());
    }
    for (key, data) in paths(task) {
        let data_at = located(&data, set);
        let relation = if at == data_at {
            "is the data that the set was made from"
        } else if at.starts_with(&data_at) {
            "lies in the data that the set was made from"
        } else if data_at.starts_with(&at) {
            "holds the data that the set was made from"
        } else {
            continue;
        };
        return refused(format!(
            "{relation} (task.{key} = {}), which an export must not change: name another path",
            data.display()
        ));
    }
    Ok(())
}

/// The paths that a task reads, by the names of their settings.
fn paths(task: &Value) -> Vec<(&str, PathBuf)> {
    let settings = task.as_object().into_iter().flatten();
    let is_path = |key: &str| key == "path" || key.ends_with("_path") || key == "labels";
    let paths = settings.filter(|(key, _)| is_path(key));
    paths
        .filter_map(|(key, value)| Some((key.as_str(), PathBuf::from(value.as_str()?))))
        .filter(|(_, path)| !path.as_os_str().is_empty())
        .collect()
}

/// Where data are. A relative path is relative to the working directory of the run: if nothing is there in this one,
/// that may be a folder above the set.
fn located(data: &Path, set: &Path) -> PathBuf {
    let set = resolved(set);
    let above = set.ancestors().skip(1).map(|folder| folder.join(data));
    let mut places = std::iter::once(data.to_owned()).chain(above);
    let found = places.find(|place| place.exists());
    resolved(&found.unwrap_or_else(|| data.to_owned()))
}

/// The path without links. The parts that are not there yet stay as they are.
fn resolved(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut resolved = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::ParentDir => {
                resolved.pop();
            }
            part => resolved.push(part),
        }
        if let Ok(real) = resolved.canonicalize() {
            resolved = real;
        } else if let Ok(target) = resolved.read_link() {
            // A link to what is not there.
            resolved.pop();
            resolved.push(target);
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use serde_json::json;

    use super::*;

    #[test]
    fn only_paths_that_touch_the_data_are_refused() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("data/rose")).unwrap();
        fs::write(root.join("test.csv"), "a").unwrap();
        let task = json!({
            "kind": "csv", "path": root.join("data"), "test_path": root.join("test.csv"), "target": "x",
            "labels": null,
        });
        let of = |out: &str| check(&root.join(out), &task, &root.join("run/set"));
        for out in [
            "data",
            "data/rose",
            "data/new/set",
            "other/../data",
            "test.csv",
            "",
            "run/set",
        ] {
            assert!(of(out).is_err(), "{out}");
        }
        for out in ["data2", "test.csv.npz", "run", "new/set.csv"] {
            assert!(of(out).is_ok(), "{out}");
        }
        // The working directory of the run was the folder above it.
        let other = json!({"path": "test.csv"});
        assert!(check(&root.join("test.csv"), &other, &root.join("run/set")).is_err());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.join("test.csv"), root.join("link.csv")).unwrap();
            std::os::unix::fs::symlink(root.join("data"), root.join("folder")).unwrap();
            assert!(of("link.csv").is_err());
            assert!(of("folder/new.csv").is_err());
        }
    }
}
