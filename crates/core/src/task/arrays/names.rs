//! Which array has the inputs and which has the targets, by name.

/// Names of inputs, in lower case. If an archive has several, the first in this list counts.
pub const INPUTS: [&str; 8] = [
    "x",
    "data",
    "features",
    "images",
    "embeddings",
    "inputs",
    "image",
    "samples",
];

/// Names of targets, in lower case. If an archive has several, the first in this list counts.
pub const TARGETS: [&str; 5] = ["y", "labels", "targets", "target", "label"];

/// A part of a task that an array belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfPart {
    /// All rows, or the training part.
    Train,
    /// The validation part.
    Validation,
    /// The test part.
    Test,
}

/// Words for the parts, in lower case, which stand before or after a name: `X_train`, `test_images`.
const PARTS: [(&str, OfPart); 7] = [
    ("train", OfPart::Train),
    ("training", OfPart::Train),
    ("val", OfPart::Validation),
    ("valid", OfPart::Validation),
    ("validation", OfPart::Validation),
    ("test", OfPart::Test),
    ("testing", OfPart::Test),
];

/// Names for the names of the classes, in lower case. The first must fit the classes; the others are left out if they
/// do not, for they may be meant for something else.
pub const CLASSES: [&str; 4] = ["classes", "class_names", "target_names", "label_names"];

/// The names of inputs and targets of one part.
pub type Pair = (String, String);

/// The pairs that an archive has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pairs {
    /// All rows, or the training part.
    pub train: Option<Pair>,
    /// The validation part, if it is given.
    pub validation: Option<Pair>,
    /// The test part, if it is given.
    pub test: Option<Pair>,
}

impl Pairs {
    /// Finds the pairs among the names of an archive; upper and lower case are the same. Names for the training
    /// part (`X_train`, `y_train`) come before those for all rows (`X`, `y`), which may have the rows of the other
    /// parts too. Beside names for all rows, a part without its counterpart is none.
    ///
    /// # Errors
    /// A sentence without subject, if a pair is incomplete, if two names differ only in case, if two pairs are for
    /// the same part, or if there is no pair for training.
    pub fn find(names: &[String]) -> Result<Self, String> {
        let whole = pair(names, "")?;
        let mut pairs = Self::default();
        for (word, part) in PARTS {
            let found = match pair(names, word) {
                Err(_) if whole.is_some() => None,
                found => found?,
            };
            let Some(found) = found else {
                continue;
            };
            let place = match part {
                OfPart::Train => &mut pairs.train,
                OfPart::Validation => &mut pairs.validation,
                OfPart::Test => &mut pairs.test,
            };
            if let Some((first, _)) = place {
                return Err(both(first, &found.0));
            }
            *place = Some(found);
        }
        pairs.train = pairs.train.or(whole);
        if pairs.train.is_some() {
            return Ok(pairs);
        }
        Err(format!(
            "has {}, and no inputs and targets: {}",
            listed(names),
            accepted()
        ))
    }

    /// Whether an array of this name has inputs or targets.
    pub fn has(&self, name: &str) -> bool {
        let pairs = [&self.train, &self.validation, &self.test];
        let mut pairs = pairs.into_iter().flatten();
        pairs.any(|(inputs, targets)| name == inputs || name == targets)
    }
}

/// The sentence without subject that two names may both be meant.
pub fn both(first: &str, second: &str) -> String {
    format!("has {first:?} and {second:?}, which may both be meant: keep one of them")
}

/// The pair of one part, or of all rows if the word is empty.
fn pair(names: &[String], word: &str) -> Result<Option<Pair>, String> {
    let (inputs, targets) = (one(names, &INPUTS, word)?, one(names, &TARGETS, word)?);
    match (inputs, targets) {
        (Some(inputs), Some(targets)) => Ok(Some((inputs, targets))),
        (None, None) => Ok(None),
        (Some(only), None) | (None, Some(only)) => Err(format!(
            "has {only:?} without its counterpart among {}: {}",
            listed(names),
            accepted()
        )),
    }
}

/// The first of the known names that is there, with the word of the part before or after it.
fn one(names: &[String], known: &[&str], word: &str) -> Result<Option<String>, String> {
    for known in known {
        let wanted = match word {
            "" => vec![(*known).to_owned()],
            word => vec![
                format!("{known}_{word}"),
                format!("{word}_{known}"),
                format!("{known}{word}"),
            ],
        };
        let mut found = names
            .iter()
            .filter(|name| wanted.contains(&name.to_lowercase()));
        let Some(first) = found.next() else {
            continue;
        };
        return match found.next() {
            None => Ok(Some(first.clone())),
            Some(second) => Err(both(first, second)),
        };
    }
    Ok(None)
}

/// What archives may name their arrays.
pub fn accepted() -> String {
    "name the inputs X (or data, features, images, embeddings, inputs) and the targets y (or labels, \
     targets), as in numpy.savez(path, X=X, y=y); or X_train, y_train, X_test, y_test"
        .to_owned()
}

