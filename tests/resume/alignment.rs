//! What is logged of the principal subspace changes nothing of a run.

use burn::tensor::backend::Backend;
use burn_flex::Flex;
use ndarray::Array2;
use retort_core::Result;
use retort_core::distill::{Distiller, Observer, Progress, State};
use retort_core::seed::Seed;
use retort_core::task::{Resident, Task};

use crate::scene::{SEED, set_bits, settings, vectors};

/// Keeps all that it is shown.
struct Shown(Vec<Progress>);

impl<B: Backend> Observer<B> for Shown {
    fn stepped(&mut self, progress: &Progress) -> Result<()> {
        self.0.push(progress.clone());
        Ok(())
    }

    fn checkpoint(&mut self, _state: &State<B>) -> Result<()> {
        Ok(())
    }
}

#[test]
fn a_run_that_logs_its_alignment_is_the_same_bit_for_bit() {
    // A rank that is not given would be that of the subspace.
    let settings = settings(
        r#"
        network = { kind = "two-layer", width = 8 }
        synthetic = { points = 4, labels = 16, initial = "normal", spread = 0.1, reference = { rank = 2 } }
        distill = { steps = [7, 5], batch = 32, log_every = 3 }
        objective = [{ kind = "gradient-matching" }, { kind = "readout-matching" }]
        "#,
    );
    let device = Default::default();
    let run = |task: &Task| {
        let resident = Resident::<Flex>::new(task, &device);
        let network = settings.network.template(task.interface(), &device);
        let distiller = Distiller::new(
            settings.recipe().unwrap(),
            &resident,
            &*network,
            &Seed::new(SEED),
        );
        let mut shown = Shown(Vec::new());
        let end = distiller.run(distiller.start().unwrap(), &mut shown);
        (set_bits(&end.unwrap().set), shown.0)
    };
    let unknown = vectors();
    let known = Task {
        subspace: Some(Array2::eye(5).slice_move(ndarray::s![.., ..2])),
        ..vectors()
    };
    let ((bits, steps), (known_bits, mut known_steps)) = (run(&unknown), run(&known));
    assert_eq!(bits, known_bits);
    for step in &mut known_steps {
        let alignment = step.alignment.take();
        assert_eq!(alignment.is_some(), step.log, "step {}", step.done);
        if let Some(alignment) = alignment {
            for share in [alignment.points, alignment.smallest_cosine] {
                assert!((0.0..=1.0).contains(&share), "{share}");
            }
        }
    }
    assert_eq!(steps, known_steps);
    assert_eq!(steps.iter().filter(|step| step.log).count(), 5);
}
