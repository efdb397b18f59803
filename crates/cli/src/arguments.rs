//! The command line, as clap reads it. Nothing here has an effect.

use std::path::{Path, PathBuf};

use clap::builder::TypedValueParser as _;
use clap::{Args, Subcommand};
use retort_core::intrinsic::IntrinsicSettings;
use retort_core::network::NetworkSettings;
use retort_core::objective::ObjectiveSettings;
use retort_core::settings::home;
use retort_core::task::TaskSettings;

use crate::bench;
use crate::export::ExportFormat;
use crate::format::Format;

/// The commands of both binaries.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Distil a synthetic set, score it, and write a run directory
    #[command(after_long_help = settings_help())]
    Distill(DistillArguments),
    /// Score a stored set, or one of another program: train fresh networks on it, also of other architectures
    Evaluate(EvaluateArguments),
    /// Write a stored set for other programs, in the units of the data it was made from
    Export(ExportArguments),
    /// Estimate a task's intrinsic dimension, and how many points and labels it needs
    ///
    /// The intrinsic dimension is the number of directions of the inputs that the targets depend on. It is
    /// estimated from the gradients of the first step of a two-layer network: that of the settings if its
    /// kind is two-layer, otherwise one of 256 neurons. So a settings file needs only the section `[task]`.
    /// `distill --set synthetic.points=auto` uses the number of points that is proposed here.
    Budget(BudgetArguments),
    /// Carry out many runs that differ in some settings, as processes side by side
    ///
    /// The sweep's directory gets: runs/ with a directory per run, results.csv with a row per run,
    /// results.jsonl with whole summaries, and seeds.csv with mean and deviation over seeds, which are also
    /// printed. A run that fails does not stop the others: it is listed at the end, and exit code 1 follows.
    /// A section `[sweep]` with `law = "memory"`, as in the preset memory-law, also compares the runs with
    /// the theory's r²d + L, in words and in summary.json.
    Sweep(SweepArguments),
    /// Write the results of runs and sweeps as one file: scores, charts, pictures, settings, papers
    Report(ReportArguments),
    /// Show what a stored set holds (shapes, preprocessing, provenance, scores), or how data are read
    Inspect(InspectArguments),
    /// List the built-in presets, or print one with all its settings as TOML
    Presets(PresetsArguments),
    /// Time fixed pieces of work, for comparison with other engines
    Bench(BenchArguments),
}

/// Parses a seed. Seeds are stored in TOML, whose integers are at most 2⁶³ − 1.
fn seed_parser() -> impl clap::builder::TypedValueParser<Value = u64> {
    clap::value_parser!(u64).range(0..=i64::MAX.unsigned_abs())
}

/// Parses a path, with `~` at its start for the user's folder.
fn path_parser() -> impl clap::builder::TypedValueParser<Value = PathBuf> {
    clap::builder::PathBufValueParser::new().map(|path| home::expanded(&path))
}

/// Parses a preset or path, with `~` at its start for the user's folder.
fn source_parser() -> impl clap::builder::TypedValueParser<Value = String> {
    clap::builder::StringValueParser::new().map(|source| {
        let path = home::expanded(Path::new(&source));
        path.to_str().map(str::to_owned).unwrap_or(source)
    })
}