/// Names for a message, at most ten.
pub fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(10)
        .map(|name| format!("{name:?}"))
        .collect();
    match names.len() {
        0 => "no arrays".to_owned(),
        count if count > shown.len() => format!("the arrays {}, …", shown.join(", ")),
        1 => format!("only the array {}", shown.join(", ")),
        _ => format!("the arrays {}", shown.join(", ")),
    }
}

/// The names that files of targets may have beside a file of inputs, without ending: one word of the name is
/// the name of inputs, and it is replaced by each name of targets. Empty if no word is.
pub fn beside(stem: &str) -> Vec<String> {
    let mut start = 0;
    let words = stem.split(['_', '-', '.', ' ']).map(|word| {
        let place = start;
        start += word.len() + 1;
        (place, word)
    });
    let of_inputs = |(_, word): &(usize, &str)| INPUTS.contains(&word.to_lowercase().as_str());
    // The last such word: in data_X it is X.
    let Some((place, word)) = words.filter(of_inputs).last() else {
        return Vec::new();
    };
    let (before, after) = (&stem[..place], &stem[place + word.len()..]);
    let replaced = TARGETS.iter().map(|name| format!("{before}{name}{after}"));
    replaced.collect()
}

/// The words that name a part, beside the word `train` or `training`.
pub fn words_of(part: OfPart) -> impl Iterator<Item = &'static str> {
    let words = PARTS.into_iter().filter(move |(_, other)| *other == part);
    words.map(|(word, _)| word)
}

/// The same name for another part: the word `train` or `training` in it is replaced by `word`. A name without such a
/// word is that of all rows, and `word` stands before or after it.
pub fn of_part(stem: &str, word: &str) -> Vec<String> {
    let lower = stem.to_lowercase();
    let found = ["training", "train"]
        .into_iter()
        .find_map(|own| Some((lower.rfind(own)?, own.len())));
    match found.filter(|_| lower.len() == stem.len()) {
        Some((place, length)) => {
            let (before, after) = (&stem[..place], &stem[place + length..]);
            vec![format!("{before}{word}{after}")]
        }
        None => vec![format!("{stem}_{word}"), format!("{word}_{stem}")],
    }
}

/// Whether a name is that of a training part.
pub fn is_of_training(stem: &str) -> bool {
    stem.to_lowercase().contains("train")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn names(names: &str) -> Vec<String> {
        names.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn pairs_are_found_by_name_in_any_case() {
        for (given, inputs, targets) in [
            ("X y", "X", "y"),
            ("extra Data Labels", "Data", "Labels"),
            ("features x y", "x", "y"),
            ("train_images train_labels", "train_images", "train_labels"),
            ("Xtrain ytrain", "Xtrain", "ytrain"),
        ] {
            let pair = Pairs::find(&names(given)).unwrap().train.unwrap();
            assert_eq!(pair, (inputs.to_owned(), targets.to_owned()));
        }
        let all = Pairs::find(&names("X_train y_train X_test y_test x_val y_val")).unwrap();
        assert_eq!(all.test.unwrap().0, "X_test");
        assert_eq!(all.validation.unwrap().1, "y_val");
    }

    #[test]
    fn parts_stand_beside_all_rows_or_replace_them() {
        let all = Pairs::find(&names("X y X_test y_test X_valid y_valid w")).unwrap();
        assert!(all.has("X") && all.has("y_test") && all.has("X_valid") && !all.has("w"));
        let parts = Pairs::find(&names("X y X_train y_train X_test y_test")).unwrap();
        assert!(parts.has("X_train") && parts.has("X_test") && !parts.has("X") && !parts.has("y"));
        let alone = Pairs::find(&names("X y X_test")).unwrap();
        assert_eq!(alone.test, None);
        let testing = Pairs::find(&names("training_x training_y testing_x testing_y")).unwrap();
        assert!(testing.has("testing_y"));
    }

    #[test]
    fn missing_and_doubtful_names_are_refused() {
        for given in [
            "X",
            "a b",
            "X x y",
            "X_train y_train X_test",
            "X_test y_test",
            "X_train y_train X_val y_val X_valid y_valid",
            "X y X_val y_val X_validation y_validation",
        ] {
            assert!(Pairs::find(&names(given)).is_err(), "{given}");
        }
    }

    #[test]
    fn files_beside_have_another_word() {
        assert_eq!(beside("X")[..2], ["y", "labels"]);
        assert_eq!(beside("mine_X")[0], "mine_y");
        assert_eq!(beside("X_train")[0], "y_train");
        assert_eq!(beside("data_X")[0], "data_y");
        assert_eq!(beside("bert-embeddings")[1], "bert-labels");
        assert!(beside("mine").is_empty());
        assert_eq!(of_part("X_train", "test"), ["X_test"]);
        assert_eq!(of_part("X_Training", "test"), ["X_test"]);
        assert_eq!(of_part("X", "test"), ["X_test", "test_X"]);
    }
}
