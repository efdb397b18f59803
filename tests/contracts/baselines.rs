//! What every baseline of an evaluation promises: as many rows as asked for, of the training part alone, the same
//! from the same seed.

use std::collections::BTreeSet;

use retort_core::evaluate::{BASELINES, Baseline, Chosen};
use retort_core::seed::Seed;
use retort_core::task::{Digits, MultiIndex, Task, TaskSource};

/// A baseline by its name: whether it is for classes only, and whether every network has rows of its own.
struct Row {
    name: &'static str,
    classes_only: bool,
    drawn_anew: bool,
}

const TABLE: &[Row] = &[
    Row {
        name: "random_real",
        classes_only: false,
        drawn_anew: true,
    },
    Row {
        name: "herding",
        classes_only: true,
        drawn_anew: false,
    },
    Row {
        name: "k_center",
        classes_only: true,
        drawn_anew: false,
    },
];

fn tasks() -> [Task; 2] {
    let values = MultiIndex {
        dim: 4,
        samples: 60,
        validation: 5,
        test: 5,
        ..MultiIndex::default()
    };
    let seed = Seed::new(3);
    [
        Digits::default().load(&seed).unwrap(),
        values.load(&seed).unwrap(),
    ]
}

fn chosen(baseline: &dyn Baseline, task: &Task, count: usize, seed: u64) -> Chosen {
    let seed = Seed::new(seed);
    let chosen = baseline.choose(task.training(), count, &seed);
    chosen.unwrap()
}

#[test]
fn every_baseline_has_a_row() {
    let names: Vec<&str> = BASELINES.iter().map(|baseline| baseline.name()).collect();
    let rows: Vec<&str> = TABLE.iter().map(|row| row.name).collect();
    assert_eq!(names, rows);
}

#[test]
fn a_baseline_gives_as_many_rows_as_asked_for_evenly_over_the_classes() {
    let tasks = tasks();
    for (baseline, row) in BASELINES.iter().zip(TABLE) {
        for task in &tasks {
            let classes = task.target.classes();
            assert_eq!(
                baseline.suits(&task.target),
                classes.is_some() || !row.classes_only,
                "{}",
                row.name
            );
            if !baseline.suits(&task.target) {
                continue;
            }
            for count in [10, 40] {
                match chosen(*baseline, task, count, 0) {
                    Chosen::Rows(rows) => {
                        let distinct: BTreeSet<usize> = rows.iter().copied().collect();
                        assert_eq!((rows.len(), distinct.len()), (count, count), "{}", row.name);
                        let chosen = task.train.select(&rows);
                        for rows in chosen.rows_by_class(classes.unwrap_or(0)) {
                            assert_eq!(rows.len(), count / 10, "{}", row.name);
                        }
                    }
                    Chosen::Made { inputs, targets } => {
                        assert_eq!((inputs.nrows(), targets.nrows()), (count, count));
                    }
                }
            }
        }
    }
}

#[test]
fn a_seed_decides_what_a_baseline_chooses_and_only_where_it_says_so() {
    let [task, _] = tasks();
    for (baseline, row) in BASELINES.iter().zip(TABLE) {
        assert_eq!(baseline.is_drawn_anew(), row.drawn_anew, "{}", row.name);
        let first = chosen(*baseline, &task, 20, 0);
        assert_eq!(first, chosen(*baseline, &task, 20, 0), "{}", row.name);
        let other = chosen(*baseline, &task, 20, 1);
        assert_eq!(first != other, row.drawn_anew, "{}", row.name);
    }
}
