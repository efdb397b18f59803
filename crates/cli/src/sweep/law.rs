//! What a sweep's runs say of a law: `[sweep] law = "memory"`.

use std::fmt::Write;

use retort_core::evaluate::ProtocolKind;
use retort_core::law::{self, Exponent, MemoryLaw, Observation};
use retort_core::seed::Seed;
use retort_core::task::TaskSettings;
use retort_core::{Error, Result};
use serde_json::{Map, Value};
use toml::Value as Toml;

use super::Job;

/// A law that runs can be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// That memory of order r²d + L is enough ([`law`]).
    Memory,
}

impl Law {
    /// The law of a section `sweep`.
    ///
    /// # Errors
    /// [`Error::Setting`]: there is none of that name.
    pub fn read(value: &Toml) -> Result<Self> {
        match value.as_str() {
            Some("memory") => Ok(Self::Memory),
            _ => Err(Error::setting("sweep.law", value, "must be \"memory\"")),
        }
    }

    /// Refuses runs that say nothing of the law.
    ///
    /// # Errors
    /// [`Error::Setting`] that names what the first such run lacks.
    pub fn check(self, jobs: &[Job]) -> Result<()> {
        for job in jobs {
            let settings = &job.plan.settings;
            let lacking = if !matches!(settings.task, TaskSettings::MultiIndex(_)) {
                "task.kind = \"multi-index\""
            } else if settings.evaluate.protocol != ProtocolKind::FeatureStep {
                "evaluate.protocol = \"feature-step\""
            } else if !settings.evaluate.baselines {
                "evaluate.baselines = true"
            } else if settings.synthetic.points.is_none() {
                "synthetic.points"
            } else {
                continue;
            };
            let accepted = format!("run {} ({}) lacks {lacking}", job.name, job.shown());
            return Err(Error::setting("sweep.law", "\"memory\"", accepted));
        }
        Ok(())
    }

    /// What the finished runs, each with its summary, say of it.
    pub fn found<'a>(
        self,
        runs: impl Iterator<Item = (&'a Job, &'a Map<String, Value>)>,
    ) -> MemoryLaw {
        let observations = runs.filter_map(|(job, summary)| observation(job, summary));
        law::memory_law(observations.collect(), &Seed::new(0).child("memory law"))
    }
}

fn observation(job: &Job, summary: &Map<String, Value>) -> Option<Observation> {
    let settings = &job.plan.settings;
    let TaskSettings::MultiIndex(task) = &settings.task else {
        return None;
    };
    let mean = |score: &str| summary.get("scores")?.get(score)?.get("mean")?.as_f64();
    let of = |part: &str, name: &str| summary.get(part)?.get(name)?.as_f64();
    Some(Observation {
        dim: task.dim,
        rank: task.rank,
        points: settings.synthetic.points?,
        labels: settings.synthetic.labels,
        seed: job.plan.seed,
        smallest_cosine: of("alignment", "smallest_cosine")?,
        features: mean("features_distilled")?,
        student: mean("distilled")?,
        floats: of("memory", "floats")?,
    })
}

/// The law in words, for people.
pub fn shown(found: &MemoryLaw) -> String {
    let exponent = |of: &Exponent| {
        let [low, high] = of.interval;
        format!("{:.2} (95 % interval {low:.2} to {high:.2})", of.value)
    };
    let mut text = format!("memory law of {} runs\n", found.observations.len());
    let mut line = |words: String| {
        let _ = writeln!(text, "{words}");
    };
    match &found.power_law {
        Some(law) => {
            line(format!("points that are enough  {:.2} · r^p · d^q", law.factor));
            line(format!("p  {}; the theory has at most 2", exponent(&law.rank)));
            line(format!("q  {}; the theory has 0", exponent(&law.dim)));
            line(format!(
                "fitted to {} thresholds; {} lie above every number of points that was tried",
                law.thresholds, law.beyond
            ));
        }
        None => line(
            "points that are enough  not fitted: that takes two ranks and two dimensions, each with \
             several numbers of points"
                .to_owned(),
        ),
    }
    let collapse = &found.collapse;
    if let (Some(apart), Some(scaled)) = (collapse.apart, collapse.apart_scaled) {
        line(format!(
            "error against memory  curves of different d are {apart:.3} apart in the logarithm of the \
             error, and {scaled:.3} where memory is divided by r²d + L"
        ));
    }
    text
}
