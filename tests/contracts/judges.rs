//! What every judge of an evaluation promises: it learns, it gives the same bits from the same seed on any number of
//! threads, and odd rows give predictions or an error. The scores are those of scikit-learn's learners of the same
//! settings.

use ndarray::{Array2, Axis, array, concatenate};
use retort_core::evaluate::{JUDGES, Judge, JudgeNames, Lesson};
use retort_core::seed::Seed;
use retort_core::task::Split;

use crate::wording::told;

/// A judge by its name, and what scikit-learn's learner of the same settings scores on [`train`] and [`test`]: the
/// accuracy of classes and R² of values, and how much it may differ.
struct Row {
    name: &'static str,
    accuracy: f64,
    r2: f64,
    within: f64,
}

const TABLE: &[Row] = &[
    // KNeighborsClassifier(1), KNeighborsRegressor(1)
    Row {
        name: "knn",
        accuracy: 0.689,
        r2: 0.456_051_744_980,
        within: 1e-6,
    },
    // LogisticRegression(max_iter=5000, tol=1e-8), Ridge(1.0)
    Row {
        name: "linear",
        accuracy: 0.802,
        r2: 0.714_992_583_672,
        within: 1e-6,
    },
    // RandomForestClassifier(200), RandomForestRegressor(200): means of five seeds, which differ by 0.005
    Row {
        name: "forest",
        accuracy: 0.846,
        r2: 0.713,
        within: 0.02,
    },
    // OneVsRestClassifier(HistGradientBoostingClassifier(min_samples_leaf=2)), HistGradientBoostingRegressor
    // (min_samples_leaf=2): another implementation, with other bins
    Row {
        name: "boosting",
        accuracy: 0.773,
        r2: 0.633,
        within: 0.05,
    },
];

/// Rows of six features that look random and are the same on every machine.
fn inputs(first: usize, count: usize) -> Array2<f32> {
    Array2::from_shape_fn((count, 6), |(row, column)| {
        let angle = (first + row + 1) as f64 * 12.9898 + (column + 1) as f64 * 78.233;
        let value = angle.sin() * 43758.5453;
        ((value - value.floor() - 0.5) * 3.4) as f32
    })
}

fn classes(inputs: &Array2<f32>) -> Split {
    let label = |row: ndarray::ArrayView1<'_, f32>| {
        let x = row.mapv(f64::from);
        let scores = [
            x[0] + x[1] * x[1] - 1.0,
            x[1] - x[2],
            1.2 * (2.0 * x[3]).sin() - x[0],
        ];
        (0..3)
            .max_by(|&a, &b| scores[a].total_cmp(&scores[b]))
            .unwrap()
    };
    let labels = inputs.rows().into_iter().map(label).collect();
    Split::classes(inputs.clone(), labels, 3)
}

fn values(inputs: &Array2<f32>) -> Split {
    let value = |row: ndarray::ArrayView1<'_, f32>| {
        let x = row.mapv(f64::from);
        (2.0 * x[0] + (3.0 * x[1]).sin() + x[2] * x[3]) as f32
    };
    let targets = inputs.map_axis(Axis(1), value).insert_axis(Axis(1));
    Split::values(inputs.clone(), targets)
}

fn predicted(judge: &dyn Judge, rows: &Split, inputs: &Array2<f32>, seed: u64) -> Array2<f64> {
    let lesson = Lesson {
        inputs: &rows.inputs,
        targets: &rows.targets,
        classes: !rows.labels.is_empty(),
    };
    judge.predict(lesson, inputs, &Seed::new(seed)).unwrap()
}

#[test]
fn every_judge_has_a_row() {
    let names: Vec<&str> = JUDGES.iter().map(|judge| judge.name()).collect();
    let rows: Vec<&str> = TABLE.iter().map(|row| row.name).collect();
    assert_eq!(names, rows);
    let named = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let found = JudgeNames::read(&names).unwrap();
        (found.judges.len(), found.network)
    };
    assert_eq!(named(&[]), (0, false));
    assert_eq!(named(&["network", "knn", "knn"]), (1, true));
    assert_eq!(named(&["all"]), (JUDGES.len(), true));
    let unknown = JudgeNames::read(&["oracle".to_owned()]).unwrap_err();
    assert!(unknown.is_bad_input());
    assert!(told(unknown).contains("oracle"));
}

