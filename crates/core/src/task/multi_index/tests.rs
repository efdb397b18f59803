#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::HashSet;

use ndarray::{Axis, s};

use super::*;
use crate::numeric::linear_algebra::{singular_values, top_directions};
use crate::seed::Seed;
use crate::task::TaskSource;
use crate::wording::told;
use ndarray::Array2;

fn small() -> MultiIndex {
    MultiIndex {
        dim: 8,
        rank: 2,
        samples: 500,
        validation: 60,
        test: 70,
        ..MultiIndex::default()
    }
}

#[test]
fn a_task_has_the_sizes_asked_for_and_is_the_same_every_time() {
    let task = small().load(&Seed::new(3)).unwrap();
    assert_eq!(task.train.inputs.dim(), (500, 8));
    assert_eq!(task.validation.len(), 60);
    assert_eq!(task.test.len(), 70);
    assert_eq!(task.interface().outputs, 1);
    let again = small().load(&Seed::new(3)).unwrap();
    assert_eq!(task.fingerprint(), again.fingerprint());
    let other = small().load(&Seed::new(4)).unwrap();
    assert_ne!(task.fingerprint(), other.fingerprint());
}

#[test]
fn the_subspace_is_orthonormal() {
    let basis = small().load(&Seed::new(0)).unwrap().subspace.unwrap();
    assert_eq!(basis.dim(), (8, 2));
    let gram = basis.t().dot(&basis);
    assert!(
        (gram - Array2::<f32>::eye(2))
            .iter()
            .all(|v| v.abs() < 1e-6)
    );
}

#[test]
fn parts_do_not_depend_on_each_other_and_share_no_row() {
    let settings = MultiIndex {
        linear_part: false,
        ..small()
    };
    let task = settings.load(&Seed::new(1)).unwrap();
    let more = MultiIndex {
        samples: 900,
        ..settings
    };
    let more = more.load(&Seed::new(1)).unwrap();
    assert_eq!(task.validation, more.validation);
    assert_eq!(task.test, more.test);
    assert_eq!(
        *task.train.inputs,
        more.train.inputs.slice(s![..500, ..]).to_owned()
    );
    let parts = [&task.train, &task.validation, &task.test];
    let rows = parts.iter().flat_map(|part| part.inputs.rows());
    let different: HashSet<Vec<u32>> = rows
        .map(|row| row.iter().map(|v| v.to_bits()).collect())
        .collect();
    assert_eq!(different.len(), 630);
}

#[test]
fn only_test_targets_are_free_of_noise() {
    let exact = MultiIndex {
        noise: 0.0,
        linear_part: false,
        ..small()
    };
    let noisy = MultiIndex {
        noise: 0.5,
        ..exact.clone()
    };
    let (exact, noisy) = (
        exact.load(&Seed::new(2)).unwrap(),
        noisy.load(&Seed::new(2)).unwrap(),
    );
    assert_eq!(exact.test, noisy.test);
    for (exact, noisy) in [
        (&exact.train, &noisy.train),
        (&exact.validation, &noisy.validation),
    ] {
        let errors = &noisy.targets - &exact.targets;
        let std = errors.mapv(|e| e * e).mean().unwrap().sqrt();
        assert!((std - 0.5).abs() < 0.1, "{std}");
    }
}

#[test]
fn the_mean_hessian_has_the_subspace_as_its_range() {
    let settings = MultiIndex {
        samples: 40_000,
        ..small()
    };
    let task = settings.load(&Seed::new(7)).unwrap();
    let x = task.train.inputs.mapv(f64::from);
    let y = task.train.targets.mapv(f64::from);
    // Stein: E[∇²f] = E[y (xxᵀ − I)].
    let hessian = (x.t().dot(&(&x * &y)) / 40_000.0) - Array2::<f64>::eye(8) * y.mean().unwrap();
    let values = singular_values(&hessian);
    assert!(values[1] > 0.3 && values[2] < 0.15, "{values:?}");
    let seen = top_directions(&hessian, 2);
    let basis = task.subspace.unwrap().mapv(f64::from);
    let cosines = singular_values(&basis.t().dot(&seen));
    assert!(cosines[1] > 0.98, "{cosines:?}");
}

#[test]
fn the_linear_part_is_taken_off_every_part() {
    let settings = MultiIndex {
        link: Link::Polynomial,
        coefficients: vec![2.0, 1.0, 0.5],
        samples: 5_000,
        ..small()
    };
    let task = settings.load(&Seed::new(0)).unwrap();
    let linear = task.linear_part.as_ref().unwrap();
    let intercept = f64::from(linear.intercept[0]);
    assert!(
        (intercept - 2.0 * 2.0_f64.sqrt()).abs() < 0.1,
        "{intercept}"
    );
    assert!(task.train.targets.mean_axis(Axis(0)).unwrap()[0].abs() < 0.1);
    let raw = MultiIndex {
        linear_part: false,
        ..settings
    };
    let raw = raw.load(&Seed::new(0)).unwrap();
    assert!(raw.linear_part.is_none());
    let rebuilt = &task.test.targets + &linear.predict(&task.test.inputs);
    assert!((rebuilt - raw.test.targets).iter().all(|v| v.abs() < 1e-4));
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let refused = |text: &str| {
        let table: toml::Table = text.parse().unwrap();
        told(crate::settings::keys::section::<MultiIndex>("task", &table).unwrap_err())
    };
    for (text, key) in [
        ("dim = 0", "task.dim = 0"),
        ("rank = 65", "task.rank = 65"),
        ("noise = -1.0", "task.noise = -1"),
        ("noise = nan", "task.noise = nan"),
        ("samples = 9223372036854775807", "task.samples"),
        ("dim = 9223372036854775807", "task.samples"),
        ("coefficients = [1.0]", "task.coefficients"),
        ("link = \"polynomial\"", "task.coefficients"),
        (
            "link = \"polynomial\"\ncoefficients = [1, 0.0]",
            "task.coefficients",
        ),
        ("link = \"linear\"", "task.link"),
        ("ranks = 3", "`task.rank`"),
    ] {
        let message = refused(text);
        assert!(message.contains(key), "{text}: {message}");
    }
}
