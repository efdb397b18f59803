//! Previews: the states that they show are those of the run, and the run is the one without them.

use burn::tensor::{TensorData, backend::Backend};
use burn_flex::Flex;
use burn_ndarray::NdArray;
use retort_core::Result;
use retort_core::distill::{Distiller, Observer, Progress, State};
use retort_core::kernel::Kernels;
use retort_core::seed::Seed;
use retort_core::synthetic::Part;

use crate::scene::{self, SEED, pictures, set_bits};

type Bits = Vec<(Part, TensorData)>;

/// What an observer is told.
#[derive(Debug, PartialEq)]
enum Told {
    Stepped(Progress),
    Kept(Bits),
    Shown(usize, Bits),
}

struct Listener<B: Backend> {
    told: Vec<Told>,
    states: Vec<State<B>>,
}

impl<B: Backend> Observer<B> for Listener<B> {
    fn stepped(&mut self, progress: &Progress) -> Result<()> {
        self.told.push(Told::Stepped(progress.clone()));
        Ok(())
    }

    fn checkpoint(&mut self, state: &State<B>) -> Result<()> {
        self.told.push(Told::Kept(set_bits(&state.set)));
        self.states.push(state.clone());
        Ok(())
    }

    fn preview(&mut self, done: usize, state: &State<B>) -> Result<()> {
        self.told.push(Told::Shown(done, set_bits(&state.set)));
        Ok(())
    }
}

impl<B: Backend> Listener<B> {
    fn shown(&self) -> Vec<(usize, &Bits)> {
        let shown = self.told.iter().filter_map(|told| match told {
            Told::Shown(done, bits) => Some((*done, bits)),
            _ => None,
        });
        shown.collect()
    }

    fn steps_shown(&self) -> Vec<usize> {
        self.shown().into_iter().map(|(done, _)| done).collect()
    }

    /// All but the previews.
    fn others(&self) -> Vec<&Told> {
        let told = self.told.iter();
        told.filter(|told| !matches!(told, Told::Shown(..)))
            .collect()
    }
}

/// Two stages of 7 and 5 steps, with these settings of the outer loop besides.
fn listened<B: Kernels>(distill: &str, from: Option<State<B>>) -> (Result<State<B>>, Listener<B>) {
    let mut settings = scene::settings(
        r#"
        network = { kind = "mlp", width = 8, depth = 1, activation = "tanh" }
        synthetic = { per_class = 2 }
        objective = [
            { kind = "gradient-matching", life = 5, ageing_steps = 4 },
            { kind = "performance-matching", learn = ["inputs", "step-sizes"], unroll = 3 },
        ]
        "#,
    );
    // The task that those name, which is not read, has no pictures.
    settings.distill = toml::from_str(distill).unwrap();
    let device = B::Device::default();
    let task = pictures();
    let resident = retort_core::task::Resident::<B>::new(&task, &device);
    let network = settings.network.template(task.interface(), &device);
    let distiller = Distiller::new(
        settings.recipe().unwrap(),
        &resident,
        network.as_ref(),
        &Seed::new(SEED),
    );
    let from = from.unwrap_or_else(|| distiller.start().unwrap());
    let mut listener = Listener {
        told: Vec::new(),
        states: Vec::new(),
    };
    (distiller.run(from, &mut listener), listener)
}

const STEPS: &str = "steps = [7, 5]\nlearning_rate = 0.05\nbatch = 12\n";

