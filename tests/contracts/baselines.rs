//! What every baseline of an evaluation promises: as many rows of each class as asked for, of the training part alone, the same
//! from the same seed.

use std::collections::BTreeSet;

use ndarray::Array2;
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
    Row {
        name: "k_means",
        classes_only: false,
        drawn_anew: false,
    },
    Row {
        name: "agglomerative",
        classes_only: false,
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

fn chosen(baseline: &dyn Baseline, task: &Task, counts: &[usize], seed: u64) -> Chosen {
    let seed = Seed::new(seed);
    let chosen = baseline.choose(task.training(), counts, &seed);
    chosen.unwrap()
}

/// Number of rows of each class, by the class with the largest target; a single number without classes.
fn counts_of(targets: &Array2<f32>, classes: Option<usize>) -> Vec<usize> {
    let Some(classes) = classes else {
        return vec![targets.nrows()];
    };
    let mut counts = vec![0; classes];
    for row in targets.rows() {
        let of = |class: &usize| row[*class];
        let class = (0..classes).max_by(|a, b| of(a).total_cmp(&of(b)));
        counts[class.unwrap()] += 1;
    }
    counts
}

#[test]
fn every_baseline_has_a_row() {
    let names: Vec<&str> = BASELINES.iter().map(|baseline| baseline.name()).collect();
    let rows: Vec<&str> = TABLE.iter().map(|row| row.name).collect();
    assert_eq!(names, rows);
}

#[test]
fn a_baseline_gives_as_many_rows_of_each_class_as_asked_for() {
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
            let several: [Vec<usize>; 3] = match classes {
                Some(_) => [vec![1; 10], vec![4; 10], (1..=10).collect()],
                None => [vec![1], vec![10], vec![40]],
            };
            for counts in several {
                let targets = match chosen(*baseline, task, &counts, 0) {
                    Chosen::Rows(rows) => {
                        let distinct: BTreeSet<usize> = rows.iter().copied().collect();
                        assert_eq!(rows.len(), distinct.len(), "{}", row.name);
                        task.train.select(&rows).targets
                    }
                    Chosen::Made { inputs, targets } => {
                        assert_eq!(inputs.nrows(), targets.nrows(), "{}", row.name);
                        targets
                    }
                };
                assert_eq!(counts_of(&targets, classes), counts, "{}", row.name);
            }
        }
    }
}

#[test]
fn a_seed_decides_what_a_baseline_chooses_and_only_where_it_says_so() {
    let [task, _] = tasks();
    for (baseline, row) in BASELINES.iter().zip(TABLE) {
        assert_eq!(baseline.is_drawn_anew(), row.drawn_anew, "{}", row.name);
        let counts = [2; 10];
        let first = chosen(*baseline, &task, &counts, 0);
        assert_eq!(first, chosen(*baseline, &task, &counts, 0), "{}", row.name);
        let other = chosen(*baseline, &task, &counts, 1);
        assert_eq!(first != other, row.drawn_anew, "{}", row.name);
    }
}

#[test]
fn a_class_with_fewer_rows_than_asked_for_gives_all_it_has() {
    let [mut task, _] = tasks();
    let places = task.train.rows_by_class(10);
    let few: Vec<usize> = (places.iter().enumerate())
        .flat_map(|(class, rows)| rows[..if class == 3 { 2 } else { 6 }].to_vec())
        .collect();
    task.train = task.train.select(&few);
    for baseline in BASELINES {
        let targets = match chosen(*baseline, &task, &[4; 10], 0) {
            Chosen::Rows(rows) => task.train.select(&rows).targets,
            Chosen::Made { targets, .. } => targets,
        };
        let mut expected = vec![4; 10];
        expected[3] = 2;
        assert_eq!(
            counts_of(&targets, Some(10)),
            expected,
            "{}",
            baseline.name()
        );
    }
}
