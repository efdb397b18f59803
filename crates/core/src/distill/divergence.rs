//! Divergence: numbers that are no longer finite, and the remedies that errors suggest.

use std::collections::BTreeMap;

use burn::tensor::{Tensor, backend::Backend};

use super::Recipe;
use crate::error::Result;
use crate::inner::optimiser::Moments;
use crate::numeric::total;
use crate::objective::{ObjectiveState, Trouble, Value};
use crate::store::tensor_file::Numbers;
use crate::synthetic::{Initial, Part, SyntheticSet};
use crate::task::Split;

/// How far a stage had come when a run diverged. It decides which remedies are suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Nothing had moved in this stage yet.
    First,
    /// The set had moved.
    Moved,
    /// The set had moved, and the objective kept a state between steps.
    Kept,
}

/// Numbers that show on the device whether a part of the set is finite: for step sizes their
/// logarithms, for any other part one number, which is finite if and only if the whole part is.
pub(super) fn probe<B: Backend>(part: Part, tensor: &Tensor<B, 2>) -> Tensor<B, 1> {
    /// Keeps sums of the largest single-precision numbers finite.
    const SHRINK: f64 = 1.0 / (1_u64 << 63) as f64;
    match part {
        Part::StepSizes => tensor.clone().flatten(0, 1),
        _ => total::of(tensor.clone().abs().mul_scalar(SHRINK)),
    }
}

/// The problem that a part's [`probe`] shows, or `None`.
pub(super) fn of_probe(part: Part, probe: &[f64]) -> Option<String> {
    match part {
        Part::StepSizes => of_step_sizes(probe),
        _ if probe.iter().all(|number| number.is_finite()) => None,
        _ => Some(not_finite(part)),
    }
}

fn of_step_sizes(logarithms: &[f64]) -> Option<String> {
    let usable = |size: &f32| size.is_finite() && *size > 0.0;
    let mut sizes = logarithms.iter().map(|logarithm| logarithm.exp() as f32);
    sizes
        .find(|size| !usable(size))
        .map(|size| format!("a step size is {size:e}, not positive and finite"))
}

fn not_finite(part: Part) -> String {
    format!("some {} are not finite", part.name())
}

/// The problem of a set, or `None`. All its numbers must be finite in single precision, the precision
/// of its file, and step sizes must be positive.
pub(super) fn of_set<B: Backend>(set: &SyntheticSet<B>) -> Result<Option<String>> {
    for (part, tensor) in set.parts() {
        let numbers = Numbers::of(tensor)?;
        let what = match part {
            Part::StepSizes => of_step_sizes(&numbers.doubles()),
            _ if numbers.single().is_finite() => None,
            _ => Some(not_finite(*part)),
        };
        if what.is_some() {
            return Ok(what);
        }
    }
    Ok(None)
}

/// The problem of the optimiser's moments, or `None`. They must be finite.
pub(super) fn of_moments<B: Backend>(
    moments: &BTreeMap<Part, Moments<B, 2>>,
) -> Result<Option<String>> {
    for (part, moments) in moments {
        for tensor in &moments.tensors {
            if !Numbers::of(tensor)?.is_finite() {
                let part = part.name();
                let what = format!("some of the optimiser's moments of {part} are not finite");
                return Ok(Some(what));
            }
        }
    }
    Ok(None)
}

/// The problem of the objective's state, or `None`. All its numbers must be finite.
pub(super) fn of_objective<B: Backend>(state: &ObjectiveState<B>) -> Result<Option<String>> {
    for (name, value) in state.iter() {
        let is_finite = match value {
            Value::Vector(tensor) => Numbers::of(tensor)?.is_finite(),
            Value::Matrix(tensor) => Numbers::of(tensor)?.is_finite(),
            Value::Double(matrix) => matrix.iter().all(|number| number.is_finite()),
            Value::Count(_) | Value::Derived(_) => true,
        };
        if !is_finite {
            let what = format!("some numbers that the objective keeps ({name}) are not finite");
            return Ok(Some(what));
        }
    }
    Ok(None)
}

/// Inputs of a training part may reach this value before a remedy names it. Standardised ones do not, but for
/// a few that are far from all others.
const LARGE: f32 = 1e3;

