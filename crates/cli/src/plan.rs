//! A plan: the checked settings of a run, with its seed and preset; and the request that becomes one.
//!
//! A settings file holds the sections of [`Settings`]. At its top it may have `preset` (the preset it
//! starts from), `seed`, and `version`. `version` marks a run's own `config.toml`: such a file is
//! complete, and its preset is only a name.
//!
//! A preset or file may have other settings for a number of points per class. For example, the section
//! `[per_class.10.distill]` is put over `[distill]` if `synthetic.per_class` is 10.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use retort_core::run::Settings;
use retort_core::synthetic::PerClass;
use retort_core::task::TaskSettings;
use retort_core::{Error, Result};
use toml::{Table, Value};

use crate::arguments::SettingsArguments;
use crate::document::{Document, preset_table};
use crate::source::Source;
use crate::{auto, layers, presets};
use retort_core::settings::dotted;

/// Version of this program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Everything that decides a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Checked settings.
    pub settings: Settings,
    /// Whether the number of points is still to be estimated ([`auto`]).
    pub is_auto: bool,
    /// The preset that the settings come from, if any.
    pub preset: Option<String>,
    /// Seed of every random number.
    pub seed: u64,
    /// Version of the program that made the plan.
    pub version: String,
}

/// The request to `distill`: a source, assignments and a seed.
#[derive(Debug)]
pub struct Request {
    source: Option<Source>,
    set: Vec<String>,
    seed: Option<u64>,
}

impl Request {
    /// The request in these arguments. Reads the settings file, if one is named.
    ///
    /// # Errors
    /// Those of [`Source::of`].
    pub fn of(arguments: &SettingsArguments) -> Result<Self> {
        Self::new(
            arguments.source.as_deref(),
            &arguments.assignments(),
            arguments.seed,
        )
    }

    /// The request for a source, assignments and a seed.
    ///
    /// # Errors
    /// Those of [`Source::of`].
    pub fn new(source: Option<&str>, set: &[String], seed: Option<u64>) -> Result<Self> {
        let source = source.map(Source::of).transpose()?;
        let mut set = set.to_vec();
        if let Some(source) = &source {
            source.keep_path(&mut set);
        }
        Ok(Self { source, set, seed })
    }

    /// Whether the source is data, for which settings are chosen.
    pub fn is_data(&self) -> bool {
        matches!(self.source, Some(Source::Data { .. }))
    }

    /// Whether an assignment gives this setting, or the kind of its section.
    pub fn gives(&self, setting: &str) -> bool {
        let kind = setting
            .split('.')
            .next()
            .map(|section| format!("{section}.kind"));
        let keys = self.set.iter().filter_map(|it| it.split('=').next());
        let mut keys = keys.map(str::trim);
        keys.any(|key| key == setting || Some(key) == kind.as_deref())
    }

    /// The settings of the task alone.
    ///
    /// # Errors
    /// Settings that are not accepted.
    pub fn task(&self) -> Result<TaskSettings> {
        let (below, _) = self.layers()?;
        let table = layers::stacked(&below, &self.set)?;
        let empty = Table::new();
        TaskSettings::read(
            table
                .get("task")
                .and_then(Value::as_table)
                .unwrap_or(&empty),
        )
    }

    /// Whether a source was named.
    pub fn has_source(&self) -> bool {
        self.source.is_some()
    }

    /// The default run directory: `runs/NAME-SEED`, with the name of the source.
    pub fn directory(&self) -> PathBuf {
        Path::new("runs").join(format!("{}-{}", self.name(), self.seed()))
    }

