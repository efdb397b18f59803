//! Settings that come with the program, embedded from `presets/`.

use retort_core::settings::keys::nearest;
use retort_core::{Error, Result};

/// A named settings file.
#[derive(Debug)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// Text of the file. Its first line is a comment that describes the preset.
    pub text: &'static str,
}

/// Embeds the preset with this file name.
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

/// The default preset of `distill`.
pub const DEFAULT: &str = "multi-index";

impl Preset {
    /// Description in one line.
    pub fn description(&self) -> &'static str {
        let line = self.text.lines().next().unwrap_or_default();
        line.trim_start_matches('#').trim()
    }

    /// The whole comment at the top of the file.
    pub fn head(&self) -> &'static str {
        let end = self.text.find("\n\n").unwrap_or(self.text.len());
        &self.text[..end]
    }
}

/// Finds the preset with this name. `key` is the argument or the file's key that named it. `besides`
/// describes what else is accepted there.
///
/// # Errors
/// There is no such preset. The message lists all presets.
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
