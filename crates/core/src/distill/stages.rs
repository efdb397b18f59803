//! Which stages can follow one another.

use crate::error::{Error, Result};
use crate::objective::Method;
use crate::settings::keys;
use crate::synthetic::Part;

/// Checks the methods of all stages, and that readout labels, of which the set is to have so many, are
/// learned once the inputs rest: they belong to the inputs that the points end with.
///
/// # Errors
/// [`Error::Setting`]: there is no stage, labels that no stage learns, or inputs that move after them.
pub fn check(stages: &[&dyn Method], labels: usize) -> Result<()> {
    if stages.is_empty() {
        let accepted = "give at least one objective";
        return Err(Error::setting("objective", "[]", accepted));
    }
    let learns = |part: Part| {
        let stages = stages.iter().enumerate();
        stages.filter(move |(_, stage)| stage.learns().contains(&part))
    };
    let Some((first, labelling)) = learns(Part::Labels).next() else {
        if labels == 0 {
            return Ok(());
        }
        let accepted = "no stage learns readout labels, so that they would stay 0: add an \
                        objective of kind \"readout-matching\", or leave this setting away";
        return Err(Error::setting("synthetic.labels", labels, accepted));
    };
    let Some((stage, moving)) = learns(Part::Inputs).find(|(stage, _)| *stage > first) else {
        return Ok(());
    };
    let accepted = format!(
        "this stage moves the inputs after objective.{first} ({}) has learned readout labels \
         for what they span: put it before that one, or leave \"inputs\" out here",
        labelling.kind()
    );
    Err(Error::setting(
        format!("objective.{stage}.learn"),
        keys::shown(&moving.learns()),
        accepted,
    ))
}