fn the_same_run<B: Kernels>() {
    let kept = "checkpoint_every = 1\nlog_every = 4\n";
    let (plain, without) = listened::<B>(&format!("{STEPS}{kept}"), None);
    let asked = "preview_every = 3\npreview_at = [7, 4]\n";
    let (shown, with) = listened::<B>(&format!("{STEPS}{kept}{asked}"), None);
    assert_eq!(set_bits(&plain.unwrap().set), set_bits(&shown.unwrap().set));
    assert!(without.shown().is_empty());
    assert_eq!(without.others(), with.others());

    // A state is shown as it is kept then.
    let kept: Vec<&Bits> = without
        .told
        .iter()
        .filter_map(|told| match told {
            Told::Kept(bits) => Some(bits),
            _ => None,
        })
        .collect();
    assert_eq!(with.steps_shown(), [0, 3, 4, 6, 7, 9, 12]);
    for (done, bits) in with.shown() {
        assert_eq!(bits, kept[done], "after {done} steps");
    }
    // It is shown after its step was told, and before it is kept.
    for (place, told) in with.told.iter().enumerate().skip(2) {
        if let Told::Shown(done, _) = told {
            let before = &with.told[place - 1];
            assert!(
                matches!(before, Told::Stepped(step) if step.done == *done),
                "{done}"
            );
            assert!(matches!(&with.told[place + 1], Told::Kept(_)), "{done}");
        }
    }
}

#[test]
fn previews_show_the_states_of_the_same_run_in_single_precision() {
    the_same_run::<Flex>();
}

#[test]
fn previews_show_the_states_of_the_same_run_in_double_precision() {
    the_same_run::<NdArray<f64>>();
}

#[test]
fn previews_where_nothing_is_kept_or_logged_change_nothing_either() {
    let rare = "checkpoint_every = 0\nlog_every = 1000\n";
    let (plain, without) = listened::<Flex>(&format!("{STEPS}{rare}"), None);
    let (shown, with) = listened::<Flex>(&format!("{STEPS}{rare}preview_every = 1\n"), None);
    assert_eq!(set_bits(&plain.unwrap().set), set_bits(&shown.unwrap().set));
    assert_eq!(without.others(), with.others());
    assert_eq!(with.steps_shown(), (0..=12).collect::<Vec<_>>());
}

#[test]
fn a_run_that_goes_on_shows_where_it_stands_and_what_is_left() {
    let asked = format!("{STEPS}checkpoint_every = 2\npreview_every = 2\n");
    let (_, whole) = listened::<Flex>(&asked, None);
    // The start, and after 2, 4, 6, 7, 9, 11 and 12 steps.
    for (state, left) in whole.states.iter().zip([
        &[0, 2, 4, 6, 8, 10, 12][..],
        &[2, 4, 6, 8, 10, 12],
        &[4, 6, 8, 10, 12],
        &[6, 8, 10, 12],
        &[8, 10, 12],
        &[10, 12],
        &[12],
        &[12],
    ]) {
        let (_, again) = listened::<Flex>(&asked, Some(state.clone()));
        assert_eq!(again.steps_shown(), left);
        let expected = whole.shown();
        assert_eq!(again.shown(), expected[expected.len() - left.len()..]);
    }
    assert_eq!(whole.states.len(), 8);
}

#[test]
fn a_stage_without_steps_is_shown_once() {
    let shown = |steps: &str, asked: &str| {
        let settings = format!("steps = {steps}\nbatch = 12\n{asked}\n");
        listened::<Flex>(&settings, None).1.steps_shown()
    };
    assert_eq!(shown("[0, 2]", "preview_every = 1"), [0, 1, 2]);
    assert_eq!(shown("[2, 0]", "preview_every = 5"), [0, 2]);
    assert_eq!(shown("[0, 0]", "preview_at = [0]"), [0]);
}

#[test]
fn a_set_that_diverged_is_never_shown() {
    let settings = "steps = [7, 5]\nlearning_rate = 1e38\nbatch = 12\nlog_every = 1000\n\
                    checkpoint_every = 0\npreview_every = 1\n";
    let (end, listener) = listened::<Flex>(settings, None);
    assert!(end.is_err());
    let good = listener
        .others()
        .into_iter()
        .filter(|told| matches!(told, Told::Stepped(_)));
    assert_eq!(
        listener.steps_shown(),
        (0..=good.count()).collect::<Vec<_>>()
    );
    for (done, bits) in listener.shown() {
        for (_, data) in bits {
            assert!(data.iter::<f64>().all(f64::is_finite), "after {done}");
        }
    }
}
