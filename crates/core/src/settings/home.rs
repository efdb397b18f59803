//! The user's own folder in paths: `~` at the start of a path.
//!
//! A shell replaces `~` only at the start of a word, and not in `--set task.path=~/data` or in a settings
//! file. So paths are expanded where they are read: settings in [`super::keys`], arguments by the program.

use std::env;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// The path with the user's folder instead of a first part `~`. Other paths stay as they are: `./~` is a file
/// of this name. Without a user's folder nothing is replaced.
pub fn expanded(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), env::home_dir()) {
        (Ok(rest), Some(home)) if rest.as_os_str().is_empty() => home,
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

/// The settings of a section with all paths expanded, also those of sections within it. A setting is a path if
/// it is called `path` or its name ends in `_path`.
pub(super) fn with_paths(section: &Table) -> Table {
    let expanded = |(key, value): (&String, &Value)| {
        let is_path = key == "path" || key.ends_with("_path");
        let value = match value {
            Value::String(text) if is_path => {
                let path = expanded(Path::new(text));
                // A path that is not UTF-8 cannot be written as a setting.
                Value::from(path.to_str().unwrap_or(text))
            }
            Value::Table(within) => Value::Table(with_paths(within)),
            other => other.clone(),
        };
        (key.clone(), value)
    };
    section.iter().map(expanded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_first_part_that_is_a_tilde_is_replaced() {
        let home = env::home_dir().unwrap_or_else(|| PathBuf::from("~"));
        assert_eq!(expanded(Path::new("~")), home);
        assert_eq!(expanded(Path::new("~/data/a")), home.join("data/a"));
        for same in ["./~", "data/~", "~x/data", "/data", ""] {
            assert_eq!(expanded(Path::new(same)), Path::new(same));
        }
    }

    #[test]
    fn settings_that_are_paths_are_expanded_and_others_are_not() {
        let text =
            "path = '~/a'\ntest_path = '~/b'\ntarget = '~/c'\nexperts = { path = '~/d', n = 1 }";
        let table: Table = text.parse().unwrap_or_default();
        let seen = with_paths(&table);
        let shown = |path: &str| Value::from(expanded(Path::new(path)).to_string_lossy().as_ref());
        assert_eq!(seen["path"], shown("~/a"));
        assert_eq!(seen["test_path"], shown("~/b"));
        assert_eq!(seen["target"], Value::from("~/c"));
        assert_eq!(seen["experts"]["path"], shown("~/d"));
        assert_eq!(seen["experts"]["n"], Value::from(1));
    }
}
