//! The settings of a task of arrays, and how the task is loaded.

use std::path::PathBuf;

use ndarray::Array2;

use super::files::{Files, Rows};
use super::inputs::{Inputs, Layout, Reading};
use super::outcome::{Outcome, Targets};
use super::standardise;
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::settings::{Check, home};
use crate::shape::InputShape;
use crate::task::csv::TargetKind;
use crate::task::partition::{Groups, Partition};
use crate::task::picture::{check_penalty, check_whitened, picture_settings};
use crate::task::split::{MOST_NUMBERS, places_by_class};
use crate::task::table::cut;
use crate::task::{
    Columns, Decision, Inspection, Normalisation, RowsOrFraction, Split, Target, Task, TaskSource,
};

/// Most arrays that are listed as left out, and most characters of their names.
const MOST_LISTED: usize = 10;
const MOST_CHARACTERS: usize = 32;

picture_settings! {
    /// Settings of arrays of numpy, `task.kind = "arrays"`: an archive (`.npz`) with inputs and targets, or two
    /// files (`.npy`).
    ///
    /// In an archive the inputs are called `X`, `data`, `features`, `images`, `embeddings` or `inputs`, and the
    /// targets `y`, `labels`, `targets`, `target` or `label`, in upper or lower case. `X_test` and `y_test` are
    /// the test part and `X_val` and `y_val` the validation part, if they are there. With `X_train` and
    /// `y_train`, these are read in place of `X` and `y`. `classes`, `class_names`, `target_names` or
    /// `label_names` may have the names of the classes. Other arrays are left out. Inputs `[n, d]` are vectors; `layout` says which are pictures. Vectors are
    /// standardised column by column, pictures channel by channel, with the training part. Arrays of Python
    /// objects are refused.
    pub struct Arrays {
        /// The archive, or the file of the inputs. A relative path is relative to the working directory.
        pub path: PathBuf = PathBuf::new(),
        /// The file of the targets, if `path` is a file of inputs. If not given, it is beside it, with a name
        /// of targets in place of the name of inputs: `X.npy` and `y.npy`, `mine_X.npy` and `mine_y.npy`,
        /// `features.npy` and `labels.npy`.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub labels: Option<PathBuf> = None,
        /// Whether targets are classes or real numbers. Default `auto`: classes if they are integers, texts,
        /// one-hot rows, or at most 20 distinct whole floats.
        pub problem: TargetKind = TargetKind::Auto,
        /// How the axes of the inputs are read. Default `auto`.
        pub layout: Layout = Layout::Auto,
        /// Number or fraction of the rows for validation, which the seed holds out, class by class. Default
        /// 0.15. Not used if the validation part is given.
        pub validation: RowsOrFraction = RowsOrFraction::Fraction(0.15),
        /// Number or fraction of the rows for the test, which the seed holds out, class by class. Default 0.2.
        /// Not used if the test part is given.
        pub test: RowsOrFraction = RowsOrFraction::Fraction(0.2),
    }
}

impl Check for Arrays {
    fn check(&self) -> Result<()> {
        if self.path.as_os_str().is_empty() {
            let accepted = "give the file to read, such as task.path=data.npz";
            return Err(Error::setting("task.path", "(not given)", accepted));
        }
        self.validation.check("task.validation")?;
        self.test.check("task.test")?;
        check_penalty(self.zca_penalty)
    }
}

impl TaskSource for Arrays {
    fn load(&self, seed: &Seed) -> Result<Task> {
        self.check()?;
        let labels = self.labels.as_deref().map(home::expanded);
        let files = Files::read(&self.path, labels.as_deref())?;
        let reading = Reading::of(&files.train.inputs, self.layout)?;
        match reading.shape {
            InputShape::Picture(shape) if self.zca => check_whitened(shape)?,
            InputShape::Vector(_) if self.zca => {
                let accepted = "is for pictures, but these inputs are vectors: remove this setting";
                return Err(Error::setting("task.zca", true, accepted));
            }
            _ => {}
        }
        let (outcome, unused) = outcome(&files, self.problem)?;
        let train = Part::read(&files.train, reading, &outcome)?;
        let validation = Part::given(files.validation.as_ref(), reading, &outcome)?;
        let test = Part::given(files.test.as_ref(), reading, &outcome)?;
        let parts = Chosen::of(
            self,
            train,
            validation,
            test,
            &outcome.target,
            &self.split(seed),
        )?;
        let inputs = said_of_inputs(&files, reading, self.layout)
            .into_iter()
            .chain(said_of_left_out(&files, unused));
        let drawn = parts.drawn(self);
        let mut task = parts.into_task(self, reading, outcome.target)?;
        let report = &mut task.inspection.target;
        outcome.rule.text.clone_into(&mut report.rule);
        let other = outcome.rule.other;
        report.setting = other.map(|other| format!("task.problem = {other:?}"));
        let many = report.many_classes().map(Decision::fact);
        let how = match reading.shape {
            InputShape::Vector(_) => "column by column",
            InputShape::Picture(_) => "channel by channel",
        };
        let normalised = Decision::normalised(self.normalise, how);
        let said = inputs
            .chain(drawn)
            .chain(normalised)
            .chain(many)
            .chain(Decision::untested(&task.target, &task.test));
        task.inspection.decisions = said.collect();
        Ok(task)
    }
}

