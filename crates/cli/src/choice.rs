//! Settings that are chosen for data whose user names none: by the kind of the inputs and by their number.
//!
//! The rules are written in `docs/choosing.md`. Every choice is a [`Choice`]: settings, and one sentence with
//! the setting that overrides it. A user's own settings go over them.

use std::fmt::Display;

use retort_core::shape::InputShape;
use retort_core::task::Task;
use toml::{Table, Value};

/// Points for each class, if the set stays below [`MOST_POINTS`].
const PER_CLASS: usize = 10;

/// Points for real values.
const POINTS: usize = 40;

/// Most points of a set that is chosen for a task with many classes.
const MOST_POINTS: usize = 1000;

/// Outer steps on a table.
const STEPS: usize = 500;

/// Fewest outer steps on a table.
const FEWEST_STEPS: usize = 100;

/// The product of batch, points and features up to which a table has [`STEPS`]. Beyond it steps are fewer, in
/// proportion.
const STEP_SIZE: usize = 8_000_000;

/// Outer steps on pictures.
const PICTURE_STEPS: usize = 1000;

/// The members of the objective for tables: the learners that a set should serve.
const MEMBERS: [&str; 3] = [
    r#"kind = "neighbour-compression""#,
    r#"kind = "kernel-inducing-points", kernel = "laplace""#,
    r#"kind = "kernel-inducing-points", kernel = "neural-tangent""#,
];

/// Real rows of an outer step on a table.
const BATCH: usize = 256;

/// Settings that were chosen, and why.
#[derive(Debug)]
pub struct Choice {
    /// The sections, without `task`.
    pub settings: Table,
    /// What was chosen, in the order in which it is told.
    pub decisions: Vec<Decision>,
}

/// One choice, and the settings that hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What the settings are, without a full stop and without their values.
    pub text: String,
    /// Keys, such as `synthetic.per_class`.
    pub settings: &'static [&'static str],
}

impl Choice {
    /// Chooses settings for a task, and for a set of the chosen size.
    pub fn of(task: &Task) -> Self {
        Self::of_set(task, points(task), 1)
    }

    /// Chooses settings for a task, and for a set with this number of points in all and of nested sizes, at least 1.
    pub fn of_set(task: &Task, points: usize, sizes: usize) -> Self {
        let mut choice = Self {
            settings: Table::new(),
            decisions: Vec::new(),
        };
        choice.parts(task);
        choice.size(task);
        match task.inputs {
            InputShape::Vector(features) => choice.for_vectors(task, points * features, sizes),
            InputShape::Picture([_, height, width]) => {
                choice.for_pictures(height.min(width), sizes)
            }
        }
        choice.evaluation(task.inputs);
        choice
    }

