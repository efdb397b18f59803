//! Compares a sweep's runs with a law: `[sweep] law = "memory"`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use retort_core::evaluate::Protocol;
use retort_core::law::{self, Exponent, Ladder, MemoryLaw, Observation};
use retort_core::seed::Seed;
use retort_core::settings::dotted;
use retort_core::task::TaskSettings;
use retort_core::{Error, Result};

use super::job::Job;
use super::law::Law;
use crate::aligned::aligned;
use crate::summary::Summary;

impl Law {
    /// Refuses runs that cannot be compared with the law. Also refuses runs with the same d, r and L that
    /// differ in more than their number of points and seed, because the law would not tell them apart.
    ///
    /// # Errors
    /// [`Error::Setting`], which names the setting that the first such run lacks, or that two runs differ in.
    pub fn check(self, jobs: &[Job]) -> Result<()> {
        let mut cells = BTreeMap::new();
        for job in jobs {
            let refused = |why: &str| {
                let accepted = format!("run {} ({}) {why}", job.name, job.shown());
                Err(Error::setting("sweep.law", "\"memory\"", accepted))
            };
            let settings = &job.plan.settings;
            let lacking = if !matches!(settings.task, TaskSettings::MultiIndex(_)) {
                "task.kind = \"multi-index\""
            } else if !matches!(settings.evaluate.protocol, Protocol::FeatureStep(_)) {
                "evaluate.protocol = \"feature-step\""
            } else if !settings.evaluate.baselines {
                "evaluate.baselines = true"
            } else if settings.synthetic.points.is_none() {
                "a number for synthetic.points"
            } else {
                let first = rung(job).map(|(ladder, _)| *cells.entry(ladder.cell()).or_insert(job));
                match first
                    .map(|first| differing(job, first))
                    .transpose()?
                    .flatten()
                {
                    None => continue,
                    Some(why) => return refused(&why),
                }
            };
            return refused(&format!("lacks {lacking}"));
        }
        Ok(())
    }

    /// Compares the runs with the law. A run without a summary has failed.
    pub fn found<'a>(
        self,
        runs: impl Iterator<Item = (&'a Job, Option<&'a Summary>)>,
    ) -> MemoryLaw {
        let (mut observations, mut failed) = (Vec::new(), Vec::new());
        for (job, summary) in runs {
            match summary.and_then(|summary| observation(job, summary)) {
                Some(run) => observations.push(run),
                None => failed.extend(rung(job)),
            }
        }
        law::memory_law(observations, &failed, &Seed::new(0).child("memory law"))
    }
}

/// The ladder that a run belongs to, and its number of points.
fn rung(job: &Job) -> Option<(Ladder, usize)> {
    let settings = &job.plan.settings;
    let TaskSettings::MultiIndex(task) = &settings.task else {
        return None;
    };
    let ladder = Ladder {
        dim: task.dim,
        rank: task.rank,
        labels: settings.synthetic.labels,
        seed: job.plan.seed,
    };
    Some((ladder, settings.synthetic.points?))
}

/// Says in which settings two runs with the same d, r and L differ, besides their number of points and seed.
/// `None` if they differ in no other setting.
fn differing(one: &Job, other: &Job) -> Result<Option<String>> {
    let mut alike = one.plan.settings.clone();
    alike.synthetic.points = other.plan.settings.synthetic.points;
    if alike == other.plan.settings {
        return Ok(None);
    }
    let (before, after) = (other.plan.settings.to_table()?, alike.to_table()?);
    let changed = dotted::changes(&before, &after).into_iter();
    let changed = changed.chain(dotted::changes(&after, &before));
    let keys: BTreeSet<String> = changed.map(|(key, _)| key).collect();
    let keys = Vec::from_iter(keys).join(", ");
    let besides = match rung(one) == rung(other) {
        true => "only",
        false => "besides its number of points or seed",
    };
    Ok(Some(format!(
        "differs from run {} in {keys} {besides}, and the law cannot tell such runs apart: give a single \
         value for each d, r and L",
        other.name
    )))
}

