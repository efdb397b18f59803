//! The wording of messages, in one file: `tests/wording.txt`.
//!
//! Tests assert what kind of error came and what it names: a key, a file, a line, a value. The words around that
//! stand in the file, an entry a message, under the test that saw it. [`told`] compares them, so that a change of
//! words is a change of that file and of no test:
//!
//! ```text
//! RETORT_TEST_WORDING=write cargo test
//! ```
//!
//! writes the entries of the tests that run. An entry whose test is gone is found by `faults::words`.
//!
//! What differs between runs and machines stands in the file as a word in capitals: `FOLDER` for a temporary file or
//! folder, `VERSION` for this version of Retort, `DIGEST` for a fingerprint, `NUMBER` for what was computed, `SYSTEM`
//! for the words of the operating system.
//!
//! Where `RETORT_TEST_PROGRAM` names the program under test, the tests may run on a machine that has no repository:
//! then no words are compared, and kinds and names still are.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// A test, and the place of a message among those that it sees, from 1.
pub type Key = (String, usize);

/// What is above the entries of a new file.
const HEADER: &str =
    "# Messages as the tests see them; tests/wording.rs says how they come here.\n";

/// How a line begins that names an entry.
const MARK: &str = "## ";

/// Compares a message with its entry in the file, or writes the entry, and gives the message back. It must be called
/// on the thread of the test.
///
/// # Panics
/// The entry has other words, or there is none.
pub fn told(message: impl Display) -> String {
    let message = message.to_string();
    if std::env::var_os("RETORT_TEST_PROGRAM").is_some() {
        return message;
    }
    let (key, words) = (next(), general(&message));
    let file = file();
    if std::env::var("RETORT_TEST_WORDING").is_ok_and(|wish| wish == "write") {
        write(&file, key, words);
        return message;
    }
    static STORED: OnceLock<BTreeMap<Key, String>> = OnceLock::new();
    let stored = STORED.get_or_init(|| entries(&read(&file)));
    let remedy = "where these words are right, run `RETORT_TEST_WORDING=write cargo test` with the options that \
                  chose this test, and commit tests/wording.txt";
    let (test, number) = &key;
    match stored.get(&key) {
        Some(expected) => assert!(
            *expected == words,
            "other words than in tests/wording.txt, in message {number} of {test}\n\nthere:\n{expected}\n\n\
             now:\n{words}\n\n{remedy}"
        ),
        None => panic!(
            "message {number} of {test} is not in tests/wording.txt\n\nnow:\n{words}\n\n{remedy}"
        ),
    }
    message
}

/// The key of the next message of the test that runs on this thread.
fn next() -> Key {
    thread_local! {
        static SEEN: Cell<usize> = const { Cell::new(0) };
    }
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a thread without a name");
    // Tests have threads of their own, as long as the platform has threads.
    assert!(test != "main", "not the thread of a test");
    let number = SEEN.get() + 1;
    SEEN.set(number);
    (format!("{}::{test}", env!("CARGO_CRATE_NAME")), number)
}

/// The file, in a folder above the package that the test belongs to.
fn file() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = package.ancestors().map(|folder| folder.join("tests"));
    folders
        .find(|folder| folder.join("wording.txt").is_file())
        .unwrap_or_else(|| panic!("no tests/wording.txt above {}", package.display()))
        .join("wording.txt")
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Puts an entry in the place of its forerunner and of those that came after it in the same test.
fn write(file: &Path, key: Key, words: String) {
    // Threads wait for one another here, and test programs at the lock of a file that stays where it is.
    static WRITER: Mutex<()> = Mutex::new(());
    let _writer = WRITER.lock().unwrap_or_else(PoisonError::into_inner);
    let source = File::open(file.with_extension("rs"));
    let source = source.unwrap_or_else(|error| panic!("tests/wording.rs: {error}"));
    let done = source.lock().and_then(|()| {
        let mut entries = entries(&read(file));
        entries.retain(|(test, number), _| *test != key.0 || *number < key.1);
        entries.insert(key, words);
        let new = file.with_extension("new");
        fs::write(&new, text(&entries))?;
        fs::rename(&new, file)
    });
    done.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}

/// The entries of a file.
pub fn entries(text: &str) -> BTreeMap<Key, String> {
    let mut entries = BTreeMap::new();
    // Words follow the header's line or an entry's key.
    for entry in format!("\n{text}").split(&format!("\n{MARK}")).skip(1) {
        let (key, words) = entry.split_once('\n').unwrap_or((entry, ""));
        let key = key
            .rsplit_once(' ')
            .and_then(|(test, number)| Some((test.to_owned(), number.parse().ok()?)))
            .unwrap_or_else(|| panic!("tests/wording.txt: {key:?} names no message"));
        entries.insert(key, words.trim_end().to_owned());
    }
    entries
}

/// A file of the entries.
pub fn text(entries: &BTreeMap<Key, String>) -> String {
    let shown =
        |((test, number), words): (&Key, &String)| format!("\n{MARK}{test} {number}\n{words}\n");
    let entries: String = entries.iter().map(shown).collect();
    format!("{HEADER}{entries}")
}

/// A message without what differs between runs and machines.
pub fn general(message: &str) -> String {
    let mut words = message.trim_end().replace("\r\n", "\n");
    let temporary = std::env::temp_dir();
    for folder in [Some(temporary.clone()), temporary.canonicalize().ok()] {
        let folder = folder.unwrap_or_default();
        if let Some(folder) = folder.to_str().filter(|folder| folder.len() > 1) {
            words = without_folder(&words, folder.trim_end_matches('/'));
        }
    }
    let words = without_values(&without_system(&words));
    words.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

/// `FOLDER` for what is named next below a folder.
fn without_folder(words: &str, above: &str) -> String {
    let above = format!("{above}{}", std::path::MAIN_SEPARATOR);
    let mut parts = words.split(&above);
    let mut general = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        general += "FOLDER";
        general += part.trim_start_matches(is_of_name);
    }
    general
}

/// `SYSTEM` for the system's own words, behind which stands the number of its error.
fn without_system(words: &str) -> String {
    let (mut general, mut rest) = (String::new(), words);
    while let Some((before, behind)) = rest.split_once(" (os error ") {
        let ours = before.rfind(": ").map_or(0, |at| at + 2);
        general += &before[..ours];
        general += "SYSTEM";
        rest = behind.split_once(')').map_or("", |(_, rest)| rest);
    }
    general + rest
}

/// `DIGEST` for every hexadecimal word of 16 digits or more that is no decimal number, and `NUMBER` for every number
/// such as `1.234e5`, which is how a number is shown that was computed.
fn without_values(words: &str) -> String {
    let is_digest = |word: &str| {
        word.len() >= 16
            && word.chars().all(|c| c.is_ascii_hexdigit())
            && !word.chars().all(|c| c.is_ascii_digit())
    };
    let is_computed =
        |word: &str| word.contains('.') && word.contains('e') && word.parse::<f64>().is_ok();
    let general = |part: &str| {
        let word = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let rest = &part[word.len()..];
        match word {
            _ if is_digest(word) => format!("DIGEST{rest}"),
            _ if is_computed(word) => format!("NUMBER{rest}"),
            _ => part.to_owned(),
        }
    };
    let is_between = |c: char| !c.is_ascii_alphanumeric() && !".-+".contains(c);
    words.split_inclusive(is_between).map(general).collect()
}
