//! Settings that come with the program, embedded from `presets/`.

use retort_core::settings::keys::nearest;
use retort_core::{Error, Result};

/// A named settings file.
#[derive(Debug)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// The file, whose first line is a comment that says what it is.
    pub text: &'static str,
}

/// A preset by the name of its file.
macro_rules! preset {
    ($name:literal) => {
        Preset {
            name: $name,
            text: include_str!(concat!("../presets/", $name, ".toml")),
        }
    };
}

/// All presets.
pub const PRESETS: &[Preset] = &[
    preset!("multi-index"),
    preset!("multi-index-gradient"),
    preset!("memory-law"),
    preset!("digits"),
    preset!("mnist-mlp"),
    preset!("mnist-convnet"),
    preset!("mnist-dc"),
    preset!("mnist-dsa"),
    preset!("mnist-dm"),
    preset!("mnist-bptt"),
    preset!("mnist-mtt"),
    preset!("mnist-frepo"),
    preset!("cifar10-dc"),
    preset!("cifar10-dsa"),
    preset!("cifar10-dm"),
    preset!("cifar10-bptt"),
    preset!("cifar10-mtt"),
    preset!("cifar10-frepo"),
    preset!("mnist-dc-small"),
    preset!("mnist-dsa-small"),
    preset!("mnist-dm-small"),
    preset!("mnist-bptt-small"),
    preset!("mnist-mtt-small"),
    preset!("mnist-frepo-small"),
    preset!("cifar10-dc-small"),
    preset!("cifar10-dsa-small"),
    preset!("cifar10-dm-small"),
    preset!("cifar10-bptt-small"),
    preset!("cifar10-mtt-small"),
    preset!("cifar10-frepo-small"),
];

/// The preset of `distill` without one.
pub const DEFAULT: &str = "multi-index";

impl Preset {
    /// What it is, in one line.
    pub fn description(&self) -> &'static str {
        let line = self.text.lines().next().unwrap_or_default();
        line.trim_start_matches('#').trim()
    }

    /// All that is said of it at its top: lines of comment.
    pub fn head(&self) -> &'static str {
        let end = self.text.find("\n\n").unwrap_or(self.text.len());
        &self.text[..end]
    }
}

/// The preset of that name. `key` is what named it, an argument or a file's key, and `besides` what
/// is accepted there besides a name, in words.
///
/// # Errors
/// There is none; the message lists them all.
pub fn find(key: &str, name: &str, besides: &str) -> Result<&'static Preset> {
    let found = PRESETS.iter().find(|preset| preset.name == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
        let near = nearest(name, names.iter().copied());
        let hint = near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
        let accepted = format!("must be one of {}{besides}{hint}", names.join(", "));
        Error::setting(key, format!("{name:?}"), accepted)
    })
}
