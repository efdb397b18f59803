//! A plan: the checked settings of a run, with its seed and preset; and the request that becomes one.
//!
//! A settings file holds the sections of [`Settings`] and, at its top, any of `preset` (the preset it
//! starts from), `seed`, and `version`. The last marks a run's own `config.toml`: such a file is
//! complete, and its preset is only a name.
//!
//! A preset or file may say what else is different for a number of points a class: `[per_class.10.distill]`
//! and its like are sections put over the others where `synthetic.per_class` comes out as 10.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use retort_core::run::Settings;
use retort_core::{Error, Result};
use toml::{Table, Value};

use crate::arguments::SettingsArguments;
use crate::document::{Document, preset_table};
use crate::presets::{self, Preset};
use crate::{auto, layers};
use retort_core::settings::dotted;

/// Version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Everything that decides a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Checked settings.
    pub settings: Settings,
    /// Whether the number of points is still to be estimated ([`auto`]).
    pub is_auto: bool,
    /// The preset they come from, if any.
    pub preset: Option<String>,
    /// Seed of every random number.
    pub seed: u64,
    /// Version that the plan was made by.
    pub version: String,
}

/// What was asked of `distill`.
#[derive(Debug)]
pub struct Request {
    source: Option<Origin>,
    set: Vec<String>,
    seed: Option<u64>,
}

#[derive(Debug)]
enum Origin {
    Preset(&'static Preset),
    File { path: PathBuf, document: Document },
}

impl Request {
    /// What was asked for; reads the file, if one was named.
    ///
    /// # Errors
    /// Neither a preset nor a file that can be read.
    pub fn of(arguments: &SettingsArguments) -> Result<Self> {
        Self::new(arguments.source.as_deref(), &arguments.set, arguments.seed)
    }

    /// The same of a preset or file, assignments and a seed.
    ///
    /// # Errors
    /// Neither a preset nor a file that can be read.
    pub fn new(source: Option<&str>, set: &[String], seed: Option<u64>) -> Result<Self> {
        let source = match source {
            None => None,
            Some(text) if text.ends_with(".toml") || Path::new(text).components().count() > 1 => {
                let path = PathBuf::from(text);
                let document = Document::read(&path)?;
                Some(Origin::File { path, document })
            }
            Some(name) => Some(Origin::Preset(presets::find(
                "PRESET",
                name,
                ", or a file whose name ends in .toml",
            )?)),
        };
        Ok(Self {
            source,
            set: set.to_vec(),
            seed,
        })
    }

    /// Whether a preset or a file was named.
    pub fn has_source(&self) -> bool {
        self.source.is_some()
    }

    /// The run directory where none is named: `runs/PRESET-SEED`, `runs/FILE-SEED`, or for a run's own
    /// `config.toml`, which has the same name in every run, `runs/RUN-SEED`.
    pub fn directory(&self) -> PathBuf {
        Path::new("runs").join(format!("{}-{}", self.name(), self.seed()))
    }

    /// The name of the preset, of the file, or of the run whose `config.toml` it is.
    pub fn name(&self) -> Cow<'_, str> {
        match &self.source {
            None => presets::DEFAULT.into(),
            Some(Origin::Preset(preset)) => preset.name.into(),
            Some(Origin::File { path, document }) => {
                let run = path.parent().and_then(Path::file_name);
                let run = run.filter(|_| document.version.is_some());
                let name = run.or(path.file_stem()).unwrap_or_default();
                name.to_string_lossy()
            }
        }
    }

    /// The plan of a new run.
    ///
    /// # Errors
    /// Settings that are not accepted.
    pub fn plan(&self) -> Result<Plan> {
        let (below, _) = self.layers()?;
        if below.iter().any(|layer| layer.contains_key(layers::SWEEP)) {
            let accepted = "the settings are those of many runs: use the command `sweep`";
            return Err(Error::setting(
                "settings",
                "with a section [sweep]",
                accepted,
            ));
        }
        self.plan_with(&[])
    }