#[test]
fn judges_score_what_scikit_learn_scores() {
    let (train, test) = (inputs(0, 80), inputs(80, 1000));
    for (judge, row) in JUDGES.iter().zip(TABLE) {
        let truth = classes(&test);
        let outputs = predicted(*judge, &classes(&train), &test, 0);
        let hits = outputs.rows().into_iter().zip(&truth.labels);
        let hits = hits
            .filter(|(outputs, label)| outputs.iter().all(|output| *output <= outputs[**label]));
        let accuracy = hits.count() as f64 / 1000.0;
        assert!(
            (accuracy - row.accuracy).abs() <= row.within,
            "{}: {accuracy}",
            row.name
        );

        let truth = values(&test).targets.mapv(f64::from);
        let outputs = predicted(*judge, &values(&train), &test, 0);
        let mean = truth.mean().unwrap();
        let rest = (&outputs - &truth).mapv(|it| it * it).sum();
        let r2 = 1.0 - rest / truth.mapv(|it| (it - mean).powi(2)).sum();
        assert!((r2 - row.r2).abs() <= row.within, "{}: {r2}", row.name);
    }
}

#[test]
fn a_logistic_regression_has_the_outputs_of_scikit_learn() {
    let (train, test) = (inputs(0, 80), inputs(80, 1));
    let linear = JUDGES
        .iter()
        .find(|judge| judge.name() == "linear")
        .unwrap();
    let outputs = predicted(*linear, &classes(&train), &test, 0);
    let outputs = &outputs - outputs.mean().unwrap();
    for (found, expected) in outputs.iter().zip([-0.556_373_8, 2.130_525, -1.574_151_4]) {
        assert!((found - expected).abs() < 1e-3, "{outputs}");
    }
}

#[test]
fn the_seed_alone_decides_on_any_number_of_threads() {
    let (train, test) = (inputs(0, 60), inputs(60, 300));
    for judge in JUDGES {
        for rows in [classes(&train), values(&train)] {
            let on = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                pool.unwrap().install(|| predicted(*judge, &rows, &test, 5))
            };
            let one = on(1);
            assert_eq!(one, on(2), "{}", judge.name());
            assert_eq!(one, on(3), "{}", judge.name());
            let other = predicted(*judge, &rows, &test, 6);
            assert_eq!(one != other, judge.name() == "forest", "{}", judge.name());
        }
    }
}

#[test]
fn learned_labels_count_as_their_largest_entry() {
    let (train, test) = (inputs(0, 40), inputs(40, 50));
    let hard = classes(&train);
    let mut soft = hard.clone();
    soft.targets.mapv_inplace(|it| 0.3 * it - 0.2);
    for judge in JUDGES {
        let (a, b) = (
            predicted(*judge, &hard, &test, 1),
            predicted(*judge, &soft, &test, 1),
        );
        assert_eq!(a, b, "{}", judge.name());
    }
}

#[test]
fn odd_rows_give_finite_predictions() {
    let test = inputs(7, 20);
    let one_row = inputs(0, 1);
    let same = concatenate![Axis(0), one_row, one_row, one_row];
    let mut constant_column = inputs(0, 9);
    constant_column.column_mut(2).fill(0.5);
    let large = inputs(0, 12).mapv(|it| it * 1e18);
    let empty_class = inputs(0, 6);
    for inputs in [one_row, same, constant_column, large, empty_class] {
        let count = inputs.nrows();
        let labelled =
            |labels: Vec<usize>, classes| Split::classes(inputs.clone(), labels, classes);
        let cases = [
            // One class; one class of several; duplicated rows of two classes; a class without rows.
            labelled(vec![0; count], 1),
            labelled(vec![1; count], 3),
            labelled((0..count).map(|row| row % 2).collect(), 2),
            labelled((0..count).map(|row| 2 * (row % 2)).collect(), 4),
            Split::values(inputs.clone(), Array2::from_elem((count, 1), 2.5)),
            Split::values(
                inputs.clone(),
                Array2::from_shape_fn((count, 2), |(row, output)| (row * (output + 1)) as f32),
            ),
        ];
        for rows in cases {
            for judge in JUDGES {
                let outputs = predicted(*judge, &rows, &test, 3);
                let finite = outputs.iter().all(|output| output.is_finite());
                assert_eq!(
                    outputs.dim(),
                    (20, rows.targets.ncols()),
                    "{}",
                    judge.name()
                );
                assert!(finite, "{} with {rows:?}", judge.name());
            }
        }
    }
}

#[test]
fn two_far_groups_are_told_apart() {
    let centres = array![[-4.0_f32, 0.0], [4.0, 0.0]];
    let rows = Array2::from_shape_fn((20, 2), |(row, column)| {
        centres[[row % 2, column]] + 0.1 * ((row * 7 + column * 3) % 5) as f32
    });
    let labels: Vec<usize> = (0..20).map(|row| row % 2).collect();
    let rows = Split::classes(rows, labels.clone(), 2);
    for judge in JUDGES {
        let outputs = predicted(*judge, &rows, &rows.inputs, 0);
        for (outputs, &label) in outputs.rows().into_iter().zip(&labels) {
            assert!(outputs[label] > outputs[1 - label], "{}", judge.name());
        }
    }
}
