//! `synthetic.points = "auto"`: as many points as the task's intrinsic dimension asks for.

use retort_core::intrinsic::{Direction, Intrinsic, IntrinsicSettings, Proposal, estimate};
use retort_core::kernel::Kernels;
use retort_core::network::two_layer::TwoLayer;
use retort_core::network::{AnyNetwork, NetworkSettings};
use retort_core::run::Settings;
use retort_core::seed::Seed;
use retort_core::task::{Resident, Task};
use retort_core::{Error, Result};
use toml::{Table, Value};

use crate::busy::Busy;
use crate::console::note;

/// The word that stands for a number.
const AUTO: &str = "auto";

/// The settings of a table in which the word may stand for the number of points, and whether it does.
///
/// # Errors
/// Settings that are not accepted.
pub fn read(mut table: Table) -> Result<(Settings, bool)> {
    let is_auto = take(&mut table)?;
    Ok((Settings::read(&table)?, is_auto))
}

/// Takes the word out of settings; says whether it stood there.
///
/// # Errors
/// [`Error::Setting`]: another word stands there, or a number a class beside it.
fn take(settings: &mut Table) -> Result<bool> {
    let Some(synthetic) = section(settings) else {
        return Ok(false);
    };
    match synthetic.get("points") {
        Some(Value::String(word)) if word == AUTO => match synthetic.get("per_class") {
            Some(per_class) => {
                let accepted = format!("give either this or synthetic.per_class (now {per_class})");
                Err(refused(accepted))
            }
            None => {
                synthetic.remove("points");
                Ok(true)
            }
        },
        Some(Value::String(word)) => {
            let accepted = "must be a number, or \"auto\" for as many as `budget` proposes";
            Err(Error::setting(
                "synthetic.points",
                format!("{word:?}"),
                accepted,
            ))
        }
        _ => Ok(false),
    }
}

/// Settings with the points of a stored run, where the word stands for them: whatever came of it there.
pub fn settled(mut settings: Settings, is_auto: bool, stored: &Settings) -> Settings {
    if is_auto {
        settings.synthetic.points = stored.synthetic.points;
    }
    settings
}

/// Puts the word back.
pub fn put(settings: &mut Table) {
    let synthetic = settings
        .entry("synthetic")
        .or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(synthetic) = synthetic {
        synthetic.insert("points".to_owned(), AUTO.into());
    }
}

fn section(settings: &mut Table) -> Option<&mut Table> {
    settings.get_mut("synthetic")?.as_table_mut()
}

fn refused(accepted: impl Into<String>) -> Error {
    Error::setting("synthetic.points", format!("{AUTO:?}"), accepted)
}

/// A two-layer network that a task is looked at through, and its width.
pub struct Looked<B: Kernels> {
    network: Box<dyn AnyNetwork<B>>,
    /// L.
    pub width: usize,
    /// Whether it is that of the settings.
    pub is_own: bool,
}

impl<B: Kernels> Looked<B> {
    /// The network of these settings where that is a two-layer one, and one of the default width otherwise,
    /// which is told.
    pub fn new(settings: &NetworkSettings, task: &Resident<'_, B>, device: &B::Device) -> Self {
        let (two_layer, is_own) = match settings {
            NetworkSettings::TwoLayer(own) => (own.clone(), true),
            _ => (TwoLayer::default(), false),
        };
        let width = two_layer.width;
        if !is_own {
            note(format_args!(
                "looked at through a two-layer network of {width} neurons, which the theory is for, in place of \
                 network.kind = {:?}",
                settings.kind()
            ));
        }
        let network = NetworkSettings::TwoLayer(two_layer);
        Self {
            network: network.template::<B>(task.task.interface(), device),
            width,
            is_own,
        }
    }

    /// What is found of the task through it; every direction is told as it is found.
    ///
    /// # Errors
    /// The device cannot be read.
    pub fn estimate(
        &self,
        settings: &IntrinsicSettings,
        task: &Resident<'_, B>,
        seed: &Seed,
    ) -> Result<Intrinsic> {
        let busy = Busy::with("looking for directions");
        let mut found = |number: usize, direction: &Direction| {
            note(format_args!("direction {number}: {}", shown(direction)));
            busy.told();
        };
        estimate(settings, task, &*self.network, seed, &mut found)
    }