    /// The plan of a run of a sweep, with further assignments.
    ///
    /// # Errors
    /// Settings that are not accepted.
    pub fn plan_with(&self, assignments: &[String]) -> Result<Plan> {
        self.plan_over(Table::new(), assignments)
    }

    /// The plan where the task is all that has to be named: with a two-layer network, and the objective made for
    /// it, where no other kind is given.
    ///
    /// # Errors
    /// Settings that are not accepted.
    pub fn plan_of_task(&self) -> Result<Plan> {
        let others = toml::toml! {
            [network]
            kind = "two-layer"
            [objective]
            kind = "readout-matching"
        };
        self.plan_over(others, &[])
    }

    /// The plan where that table lies below all layers.
    fn plan_over(&self, lowest: Table, assignments: &[String]) -> Result<Plan> {
        let (mut below, preset) = self.layers()?;
        below.insert(0, lowest);
        for layer in &mut below {
            layer.remove(layers::SWEEP);
        }
        let assignments = [&self.set, assignments].concat();
        let table = layers::stacked(&below, &assignments)?;
        let (settings, is_auto) = auto::read(table)?;
        Ok(Plan {
            settings,
            is_auto,
            preset: preset.map(str::to_owned),
            seed: self.seed(),
            version: VERSION.to_owned(),
        })
    }

    /// What says which runs a sweep has: the section of the highest layer that has one.
    ///
    /// # Errors
    /// A layer that cannot be read.
    pub fn sweep_section(&self) -> Result<Option<Value>> {
        let (below, _) = self.layers()?;
        let mut sections = below.into_iter().rev();
        Ok(sections.find_map(|mut layer| layer.remove(layers::SWEEP)))
    }

    /// What is good to know of a new run's plan: that the preset has no settings of its own for so many
    /// points a class.
    ///
    /// # Errors
    /// Those of [`Self::plan`].
    pub fn remark(&self, plan: &Plan) -> Result<Option<String>> {
        let (below, preset) = self.layers()?;
        let (Some(lowest), Some(preset)) = (below.first(), preset) else {
            return Ok(None);
        };
        let listed = layers::listed(lowest);
        let wanted = plan.settings.synthetic.per_class;
        let wanted = wanted.and_then(|count| i64::try_from(count).ok());
        let (Some(first), Some(wanted)) = (listed.first(), wanted) else {
            return Ok(None);
        };
        let names: Vec<String> = listed.iter().map(ToString::to_string).collect();
        Ok((!listed.contains(&wanted)).then(|| {
            format!(
                "{preset} has settings for {} points a class: for {wanted} it takes those of {first}",
                names.join(", ")
            )
        }))
    }

    /// The tables that a new run's settings lie in, lowest first, and the preset among them.
    fn layers(&self) -> Result<(Vec<Table>, Option<&str>)> {
        Ok(match &self.source {
            None => (
                vec![preset_table(presets::DEFAULT)?],
                Some(presets::DEFAULT),
            ),
            Some(Origin::Preset(preset)) => (vec![preset_table(preset.name)?], Some(preset.name)),
            Some(Origin::File { document, .. }) => (document.layers()?, document.preset.as_deref()),
        })
    }

