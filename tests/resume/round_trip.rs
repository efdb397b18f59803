//! An artefact comes back as it was stored.

use std::path::Path;

use burn::tensor::{Tensor, TensorData};
use burn_flex::Flex;
use burn_ndarray::NdArray;
use retort_core::Error;
use retort_core::kernel::Kernels;
use retort_core::synthetic::{Artefact, LabelKind, Part, SyntheticSet};
use retort_core::task::{Map, Task, Whitening};

use crate::scene::{Run, SEED, pictures, set_bits, settings, vectors};
use crate::wording::told;

/// Points and labels of the two-phase system on 5 dimensions, straight from a run.
pub fn two_phase<B: Kernels>(folder: &Path) -> Artefact<B> {
    let task = vectors();
    let settings = settings(
        r#"
        network = { kind = "two-layer", width = 8 }
        synthetic = { points = 8, labels = 16, initial = "normal", spread = 0.30000000000000004 }
        distill = { steps = 2, batch = 32 }
        objective = [{ kind = "gradient-matching" }, { kind = "readout-matching" }]
        "#,
    );
    let run = Run {
        settings: &settings,
        task: &task,
    };
    let (end, _) = run.finish::<B>(None, folder);
    Artefact::new(end.set, &task, &settings, SEED, Some("two-phase")).unwrap()
}

/// One picture a class with four step sizes.
pub fn with_step_sizes<B: Kernels>(folder: &Path) -> Artefact<B> {
    let task = pictures();
    let settings = settings(
        r#"
        network = { kind = "mlp", width = 8, depth = 1 }
        distill = { steps = 2, batch = 32 }
        objective = { kind = "performance-matching", unroll = 4, step_sizes = "per-step" }
        "#,
    );
    let run = Run {
        settings: &settings,
        task: &task,
    };
    let (end, _) = run.finish::<B>(None, folder);
    Artefact::new(end.set, &task, &settings, SEED, None).unwrap()
}

#[test]
fn points_labels_and_linear_part_come_back_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let artefact = two_phase::<Flex>(folder.path());
    let file = folder.path().join("set");
    artefact.save(&file).unwrap();
    let back = Artefact::<Flex>::load(&file, &Default::default()).unwrap();
    assert_eq!(set_bits(&back.set), set_bits(&artefact.set));
    assert_eq!(back.set.reference(), artefact.set.reference());
    assert_eq!(back.linear_part, artefact.linear_part);
    assert_eq!(back.manifest, artefact.manifest);
    assert_eq!(back.manifest.labels, LabelKind::Real);
    assert_eq!(artefact.floats(), 8 * (5 + 1) + 16 + (5 + 1));
}

#[test]
fn the_file_is_a_function_of_the_content() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("1"), folder.path().join("2"));
    let artefact = with_step_sizes::<Flex>(folder.path());
    assert_eq!(artefact.manifest.labels, LabelKind::Hard);
    artefact.save(&first).unwrap();
    let back = Artefact::<Flex>::load(&first, &Default::default()).unwrap();
    back.save(&second).unwrap();
    assert_eq!(
        std::fs::read(&first).unwrap(),
        std::fs::read(&second).unwrap()
    );
    let sizes = |artefact: &Artefact<Flex>| artefact.set.step_sizes().unwrap().to_data();
    let (before, after) = (sizes(&artefact), sizes(&back));
    for (before, after) in before.iter::<f32>().zip(after.iter::<f32>()) {
        assert!(
            (before - after).abs() <= f32::EPSILON * before,
            "{before} {after}"
        );
    }
}

#[test]
fn a_whitening_comes_back_bit_for_bit_and_is_not_written_where_it_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("set");
    let mut task = pictures();
    let mut whitening = Whitening::fit(&task.train.inputs, 0.1).unwrap();
    whitening.fingerprint = task.fingerprint();
    task.normalisation.whitening = Some(whitening);
    let set = with_step_sizes::<Flex>(folder.path()).set;
    let made = |task: &Task| Artefact::new(set.clone(), task, &(), SEED, None);
    let artefact = made(&task).unwrap();
    artefact.save(&file).unwrap();
    let back = Artefact::<Flex>::load(&file, &Default::default()).unwrap();
    assert_eq!(back.manifest, artefact.manifest);
    assert_eq!(back.floats(), artefact.floats());
    let mut rows = ndarray::Array2::clone(&task.test.inputs);
    task.normalisation.undo_inputs(&mut rows).unwrap();
    let mut again = ndarray::Array2::clone(&task.test.inputs);
    back.manifest.normalisation.undo_inputs(&mut again).unwrap();
    assert_eq!(rows, again);

    let refused = |change: &dyn Fn(&mut Whitening)| {
        let mut task = task.clone();
        task.normalisation.whitening.iter_mut().for_each(change);
        told(made(&task).unwrap_err())
    };
    let skewed = |w: &mut Whitening| {
        let mut matrix = w.matrix().into_owned();
        matrix[[0, 1]] += 1.0;
        w.map = Map::Matrix(matrix);
    };
    refused(&skewed);
    assert!(refused(&|w| w.mean = ndarray::Array1::zeros(5)).contains("whitening.mean"));
    assert!(refused(&|w| w.penalty = f64::NAN).contains("penalty"));
}

#[test]
fn a_set_in_double_precision_is_stored_in_single() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("set");
    let artefact = two_phase::<NdArray<f64>>(folder.path());
    artefact.save(&file).unwrap();
    let single = Artefact::<Flex>::load(&file, &Default::default()).unwrap();
    let before = artefact.set.inputs().to_data().convert::<f32>();
    assert_eq!(single.set.inputs().to_data(), before);
    let double = Artefact::<NdArray<f64>>::load(&file, &Default::default()).unwrap();
    assert_eq!(double.set.inputs().to_data().convert::<f32>(), before);
}

#[test]
fn sets_that_are_not_of_the_task_or_not_finite_are_refused() {
    let text = "network = { kind = \"mlp\" }\nobjective = { kind = \"gradient-matching\" }";
    let (task, settings) = (pictures(), settings(text));
    let matrix = |rows: usize, columns: usize, value: f32| {
        let data = TensorData::new(vec![value; rows * columns], [rows, columns]);
        Tensor::<Flex, 2>::from_data(data, &Default::default())
    };
    let make = |set| Artefact::new(set, &task, &settings, SEED, None);
    for (inputs, targets) in [
        (matrix(3, 5, 0.0), matrix(3, 3, 0.3)),
        (matrix(3, 6, 0.0), matrix(3, 2, 0.3)),
        (matrix(3, 6, 0.0), matrix(6, 3, 0.3)),
        (matrix(4, 6, 0.0), matrix(4, 3, 0.3)),
    ] {
        let error = make(SyntheticSet::new(inputs, targets)).unwrap_err();
        assert!(matches!(error, Error::Mismatch(_)), "{error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("set");
    let endless = SyntheticSet::new(matrix(3, 6, f32::INFINITY), matrix(3, 3, 0.3));
    let error = make(endless).unwrap().save(&file).unwrap_err();
    assert!(matches!(error, Error::Artefact { .. }), "{error}");
    told(error);
    let nothing = SyntheticSet::new(matrix(3, 6, 0.0), matrix(3, 3, 0.3));
    let nothing = nothing.with(Part::StepSizes, matrix(1, 1, -1e9));
    let error = make(nothing).unwrap_err();
    assert!(matches!(error, Error::Mismatch(_)), "{error}");
    told(error);
    assert!(!file.exists());
}
