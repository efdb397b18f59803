//! The library, compiled once for each backend that tests compute on.
//!
//! Generic code becomes machine code where it is used, and networks on nested tapes are a great deal of
//! it: every test program would compile the same again. rustc takes what a crate below has compiled
//! already, where optimisation is below level 2 (the workspace's `profile.dev` is). So a test program that computes
//! says `use retort_instances as _;`, and most of what it needs is linked: what single precision needs from
//! `retort-cpu`, what double precision needs from here.
//!
//! The functions are here to be compiled; calling one works too.

use std::path::Path;

use burn_ndarray::NdArray;
use retort_core::Result;
use retort_core::distill::{Distiller, Provenance, Silent, checkpoint};
use retort_core::evaluate::{Evaluation, evaluate};
use retort_core::inner::unroll::{InnerProblem, full_graph};
use retort_core::kernel::Kernels;
use retort_core::network::AnyNetwork;
use retort_core::run::Settings;
use retort_core::seed::Seed;
use retort_core::synthetic::Artefact;
use retort_core::tape::{Derivatives, Tape};
use retort_core::task::{Resident, Task};

pub use retort_cpu as single;

/// Distils and scores in double precision on the reference backend.
///
/// # Errors
/// Those of the library.
pub fn double(settings: &Settings, task: &Task, folder: &Path) -> Result<Evaluation> {
    whole::<NdArray<f64>>(settings, task, folder)
}

/// The graph of all steps of an unroll, against which the step-wise backward pass is tested.
pub fn double_graph(
    network: &dyn AnyNetwork<NdArray<f64>>,
    problem: &InnerProblem<Tape<NdArray<f64>>>,
) -> f64 {
    let start = network.fresh(&Seed::new(0));
    let [inputs, targets] =
        [&problem.inputs, &problem.targets].map(|tensor| tensor.clone().inner());
    let loss = full_graph(network, &start, problem, inputs, targets);
    drop(Derivatives::of(loss.clone()));
    loss.into_data().iter::<f64>().sum()
}

/// A whole run, with every file that it writes and reads.
fn whole<B: Kernels>(settings: &Settings, task: &Task, folder: &Path) -> Result<Evaluation> {
    let (device, seed) = (B::Device::default(), Seed::new(0));
    let resident = Resident::<B>::new(task, &device);
    let network = settings.network.template::<B>(task.interface(), &device);
    let network = network.as_ref();
    let distiller = Distiller::new(settings.recipe()?, &resident, network, &seed);
    let state = distiller.run(distiller.start()?, &mut Silent)?;

    let provenance = Provenance::new(settings, task, network, &B::name(&device), 0)?;
    let file = folder.join("state.checkpoint");
    checkpoint::save(&state, &provenance, &file)?;
    let set = checkpoint::load::<B>(&file, &provenance, &device)?.set;
    let file = folder.join("synthetic.safetensors");
    Artefact::new(set, task, settings, 0, None)?.save(&file)?;
    let set = Artefact::<B>::load(&file, &device)?.set;

    let Settings {
        evaluate: protocol,
        augment,
        ..
    } = settings;
    evaluate(
        protocol,
        augment,
        &resident,
        network,
        &set,
        &seed,
        &mut |_, _| (),
    )
}