    /// Refuses to be asked for something else than a stored run is.
    ///
    /// # Errors
    /// [`Error::Setting`] that names the first difference.
    pub fn check_against(&self, stored: &Plan) -> Result<()> {
        let resumed = "the run to be resumed has";
        if let Some(seed) = self.given_seed().filter(|seed| *seed != stored.seed) {
            let accepted = format!("{resumed} seed {}: leave --seed away", stored.seed);
            return Err(Error::setting("seed", seed, accepted));
        }
        let preset = match &self.source {
            None => None,
            Some(Origin::Preset(preset)) => Some(preset.name),
            Some(Origin::File { document, .. }) => document.preset.as_deref(),
        };
        if let Some(preset) = preset.filter(|name| Some(*name) != stored.preset.as_deref()) {
            let name = stored.preset.as_deref().unwrap_or("none");
            let accepted = format!("{resumed} preset {name}: leave the preset away");
            return Err(Error::setting("preset", preset, accepted));
        }
        let before = stored.settings.to_table()?;
        let (below, remedy) = match &self.source {
            Some(Origin::File { path, document }) => {
                let remedy = format!(
                    "leave {} away, or give all settings of that run, every --set included",
                    path.display()
                );
                (document.layers()?, remedy)
            }
            _ => (vec![before.clone()], "leave this setting away".to_owned()),
        };
        let table = layers::stacked(&below, &self.set)?;
        let (after, is_auto) = auto::read(table)?;
        let after = auto::settled(after, is_auto, &stored.settings).to_table()?;
        let mut changed = dotted::changes(&before, &after);
        changed.extend(dotted::changes(&after, &before));
        match changed.first() {
            None => Ok(()),
            Some((key, _)) => {
                let (value, stored) = (dotted::shown(&after, key), dotted::shown(&before, key));
                let accepted = format!(
                    "{resumed} {key} = {stored}: {remedy}, or begin a new run with another --out"
                );
                Err(Error::setting(key, value, accepted))
            }
        }
    }

    fn given_seed(&self) -> Option<u64> {
        self.seed.or(match &self.source {
            Some(Origin::File { document, .. }) => document.seed,
            _ => None,
        })
    }

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.given_seed().unwrap_or(0)
    }
}

impl Plan {
    /// The plan in a run's `config.toml`; none where the file is not one.
    ///
    /// # Errors
    /// A file that was one and can no longer be read.
    pub fn load(path: &Path) -> Result<Option<Self>> {
        let document = Document::read(path)?;
        let Some(version) = document.version else {
            return Ok(None);
        };
        let (settings, is_auto) = auto::read(document.settings)?;
        Ok(Some(Self {
            settings,
            is_auto,
            preset: document.preset,
            seed: document.seed.unwrap_or(0),
            version,
        }))
    }

    /// Whether a stored plan is that of this run: of the same settings, but for points that were still to be
    /// chosen, and the same seed.
    pub fn is_that_of(&self, stored: &Self) -> bool {
        let settings = auto::settled(self.settings.clone(), self.is_auto, &stored.settings);
        self.seed == stored.seed && settings == stored.settings
    }

    /// All settings, resolved.
    ///
    /// # Errors
    /// None that checked settings can cause.
    pub fn resolved(&self) -> Result<Table> {
        let mut settings = self.settings.to_table()?;
        if self.is_auto {
            auto::put(&mut settings);
        }
        Ok(settings)
    }

    /// The text of a `config.toml`.
    ///
    /// # Errors
    /// None that checked settings can cause.
    pub fn to_toml(&self) -> Result<String> {
        let mut table = Table::new();
        if let Some(preset) = &self.preset {
            table.insert("preset".to_owned(), preset.clone().into());
        }
        let seed = i64::try_from(self.seed).unwrap_or(i64::MAX);
        table.insert("seed".to_owned(), seed.into());
        table.insert("version".to_owned(), self.version.clone().into());
        table.extend(self.resolved()?);
        Ok(format!(
            "# All settings of a run of Retort. `distill` with this file repeats the run.\n{table}"
        ))
    }
}

/// What a preset says besides a run's settings: for some numbers of points a class, its section
/// `per_class`, and of many runs its section `sweep`, if it has them.
///
/// # Errors
/// There is no preset of that name.
pub fn besides(name: &str) -> Result<Table> {
    let mut table = preset_table(name)?;
    table.retain(|key, _| [layers::VARIANTS, layers::SWEEP].contains(&key));
    Ok(table)
}

/// The plan of a preset as it is; of one for many runs, what they have in common.
///
/// # Errors
/// There is no preset of that name.
pub fn of_preset(name: &str) -> Result<Plan> {
    let source = Some(Origin::Preset(presets::find("NAME", name, "")?));
    let request = Request {
        source,
        set: Vec::new(),
        seed: None,
    };
    request.plan_with(&[])
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
