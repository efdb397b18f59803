#![allow(clippy::unwrap_used)]

use super::*;
use crate::seed::Seed;
use crate::task::TaskSource;
use crate::wording::told;
use std::path::PathBuf;

fn refused(change: impl FnOnce(&mut Cifar)) -> String {
    let mut settings = Cifar {
        path: PathBuf::from("/nowhere"),
        ..Cifar::default()
    };
    change(&mut settings);
    told(settings.load(&Seed::new(0)).unwrap_err())
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    assert!(refused(|s| s.path = PathBuf::new()).starts_with("task.path = (not given)"));
    assert!(refused(|s| s.classes = Some(20)).starts_with("task.classes = 20: "));
    assert!(refused(|s| s.validation = 0).starts_with("task.validation = 0"));
    assert!(refused(|s| s.zca_penalty = Some(-1.0)).starts_with("task.zca_penalty = -1.0"));
    assert!(refused(|_| ()).starts_with("/nowhere: "));
}

#[test]
fn the_interface_is_known_where_the_classes_are() {
    assert_eq!(Cifar::default().interface(), None);
    let interface = Cifar {
        classes: Some(100),
        ..Cifar::default()
    };
    let interface = interface.interface().unwrap();
    assert_eq!(interface.inputs.len(), 3072);
    assert_eq!(interface.outputs, 100);
}
