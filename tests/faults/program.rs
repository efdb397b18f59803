//! The binary under test, and small settings that it is done with in a second.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

use crate::wording::told;

/// Options that make a run as short as can be.
pub const SHORTEST: [&str; 6] = [
    "--set",
    "distill.steps=2",
    "--set",
    "evaluate.steps=2",
    "--set",
    "evaluate.runs=1",
];

/// Both stages of the theory, small.
pub const TWO_STAGES: &str = r#"
task = { kind = "multi-index", dim = 16, rank = 1, samples = 600, validation = 100, test = 100 }
network = { kind = "two-layer", width = 32 }
synthetic = { points = 2, initial = "normal", spread = 0.01, labels = 16 }
distill = { steps = [60, 90], learning_rate = [0.02, 0.05], batch = [0, 128], checkpoint_every = 7, log_every = 1 }
evaluate = { protocol = "feature-step", runs = 2 }
[[objective]]
kind = "gradient-matching"
learn = ["inputs", "targets"]
parameters = ["hidden.weight"]
[[objective]]
kind = "readout-matching"
"#;

/// An unrolled training with momentum and learned step sizes, and a network that ages.
pub const UNROLLED: &str = r#"
task = { kind = "digits" }
network = { kind = "mlp", width = 16, depth = 1 }
synthetic = { per_class = 1 }
distill = { steps = [20, 30], learning_rate = 0.02, batch = 64, checkpoint_every = 3, log_every = 1 }
evaluate = { steps = 20, runs = 2 }
[[objective]]
kind = "performance-matching"
learn = ["inputs", "targets", "step-sizes"]
unroll = 4
inner_momentum = 0.5
step_sizes = "per-step"
[[objective]]
kind = "gradient-matching"
distance = "layerwise-cosine"
life = 4
ageing_steps = 5
"#;

/// Experts that are recorded and followed.
pub const FOLLOWING: &str = r#"
task = { kind = "digits" }
network = { kind = "mlp", width = 16, depth = 1 }
synthetic = { per_class = 1 }
distill = { steps = 20, learning_rate = 0.05, checkpoint_every = 3, log_every = 1, step_size_learning_rate = 0.01, clip_to_mean = 2.0 }
evaluate = { steps = 20, runs = 2, learned_step_size = true }
[objective]
kind = "trajectory-matching"
learn = ["inputs", "targets", "step-sizes"]
unroll = 4
step_size = 0.1
parts = 2
[objective.experts]
count = 2
epochs = 3
learning_rate = 0.1
batch = 32
"#;

/// A pool of networks that train on the points.
pub const POOLED: &str = r#"
task = { kind = "digits" }
network = { kind = "mlp", width = 16, depth = 1 }
synthetic = { per_class = 1 }
distill = { steps = 30, learning_rate = 0.01, batch = 64, checkpoint_every = 3, log_every = 1 }
evaluate = { steps = 20, runs = 2 }
objective = { kind = "kernel-regression", pool = 3, life = 5, penalty = 1e-3 }
"#;

/// The program under test: the one that the tests were built with, or the one at the path in
/// `RETORT_TEST_PROGRAM`, where they run on a machine that did not build them.
fn program() -> OsString {
    std::env::var_os("RETORT_TEST_PROGRAM").unwrap_or_else(|| crate::PROGRAM.into())
}

/// A folder of one test's own.
pub struct Workplace {
    folder: TempDir,
    /// The program, and the user it runs as where that is another one.
    program: PathBuf,
    user: Option<u32>,
}

impl Workplace {
    pub fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            program: PathBuf::from(program()),
            user: None,
        }
    }

    /// The same folder and program for a user whom permissions bind. They do not bind root: then everything
    /// is given to nobody, who runs a copy of the program, since its own folder may be closed to others.
    #[cfg(unix)]
    pub fn without_privileges(self) -> Self {
        use std::os::unix::fs::{MetadataExt, chown};
        const NOBODY: u32 = 65534;
        let root = self.folder.path().to_owned();
        if fs::metadata(&root).unwrap().uid() != 0 {
            return self;
        }
        let program = self.path("program");
        fs::copy(&self.program, &program).unwrap();
        for path in snapshot(&root).into_keys().chain([root]) {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        Self {
            program,
            user: Some(NOBODY),
            ..self
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and returns its path as text.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs the program in this folder.
    pub fn retort(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        #[cfg(unix)]
        if let Some(user) = self.user {
            use std::os::unix::process::CommandExt;
            command.uid(user).gid(user);
        }
        command.current_dir(self.folder.path()).args(arguments);
        // With it every panic is shown, those that are caught too.
        command.env_remove("RUST_BACKTRACE");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program, which must refuse: exit code 2, and no file in this folder changed, made or lost. Its
    /// message names all of `named`, which are a key, a file, a line, an option or a value each; its words are
    /// those of `tests/wording.txt`.
    pub fn refuses(&self, arguments: &[&str], named: &[&str]) {
        told(error(&self.refused(arguments, named)));
    }

    /// The same whatever the words, for messages that depend on the machine; returns the message.
    pub fn refused(&self, arguments: &[&str], named: &[&str]) -> String {
        let before = snapshot(self.folder.path());
        let message = self.ends_with(2, arguments, named);
        assert_eq!(
            before,
            snapshot(self.folder.path()),
            "files changed; {message}"
        );
        message
    }

    /// Runs the program, which must fail after it has begun: exit code 1, and a message as for [`Self::refuses`].
    /// Returns all that it said.
    pub fn fails(&self, arguments: &[&str], named: &[&str]) -> String {
        let message = self.ends_with(1, arguments, named);
        told(error(&message));
        message
    }

    /// Runs the program, which must end with this code, without a panic and with a message that names all of
    /// `named`; returns the message.
    pub fn ends_with(&self, code: i32, arguments: &[&str], named: &[&str]) -> String {
        let output = self.retort(arguments);
        let message = text(&output.stderr);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?} ended with: {message}"
        );
        for name in named {
            assert!(message.contains(name), "{name:?} is not in: {message}");
        }
        assert!(!message.contains("panicked"), "{message}");
        message
    }

    /// Runs the program and kills it after so long; says whether it had finished before, which must be
    /// with success.
    pub fn finishes_within(&self, arguments: &[&str], pause: Duration) -> bool {
        let mut child = self.command(arguments).spawn().unwrap();
        sleep(pause);
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            child.wait().unwrap();
            return false;
        }
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        true
    }

    /// Runs the program, which must succeed.
    pub fn succeeds(&self, arguments: &[&str]) -> Output {
        let output = self.retort(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        output
    }
}

/// Says that a test does nothing here, and why, also where what tests print is not shown.
pub fn skipped(test: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {why}");
}

/// A message from its error on: what is said before depends on how long the work takes.
pub fn error(message: &str) -> &str {
    match message.starts_with("error: ") {
        true => message,
        false => &message[message.find("\nerror: ").map_or(0, |end| end + 1)..],
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Every file and folder below a folder, with its content.
pub fn snapshot(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.insert(path.clone(), None);
                open.push(path);
            } else {
                found.insert(path.clone(), Some(fs::read(&path).unwrap()));
            }
        }
    }
    found
}
