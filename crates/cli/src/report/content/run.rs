//! A run directory, as content of a report.

use retort_core::distill::checkpoint;
use retort_core::run::Settings;
use retort_core::settings::dotted;
use retort_core::synthetic::{SingularDirection, points_of, spectrum};
use retort_core::{Error, Result};
use serde::Serialize;

use super::{Command, Picture, command, pictures, results};
use crate::plan::{Plan, VERSION};
use crate::report::papers;
use crate::run_directory::{Logged, RunDirectory, logged};
use crate::summary::{self, Summary};
use retort_core::paper::Paper;

/// Everything that is known of a run.
#[derive(Debug, Serialize)]
pub struct Run {
    /// The directory, as named on the command line.
    pub path: String,
    /// Remarks on missing or unreadable parts.
    pub remarks: Vec<String>,
    /// The preset that the run began from.
    pub preset: Option<String>,
    /// Seed of the run.
    pub seed: u64,
    /// Version of the program that began the run.
    pub version: String,
    /// Settings by dotted key, with their values as TOML.
    pub settings: Vec<(String, String)>,
    /// Results. `None` if the run is not finished.
    #[serde(serialize_with = "results::serialize")]
    pub results: Option<Summary>,
    /// Singular directions of the points, largest value first. Empty if there are no points yet.
    pub spectrum: Vec<SingularDirection>,
    /// Logged steps.
    pub history: Vec<Logged>,
    /// Sheets of pictures.
    pub pictures: Vec<Picture>,
    /// Commands that continue or repeat the run.
    pub commands: Vec<Command>,
    /// Papers of the methods that the run used.
    pub papers: Vec<Paper>,
    /// Text of its `config.toml`.
    #[serde(skip)]
    pub config: String,
    /// Checked settings.
    #[serde(skip)]
    pub plan: Settings,
}

impl Run {
    /// Reads a run directory.
    ///
    /// # Errors
    /// A file in it is damaged or cannot be read.
    pub fn read(directory: &RunDirectory) -> Result<Self> {
        let config = directory.config();
        let text =
            std::fs::read_to_string(&config).map_err(|error| Error::unreadable(&config, &error))?;
        let plan = Plan::load(&config)?.ok_or_else(|| Error::Toml {
            origin: config.display().to_string(),
            problem: "has no `version`, so it is not the settings of a run".to_owned(),
        })?;
        let mut remarks = Vec::new();
        let summary = directory.summary();
        let results = match summary.exists() {
            true => Some(summary::load(&summary)?),
            false => None,
        };
        let (history, spoilt) = logged(&directory.metrics())?;
        let total = plan
            .settings
            .distill
            .total_steps(plan.settings.objective.len());
        if results.is_none() {
            let done = history.last().map_or(0, |last| last.done);
            remarks.push(format!(
                "the run has not come to its end, so it has no scores yet: {done} of {total} steps are logged"
            ));
        }
        if spoilt > 0 {
            remarks.push(format!(
                "{}: {spoilt} line{} left out, because it cannot be read",
                directory.metrics().display(),
                if spoilt == 1 { " is" } else { "s are" }
            ));
        }
        if plan.version != VERSION {
            remarks.push(format!(
                "the run was begun by version {} and this is version {VERSION}, so the commands in this \
                 report may give other numbers",
                plan.version
            ));
        }
        let stored = results.as_ref().map(|results| results.spectrum.clone());
        let spectrum = match stored.filter(|stored| !stored.is_empty()) {
            Some(stored) => stored,
            None if directory.set().exists() => spectrum(&points_of(&directory.set())?, None),
            None => Vec::new(),
        };
        let (pictures, unread) = pictures::read(directory);
        remarks.extend(unread);
        let backend = match &results {
            Some(results) => Some(results.backend.clone()),
            // Without a readable checkpoint, the backend is unknown.
            None => checkpoint::provenance(&directory.state())
                .ok()
                .map(|begun| begun.backend),
        };
        let backend = backend.as_deref();
        let onwards = results
            .is_none()
            .then(|| command::onwards("distill", directory.root(), backend))
            .flatten();
        let again = command::again(&plan, directory, backend);
        let leaves = dotted::leaves(&plan.settings.to_table()?).into_iter();
        Ok(Self {
            path: directory.root().display().to_string(),
            remarks,
            papers: papers::of(&plan.settings, results.as_ref()),
            preset: plan.preset,
            seed: plan.seed,
            version: plan.version,
            settings: leaves
                .map(|(key, value)| (key, value.to_string()))
                .collect(),
            spectrum,
            history,
            pictures,
            commands: onwards.into_iter().chain(again).collect(),
            results,
            config: text,
            plan: plan.settings,
        })
    }

    /// Name of the task, or its kind if the run is not finished.
    pub fn task_name(&self) -> &str {
        match &self.results {
            Some(results) => &results.task.name,
            None => self.plan.task.kind(),
        }
    }

    /// Kinds of the objectives, in order, in words.
    pub fn objectives(&self) -> String {
        let kinds = self.plan.objective.iter().map(|objective| objective.kind());
        kinds.collect::<Vec<_>>().join(", then ")
    }
}