    /// What a set should have for what was found; none where that is no direction.
    pub fn proposal(&self, found: &Intrinsic, task: &Task) -> Option<Proposal> {
        let weights = self.network.layout().floats();
        found.proposal(task, self.width, weights)
    }
}

/// The number of points that a task asks for.
///
/// # Errors
/// [`Error::Setting`]: no direction was found, or as many as are looked for; or the device cannot be read.
pub fn points<B: Kernels>(
    network: &NetworkSettings,
    task: &Resident<'_, B>,
    device: &B::Device,
    seed: &Seed,
) -> Result<usize> {
    let looked = Looked::new(network, task, device);
    let settings = IntrinsicSettings::default();
    let found = looked.estimate(&settings, task, seed)?;
    if found.is_bound {
        let accepted = format!(
            "{} directions were found, and the search ends there: give a number of points (`budget --most 64` looks \
             further)",
            found.rank
        );
        return Err(refused(accepted));
    }
    let doubt = doubt(&found, settings.threshold);
    let Some(proposal) = looked.proposal(&found, task.task) else {
        return Err(refused(format!(
            "{}: give a number of points (`budget` shows what was seen)",
            doubt.unwrap_or_default()
        )));
    };
    note(format_args!(
        "synthetic.points = \"auto\": intrinsic dimension {}, {} points",
        found.rank, proposal.points
    ));
    doubt.into_iter().for_each(note);
    proposal.cautions(task.task).into_iter().for_each(note);
    Ok(proposal.points)
}

/// Why there is nothing to propose, or why more directions may be there than the proposal is for; none where the
/// next one does not stand out.
pub fn doubt(found: &Intrinsic, threshold: f64) -> Option<String> {
    let held_out = found.held_out_rows;
    match (found.rank, found.has_uncounted(threshold)) {
        (0, false) => Some(
            "no direction of the inputs was found that the targets depend on (odd functions of degree 3 and more are \
             not seen: a first gradient step does not learn them)"
                .to_owned(),
        ),
        (0, true) => Some(format!(
            "the targets seem to depend on the inputs, but it is not certain that a readout explains anything of the \
             {held_out} held-out rows: more rows, of training or held out, may tell"
        )),
        (_, true) => Some(format!(
            "there may be more directions: the next one stands out of shuffled targets, but it is not certain that it \
             helps on the {held_out} held-out rows: more rows, of training or held out, may tell"
        )),
        (_, false) => None,
    }
}

/// A direction in words.
fn shown(direction: &Direction) -> String {
    let above = format!(
        "{:.1} deviations above shuffled targets",
        direction.above_null
    );
    match (direction.held_out, direction.explained) {
        (Some(gain), Some(explained)) => format!(
            "{above}; held-out rows are explained better by {gain:.1} standard errors, to {:.1} %",
            100.0 * explained
        ),
        _ => above,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::wording::told;

    /// Directions that count, and one after them that lies that many deviations above the null.
    fn found(rank: usize, above_null: f64) -> Intrinsic {
        let direction = Direction {
            strength: 10.0,
            above_null,
            held_out: None,
            explained: None,
        };
        Intrinsic {
            rank,
            directions: vec![direction; rank + 1],
            is_bound: false,
            held_out_rows: 66,
            spectrum: Vec::new(),
            basis: Default::default(),
        }
    }

    #[test]
    fn targets_of_no_direction_and_rows_that_are_too_few_are_told_apart() {
        let said = |rank, above_null| doubt(&found(rank, above_null), 3.0);
        told(said(0, 2.9).unwrap());
        for (rank, above_null) in [(0, 3.0), (2, 40.0)] {
            let few = told(said(rank, above_null).unwrap());
            assert!(few.contains("66"), "{few}");
        }
        assert_eq!(said(2, 0.3), None);
        // All that were looked for count.
        let mut all = found(2, 40.0);
        all.directions.truncate(2);
        assert_eq!(doubt(&all, 3.0), None);
    }
}
