//! `synthetic.points = "auto"`: the number of points follows from the task's intrinsic dimension.

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

/// Value of `synthetic.points` that asks for an estimate.
const AUTO: &str = "auto";

/// Reads settings whose number of points may be "auto". Returns them, and whether it is.
///
/// # Errors
/// Settings that are not accepted.
pub fn read(table: Table) -> Result<(Settings, bool)> {
    read_by(table, Settings::read)
}

/// Like [`read`], for the settings of a stored run ([`Settings::read_stored`]).
///
/// # Errors
/// Settings that are not accepted.
pub fn read_stored(table: Table) -> Result<(Settings, bool)> {
    read_by(table, Settings::read_stored)
}

fn read_by(mut table: Table, read: fn(&Table) -> Result<Settings>) -> Result<(Settings, bool)> {
    let is_auto = take(&mut table)?;
    Ok((read(&table)?, is_auto))
}

/// Removes "auto" from the settings. Returns whether it was there.
///
/// # Errors
/// [`Error::Setting`]: `points` is another word, or `per_class` is given too.
fn take(settings: &mut Table) -> Result<bool> {
    let Some(synthetic) = section(settings) else {
        return Ok(false);
    };
    match synthetic.get("points") {
        Some(Value::String(word)) if word == AUTO => match synthetic.get("per_class") {
            Some(per_class) => {
                let accepted =
                    format!("give either this or synthetic.per_class (now {per_class}), not both");
                Err(refused(accepted))
            }
            None => {
                synthetic.remove("points");
                Ok(true)
            }
        },
        Some(Value::String(word)) => {
            let accepted = "must be a number, or \"auto\" for the number that `budget` proposes";
            Err(Error::setting(
                "synthetic.points",
                format!("{word:?}"),
                accepted,
            ))
        }
        _ => Ok(false),
    }
}

/// Settings in which the number of points, if it is "auto", is that of a stored run.
pub fn settled(mut settings: Settings, is_auto: bool, stored: &Settings) -> Settings {
    if is_auto {
        settings.synthetic.points = stored.synthetic.points;
    }
    settings
}

/// Puts "auto" back into the settings.
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

/// The two-layer network through which a task is examined.
pub struct Looked<B: Kernels> {
    network: Box<dyn AnyNetwork<B>>,
    /// Its width L.
    pub width: usize,
    /// Whether it is the network of the settings.
    pub is_own: bool,
}

impl<B: Kernels> Looked<B> {
    /// Takes the network of these settings if it is a two-layer one. Otherwise takes one of the default
    /// width, with a note.
    pub fn new(settings: &NetworkSettings, task: &Resident<'_, B>, device: &B::Device) -> Self {
        let (two_layer, is_own) = match settings {
            NetworkSettings::TwoLayer(own) => (own.clone(), true),
            _ => (TwoLayer::default(), false),
        };
        let width = two_layer.width;
        if !is_own {
            note(format_args!(
                "using a two-layer network of {width} neurons, for which the theory is made, instead of \
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

    /// Estimates the task's intrinsic dimension. Prints a note for every direction as it is found.
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

    /// Size of the set to distil, from the directions that were found. `None` if there are none.
    pub fn proposal(&self, found: &Intrinsic, task: &Task) -> Option<Proposal> {
        let weights = self.network.layout().floats();
        found.proposal(task, self.width, weights)
    }
}

/// Number of points that the task's intrinsic dimension asks for.
///
/// # Errors
/// [`Error::Setting`] if no direction was found, or if the search reached its largest number. The device
/// cannot be read.
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
            "the search stopped at {} directions, its largest number: give a number of points (`budget \
             --most 64` searches further)",
            found.rank
        );
        return Err(refused(accepted));
    }
    let doubt = doubt(&found, settings.threshold);
    let Some(proposal) = looked.proposal(&found, task.task) else {
        return Err(refused(format!(
            "{}: give a number of points (`budget` shows the estimate)",
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

/// Explains why there is no proposal, or why the task may have more directions than were counted. `None` if
/// the next direction does not stand out.
pub fn doubt(found: &Intrinsic, threshold: f64) -> Option<String> {
    let held_out = found.held_out_rows;
    match (found.rank, found.has_uncounted(threshold)) {
        (0, false) => Some(
            "found no direction of the inputs that the targets depend on (odd functions of degree 3 and \
             more cannot be seen: a first gradient step does not learn them)"
                .to_owned(),
        ),
        (0, true) => Some(format!(
            "the targets seem to depend on the inputs, but the {held_out} held-out rows are too few to be \
             sure that a readout explains them: more training rows or held-out rows may decide it"
        )),
        (_, true) => Some(format!(
            "there may be more directions: the next one stands out from shuffled targets, but the {held_out} \
             held-out rows are too few to be sure that it helps: more training rows or held-out rows may \
             decide it"
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
            "{above}; improves held-out rows by {gain:.1} standard errors, to {:.1} % explained",
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

    /// `rank` directions that count, and one more that lies `above_null` deviations above the null.
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
        // All directions that were looked for count.
        let mut all = found(2, 40.0);
        all.directions.truncate(2);
        assert_eq!(doubt(&all, 3.0), None);
    }
}
