//! What a user is told about the numbers of points and rows of the classes.

use burn::tensor::backend::Backend;
use retort_core::synthetic::SyntheticSet;
use retort_core::task::{Target, Task};

use crate::aligned::cut;

/// Largest number of classes that a line names.
const SHOWN: usize = 20;

/// Most characters of a class's name.
const NAME: usize = 32;

/// Lines about a set for a task: the numbers of points of the classes if they differ, and the classes that
/// have fewer rows than points, so that baselines cannot draw as many.
pub fn remarks<B: Backend>(set: &SyntheticSet<B>, task: &Task) -> Vec<String> {
    let (counts, names, rows) = match &task.target {
        Target::Classes(names) => {
            let rows = task.train.rows_by_class(names.len());
            let rows = rows.iter().map(Vec::len).collect();
            (set.counts(names.len()), names.clone(), rows)
        }
        Target::Values(_) => (set.counts(0), Vec::new(), vec![task.train.len()]),
    };
    let mut remarks: Vec<String> = unequal(&counts, &names).into_iter().collect();
    remarks.extend(short(&counts, &names, &rows));
    remarks
}

/// The numbers of points of the classes as words. `None` if they are the same.
pub fn unequal(counts: &[usize], names: &[String]) -> Option<String> {
    let is_equal = counts.windows(2).all(|pair| pair[0] == pair[1]);
    let of = |(name, count): (&String, &usize)| format!("{} {count}", cut(name, NAME));
    let all = listed(names.iter().zip(counts).map(of).collect());
    (!is_equal).then(|| format!("points of the classes: {all}"))
}

fn short(counts: &[usize], names: &[String], rows: &[usize]) -> Option<String> {
    let beyond: Vec<usize> = (0..counts.len())
        .filter(|&class| rows[class] < counts[class])
        .collect();
    if beyond.is_empty() {
        return None;
    }
    if names.is_empty() {
        return Some(format!(
            "the set has {} points, more than the {} training rows: baselines that draw rows have all rows",
            counts[0], rows[0]
        ));
    }
    let of = |&class: &usize| {
        let name = cut(&names[class], NAME);
        format!("{name} {} of {}", rows[class], counts[class])
    };
    Some(format!(
        "some classes have fewer training rows than points, so baselines that draw rows have all of theirs: {}",
        listed(beyond.iter().map(of).collect())
    ))
}

fn listed(words: Vec<String>) -> String {
    match words.len().saturating_sub(SHOWN) {
        0 => words.join(", "),
        more => format!("{} and {more} more", words[..SHOWN].join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_told() {
        let names = ["a", "b"].map(str::to_owned);
        assert_eq!(unequal(&[3, 3], &names), None);
        let told = unequal(&[3, 4], &names).unwrap_or_default();
        assert!(told.contains("a 3, b 4"), "{told}");
        let odd = ["a\nb", "c"].map(str::to_owned);
        assert!(unequal(&[3, 4], &odd).is_some_and(|told| told.contains("a b 3")));
        assert_eq!(short(&[3, 4], &names, &[3, 9]), None);
        let told = short(&[3, 4], &names, &[2, 9]).unwrap_or_default();
        assert!(told.contains("a 2 of 3") && !told.contains("b "), "{told}");
        let told = short(&[30], &[], &[20]).unwrap_or_default();
        assert!(told.contains("30") && told.contains("20"), "{told}");
    }
}
