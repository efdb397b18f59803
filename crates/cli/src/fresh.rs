//! The plan of a run that begins. Of data, it is chosen after a look at them.

use retort_core::Result;
use retort_core::seed::Seed;
use retort_core::task::{Task, TaskSettings};
use toml::{Table, Value};

use crate::busy::during;
use crate::choice::Choice;
use crate::console::note;
use crate::inspection::{self, with_settings};
use crate::plan::{Plan, Request};

/// The plan of a run that begins.
#[derive(Debug)]
pub struct Fresh {
    /// The plan.
    pub plan: Plan,
    /// The task, if it was loaded to choose the plan.
    pub task: Option<Task>,
}

impl Fresh {
    /// The plan of a run that was begun before.
    pub fn of_stored(plan: Plan) -> Self {
        Self { plan, task: None }
    }

    /// Makes the plan of a request. Of data, it loads the task, chooses settings, and prints each choice that
    /// the request leaves open.
    ///
    /// # Errors
    /// Settings that are not accepted, or data that cannot be read.
    pub fn of(request: &Request) -> Result<Self> {
        Self::saying(request, |_| true)
    }

    /// The plan of a request to score a set, [`Self::of`] without the choices about a distillation.
    ///
    /// # Errors
    /// Those of [`Self::of`].
    pub fn to_score(request: &Request) -> Result<Self> {
        let sections = ["network.", "augment.", "evaluate."];
        Self::saying(request, |setting| {
            sections.iter().any(|section| setting.starts_with(section))
        })
    }

    /// The plan of a request. Of choices it prints those for which `is_said`.
    fn saying(request: &Request, is_said: impl Fn(&str) -> bool) -> Result<Self> {
        if !request.is_data() {
            let plan = request.plan()?;
            return Ok(Self { plan, task: None });
        }
        let task = prepared(&request.task()?, &Seed::new(request.seed()))?;
        note(inspection::text(&task));
        let mut choice = Choice::of(&task);
        let mut plan = request.plan_over(choice.settings.clone(), &[])?;
        if !plan.is_auto {
            // Steps follow the size of the set, which the request may give.
            let synthetic = &plan.settings.synthetic;
            let points = synthetic.size(task.training())?;
            choice = Choice::of_set(&task, points, synthetic.sizes());
            plan = request.plan_over(choice.settings, &[])?;
        }
        let settings = plan.resolved()?;
        let lines: String = (choice.decisions.iter())
            .filter_map(|decision| {
                let open = decision.settings.iter();
                let open = open.filter(|key| is_said(key) && !request.gives(key));
                let open: Vec<String> = open.filter_map(|key| setting(&settings, key)).collect();
                (!open.is_empty()).then(|| with_settings(&decision.text, &open))
            })
            .collect();
        if !lines.is_empty() {
            note(format_args!("choices, each as --set takes it:\n{lines}"));
        }
        let task = Some(task);
        Ok(Self { plan, task })
    }
}

/// A setting with its value, as a line of TOML. `None` if the settings do not have it.
fn setting(settings: &Table, key: &str) -> Option<String> {
    let value = key
        .split('.')
        .try_fold(None, |above: Option<&Value>, part| {
            let below = match above {
                None => settings.get(part),
                // The settings of several stages: the first one's are told.
                Some(Value::Array(stages)) => stages.first().and_then(|stage| stage.get(part)),
                Some(above) => above.get(part),
            };
            below.map(Some)
        });
    let value = value.flatten()?;
    Some(format!("{key} = {value}"))
}

/// Loads the task. Prints lines of progress if that takes long.
///
/// # Errors
/// Those of [`TaskSource::load`](retort_core::task::TaskSource::load).
pub fn prepared(task: &TaskSettings, seed: &Seed) -> Result<Task> {
    let what = format!("preparing the task ({})", task.kind());
    during(&what, || task.source().load(seed))
}
