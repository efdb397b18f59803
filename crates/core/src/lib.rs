//! Retort distils data sets: it learns a handful of synthetic points such that a network trained on
//! them from a fresh start does nearly what it does after training on all the real data.
//!
//! # The bilevel problem
//!
//! Let θ*(X̃) be the weights that training on a synthetic set X̃ leads to from a fresh start θ₀.
//! Distillation minimises over X̃, the *outer* problem, an expectation over fresh starts of how far
//! θ*(X̃) is from what real data would have done, where θ*(X̃) itself solves the *inner* problem of
//! training. Its gradient passes through gradients, so it is of second order: [`tape`] nests Burn's
//! autodiff for that, [`inner`] holds what a network does with points (a gradient, an unrolled
//! training, a closed-form readout), and [`objective`] the ways to compare it with real data.
//!
//! # The data's way
//!
//! ```text
//!  files, generators ─→ task ─→ resident rows ──┐
//!                                               ├─→ objective ─→ loss, gradient ─→ distiller ─→ set
//!  architecture ─→ template ─→ fresh weights ───┘     (inner)                        │            │
//!                                                                               checkpoint    artefact
//!                                                                                                 │
//!                                       task, network, set ─→ evaluate ─→ scores, alignment, memory
//! ```
//!
//! A [`task`] is checked, normalised and fingerprinted data. A [`network`] is any Burn module. The
//! [`distill`] loop draws fresh networks and batches, asks the objective for a gradient on the
//! [`synthetic`] set, and moves the set, and only the set. Pictures may go through an [`augment`]ation
//! on their way to the network, the same for both sides. [`evaluate`] reads a set and a task and
//! trains fresh networks by a frozen protocol; it knows no objective. [`run`] puts the settings of all
//! of them together.
//!
//! # The rooms
//!
//! A room a line, lowest first. Each imports only from rooms that stand before it.
//!
//! ```text
//!   seed       named random numbers, drawn on the host
//!   paper      where a method comes from
//!   error      what can go wrong, in words that name a key, a file or a value
//!   tape       nested tapes: gradients of gradients
//!   settings   the vocabulary of settings: keys, kinds, ranges, values for each stage
//!   shape      what a row of inputs means, and what a network is built for
//!   numeric    numbers on the host: linear algebra, normal equations, sums whose bits never change
//!   store      what reaches the disk: atomic writes, locks, digests, files of tensors
//!   kernel     operations of our own, each closed under differentiation
//!   task       data: loaded, divided, normalised, fingerprinted
//!   augment    differentiable augmentation of pictures
//!   network    networks, and their weights as one vector
//!   identity   what a stored computation was made from
//!   synthetic  the set: its parts, its start, its artefact, its alignment
//!   inner      what a network does with points: a gradient, a training, a readout
//!   experts    recorded trainings on real data, and their files
//!   objective  one file a method: how points are compared with real data
//!   law        the memory law r²d + L, of many runs
//!   intrinsic  how many points and labels a task asks for
//!   distill    the outer loop, its state and its checkpoint
//!   evaluate   scores of a set and of the baselines, by frozen protocols
//!   run        the settings of a whole run, checked together
//! ```
//!
//! Everything is generic over Burn's plain backend `B`; all randomness is drawn on the host from
//! named children of one [`seed`], so every backend sees the same numbers.
//!
//! # A whole run
//!
//! ```
//! use burn_flex::Flex;
//! use retort_core::{distill::{Distiller, Silent}, evaluate::evaluate};
//! use retort_core::{run::Settings, seed::Seed, task::Resident};
//!
//! let settings = Settings::read(&r#"
//!     task = { kind = "multi-index", dim = 8, rank = 1, samples = 500 }
//!     network = { kind = "two-layer", width = 32 }
//!     objective = { kind = "gradient-matching", learn = ["inputs", "targets"] }
//!     synthetic = { points = 2, initial = "normal", spread = 0.01 }
//!     distill = { steps = 20 }
//!     evaluate = { protocol = "feature-step", runs = 2 }
//! "#.parse()?)?;
//! let seed = Seed::new(0);
//! let task = settings.task.source().load(&seed)?;
//! let device = Default::default();
//! let resident = Resident::<Flex>::new(&task, &device);
//! let network = settings.network.template(task.interface(), &device);
//! let distiller = Distiller::new(settings.recipe()?, &resident, &*network, &seed);
//! let end = distiller.run(distiller.start()?, &mut Silent)?;
//! let Settings { evaluate: protocol, augment, .. } = &settings;
//! let scores =
//!     evaluate(protocol, augment, &resident, &*network, &end.set, &seed, &mut |_, _| ())?;
//! assert_eq!(scores.scores[0].0, "distilled");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod augment;
pub mod distill;
pub mod error;
pub mod evaluate;
pub mod experts;
pub mod identity;
pub mod inner;
pub mod intrinsic;
pub mod kernel;
pub mod law;
pub mod network;
pub mod numeric;
pub mod objective;
pub mod paper;
pub mod run;
pub mod seed;
pub mod settings;
pub mod shape;
pub mod store;
pub mod synthetic;
pub mod tape;
pub mod task;

pub use error::{Error, Result};

#[cfg(test)]
use retort_instances as _;

#[cfg(test)]
#[path = "../../../tests/wording.rs"]
mod wording;
