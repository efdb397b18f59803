//! The commands that reproduce a run. Each command is resolved here as `distill` resolves it, and given only
//! if it leads to the settings and the seed of the run.

use std::path::{Path, PathBuf};

use retort_core::settings::dotted;
use serde::Serialize;
use shlex::try_join;

use crate::plan::{Plan, Request};
use crate::program;
use crate::run_directory::RunDirectory;

/// A command, quoted for a shell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Command {
    /// Says what the command needs or does.
    pub what: String,
    /// The line to type.
    pub line: String,
}

/// The commands that repeat the run in this directory, on this backend and into a directory beside it. The
/// plan is that of the run's `config.toml`.
pub fn again(plan: &Plan, directory: &RunDirectory, backend: Option<&str>) -> Vec<Command> {
    let root = directory.root();
    let of_preset = from_preset(plan, root, backend).map(|line| Command {
        what: "From the preset (needs only the program)".to_owned(),
        line,
    });
    let of_file = from_file(plan, directory, backend).map(|line| Command {
        what: "From the stored settings of the run (also printed below)".to_owned(),
        line,
    });
    of_preset.into_iter().chain(of_file).collect()
}

/// The command that continues an unfinished run or sweep on this backend. `made_by` is `distill` or `sweep`.
pub fn onwards(made_by: &str, directory: &Path, backend: Option<&str>) -> Option<Command> {
    let mut words = program::words(backend);
    words.extend([made_by.to_owned(), "--out".to_owned()]);
    words.push(argument(directory)?);
    words.push("--resume".to_owned());
    Some(Command {
        what: "To continue it, on the backend that began it".to_owned(),
        line: line(&words)?,
    })
}

/// The command with these words again, on this backend and into a directory beside this one.
pub fn asked_again(words: &[String], directory: &Path, backend: Option<&str>) -> Option<Command> {
    let words = [program::words(backend), words.to_vec(), out(directory)?];
    Some(Command {
        what: "With the same arguments, from the same working directory".to_owned(),
        line: line(&words.concat())?,
    })
}

/// The argument `--out` with a directory beside this one, so that the run is not overwritten.
fn out(directory: &Path) -> Option<Vec<String>> {
    let beside = match directory.file_name() {
        Some(name) => directory.with_file_name(format!("{}-again", name.to_str()?)),
        None => PathBuf::from("again"),
    };
    Some(vec!["--out".to_owned(), argument(&beside)?])
}

fn from_file(plan: &Plan, directory: &RunDirectory, backend: Option<&str>) -> Option<String> {
    let source = argument(&directory.config())?;
    distilled(&source, &[], plan, directory.root(), backend)
}

fn from_preset(plan: &Plan, directory: &Path, backend: Option<&str>) -> Option<String> {
    let preset = plan.preset.as_deref()?;
    let wanted = plan.settings.to_table().ok()?;
    // Settings that change the defaults of others go first: a kind, and the number of points per class.
    let is_first = |key: &str| key.ends_with(".kind") || key == "synthetic.per_class";
    let mut assignments: Vec<(String, String)> = Vec::new();
    for only_first in [true, false] {
        let reached = Request::new(Some(preset), &joined(&assignments), None).ok()?;
        let reached = reached.plan().ok()?.settings.to_table().ok()?;
        for (key, value) in dotted::changes(&reached, &wanted) {
            let known = assignments.iter().any(|(other, _)| *other == key);
            if !known && (!only_first || is_first(&key)) {
                assignments.push((key, value.to_string()));
            }
        }
    }
    distilled(preset, &joined(&assignments), plan, directory, backend)
}

/// The `distill` command for a preset or file with these assignments, into a directory beside this one.
/// `None` if it leads to another plan.
fn distilled(
    source: &str,
    assignments: &[String],
    plan: &Plan,
    directory: &Path,
    backend: Option<&str>,
) -> Option<String> {
    resolves(source, assignments, plan)?;
    let mut words = program::words(backend);
    words.extend(["distill".to_owned(), source.to_owned()]);
    for assignment in assignments {
        words.extend(["--set".to_owned(), assignment.clone()]);
    }
    words.extend(["--seed".to_owned(), plan.seed.to_string()]);
    words.extend(out(directory)?);
    line(&words)
}

fn joined(assignments: &[(String, String)]) -> Vec<String> {
    let one = |(key, value): &(String, String)| format!("{key}={value}");
    assignments.iter().map(one).collect()
}

/// Returns `None` if `distill` would get other settings.
fn resolves(source: &str, assignments: &[String], plan: &Plan) -> Option<()> {
    let request = Request::new(Some(source), assignments, Some(plan.seed)).ok()?;
    let found = request.plan().ok()?;
    (found.settings == plan.settings && found.seed == plan.seed).then_some(())
}

