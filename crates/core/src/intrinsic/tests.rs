#![allow(clippy::unwrap_used)]
use burn_flex::Flex;

use super::*;
use crate::network::{NetworkSettings, two_layer::TwoLayer};
use crate::numeric::linear_algebra::singular_values;
use crate::seed::Seed;
use crate::task::Resident;
use crate::task::{Digits, MultiIndex, Task, TaskSource};
use ndarray::Array2;

fn found(task: &Task, width: usize) -> Intrinsic {
    let device = Default::default();
    let resident = Resident::<Flex>::new(task, &device);
    let network = NetworkSettings::TwoLayer(TwoLayer {
        width,
        ..TwoLayer::default()
    });
    let network = network.template::<Flex>(task.interface(), &device);
    let settings = IntrinsicSettings::default();
    estimate(
        &settings,
        &resident,
        &*network,
        &Seed::new(4),
        &mut |_, _| (),
    )
    .unwrap()
}

#[test]
fn rank_and_subspace_of_a_multi_index_task_are_found() {
    for (dim, rank) in [(16, 1), (24, 2), (24, 3), (32, 4)] {
        let task = MultiIndex {
            dim,
            rank,
            samples: 4 * dim * dim,
            validation: 1000,
            test: 100,
            ..MultiIndex::default()
        };
        let task = task.load(&Seed::new(rank as u64)).unwrap();
        let found = found(&task, 128);
        assert_eq!(found.rank, rank, "{found:?}");
        let basis = task.subspace.as_ref().unwrap().mapv(f64::from);
        let cosines = singular_values(&basis.t().dot(&found.basis));
        assert!(cosines.iter().all(|cosine| *cosine > 0.95), "{cosines:?}");
        let proposal = found.proposal(&task, 128, 128 * (dim + 2)).unwrap();
        assert_eq!((proposal.points, proposal.labels), (2 * rank * rank, 128));
        let floats = 2 * rank * rank * (dim + 1) + 128 + dim + 1;
        assert_eq!(proposal.floats, floats);
    }
}

#[test]
fn inputs_of_another_scale_have_the_same_rank() {
    let task = MultiIndex {
        dim: 24,
        rank: 3,
        samples: 4 * 24 * 24,
        validation: 1000,
        test: 100,
        ..MultiIndex::default()
    };
    let task = task.load(&Seed::new(3)).unwrap();
    for scale in [0.02, 50.0] {
        let mut task = task.clone();
        for split in [&mut task.train, &mut task.validation] {
            std::sync::Arc::make_mut(&mut split.inputs).mapv_inplace(|value| scale * value);
        }
        let found = found(&task, 128);
        assert_eq!(found.rank, 3, "{scale}: {found:?}");
        let basis = task.subspace.as_ref().unwrap().mapv(f64::from);
        let cosines = singular_values(&basis.t().dot(&found.basis));
        assert!(cosines.iter().all(|cosine| *cosine > 0.95), "{cosines:?}");
    }
}

#[test]
fn targets_independent_of_the_inputs_have_no_direction() {
    let task = MultiIndex {
        dim: 12,
        rank: 2,
        samples: 900,
        validation: 300,
        test: 100,
        ..MultiIndex::default()
    };
    let mut task = task.load(&Seed::new(3)).unwrap();
    let count = task.train.len();
    let order = Seed::new(5).stream().sample(count, count);
    task.train.targets = task.train.select(&order).targets;
    let found = found(&task, 64);
    assert_eq!(found.rank, 0, "{found:?}");
    assert_eq!(found.proposal(&task, 64, 100), None);
}

#[test]
fn points_are_a_multiple_of_the_classes() {
    let task = Digits::default().load(&Seed::new(0)).unwrap();
    for (rank, points) in [(1, 10), (3, 20), (5, 50), (9, 170)] {
        let found = Intrinsic {
            rank,
            directions: Vec::new(),
            is_bound: false,
            held_out_rows: 100,
            spectrum: Vec::new(),
            basis: Array2::zeros((64, rank)),
        };
        let proposal = found.proposal(&task, 32, 1000).unwrap();
        assert_eq!(
            (proposal.points, proposal.floats),
            (points, points * 74 + 320)
        );
    }
}
