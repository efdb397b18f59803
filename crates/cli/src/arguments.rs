//! What was typed. Nothing here has an effect.

use std::path::PathBuf;

use clap::builder::TypedValueParser as _;
use clap::{Args, Subcommand};
use retort_core::intrinsic::IntrinsicSettings;
use retort_core::network::NetworkSettings;
use retort_core::objective::ObjectiveSettings;
use retort_core::task::TaskSettings;

use crate::bench;
use crate::format::Format;

/// The commands of both binaries.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Distil a synthetic set, score it, and write a run directory
    #[command(after_long_help = settings_help())]
    Distill(DistillArguments),
    /// Train fresh networks, also of other architectures, on a stored set
    Evaluate(EvaluateArguments),
    /// Estimate a task's intrinsic dimension, and how many points and labels it needs
    ///
    /// The intrinsic dimension is the number of directions of the inputs that the targets depend on. It is
    /// estimated from the gradients of a two-layer network's first step, that of the settings, or one of 256
    /// neurons where they have another or none: a file for this needs no section but `[task]`. `distill --set
    /// synthetic.points=auto` takes as many points as are proposed.
    Budget(BudgetArguments),
    /// Carry out many runs that differ in some settings, as processes side by side
    ///
    /// The directory gets a run directory for each in runs/, results.csv with a row a run, results.jsonl with
    /// whole summaries, and seeds.csv with mean and deviation over seeds, which are printed too. A run that fails stops no other: it is listed at the end, and the exit code is
    /// then 1. With `law = "memory"` in its section `[sweep]`, as the preset memory-law has it, it also says what
    /// the runs show of the theory's r²d + L, in words and in summary.json.
    Sweep(SweepArguments),
    /// Write what runs and sweeps came to as one file: scores, charts, pictures, settings, papers
    Report(ReportArguments),
    /// Show what a stored set holds: shapes, preprocessing, provenance, scores
    Inspect(InspectArguments),
    /// List the built-in presets, or print one with all its settings as TOML
    Presets(PresetsArguments),
    /// Time fixed pieces of work, for comparison with other engines
    Bench(BenchArguments),
}

/// Seeds are stored in TOML, whose integers have 63 bits.
fn seed_parser() -> impl clap::builder::TypedValueParser<Value = u64> {
    clap::value_parser!(u64).range(0..=i64::MAX.unsigned_abs())
}

/// What is computed.
#[derive(Debug, Clone, Args)]
pub struct SettingsArguments {
    /// A built-in preset, or a settings file whose name ends in .toml [default: multi-index]
    ///
    /// A file may say `preset = "NAME"` at its top to start from a preset; otherwise it holds every
    /// setting that has no default. The config.toml of a run repeats that run. Paths in a file, such
    /// as task.path, begin at the working directory and not at the file.
    #[arg(value_name = "PRESET or FILE.toml")]
    pub source: Option<String>,
    /// Put one setting over those of the preset or file, such as task.dim=128; repeatable
    ///
    /// `presets NAME` prints the settings of a preset with their values. The value is TOML or a plain
    /// word. One of several objectives is named by its place: objective.1.kind=readout-matching. A new
    /// `kind` restarts its section from the defaults of that kind.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Seed of every random number [default: that of the file, or 0]
    #[arg(long, value_name = "N", value_parser = seed_parser())]
    pub seed: Option<u64>,
}

#[derive(Debug, Clone, Args)]
pub struct DistillArguments {
    #[command(flatten)]
    pub settings: SettingsArguments,
    /// The run directory [default: runs/PRESET-SEED, runs/FILE-SEED, or runs/RUN-SEED for the
    /// config.toml of a run]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Go on with the run in that directory from its last checkpoint, with the settings stored there
    ///
    /// Whatever else is given must agree with the stored run; a file with all of its settings.
    #[arg(long)]
    pub resume: bool,
    /// Replace the run in that directory; files that Retort did not write are left alone
    #[arg(long, conflicts_with = "resume")]
    pub force: bool,
}