/// Arguments that decide the settings of a run.
#[derive(Debug, Clone, Args)]
pub struct SettingsArguments {
    /// A preset, a settings file (.toml), data, or a run directory [default: multi-index]
    ///
    /// Data are a table (.csv, .tsv, also gzipped; .parquet), arrays of numpy (.npz, .npy), a folder of pictures with a
    /// subfolder per class, or the files of MNIST or CIFAR. What is found in them is printed as by `inspect`, and
    /// settings are chosen for them, each printed as --set takes it. A run directory makes that run again. A settings
    /// file can start from a preset with `preset = "NAME"` at its top. Otherwise it must hold every setting that has no
    /// default. The config.toml of a run repeats that run. Relative paths in a file, such as task.path, start
    /// at the working directory, not at the file.
    #[arg(value_name = "SOURCE", value_parser = source_parser())]
    pub source: Option<String>,
    /// The column of a table to predict: short for --set task.target=NAME [default: the last]
    ///
    /// A number is the name of a column if there is one of this name, and otherwise its index, counted from 0.
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// Change one setting, such as task.dim=128; repeatable
    ///
    /// `presets NAME` prints the settings of a preset with their values. A value is TOML or a plain word.
    /// Name one of several objectives by its place, counted from 0: objective.1.kind=readout-matching. A
    /// new `kind` resets its section to the defaults of that kind.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Seed of every random number, except those of experts and of a split with a seed of its own [default:
    /// that of the file, or 0]
    #[arg(long, value_name = "N", value_parser = seed_parser())]
    pub seed: Option<u64>,
}

impl SettingsArguments {
    /// The changes of settings, those with an option of their own first.
    pub fn assignments(&self) -> Vec<String> {
        let target = self.target.as_deref();
        let target = target.map(|name| format!("task.target={}", toml::Value::from(name)));
        target.into_iter().chain(self.set.iter().cloned()).collect()
    }
}

impl DistillArguments {
    /// The arguments that decide settings, with the numbers of points among the changes.
    pub fn settings(&self) -> SettingsArguments {
        let sizes = [("per_class", self.per_class), ("points", self.points)];
        let given = sizes
            .iter()
            .filter_map(|(key, count)| Some((key, (*count)?)));
        let sizes = given.map(|(key, count)| format!("synthetic.{key}={count}"));
        let mut settings = self.settings.clone();
        settings.set = sizes.chain(settings.set).collect();
        settings
    }
}

#[derive(Debug, Clone, Args)]
pub struct DistillArguments {
    #[command(flatten)]
    pub settings: SettingsArguments,
    /// Number of points for each class: short for --set synthetic.per_class=N
    #[arg(long, value_name = "N", conflicts_with = "points")]
    pub per_class: Option<usize>,
    /// Number of points in all: short for --set synthetic.points=N
    #[arg(long, value_name = "N")]
    pub points: Option<usize>,
    /// Print the settings of the run as TOML, and do nothing else
    #[arg(long, conflicts_with = "resume")]
    pub dry_run: bool,
    /// Directory of the run [default: runs/NAME-SEED, with the name of the source]
    #[arg(long, value_name = "DIR", value_parser = path_parser())]
    pub out: Option<PathBuf>,
    /// Continue the run in this directory from its last checkpoint, with the settings stored there
    ///
    /// All other arguments must agree with the stored run. A settings file must agree in all settings.
    #[arg(long)]
    pub resume: bool,
    /// Replace the run in this directory; files that Retort did not write are kept
    #[arg(long, conflicts_with = "resume")]
    pub force: bool,
}

