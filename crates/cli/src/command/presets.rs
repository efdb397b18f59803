//! `presets`: lists the built-in presets, or prints one with all its settings.

use crate::arguments::PresetsArguments;
use crate::console::result;
use crate::plan::{besides, of_preset};
use crate::presets::{DEFAULT, PRESETS};

/// Runs the command.
pub fn run(arguments: &PresetsArguments) -> anyhow::Result<()> {
    match &arguments.name {
        Some(name) => {
            let mut settings = of_preset(name)?.settings.to_table()?;
            let preset = PRESETS.iter().find(|preset| preset.name == *name);
            let head = preset.map_or("", |preset| preset.head());
            settings.extend(besides(name)?);
            result(format_args!("{head}\n\n{settings}"))?;
        }
        None => {
            let width = PRESETS
                .iter()
                .map(|preset| preset.name.len())
                .max()
                .unwrap_or(0);
            for preset in PRESETS {
                let default = if preset.name == DEFAULT {
                    " (the default)"
                } else {
                    ""
                };
                let (name, text) = (preset.name, preset.description());
                result(format_args!("{name:width$}  {text}{default}\n"))?;
            }
        }
    }
    Ok(())
}