fn observation(job: &Job, summary: &Summary) -> Option<Observation> {
    let (ladder, points) = rung(job)?;
    let mean = |name: &str| Some(summary.scored().score(name)?.mean);
    Some(Observation {
        dim: ladder.dim,
        rank: ladder.rank,
        points,
        labels: ladder.labels,
        seed: ladder.seed,
        smallest_cosine: summary.alignment.as_ref()?.smallest_cosine,
        features: mean("features_distilled")?,
        student: mean("distilled")?,
        floats: summary.memory.floats as f64,
    })
}

/// The fewest points that are enough, as a table: the names of the columns, one per dimension, and the rows,
/// one per rank.
pub fn thresholds(found: &MemoryLaw) -> (Vec<String>, Vec<Vec<String>>) {
    let dims: BTreeSet<usize> = found.thresholds.iter().map(|of| of.dim).collect();
    let ranks: BTreeSet<usize> = found.thresholds.iter().map(|of| of.rank).collect();
    let columns = dims.iter().map(|dim| format!("d = {dim}"));
    let cell = |rank: usize, dim: usize| {
        let here = found.thresholds.iter();
        let here = here.filter(|of| (of.rank, of.dim) == (rank, dim));
        let points: Vec<Option<usize>> = here.map(|of| of.points).collect();
        let known = || points.iter().flatten();
        let mut words = match (known().min(), known().max()) {
            (Some(least), Some(most)) if least == most => least.to_string(),
            (Some(least), Some(most)) => {
                let mean = law::geometric_mean(known().copied()).unwrap_or_default();
                format!("{mean:.1} ({least} to {most})")
            }
            _ => String::new(),
        };
        match (points.len(), points.len() - known().count()) {
            (0, _) => words.push('–'),
            (_, 0) => {}
            (all, beyond) if all == beyond => words.push_str("more than was tried"),
            (_, beyond) => {
                let _ = write!(words, ", and {beyond} beyond");
            }
        }
        words
    };
    let row = |&rank: &usize| {
        let cells = dims.iter().map(|&dim| cell(rank, dim));
        [format!("r = {rank}")].into_iter().chain(cells).collect()
    };
    let columns = ["fewest points".to_owned()].into_iter().chain(columns);
    (columns.collect(), ranks.iter().map(row).collect())
}

/// The law as names with values.
pub fn words(found: &MemoryLaw) -> Vec<[String; 2]> {
    let mut words = Vec::new();
    let mut say = |name: &str, value: String| words.push([name.to_owned(), value]);
    let exponent = |of: &Exponent| {
        let [low, high] = of.interval;
        format!("{:.2} (95 % interval {low:.2} to {high:.2})", of.value)
    };
    match &found.power_law {
        Some(law) => {
            say(
                "points that are enough",
                format!("{:.2} · r^p · d^q", law.factor),
            );
            say(
                "p",
                format!("{}; the theory has at most 2", exponent(&law.rank)),
            );
            say("q", format!("{}; the theory has 0", exponent(&law.dim)));
            say("thresholds fitted", law.thresholds.to_string());
            say("thresholds above all that was tried", law.beyond.to_string());
            let largest = found.thresholds.iter().filter(|of| of.is_largest).count();
            say(
                "thresholds at the largest number tried, where errors may fall further",
                largest.to_string(),
            );
            if largest > 0 {
                let below = found.power_law_below_largest.as_ref();
                for (letter, of) in [("p", below.map(|law| &law.rank)), ("q", below.map(|law| &law.dim))] {
                    let name = format!("{letter} without thresholds at the largest number tried");
                    let unknown = || "not fitted: the others do not determine it".to_owned();
                    say(&name, of.map_or_else(unknown, exponent));
                }
            }
        }
        None => say(
            "points that are enough",
            "not fitted: a fit needs two ranks and two dimensions that vary independently, each with several \
             numbers of points, one of them enough"
                .to_owned(),
        ),
    }
    if found.unknown > 0 {
        say(
            "thresholds unknown, since a run failed or lacks a score",
            found.unknown.to_string(),
        );
    }
    let collapse = &found.collapse;
    say(
        "pairs of curves of different d that share some memory",
        collapse.pairs.to_string(),
    );
    for (name, distance) in [
        (
            "their distance, mean |ln e − ln e′|, by memory",
            collapse.apart,
        ),
        ("the same, by memory over r²d + L", collapse.apart_scaled),
        (
            "their distance, errors over each curve's smallest, by memory",
            collapse.shapes_apart,
        ),
        (
            "the same with errors over each curve's smallest, by memory over r²d + L",
            collapse.shapes_apart_scaled,
        ),
    ] {
        let value = match distance {
            Some(distance) => format!("{distance:.3}"),
            None => "not known".to_owned(),
        };
        say(name, value);
    }
    words
}