    fn decide(&mut self, settings: &'static [&'static str], text: impl Display) {
        let text = text.to_string();
        self.decisions.push(Decision { text, settings });
    }

    fn put(&mut self, section: &str, text: &str) {
        let settings = text.parse::<Table>().unwrap_or_default();
        self.settings
            .insert(section.to_owned(), Value::Table(settings));
    }

    /// What the source of the data decides about the task.
    fn parts(&mut self, task: &Task) {
        match task.inputs {
            InputShape::Vector(_) => self.decide(
                &["task.validation", "task.test"],
                "shares of the rows for validation and for the test, unless files are given for them",
            ),
            InputShape::Picture(_) => {
                self.decide(&["task.side"], "height and width of the pictures");
            }
        }
    }

    /// The number of points.
    fn size(&mut self, task: &Task) {
        match task.target.classes() {
            Some(classes) => {
                let count = per_class(classes, task.train.len());
                let why = match count {
                    PER_CLASS => String::new(),
                    count if count < most_per_class(classes) => {
                        ", so that there are at most half as many points as rows to learn from"
                            .to_owned()
                    }
                    _ => format!(", so that {classes} classes have at most {MOST_POINTS}"),
                };
                self.decide(
                    &["synthetic.per_class"],
                    format!("points for each class{why}"),
                );
                self.put(
                    "synthetic",
                    &format!("per_class = {count}\ninitial = \"k-means\""),
                );
            }
            None => {
                let count = points(task);
                let why = match count {
                    POINTS => "",
                    _ => ", half as many as rows to learn from",
                };
                self.decide(&["synthetic.points"], format!("points in all{why}"));
                self.put(
                    "synthetic",
                    &format!("points = {count}\ninitial = \"k-means\""),
                );
            }
        }
        self.decide(
            &["synthetic.initial"],
            "what points start as: the centres of k-means",
        );
    }

    /// Tables and embeddings: the learners that a set is made for see the rows themselves. `numbers` is the number of
    /// points times that of features.
    fn for_vectors(&mut self, task: &Task, numbers: usize, sizes: usize) {
        let classes = task.target.classes();
        let has_classes = classes.is_some();
        let rows = task.train.len();
        let batch = BATCH.min(rows).max(classes.unwrap_or(1));
        let steps = steps(batch.saturating_mul(numbers));
        self.decide(
            &["objective.kind", "objective.members"],
            "what points are made for: an average of objectives for nearest neighbours, kernel machines and wide networks",
        );
        let learn = match has_classes {
            true => r#"["inputs"]"#,
            false => r#"["inputs", "targets"]"#,
        };
        let members = MEMBERS.map(|member| {
            let has_loss = has_classes && member.contains("kernel = ");
            let loss = if has_loss {
                r#", loss = "cross-entropy""#
            } else {
                ""
            };
            format!("{{ {member}{loss}, learn = {learn} }}")
        });
        let members = members.join(", ");
        self.put(
            "objective",
            &format!("kind = \"average\"\nmembers = [{members}]"),
        );
        self.decide(
            &["network.kind", "network.width", "network.depth"],
            "the network that scores the set, with its hidden layers",
        );
        self.put("network", "kind = \"mlp\"\nwidth = 64\ndepth = 1");
        let fewer = match steps < STEPS {
            true => format!(", fewer than {STEPS} as points and columns are many"),
            false => String::new(),
        };
        self.decide(
            &["distill.steps", "distill.batch", "distill.learning_rate"],
            format!(
                "outer steps{}, with their real rows and learning rate{fewer}",
                of_sizes(sizes)
            ),
        );
        if has_classes {
            self.decide(
                &["distill.balanced"],
                "equally many rows of each class in a step",
            );
        }
        self.decide(
            &["distill.straight_through"],
            "points are seen as rows of the table while they are learned",
        );
        self.decide(
            &["distill.row_noise", "distill.point_noise"],
            "noise against overfitting: on real rows, in distances between neighbours, and on points",
        );
        self.put(
            "distill",
            &format!(
                "steps = {}\nlearning_rate = 0.003\nbatch = {batch}\nbalanced = {has_classes}\n\
                 row_noise = 2.4\npoint_noise = 0.2",
                steps * sizes
            ),
        );
    }

    /// Pictures: distribution matching, the cheapest of the methods for them.
    fn for_pictures(&mut self, side: usize, sizes: usize) {
        self.decide(
            &["objective.kind"],
            "what points are made for: distribution matching, the cheapest method for pictures",
        );
        self.put("objective", "kind = \"distribution-matching\"");
        // Each block halves the sides. Pictures of less than four pixels a side are padded by the network.
        let depth = (side.max(4).ilog2() - 1).clamp(1, 4);
        self.decide(
            &["network.kind", "network.width", "network.depth"],
            "the network, with as many blocks as the size of the pictures allows",
        );
        self.put(
            "network",
            &format!("kind = \"convnet\"\nwidth = 32\ndepth = {depth}"),
        );
        self.decide(
            &["distill.steps", "distill.batch"],
            format!(
                "outer steps{}, with their real rows of each class",
                of_sizes(sizes)
            ),
        );
        self.decide(
            &[
                "distill.optimiser",
                "distill.learning_rate",
                "distill.momentum",
                "distill.schedule",
            ],
            "how the points move",
        );
        self.put(
            "distill",
            &format!(
                "steps = {}\noptimiser = \"sgd\"\nlearning_rate = 1.0\nmomentum = 0.5\n\
                 schedule = \"constant\"\nbatch = 64",
                PICTURE_STEPS * sizes
            ),
        );
    }

    /// How the set is scored.
    fn evaluation(&mut self, inputs: InputShape) {
        match inputs {
            InputShape::Vector(_) => {
                self.decide(
                    &[
                        "evaluate.runs",
                        "evaluate.steps",
                        "evaluate.optimiser",
                        "evaluate.learning_rates",
                    ],
                    "fresh networks that score each set, and their training; validation rows choose among the rates",
                );
                self.decide(
                    &["evaluate.judges"],
                    "learners that had no part in making the set learn it too, and judge it",
                );
                self.put(
                    "evaluate",
                    "steps = 300\nlearning_rates = [0.01, 0.003]\noptimiser = \"adam\"\njudges = [\"all\"]",
                );
            }
            InputShape::Picture(_) => {
                self.decide(
                    &["evaluate.protocol"],
                    "how fresh networks are trained to score a set",
                );
                self.put("evaluate", "protocol = \"quick\"");
            }
        }
    }
}

/// Points for each class, however many rows there are.
fn most_per_class(classes: usize) -> usize {
    (MOST_POINTS / classes.max(1)).clamp(1, PER_CLASS)
}

/// Points for each class: at most half as many points as rows.
fn per_class(classes: usize, rows: usize) -> usize {
    (rows / 2 / classes.max(1)).clamp(1, most_per_class(classes))
}

/// Points in all.
fn points(task: &Task) -> usize {
    match task.target.classes() {
        Some(classes) => classes * per_class(classes, task.train.len()),
        None => (task.train.len() / 2).clamp(1, POINTS),
    }
}

/// That nested sizes take turns, for the sentence about steps.
fn of_sizes(sizes: usize) -> String {
    match sizes {
        1 => String::new(),
        sizes => format!(", {sizes} times as many as for one size, as nested sizes take turns"),
    }
}

/// Outer steps on a table, given the product of batch, points and features.
fn steps(size: usize) -> usize {
    (STEPS * STEP_SIZE / size.max(STEP_SIZE)).max(FEWEST_STEPS)
}
