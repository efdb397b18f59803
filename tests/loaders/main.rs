//! Loaders against anything a file may hold: never a panic, never an allocation that the file does
//! not justify; and against real data, where it is at hand.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod allocation;
mod array_files;
mod cifar_files;
mod cifar_random;
mod csv_files;
mod idx_files;
mod parquet_files;
mod picture_folders;
mod picture_formats;
mod picture_inputs;
mod picture_layouts;
mod real_data;
mod table_inputs;
mod table_schema;
#[path = "../wording.rs"]
mod wording;

use retort_core::task::Task;

/// Whether a task that was loaded keeps what every reader of it relies on.
fn assert_sound(task: &Task) {
    let classes = task.target.classes();
    for part in [&task.train, &task.validation, &task.test] {
        assert!(!part.is_empty());
        assert_eq!(part.inputs.ncols(), task.inputs.len());
        assert_eq!(part.targets.dim(), (part.len(), task.target.len()));
        assert!(
            part.inputs
                .iter()
                .chain(&part.targets)
                .all(|v| v.is_finite())
        );
        match classes {
            Some(classes) => {
                assert_eq!(part.labels.len(), part.len());
                assert!(part.labels.iter().all(|&label| label < classes));
            }
            None => assert!(part.labels.is_empty()),
        }
    }
    if let Some(classes) = classes {
        let rows = task.train.rows_by_class(classes);
        assert!(rows.iter().all(|rows| !rows.is_empty()));
    }
}