/// A path as an argument that cannot be taken for a flag. `None` if it is not UTF-8.
fn argument(path: &Path) -> Option<String> {
    let text = path.to_str()?;
    Some(match text.starts_with('-') {
        true => format!("./{text}"),
        false => text.to_owned(),
    })
}

/// Quotes words for a shell. `None` if a word cannot be quoted.
fn line(words: &[String]) -> Option<String> {
    try_join(words.iter().map(String::as_str)).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::plan::VERSION;

    /// The plan that a command line leads to.
    fn typed(line: &str) -> Plan {
        let words = shlex::split(line).unwrap();
        let at = words.iter().position(|word| word == "distill").unwrap();
        let after = |flag: &str| {
            let pairs = words.windows(2).filter(move |pair| pair[0] == flag);
            pairs.map(|pair| pair[1].clone()).collect::<Vec<_>>()
        };
        let seed = after("--seed")[0].parse().unwrap();
        let request = Request::new(Some(&words[at + 1]), &after("--set"), Some(seed)).unwrap();
        request.plan().unwrap()
    }

    fn planned(preset: Option<&str>, set: &[&str]) -> Plan {
        let set: Vec<String> = set.iter().map(ToString::to_string).collect();
        let request = Request::new(preset, &set, Some(7)).unwrap();
        request.plan().unwrap()
    }

    #[test]
    fn the_commands_come_to_the_run_s_own_settings() {
        let folder = tempfile::tempdir().unwrap();
        let odd = folder.path().join("a run's; $(odd) name");
        std::fs::create_dir(&odd).unwrap();
        let directory = RunDirectory::at(&odd);
        for (preset, set) in [
            (None, &[][..]),
            (
                None,
                &["task.dim=32", "distill.steps=[3, 5]", "task.link=cubic"],
            ),
            (Some("digits"), &["network.kind=convnet"]),
            (
                Some("mnist-dm"),
                &["synthetic.per_class=10", "task.path=it's here"],
            ),
            (
                Some("cifar10-mtt"),
                &["synthetic.per_class=50", "distill.steps=9"],
            ),
            (
                Some("multi-index"),
                &["objective.0.distance=layerwise-cosine"],
            ),
        ] {
            let plan = planned(preset, set);
            std::fs::write(directory.config(), plan.to_toml().unwrap()).unwrap();
            let commands = again(&plan, &directory, Some("flex"));
            assert_eq!(commands.len(), 2, "{preset:?} {set:?}: {commands:?}");
            for command in commands {
                let found = typed(&command.line);
                assert_eq!(found.settings, plan.settings, "{}", command.line);
                assert_eq!((found.seed, found.version.as_str()), (7, VERSION));
                assert!(command.line.starts_with("retort-cpu distill "));
                let words = shlex::split(&command.line).unwrap();
                let out = format!("{}-again", odd.display());
                assert_eq!(words[words.len() - 2..], ["--out".to_owned(), out]);
            }
        }
    }

    #[test]
    fn a_command_that_comes_to_something_else_is_not_given() {
        let folder = tempfile::tempdir().unwrap();
        let directory = RunDirectory::at(folder.path());
        let plan = planned(None, &["task.dim=32"]);
        let other = planned(None, &["task.dim=16"]);
        std::fs::write(directory.config(), other.to_toml().unwrap()).unwrap();
        let of_preset = again(&plan, &directory, Some("wgpu"));
        assert_eq!(of_preset.len(), 1);
        assert!(
            of_preset[0]
                .line
                .starts_with("retort-gpu distill multi-index ")
        );
        let nameless = Plan {
            preset: None,
            ..plan
        };
        assert!(again(&nameless, &directory, None).is_empty());
        for (backend, program) in [
            (None, "retort-cpu"),
            (Some("flex"), "retort-cpu"),
            (Some("ndarray"), "retort-cpu --backend ndarray"),
            (Some("wgpu"), "retort-gpu"),
        ] {
            let resumed = onwards("distill", Path::new("-odd run"), backend).unwrap();
            assert_eq!(
                resumed.line,
                format!("{program} distill --out './-odd run' --resume")
            );
        }
    }

    #[test]
    fn a_command_makes_a_directory_beside_the_one_that_is_there() {
        let made = |directory: &str| out(Path::new(directory)).unwrap()[1].clone();
        for (directory, beside) in [
            ("runs/one", "runs/one-again"),
            ("one/", "one-again"),
            ("/one", "/one-again"),
            ("-one", "./-one-again"),
            (".", "again"),
            ("../..", "again"),
        ] {
            assert_eq!(made(directory), beside, "{directory}");
        }
        let words = ["sweep", "digits"].map(str::to_owned);
        let command = asked_again(&words, Path::new("a/b"), Some("ndarray")).unwrap();
        let line = "retort-cpu --backend ndarray sweep digits --out a/b-again";
        assert_eq!(command.line, line);
    }
}