/// Which settings to change after a divergence in `stage`, counted from 0, of a run on these training rows.
pub(super) fn remedy<B: Backend>(
    recipe: &Recipe<B>,
    rows: &Split,
    stage: usize,
    when: When,
) -> String {
    let several = recipe.objective.len() > 1;
    let path = match several {
        true => format!("objective.{stage}"),
        false => "objective".to_owned(),
    };
    let rate = match several {
        true => format!("distill.learning_rate (for stage {})", stage + 1),
        false => "distill.learning_rate".to_owned(),
    };
    let rate = match recipe.distill.step_size_learning_rate {
        Some(_) => format!("{rate}, or of step sizes distill.step_size_learning_rate"),
        None => rate,
    };
    let of_objective = |trouble| {
        let objective = recipe.objective.get(stage)?;
        objective.remedy(&path, trouble)
    };
    let sizes = rows.inputs.iter().map(|value| value.abs());
    let largest = sizes.fold(0.0, f32::max);
    let scale = (largest > LARGE).then(|| {
        format!("set task.normalise = true, or scale the inputs, which reach {largest:.1e}")
    });
    match when {
        When::Moved | When::Kept if scale.is_some() => {
            format!("{}, or lower {rate}", scale.unwrap_or_default())
        }
        When::Moved => format!("lower {rate}"),
        When::Kept => match of_objective(Trouble::State) {
            Some(remedy) => format!("lower {rate}, or {remedy}"),
            None => format!("lower {rate}"),
        },
        When::First => {
            let at_start = || match recipe.synthetic.initial {
                Initial::Normal => "lower synthetic.spread".to_owned(),
                Initial::Real | Initial::KMeans => format!("lower {rate}"),
            };
            let first = scale
                .or_else(|| of_objective(Trouble::FirstStep))
                .unwrap_or_else(at_start);
            match stage {
                0 => format!("nothing had moved yet, so {first}"),
                _ => format!(
                    "nothing had moved in this stage yet, so {first}, or lower distill.learning_rate \
                     in the stage before"
                ),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::wording::told;
    use burn::tensor::TensorData;
    use burn_flex::Flex;
    use burn_ndarray::NdArray;

    fn matrix<B: Backend>(values: [f64; 2]) -> Tensor<B, 2> {
        Tensor::from_data(
            TensorData::new(values.to_vec(), [2, 1]),
            &B::Device::default(),
        )
    }

    fn set<B: Backend>(inputs: [f64; 2]) -> SyntheticSet<B> {
        SyntheticSet::new(matrix(inputs), matrix([1.0, -1.0]))
    }

    #[test]
    fn large_numbers_are_finite_and_infinite_ones_are_not() {
        assert_eq!(of_set(&set::<Flex>([3e38, 3e38])).unwrap(), None);
        for value in [f64::INFINITY, f64::NAN] {
            let what = of_set(&set::<Flex>([value, 1.0])).unwrap().unwrap();
            assert_eq!(what, "some inputs are not finite");
        }
    }

    #[test]
    fn numbers_beyond_single_precision_are_divergence_in_double_precision_too() {
        assert_eq!(of_set(&set::<NdArray<f64>>([3e38, 1.0])).unwrap(), None);
        assert!(of_set(&set::<NdArray<f64>>([1e39, 1.0])).unwrap().is_some());
    }

    #[test]
    fn step_sizes_stay_positive_and_finite() {
        let with = |sizes| set::<Flex>([0.0, 0.0]).with(Part::StepSizes, matrix(sizes));
        assert_eq!(of_set(&with([-80.0, 80.0])).unwrap(), None);
        for (sizes, size) in [([-700.0, 0.0], "0e0"), ([0.0, 90.0], "inf")] {
            let what = told(of_set(&with(sizes)).unwrap().unwrap());
            assert!(what.contains(size), "{what}");
        }
    }

    #[test]
    fn the_remedy_is_what_can_be_at_fault() {
        let recipe = |text: &str| {
            let text =
                format!("task = {{ kind = \"digits\" }}\nnetwork = {{ kind = \"mlp\" }}\n{text}");
            let settings = crate::run::Settings::read(&text.parse().unwrap()).unwrap();
            settings.recipe::<Flex>().unwrap()
        };
        let one = recipe("objective = { kind = \"performance-matching\" }");
        let rows =
            |most: f32| Split::values(ndarray::arr2(&[[most, 1.0]]), ndarray::arr2(&[[0.0]]));
        let remedy = |recipe: &Recipe<Flex>, stage, when| remedy(recipe, &rows(3.0), stage, when);
        let first = told(remedy(&one, 0, When::First));
        assert!(first.contains("objective.step_size"), "{first}");
        let large = told(super::remedy(&one, &rows(-1e20), 0, When::First));
        assert!(
            large.contains("task.normalise") && large.contains("1.0e20"),
            "{large}"
        );
        let moved = told(super::remedy(&one, &rows(-1e20), 0, When::Moved));
        assert!(moved.contains("task.normalise"), "{moved}");
        let moved = told(remedy(&one, 0, When::Moved));
        assert!(moved.contains("distill.learning_rate"), "{moved}");
        let two = recipe(
            "synthetic = { initial = \"normal\" }\nobjective = [{ kind = \"gradient-matching\", life = 3 }, \
             { kind = \"performance-matching\" }]",
        );
        let first = told(remedy(&two, 0, When::First));
        assert!(first.contains("synthetic.spread"), "{first}");
        let first = told(remedy(&two, 1, When::First));
        assert!(first.contains("objective.1.step_size"), "{first}");
        assert!(first.contains("distill.learning_rate"), "{first}");
        let aged = told(remedy(&two, 0, When::Kept));
        assert!(aged.contains("objective.0.ageing_rate"), "{aged}");
        assert!(aged.contains("stage 1"), "{aged}");
    }
}