    /// Name of the source.
    pub fn name(&self) -> Cow<'_, str> {
        let default = presets::DEFAULT.into();
        self.source.as_ref().map_or(default, Source::name)
    }

    /// The plan of a new run.
    ///
    /// # Errors
    /// Settings that are not accepted.
    pub fn plan(&self) -> Result<Plan> {
        let (below, _) = self.layers()?;
        if below.iter().any(|layer| layer.contains_key(layers::SWEEP)) {
            let accepted = "these are the settings of many runs: use the command `sweep`";
            return Err(Error::setting(
                "settings",
                "with a section [sweep]",
                accepted,
            ));
        }
        self.plan_with(&[])
    }

    /// The plan of one run of a sweep, with more assignments.
    ///
    /// # Errors
    /// Settings that are not accepted.
    pub fn plan_with(&self, assignments: &[String]) -> Result<Plan> {
        if let Some(Source::Data { path, .. }) = &self.source {
            let shown = path.display();
            let word = path.to_str().and_then(|text| shlex::try_quote(text).ok());
            let word = word.unwrap_or_else(|| shown.to_string().into());
            let accepted = format!(
                "these are data, for which this command chooses no settings: write them to a file with \
                 `distill {word} --dry-run > mine.toml`, and name that file"
            );
            return Err(Error::setting("SOURCE", shown, accepted));
        }
        self.plan_over(Table::new(), assignments)
    }

    /// The plan if only the task must be given. The defaults are a two-layer network and the objective made
    /// for it.
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

    /// The plan with this table below all layers, and more assignments.
    ///
    /// # Errors
    /// Settings that are not accepted.
    pub fn plan_over(&self, lowest: Table, assignments: &[String]) -> Result<Plan> {
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

    /// The section `sweep`, which says which runs a sweep has, of the highest layer that has one.
    ///
    /// # Errors
    /// A layer that cannot be read.
    pub fn sweep_section(&self) -> Result<Option<Value>> {
        let (below, _) = self.layers()?;
        let mut sections = below.into_iter().rev();
        Ok(sections.find_map(|mut layer| layer.remove(layers::SWEEP)))
    }

    /// A remark if the source is not the only thing of its name.
    pub fn remark_on_source(&self) -> Option<String> {
        self.source.as_ref().and_then(Source::remark)
    }

    /// A remark on a new run's plan if the preset has no settings of its own for this number of points per
    /// class.
    ///
    /// # Errors
    /// Those of [`Self::plan`].
    pub fn remark(&self, plan: &Plan) -> Result<Option<String>> {
        let (below, preset) = self.layers()?;
        let (Some(lowest), Some(preset)) = (below.first(), preset) else {
            return Ok(None);
        };
        let listed = layers::listed(lowest);
        let wanted = plan.settings.synthetic.per_class.as_ref();
        let wanted = wanted.and_then(PerClass::same);
        let wanted = wanted.and_then(|count| i64::try_from(count).ok());
        let (Some(first), Some(wanted)) = (listed.first(), wanted) else {
            return Ok(None);
        };
        let names: Vec<String> = listed.iter().map(ToString::to_string).collect();
        Ok((!listed.contains(&wanted)).then(|| {
            format!(
                "{preset} has settings for {} points per class: for {wanted} it takes those of {first}",
                names.join(", ")
            )
        }))
    }

    /// The layers of a new run's settings, lowest first, and the name of the preset among them.
    fn layers(&self) -> Result<(Vec<Table>, Option<&str>)> {
        Ok(match &self.source {
            None => (
                vec![preset_table(presets::DEFAULT)?],
                Some(presets::DEFAULT),
            ),
            Some(source) => (source.layers()?, source.preset()),
        })
    }

    /// Refuses a request that differs from the stored run.
    ///
    /// # Errors
    /// [`Error::Setting`], which names the first difference.
    pub fn check_against(&self, stored: &Plan) -> Result<()> {
        let resumed = "the run to be resumed has";
        if let Some(seed) = self.given_seed().filter(|seed| *seed != stored.seed) {
            let accepted = format!("{resumed} seed {}: remove --seed", stored.seed);
            return Err(Error::setting("seed", seed, accepted));
        }
        let preset = self.source.as_ref().and_then(Source::preset);
        if let Some(preset) = preset.filter(|name| Some(*name) != stored.preset.as_deref()) {
            let name = stored.preset.as_deref().unwrap_or("none");
            let accepted = format!("{resumed} preset {name}: remove the preset");
            return Err(Error::setting("preset", preset, accepted));
        }
        let before = stored.settings.to_table()?;
        let (below, remedy) = match &self.source {
            Some(Source::File { path, document }) => {
                let remedy = format!(
                    "remove {}, or give all settings of that run, every --set included",
                    path.display()
                );
                (document.layers()?, remedy)
            }
            // What was chosen for the data is stored with the run.
            Some(source @ Source::Data { .. }) => {
                let layers = [vec![before.clone()], source.layers()?].concat();
                (layers, "name neither data nor this setting".to_owned())
            }
            _ => (vec![before.clone()], "remove this setting".to_owned()),
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
        self.seed.or(self.source.as_ref().and_then(Source::seed))
    }

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.given_seed().unwrap_or(0)
    }
}

impl Plan {
    /// Reads the plan in a run's `config.toml`. Returns `None` if the file is not a run's own.
    ///
    /// # Errors
    /// The file cannot be read, or its settings are not accepted.
    pub fn load(path: &Path) -> Result<Option<Self>> {
        let document = Document::read(path)?;
        let Some(version) = document.version else {
            return Ok(None);
        };
        let (settings, is_auto) = auto::read_stored(document.settings)?;
        Ok(Some(Self {
            settings,
            is_auto,
            preset: document.preset,
            seed: document.seed.unwrap_or(0),
            version,
        }))
    }

    /// Whether a stored plan is that of this run: the same seed and the same settings. A number of points
    /// that is still "auto" matches any.
    pub fn is_that_of(&self, stored: &Self) -> bool {
        let settings = auto::settled(self.settings.clone(), self.is_auto, &stored.settings);
        self.seed == stored.seed && settings == stored.settings
    }

    /// All settings with their values.
    ///
    /// # Errors
    /// Checked settings cause none.
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
    /// Checked settings cause none.
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

/// The sections of a preset that are not settings of one run: `per_class`, for other numbers of points per
/// class, and `sweep`, if it has them.
///
/// # Errors
/// There is no preset with this name.
pub fn besides(name: &str) -> Result<Table> {
    let mut table = preset_table(name)?;
    table.retain(|key, _| [layers::VARIANTS, layers::SWEEP].contains(&key));
    Ok(table)
}

/// The plan of a preset. For a preset of many runs: the settings that they share.
///
/// # Errors
/// There is no preset with this name.
pub fn of_preset(name: &str) -> Result<Plan> {
    let source = Some(Source::Preset(presets::find("NAME", name, "")?));
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
