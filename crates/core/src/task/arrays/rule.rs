//! The rule by which targets are classes or real numbers, for people.

use crate::task::csv::TargetKind;

/// The rule that decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The rule as a sentence.
    pub text: &'static str,
    /// The value of `task.problem` that makes targets the other one, if they can be both.
    pub other: Option<&'static str>,
}

/// What is known of an array of targets.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Whether its elements are texts.
    pub is_text: bool,
    /// Whether its elements are integers or booleans.
    pub is_whole: bool,
    /// Whether its elements are booleans.
    pub is_truth: bool,
    /// Numbers of a row.
    pub width: usize,
}

impl Rule {
    /// The rule for targets that are classes, or not.
    pub fn of(problem: TargetKind, known: Known, are_classes: bool) -> Self {
        let text = match (problem, known) {
            (TargetKind::Classification | TargetKind::Regression, _) => "task.problem says so",
            (_, Known { is_text: true, .. }) => "its elements are texts",
            (_, Known { width: 2.., .. }) if are_classes => "its rows are one-hot",
            (_, Known { width: 2.., .. }) => "its rows have several numbers, and are not one-hot",
            (_, Known { is_truth: true, .. }) => "its elements are booleans",
            (_, Known { is_whole: true, .. }) => "its elements are integers",
            _ if are_classes => "it has at most 20 distinct values, and all are whole numbers",
            _ => "its numbers are not whole, or more than 20 are distinct",
        };
        let both = problem == TargetKind::Auto && are_classes && !known.is_text;
        let other = both.then_some("regression");
        Self { text, other }
    }
}