/// How targets are read, and the name of an array that was taken for names of the classes and does not fit.
fn outcome(files: &Files, problem: TargetKind) -> Result<(Outcome, Option<&str>)> {
    let (targets, classes) = (&files.train.targets, files.classes.as_ref());
    let optional = classes.filter(|classes| !classes.must_fit());
    let named = Outcome::of(targets, problem, classes);
    let (outcome, is_used) = match (named, optional) {
        (Err(_), Some(_)) => (Outcome::of(targets, problem, None)?, false),
        (named, _) => (named?, true),
    };
    let is_used = is_used && outcome.target.classes().is_some();
    let unused = classes.filter(|_| !is_used);
    Ok((outcome, unused.map(|unused| unused.array.as_str())))
}

/// The rows of one pair of arrays.
struct Part<'a> {
    inputs: Inputs<'a>,
    targets: Targets,
}

impl<'a> Part<'a> {
    fn given(rows: Option<&'a Rows>, reading: Reading, outcome: &Outcome) -> Result<Option<Self>> {
        rows.map(|rows| Self::read(rows, reading, outcome))
            .transpose()
    }

    fn read(rows: &'a Rows, reading: Reading, outcome: &Outcome) -> Result<Self> {
        let inputs = Inputs::new(&rows.inputs, reading)?;
        let targets = outcome.read(&rows.targets)?;
        let count = match &targets {
            Targets::Labels(labels) => labels.len(),
            Targets::Values(values) => values.nrows(),
        };
        if inputs.len() != count {
            let problem = format!("has {} rows, but there are {count} targets", inputs.len());
            return Err(rows.inputs.error(problem));
        }
        let width = reading.shape.len() + outcome.target.len();
        if count.saturating_mul(width) > MOST_NUMBERS {
            let problem = format!("has more than {MOST_NUMBERS} numbers: take fewer rows");
            return Err(rows.inputs.error(problem));
        }
        inputs.check()?;
        Ok(Self { inputs, targets })
    }
}

/// The rows of the three parts: arrays, and places in them.
struct Chosen<'a> {
    train: Part<'a>,
    /// Places of the training rows in `train`.
    rows: Vec<usize>,
    validation: Held<'a>,
    test: Held<'a>,
}

/// A part other than the training part.
enum Held<'a> {
    /// Rows of arrays of their own.
    Given(Part<'a>),
    /// Places in the arrays of the training part.
    Places(Vec<usize>),
}

impl<'a> Chosen<'a> {
    fn of(
        settings: &Arrays,
        train: Part<'a>,
        validation: Option<Part<'a>>,
        test: Option<Part<'a>>,
        target: &Target,
        seed: &Seed,
    ) -> Result<Self> {
        let count = train.inputs.len();
        let groups = match (&train.targets, target.classes()) {
            (Targets::Labels(labels), Some(classes)) => places_by_class(labels, classes),
            _ => vec![(0..count).collect()],
        };
        let mut groups = Groups::shuffled(groups, seed);
        let mut hold_out = |given: Option<Part<'a>>, key: &str, share: RowsOrFraction| {
            Ok::<_, Error>(match given {
                Some(part) => Held::Given(part),
                None => Held::Places(groups.hold_out(share.of(count), key, share)?),
            })
        };
        let test = hold_out(test, "task.test", settings.test)?;
        let validation = hold_out(validation, "task.validation", settings.validation)?;
        Ok(Self {
            rows: groups.rest(),
            train,
            validation,
            test,
        })
    }

    /// The parts that are drawn, for people.
    fn drawn(&self, settings: &Arrays) -> Vec<Decision> {
        let parts = [
            (&self.validation, "task.validation", settings.validation),
            (&self.test, "task.test", settings.test),
        ];
        let drawn = parts
            .into_iter()
            .filter_map(|(part, key, share)| match part {
                Held::Places(places) => Some(Decision::drawn(places.len(), key, share)),
                Held::Given(_) => None,
            });
        drawn.collect()
    }

    fn into_task(self, settings: &Arrays, reading: Reading, target: Target) -> Result<Task> {
        let width = reading.shape.len();
        let groups = match reading.shape {
            InputShape::Vector(features) => features,
            InputShape::Picture([channels, ..]) => channels,
        };
        let preprocessing = settings.preprocessing();
        let inputs = match (preprocessing.normalise, reading.shape) {
            (true, _) => standardise::fit(width, groups, |each| {
                let mut values = vec![0.0; width];
                for &row in &self.rows {
                    self.train.inputs.row(row, &mut values);
                    each(&values);
                }
            }),
            (false, InputShape::Picture(_)) => Columns::unit(),
            (false, InputShape::Vector(_)) => Columns::default(),
        };
        let targets = match &self.train.targets {
            Targets::Labels(_) => Columns::default(),
            Targets::Values(values) => {
                let width = values.ncols();
                standardise::fit(width, width, |each| {
                    for &row in &self.rows {
                        each(&values.row(row).to_vec());
                    }
                })
            }
        };
        let mut normalisation = Normalisation {
            inputs,
            targets,
            divisor: (reading.divisor == f64::from(u16::MAX)).then_some(u16::MAX),
            range: self.train.inputs.range(),
            ..Normalisation::default()
        };
        let split =
            |part: &Part<'_>, places: &[usize]| part.split(places, width, &target, &normalisation);
        let held = |held: &Held<'_>| match held {
            Held::Given(part) => split(part, &(0..part.inputs.len()).collect::<Vec<_>>()),
            Held::Places(places) => split(&self.train, places),
        };
        let mut parts = Partition {
            train: split(&self.train, &self.rows),
            validation: held(&self.validation),
            test: held(&self.test),
        };
        if let Some(penalty) = preprocessing.whiten {
            normalisation.whitening = Some(parts.whiten_inputs(penalty)?);
        }
        let name = settings
            .path
            .file_stem()
            .unwrap_or(settings.path.as_os_str());
        let split = [&parts.train, &parts.validation, &parts.test];
        let inspection = Inspection::of_parts("arrays of numpy", &target, split);
        Ok(Task {
            name: name.to_string_lossy().into_owned(),
            train: parts.train,
            validation: parts.validation,
            test: parts.test,
            inputs: reading.shape,
            target,
            normalisation,
            linear_part: None,
            subspace: None,
            columns: None,
            inspection,
        })
    }
}