#[derive(Debug, Clone, Args)]
pub struct BudgetArguments {
    #[command(flatten)]
    pub settings: SettingsArguments,
    /// Training rows that are looked at, 100 or more; all where there are fewer
    #[arg(long, value_name = "N", default_value_t = IntrinsicSettings::default().rows)]
    pub rows: usize,
    /// Fresh networks whose gradients are looked at, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = IntrinsicSettings::default().starts)]
    pub starts: usize,
    /// Shuffles of the targets that a direction is compared with, 3 to 1000
    #[arg(long, value_name = "N", default_value_t = IntrinsicSettings::default().shuffles)]
    pub shuffles: usize,
    /// Directions that are looked for at most, 1 to 64
    #[arg(long, value_name = "N", default_value_t = IntrinsicSettings::default().most)]
    pub most: usize,
    /// Deviations above the shuffled targets, and standard errors on held-out rows, from which a direction
    /// counts
    #[arg(long, value_name = "X", default_value_t = IntrinsicSettings::default().threshold)]
    pub threshold: f64,
    /// One JSON object instead of a table
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Args)]
pub struct SweepArguments {
    /// A built-in preset, or a settings file whose name ends in .toml
    ///
    /// A file is one of `distill` with a section [sweep] besides: `seeds = [0, 1, 2]`, and any number of
    /// grids. A grid [[sweep.grid]] lists values of settings, `"task.dim" = [32, 64]`, and has a run for every
    /// combination and seed. Settings that go together are listed as tables under any word:
    /// `size = [{ "task.dim" = 32, "network.width" = 64 }, { "task.dim" = 64, "network.width" = 128 }]`.
    ///
    /// With `--out DIR --resume` it may be left away: the sweep goes on as it was asked for.
    #[arg(value_name = "PRESET or FILE.toml")]
    pub source: Option<String>,
    /// Let one setting take several values, such as task.dim=32,64; repeatable, for every combination
    ///
    /// Of a setting that the file or preset varies already these values are taken: of one that it lists
    /// together with others, those of the list.
    #[arg(long, value_name = "KEY=VALUE,VALUE")]
    pub over: Vec<String>,
    /// Seeds of every run, such as 0,1,2 [default: those of the file, or 0]
    #[arg(long, value_name = "N,N", value_delimiter = ',', value_parser = seed_parser())]
    pub seeds: Vec<u64>,
    /// Put one setting over those of the preset or file, in all runs; repeatable
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// The directory of the sweep [default: sweeps/PRESET or sweeps/FILE]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Threads of all runs together [default: all of the machine]
    #[arg(long, value_name = "N", value_parser = threads_parser())]
    pub threads: Option<usize>,
    /// Threads of each run; as many runs go on at a time as --threads allows
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = threads_parser())]
    pub threads_per_run: usize,
    /// Go on with the sweep in that directory: finished runs are kept, others go on from their last
    /// checkpoint, and those that failed are tried again
    #[arg(long)]
    pub resume: bool,
}

fn threads_parser() -> impl clap::builder::TypedValueParser<Value = usize> {
    clap::value_parser!(u32).range(1..=4096).map(|n| n as usize)
}

#[derive(Debug, Clone, Args)]
pub struct EvaluateArguments {
    /// A run directory, or a .safetensors file that `distill` wrote
    #[arg(value_name = "RUN or FILE")]
    pub stored: PathBuf,
    /// Put one setting of `network`, `augment`, `evaluate` or `task` over those of the run; repeatable
    ///
    /// For example --set network.kind=mlp --set network.width=64 for another architecture, a list
    /// --set network.kind=mlp,convnet for several and one table of them all, or --set task.path=FOLDER
    /// where the data has moved.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Seed of the evaluation [default: that of the run]
    #[arg(long, value_name = "N", value_parser = seed_parser())]
    pub seed: Option<u64>,
}

#[derive(Debug, Clone, Args)]
pub struct ReportArguments {
    /// Directories that `distill` or `sweep` wrote; several runs are compared
    ///
    /// A run that is not finished is shown as far as it has come.
    #[arg(value_name = "RUN or SWEEP", required = true)]
    pub paths: Vec<PathBuf>,
    /// What the report is written as
    #[arg(long, value_name = "FORMAT", default_value = "html")]
    pub format: Format,
    /// The file to write; one that is there is replaced [default: report.html, or the format's own ending, in the
    /// directory that is named, or in the working directory where there are several]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct InspectArguments {
    /// A run directory, or a .safetensors file that `distill` wrote
    #[arg(value_name = "RUN or FILE")]
    pub stored: PathBuf,
}

#[derive(Debug, Clone, Args)]
pub struct PresetsArguments {
    /// The preset to print; all are listed without it
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub struct BenchArguments {
    /// The case to time; all but the large one without it
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(bench::names()))]
    pub case: Option<String>,
    /// Timed repetitions, after two that are not timed
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub repeat: u32,
    /// Channels of the ConvNet in the cases that have one [default: 128]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096).map(|n| n as usize))]
    pub width: Option<usize>,
    /// Put one setting over those of the case, such as objective.unroll=20; repeatable
    ///
    /// Of an outer step network.*, objective.*, synthetic.* and distill.batch can be set, of an epoch
    /// network.* and what evaluate.* says about training. The real rows are as many as a step sees.
    #[arg(long = "set", value_name = "KEY=VALUE", requires = "case")]
    pub set: Vec<String>,
    /// One JSON object a line instead of a table
    ///
    /// peak_memory_bytes is the peak of the whole process: run cases one by one to compare it.
    #[arg(long)]
    pub json: bool,
}

fn settings_help() -> String {
    format!(
        "Settings (`presets NAME` prints all of a preset's, with their values):\n  \
         task.kind       {}\n  network.kind    {}\n  objective.kind  {}\n  \
         synthetic.*     size and start of the synthetic set; points=auto estimates their number\n  \
         distill.*       the outer loop: steps, learning_rate, batch, ...\n  \
         augment.*       what is done to pictures: operations\n  \
         evaluate.*      how sets are scored: runs, protocol, ...\n\n\
         Exit codes: 0 done, 1 the run failed or diverged, 2 bad input.",
        TaskSettings::KINDS.join(", "),
        NetworkSettings::KINDS.join(", "),
        ObjectiveSettings::kinds().join(", "),
    )
}