#[derive(Debug, Clone, Args)]
pub struct BudgetArguments {
    #[command(flatten)]
    pub settings: SettingsArguments,
    /// Number of training rows to use, 100 or more; all rows if the task has fewer
    #[arg(long, value_name = "N", default_value_t = IntrinsicSettings::default().rows)]
    pub rows: usize,
    /// Number of fresh networks whose gradients are used, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = IntrinsicSettings::default().starts)]
    pub starts: usize,
    /// Number of shuffles of the targets that each direction is compared with, 3 to 1000
    #[arg(long, value_name = "N", default_value_t = IntrinsicSettings::default().shuffles)]
    pub shuffles: usize,
    /// Largest number of directions to look for, 1 to 64
    #[arg(long, value_name = "N", default_value_t = IntrinsicSettings::default().most)]
    pub most: usize,
    /// How far a direction must stand out to count: deviations above the shuffled targets, and standard
    /// errors on held-out rows
    #[arg(long, value_name = "X", default_value_t = IntrinsicSettings::default().threshold)]
    pub threshold: f64,
    /// Print one JSON object instead of a table
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Args)]
pub struct SweepArguments {
    /// A built-in preset, or a settings file whose name ends in .toml
    ///
    /// The file is a settings file of `distill`, with an additional section [sweep]: `seeds = [0, 1, 2]`, and
    /// any number of grids. A grid [[sweep.grid]] lists values of settings, `"task.dim" = [32, 64]`, and has
    /// a run for every combination and seed. Settings that change together are listed as tables under any
    /// word: `size = [{ "task.dim" = 32, "network.width" = 64 }, { "task.dim" = 64, "network.width" = 128
    /// }]`.
    ///
    /// It may be omitted with `--out DIR --resume`: the sweep in that directory then continues unchanged.
    #[arg(value_name = "PRESET or FILE.toml", value_parser = source_parser())]
    pub source: Option<String>,
    /// Let one setting take several values, such as task.dim=32,64; repeatable, for every combination
    ///
    /// If the file or preset already varies the setting, these values take the place of its own. If the
    /// setting is listed together with others, these values select entries of that list.
    #[arg(long, value_name = "KEY=VALUE,VALUE")]
    pub over: Vec<String>,
    /// Seeds of every combination, such as 0,1,2 [default: those of the file, or 0]
    #[arg(long, value_name = "N,N", value_delimiter = ',', value_parser = seed_parser())]
    pub seeds: Vec<u64>,
    /// Change one setting of the preset or file in all runs, such as distill.steps=100; repeatable
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Directory of the sweep [default: sweeps/PRESET or sweeps/FILE]
    #[arg(long, value_name = "DIR", value_parser = path_parser())]
    pub out: Option<PathBuf>,
    /// Number of threads of all runs together [default: all of the machine]
    #[arg(long, value_name = "N", value_parser = threads_parser())]
    pub threads: Option<usize>,
    /// Number of threads of each run; --threads divided by this is the number of runs at a time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = threads_parser())]
    pub threads_per_run: usize,
    /// Continue the sweep in this directory: finished runs are kept, others continue from their last
    /// checkpoint, and those that failed are tried again
    #[arg(long)]
    pub resume: bool,
}

/// Parses a number of threads.
fn threads_parser() -> impl clap::builder::TypedValueParser<Value = usize> {
    clap::value_parser!(u32).range(1..=4096).map(|n| n as usize)
}

#[derive(Debug, Clone, Args)]
pub struct EvaluateArguments {
    /// A run directory, or a .safetensors file that `distill` wrote; with --task also an export or a set of another
    /// program
    #[arg(value_name = "RUN or FILE", value_parser = path_parser())]
    pub stored: PathBuf,
    /// Score a set that another program made: the task and the protocol are those of this preset, settings
    /// file, run directory or data
    ///
    /// FILE is then arrays of numpy (.npz with X and y, or .npy with the targets beside it), plain tensors
    /// (.safetensors with X and y), a table (.csv, .tsv, also gzipped; .parquet), or a folder with a folder of pictures for each class, in the units of the task's data.
    /// Classes are matched by name, otherwise by order. Nothing is written.
    #[arg(long, value_name = "SOURCE", value_parser = source_parser())]
    pub task: Option<String>,
    /// Change one setting of the run in `network`, `augment`, `evaluate` or `task`; repeatable
    ///
    /// Examples: --set network.kind=mlp --set network.width=64 for another architecture,
    /// --set network.kind=mlp,convnet for several architectures in one table, --set task.path=FOLDER
    /// if the data has moved.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Judges that learn the set and what it is compared with: network, knn, linear, forest, boosting, or all
    ///
    /// The table has a row for each training set and a column for each judge, with the balanced accuracy of
    /// classes, or R² of values. It is the same as --set evaluate.judges=[...].
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub judges: Vec<String>,
    /// Print a JSON object for each network instead of tables
    #[arg(long)]
    pub json: bool,
    /// Seed of the evaluation [default: that of the run]
    #[arg(long, value_name = "N", value_parser = seed_parser())]
    pub seed: Option<u64>,
}