impl Part<'_> {
    /// The normalised rows at these places.
    fn split(
        &self,
        places: &[usize],
        width: usize,
        target: &Target,
        normalisation: &Normalisation,
    ) -> Split {
        let mut inputs = Array2::zeros((places.len(), width));
        let mut raw = vec![0.0; width];
        let mut normalised = vec![0.0; width];
        for (mut input, &place) in inputs.rows_mut().into_iter().zip(places) {
            self.inputs.row(place, &mut raw);
            standardise::apply(&normalisation.inputs, &raw, &mut normalised);
            input
                .iter_mut()
                .zip(&normalised)
                .for_each(|(to, from)| *to = *from);
        }
        match &self.targets {
            Targets::Labels(labels) => {
                let labels = places.iter().map(|&place| labels[place]).collect();
                Split::classes(inputs, labels, target.len())
            }
            Targets::Values(values) => {
                let mut targets = Array2::zeros((places.len(), target.len()));
                let mut normalised = vec![0.0; target.len()];
                for (mut row, &place) in targets.rows_mut().into_iter().zip(places) {
                    standardise::apply(
                        &normalisation.targets,
                        &values.row(place).to_vec(),
                        &mut normalised,
                    );
                    row.iter_mut()
                        .zip(&normalised)
                        .for_each(|(to, from)| *to = *from);
                }
                Split::values(inputs, targets)
            }
        }
    }
}

/// How the inputs are read, for people.
fn said_of_inputs(files: &Files, reading: Reading, layout: Layout) -> Vec<Decision> {
    let Rows { inputs, targets } = &files.train;
    let names = format!("inputs are {}, targets {}", inputs.title(), targets.title());
    let mut said = vec![Decision::fact(names)];
    let parts = [("validation", &files.validation), ("test", &files.test)];
    for (part, rows) in parts {
        if let Some(Rows { inputs, targets }) = rows {
            let (inputs, targets) = (inputs.title(), targets.title());
            let text = format!("the {part} part is {inputs} with the targets {targets}");
            said.push(Decision::fact(text));
        }
    }
    if let (InputShape::Picture([channels, height, width]), Layout::Auto) = (reading.shape, layout)
    {
        let text = format!(
            "inputs are pictures of {channels} × {height} × {width} (channels, height, width)"
        );
        said.push(Decision::new(text, "task.layout = \"vectors\""));
        if reading.divisor != 1.0 {
            let text = format!("pixels are divided by {}", reading.divisor);
            said.push(Decision::fact(text));
        }
    }
    said
}

/// Which arrays are not read, for people. `unused` is one that was taken for names of the classes.
fn said_of_left_out(files: &Files, unused: Option<&str>) -> Option<Decision> {
    let names = files.left_out.iter().map(String::as_str).chain(unused);
    let names: Vec<String> = names
        .map(|name| format!("`{}`", cut(name, MOST_CHARACTERS)))
        .collect();
    let shown = names[..names.len().min(MOST_LISTED)].join(", ");
    let more = match names.len().saturating_sub(MOST_LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!names.is_empty()).then(|| Decision::fact(format!("left out: {shown}{more}")))
}
