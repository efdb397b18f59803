//! Matches the classes of a set with those of a task: by name, otherwise by order.

use std::path::Path;

use ndarray::Array2;

use crate::error::{Error, Result};
use crate::task::one_hot;

/// How classes were matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// Every class of the set is one of the task's names.
    Names,
    /// The classes of the set are the task's in order: the numbers 0, 1, 2, …, or as many as the task has, of
    /// which none has a name of the task.
    Order,
}

/// The places of the set's classes among the task's `names`.
///
/// # Errors
/// [`Error::Data`] if they match neither by name nor by order.
pub fn places(path: &Path, classes: &[String], names: &[String]) -> Result<(Vec<usize>, Match)> {
    // Files of text do not keep blanks around names.
    let place = |class: &String| {
        let exact = names.iter().position(|name| name == class);
        exact.or_else(|| names.iter().position(|name| name.trim() == class.trim()))
    };
    if let Some(places) = classes.iter().map(place).collect() {
        return Ok((places, Match::Names));
    }
    let number = |class: &String| {
        class
            .parse()
            .ok()
            .filter(|&place: &usize| place < names.len())
    };
    if let Some(places) = classes.iter().map(number).collect() {
        return Ok((places, Match::Order));
    }
    let none_is_named = classes.iter().all(|class| place(class).is_none());
    if classes.len() == names.len() && none_is_named {
        return Ok(((0..names.len()).collect(), Match::Order));
    }
    let shown = |names: &[String]| {
        let shown: Vec<String> = names
            .iter()
            .take(10)
            .map(|name| format!("{name:?}"))
            .collect();
        let more = if names.len() > shown.len() {
            ", …"
        } else {
            ""
        };
        format!("{}{more}", shown.join(", "))
    };
    Err(Error::data(
        path,
        format!(
            "has the classes {}, but the task has {}: name them as the task does, or number them from 0 in its \
             order",
            shown(classes),
            shown(names)
        ),
    ))
}

/// One-hot targets of points with these classes, one word each.
///
/// # Errors
/// Those of [`places`].
pub fn targets(
    path: &Path,
    of_points: &[String],
    names: &[String],
) -> Result<(Array2<f64>, Match)> {
    let mut classes = of_points.to_vec();
    classes.sort_by(|a, b| {
        let number = |word: &str| word.parse::<f64>().unwrap_or(f64::INFINITY);
        number(a).total_cmp(&number(b)).then_with(|| a.cmp(b))
    });
    classes.dedup();
    let (places, matched) = places(path, &classes, names)?;
    let label = |word: &String| {
        classes
            .iter()
            .position(|class| class == word)
            .unwrap_or_default()
    };
    let labels: Vec<usize> = of_points.iter().map(|word| places[label(word)]).collect();
    Ok((one_hot(&labels, names.len()).mapv(f64::from), matched))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_come_before_order() {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        let names = words(&["rose", "iris", "lily"]);
        let of = |classes: &[&str]| places("set".as_ref(), &words(classes), &names);
        assert_eq!(of(&["lily", "rose"]).unwrap(), (vec![2, 0], Match::Names));
        assert_eq!(of(&["0", "2"]).unwrap(), (vec![0, 2], Match::Order));
        assert_eq!(of(&["a", "b", "c"]).unwrap(), (vec![0, 1, 2], Match::Order));
        assert!(of(&["a", "b"]).is_err());
        // Some names that match are no order.
        assert!(of(&["a", "iris", "rose"]).is_err());
        assert!(of(&["0", "3"]).is_err());
        // Blanks around names do not matter.
        assert_eq!(
            places("set".as_ref(), &words(&["a", " b"]), &words(&["b ", " a"])).unwrap(),
            (vec![1, 0], Match::Names)
        );
        // Numbers are names where the task has numbers.
        let digits = words(&["1", "0"]);
        assert_eq!(
            places("set".as_ref(), &words(&["0"]), &digits).unwrap(),
            (vec![1], Match::Names)
        );
    }
}