#[derive(Debug, Clone, Args)]
pub struct ExportArguments {
    /// A run directory, or a .safetensors file that `distill` wrote
    #[arg(value_name = "RUN or FILE", value_parser = path_parser())]
    pub stored: PathBuf,
    /// Format of the export
    #[arg(long, value_name = "FORMAT")]
    pub format: ExportFormat,
    /// File to write, or folder for pictures; - writes csv to standard output
    #[arg(long, value_name = "PATH", value_parser = path_parser())]
    pub out: PathBuf,
    /// Replace what is at the path
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Clone, Args)]
pub struct ReportArguments {
    /// Directories that `distill` or `sweep` wrote; several runs are compared
    ///
    /// An unfinished run is shown with the steps it has done so far.
    #[arg(value_name = "RUN or SWEEP", required = true, value_parser = path_parser())]
    pub paths: Vec<PathBuf>,
    /// Format of the report
    #[arg(long, value_name = "FORMAT", default_value = "html")]
    pub format: Format,
    /// File to write; an existing file is replaced [default: report.html, or report with the format's own
    /// ending, in the given directory, or in the working directory if several are given]
    #[arg(long, value_name = "FILE", value_parser = path_parser())]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct InspectArguments {
    /// A run directory, a .safetensors file that `distill` wrote, or data as for `distill`
    ///
    /// Of data it shows the format, every column with its type, its missing values and how it is used, the
    /// target with its counts, and every decision with the setting that overrides it.
    #[arg(value_name = "RUN, FILE or DATA", value_parser = source_parser())]
    pub source: String,
    /// The column of a table to predict, by its name, or by its index counted from 0 [default: the last]
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// Change one setting of the data, such as task.header=false; repeatable
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Args)]
pub struct PresetsArguments {
    /// Preset to print [default: list all presets]
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub struct BenchArguments {
    /// Case to time [default: all except the large one]
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(bench::names()))]
    pub case: Option<String>,
    /// Number of timed repetitions, after two that are not timed
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub repeat: u32,
    /// Number of channels of the ConvNet, in the cases that have one [default: 128]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096).map(|n| n as usize))]
    pub width: Option<usize>,
    /// Change one setting of the case, such as objective.unroll=20; repeatable
    ///
    /// An outer step accepts network.*, objective.*, synthetic.* and distill.batch. An epoch accepts
    /// network.* and the settings of evaluate.* about training. The number of real rows is the number
    /// that one step sees.
    #[arg(long = "set", value_name = "KEY=VALUE", requires = "case")]
    pub set: Vec<String>,
    /// Print one JSON object per case and line instead of a table
    ///
    /// peak_memory_bytes is the peak of the whole process. To compare it, run the cases one by one.
    #[arg(long)]
    pub json: bool,
}

/// The part of `distill --help` that lists the settings.
fn settings_help() -> String {
    format!(
        "Settings (`presets NAME` prints all settings of a preset with their values):\n  \
         task.kind       {}\n  network.kind    {}\n  objective.kind  {}\n  \
         task.*          data and how they are read; of tables: target, ignore, types, missing, encoding, test, ...\n  \
         synthetic.*     size and start of the synthetic set; points=auto estimates the number of points\n  \
         distill.*       the outer loop: steps, learning_rate, batch, ...\n  \
         augment.*       augmentation of pictures: operations\n  \
         evaluate.*      how sets are scored: runs, protocol, judges, ...\n\n\
         Exit codes: 0 done, 1 the run failed or diverged, 2 bad input, 130 and 143 stopped by a signal.",
        TaskSettings::KINDS.join(", "),
        NetworkSettings::KINDS.join(", "),
        ObjectiveSettings::kinds().join(", "),
    )
}