/// The whole comparison as text for people.
pub fn shown(found: &MemoryLaw) -> String {
    let mut text = format!("memory law of {} runs\n", found.observations.len());
    let words = words(found).into_iter().map(Vec::from).collect();
    let (columns, rows) = thresholds(found);
    let thresholds = [vec![columns], rows].concat();
    for table in [words, thresholds] {
        text.push('\n');
        text.push_str(&aligned(&table));
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::plan::Request;
    use crate::sweep::grid::Grids;
    use crate::sweep::jobs;
    use crate::wording;

    fn checked(over: &[&str]) -> Result<()> {
        let request = Request::new(Some("memory-law"), &[], None)?;
        let over = over.iter();
        let grids = over.fold(
            Grids::read(request.sweep_section().unwrap()),
            |grids, over| grids?.over(over),
        )?;
        let jobs = jobs(&request, &grids, &grids.seeds)?;
        Law::Memory.check(&jobs)
    }

    #[test]
    fn runs_of_one_cell_differ_in_points_and_seed_alone() {
        checked(&[]).unwrap();
        checked(&["task.dim=32"]).unwrap();
        let refused = wording::told(checked(&["task.link=mixed,quadratic"]).unwrap_err());
        assert!(refused.contains("run 0001 in task.link "), "{refused}");
        // Here each number of points has its own batch size.
        let request = Request::new(Some("memory-law"), &[], None).unwrap();
        let section = "size = [{ synthetic.points = 2, distill.batch = 0 }, { synthetic.points = 4, \
                       distill.batch = 64 }]";
        let section: toml::Table = format!("[[grid]]\n{section}").parse().unwrap();
        let grids = crate::sweep::Grids::read(Some(section.into())).unwrap();
        let jobs = jobs(&request, &grids, &[0]).unwrap();
        let refused = wording::told(Law::Memory.check(&jobs).unwrap_err());
        for name in ["run 0002", "run 0001 in distill.batch "] {
            assert!(refused.contains(name), "{refused}");
        }
    }

    #[test]
    fn a_fit_without_thresholds_at_the_largest_number_is_told_where_there_are_any() {
        let threshold = |dim: usize, rank: usize, is_largest: bool| law::Threshold {
            dim,
            rank,
            labels: 0,
            seed: 0,
            points: Some(rank * rank),
            is_largest,
        };
        let told = |largest_rank: usize| {
            let mut found = law::memory_law(Vec::new(), &[], &Seed::new(0));
            for (dim, rank) in [(32, 1), (32, 2), (32, 3), (64, 1), (64, 2), (64, 3)] {
                found
                    .thresholds
                    .push(threshold(dim, rank, rank >= largest_rank));
            }
            let seed = Seed::new(0);
            found.power_law = law::fit(&found.thresholds, &seed);
            let below = found.thresholds.iter().filter(|of| !of.is_largest);
            found.power_law_below_largest = law::fit(below, &seed);
            let words = words(&found).into_iter();
            words
                .filter(|[name, _]| name.contains(" without thresholds at the largest number"))
                .map(|[name, value]| format!("{name}: {value}"))
                .collect::<Vec<_>>()
        };
        assert!(told(4).is_empty());
        let [p, q] = &told(3)[..] else {
            panic!("{:?}", told(3));
        };
        assert!(
            p.starts_with("p ") && p.contains(": 2.00 (95 % interval "),
            "{p}"
        );
        assert!(q.starts_with("q "), "{q}");
        assert!(told(2).iter().all(|words| words.contains("not fitted")));
    }
}
