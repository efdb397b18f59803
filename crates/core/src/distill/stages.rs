//! Checks of the order of stages.

use crate::error::{Error, Result};
use crate::objective::Method;
use crate::settings::keys;
use crate::synthetic::Part;

/// Checks the methods of all stages, for a set with `labels` readout labels.
///
/// No stage may move the inputs after readout labels were learned, since labels belong to reference
/// inputs that are drawn from the span of the final inputs.
///
/// # Errors
/// [`Error::Setting`] if there is no stage, if no stage learns the labels, or if inputs move after them.
pub fn check(stages: &[&dyn Method], labels: usize) -> Result<()> {
    if stages.is_empty() {
        let accepted = "must have at least one objective";
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
        let accepted = "no stage learns readout labels, so they would stay 0: add an \
                        objective of kind \"readout-matching\", or remove this setting";
        return Err(Error::setting("synthetic.labels", labels, accepted));
    };
    let Some((stage, moving)) = learns(Part::Inputs).find(|(stage, _)| *stage > first) else {
        return Ok(());
    };
    let accepted = format!(
        "this stage moves the inputs after objective.{first} ({}) has learned readout labels \
         for the span of the inputs: put this stage before that one, or remove \"inputs\" here",
        labelling.kind()
    );
    Err(Error::setting(
        format!("objective.{stage}.learn"),
        keys::shown(&moving.learns()),
        accepted,
    ))
}
