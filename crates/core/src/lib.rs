//! Retort distils data sets: it learns a few synthetic points such that a fresh network trained on
//! them performs nearly as well as one trained on all the real data.
//!
//! # The bilevel problem
//!
//! Let θ*(X̃) be the weights that training on a synthetic set X̃ reaches from fresh weights θ₀. This
//! training is the *inner* problem. The *outer* problem is to find the X̃ for which θ*(X̃) comes closest
//! to what training on the real data gives, in expectation over θ₀. The outer gradient passes through
//! the gradients of the inner training, so it needs second derivatives. [`tape`] nests Burn's autodiff
//! for that. [`inner`] holds the inner computations (a gradient, an unrolled training, a closed-form
//! readout), and [`objective`] the ways to compare them with real data.
//!
//! # How data flows
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
//! A [`task`] is checked, normalised and fingerprinted data. A [`network`] is any Burn module. In each
//! outer step, the [`distill`] loop asks the objective for a gradient with respect to the [`synthetic`]
//! set and moves the set along it; nothing else is learned. The objective draws the networks and
//! minibatches. Pictures may go through an [`augment`]ation on their way to the network. Objectives
//! that compare rows directly use one draw for both sides. [`evaluate`] takes a set and a task and trains fresh networks by a
//! fixed protocol; it does not depend on the objective. [`run`] combines the settings of all of them.
//!
//! # The rooms
//!
//! A room is a module at the top of this crate. One line for each, lowest first; each imports only
//! from rooms listed before it.
//!
//! ```text
//!   seed       named random numbers, drawn on the host
//!   paper      references to the papers that methods come from
//!   error      errors, whose messages name a key, a file or a value
//!   tape       nested tapes: gradients of gradients
//!   settings   common parts of settings: keys, kinds, ranges, values for each stage
//!   shape      the shape and meaning of input and target rows
//!   numeric    numbers on the host: linear algebra, normal equations, sums in a fixed order
//!   store      files: atomic writes, locks, digests, files of tensors
//!   kernel     operations of our own, with derivatives up to the second
//!   task       data: loaded, divided, normalised, fingerprinted
//!   augment    differentiable augmentation of pictures
//!   network    networks, and their weights as one vector
//!   identity   what a stored computation was made from
//!   synthetic  the set: its parts, its start, its artefact, its alignment
//!   inner      inner computations of a network on points: a gradient, a training, a readout
//!   experts    recorded trainings on real data, and their files
//!   objective  one file for each method that compares points with real data
//!   law        the memory law r²d + L, fitted to many runs
//!   intrinsic  an estimate of how many points and labels a task needs
//!   distill    the outer loop, its state and its checkpoint
//!   evaluate   scores of a set and of the baselines, by fixed protocols
//!   run        the settings of a whole run, checked together
//! ```
//!
//! Everything is generic over Burn's plain backend `B`. All randomness is drawn on the host from named
//! children of one [`seed`], so every backend sees the same random numbers.
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
