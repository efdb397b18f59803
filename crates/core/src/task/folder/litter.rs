//! What operating systems and programs leave in folders, which is passed over.

use std::collections::BTreeSet;
use std::ffi::OsStr;

/// Names of such files and folders, in lower case. Names that begin with a dot belong to them too.
const NAMES: [&str; 20] = [
    "thumbs.db",
    "ehthumbs.db",
    "ehthumbs_vista.db",
    "desktop.ini",
    "picasa.ini",
    "zbthumbnail.info",
    "icon\r",
    "icon\u{f00d}",
    "__macosx",
    "__pycache__",
    "@eadir",
    "@__thumb",
    "@recycle",
    "#recycle",
    "#snapshot",
    "$recycle.bin",
    "lost+found",
    "system volume information",
    "network trash folder",
    "temporary items",
];

/// Most names that are kept to be shown.
const SHOWN: usize = 5;

/// Files and folders that were passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Litter {
    /// Their number.
    pub count: usize,
    /// Some of their names.
    pub names: BTreeSet<String>,
}

impl Litter {
    /// Whether a file or folder of this name is passed over, in any case. Counts it if it is.
    pub fn takes(&mut self, name: &OsStr) -> bool {
        let shown = name.to_string_lossy();
        let lower = shown.to_lowercase();
        let is_litter = lower.starts_with('.') || NAMES.contains(&lower.as_str());
        if is_litter {
            self.count += 1;
            // Names such as ._0.png, of which each picture has its own, are shown as one.
            let shown = match lower.starts_with("._") {
                true => "._*".to_owned(),
                false => shown.escape_default().to_string(),
            };
            if self.names.len() < SHOWN {
                self.names.insert(shown);
            }
        }
        is_litter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn litter_is_known_in_any_case() {
        let mut litter = Litter::default();
        for name in [
            "Thumbs.db",
            "thumbs.DB",
            "Desktop.ini",
            ".DS_Store",
            "__MACOSX",
            "@eaDir",
            "Icon\r",
            "._0.png",
            "._1.png",
            ".ipynb_checkpoints",
            ".git",
            "$RECYCLE.BIN",
        ] {
            assert!(litter.takes(OsStr::new(name)), "{name}");
        }
        for name in ["cat", "icon", "0.png", "thumbs", "recycle"] {
            assert!(!litter.takes(OsStr::new(name)), "{name}");
        }
        assert_eq!((litter.count, litter.names.len()), (12, SHOWN));
    }
}
