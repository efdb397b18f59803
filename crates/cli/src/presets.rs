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

/// All presets.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "multi-index",
        text: include_str!("../presets/multi-index.toml"),
    },
    Preset {
        name: "digits",
        text: include_str!("../presets/digits.toml"),
    },
    Preset {
        name: "mnist-mlp",
        text: include_str!("../presets/mnist-mlp.toml"),
    },
    Preset {
        name: "mnist-convnet",
        text: include_str!("../presets/mnist-convnet.toml"),
    },
    Preset {
        name: "mnist-dc",
        text: include_str!("../presets/mnist-dc.toml"),
    },
    Preset {
        name: "mnist-dsa",
        text: include_str!("../presets/mnist-dsa.toml"),
    },
    Preset {
        name: "mnist-dm",
        text: include_str!("../presets/mnist-dm.toml"),
    },
    Preset {
        name: "mnist-dc-small",
        text: include_str!("../presets/mnist-dc-small.toml"),
    },
    Preset {
        name: "mnist-frepo-small",
        text: include_str!("../presets/mnist-frepo-small.toml"),
    },
    Preset {
        name: "mnist-dm-small",
        text: include_str!("../presets/mnist-dm-small.toml"),
    },
];

/// The preset of `distill` without one.
pub const DEFAULT: &str = "multi-index";

impl Preset {
    /// What it is, in one line.
    pub fn description(&self) -> &'static str {
        let line = self.text.lines().next().unwrap_or_default();
        line.trim_start_matches('#').trim()
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
