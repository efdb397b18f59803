//! The house is one-way: which room may import which, and what files look like. It reads the sources as text.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use graph::{Crate, Module};
use source::{Token, attribute, closed, tokens, without_tests};

mod graph;
mod made_up;
mod source;

/// The rooms of the library, lowest first. Each imports only from rooms that stand before it.
const CORE: &[&str] = &[
    "seed",
    "paper",
    "error",
    "tape",
    "settings",
    "shape",
    "numeric",
    "store",
    "kernel",
    "task",
    "augment",
    "network",
    "identity",
    "synthetic",
    "inner",
    "experts",
    "objective",
    "law",
    "intrinsic",
    "distill",
    "evaluate",
    "run",
];

/// The rooms of what the binaries share, in the same order.
const CLI: &[&str] = &[
    "console",
    "format",
    "fault",
    "machine",
    "layers",
    "interrupt",
    "leash",
    "presets",
    "program",
    "memory",
    "aligned",
    "class_counts",
    "sheet",
    "spread",
    "exit",
    "busy",
    "export",
    "animation",
    "document",
    "bench",
    "auto",
    "arguments",
    "source",
    "plan",
    "choice",
    "inspection",
    "fresh",
    "run_directory",
    "summary",
    "stored",
    "worth",
    "table",
    "decoration",
    "watch",
    "distillation",
    "sweep",
    "report",
    "command",
];

/// Most lines of a file.
const MOST: usize = 400;

/// Lines that half of the files stay under.
const MEDIAN: usize = 150;

#[test]
fn the_library_is_one_way() {
    check("core", CORE);
}

#[test]
fn what_the_binaries_share_is_one_way() {
    check("cli", CLI);
}

fn check(name: &str, order: &[&str]) {
    let folder = repository().join("crates").join(name).join("src");
    let lib = folder.join("lib.rs");
    let found = Crate::read(&lib);
    let imports = found.imports();
    let rooms: BTreeSet<&str> = found.files.keys().filter_map(room).collect();
    let mut wrong = unordered(&rooms, order);
    wrong.extend(circle(&imports));
    wrong.extend(upward(&imports, order));
    wrong.extend(unnamed(&lib, order));
    assert!(wrong.is_empty(), "crates/{name}:\n{}", wrong.join("\n"));
}

/// The room of a module; the root is none.
fn room(module: &Module) -> Option<&str> {
    module.first().map(String::as_str)
}

/// A file as its crate names it.
fn name(module: &Module) -> String {
    match module.is_empty() {
        true => "lib".to_owned(),
        false => module.join("/"),
    }
}

/// Rooms that the order lacks, and names in it that are no room.
fn unordered(rooms: &BTreeSet<&str>, order: &[&str]) -> Vec<String> {
    let listed: BTreeSet<&str> = order.iter().copied().collect();
    let lacking = rooms.difference(&listed).map(|room| {
        format!("{room} has no place in the order: put it into the list in tests/house/main.rs, before what imports it")
    });
    let gone = listed.difference(rooms);
    let gone = gone.map(|room| format!("{room} is in the order, but no such room is there"));
    lacking.chain(gone).collect()
}

/// Files that import one another in a circle, if there are any.
fn circle(imports: &BTreeMap<&Module, BTreeSet<&Module>>) -> Option<String> {
    // Of a circle is what is left when nothing more imports nothing of the rest.
    let mut left: BTreeSet<&Module> = imports.keys().copied().collect();
    loop {
        let before = left.len();
        let rest = left.clone();
        left.retain(|module| !imports[module].is_disjoint(&rest));
        if left.len() == before {
            break;
        }
    }
    let mut way = vec![*left.first()?];
    loop {
        let next = imports[way.last()?].intersection(&left).next()?;
        if let Some(start) = way.iter().position(|module| module == next) {
            way.drain(..start);
            way.push(*next);
            let names: Vec<String> = way.iter().map(|module| name(module)).collect();
            return Some(format!(
                "{}: these import one another. Move what both sides need into a file of its own below them",
                names.join(" → ")
            ));
        }
        way.push(*next);
    }
}

/// Imports by a room from one that stands after it.
fn upward(imports: &BTreeMap<&Module, BTreeSet<&Module>>, order: &[&str]) -> Vec<String> {
    // The root is above all.
    let place = |module: &Module| {
        let place = |room| order.iter().position(|other| *other == room);
        room(module).map_or(Some(order.len()), place)
    };
    let mut wrong = Vec::new();
    for (module, imported) in imports {
        for other in imported {
            if let (Some(here), Some(there)) = (place(module), place(other))
                && here < there
            {
                wrong.push(format!(
                    "{} imports {}, which stands after it in the order of rooms: move what it needs to a lower room, or {} to a \
                     higher one",
                    name(module),
                    name(other),
                    name(module)
                ));
            }
        }
    }
    wrong
}

/// Rooms without a line of their own in the essay, in the order.
fn unnamed(lib: &Path, order: &[&str]) -> Vec<String> {
    let text = read(lib);
    let essay = text.lines().map_while(|line| line.strip_prefix("//!"));
    let heads: Vec<&str> = essay
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let mut after = 0;
    let mut wrong = Vec::new();
    for room in order {
        match heads[after..].iter().position(|head| head == room) {
            Some(place) => after += place + 1,
            None => wrong.push(format!(
                "lib.rs: no line of the essay begins with {room} in its place of the order: write one"
            )),
        }
    }
    wrong
}

#[test]
fn mod_files_declare_and_re_export_only() {
    let mut wrong = Vec::new();
    for file in sources(&["crates/core/src", "crates/cli/src"]) {
        let code = without_tests(&tokens(&read(&file)));
        if file.ends_with("mod.rs") && !declares_only(&code) {
            wrong.push(format!(
                "{}: it has more than `mod`, `use` and attributes: move that into a file with its name",
                file.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn declares_only(code: &[Token]) -> bool {
    let mut at = 0;
    while at < code.len() {
        if let Some(end) = attribute(code, at) {
            at = end;
            continue;
        }
        if code[at].is("pub") {
            at += 1;
            // `pub(crate)`
            if code.get(at) == Some(&Token::Sign('(')) {
                at = closed(code, at);
            }
            continue;
        }
        let kind = code[at].word();
        let rest = code[at..].iter();
        let item: Vec<&Token> = rest.take_while(|it| **it != Token::Sign(';')).collect();
        let has_body = kind == Some("mod") && item.contains(&&Token::Sign('{'));
        if has_body || !kind.is_some_and(|kind| ["mod", "use"].contains(&kind)) {
            return false;
        }
        at += item.len() + 1;
    }
    true
}

#[test]
fn files_are_short() {
    let length = |file: &PathBuf| read(file).lines().count();
    let all = sources(&["crates", "tests", "examples"]);
    let long = all.iter().filter(|file| length(file) > MOST);
    let long: Vec<String> = long.map(|file| file.display().to_string()).collect();
    assert!(
        long.is_empty(),
        "more than {MOST} lines, so divide them by what they are about:\n{}",
        long.join("\n")
    );
    let mut lengths: Vec<usize> = all.iter().map(length).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(
        median < MEDIAN,
        "half of the files have {median} lines or more, and {MEDIAN} is the most: divide the longest"
    );
}

fn repository() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The Rust files below these folders of the repository.
fn sources(folders: &[&str]) -> Vec<PathBuf> {
    let mut left: Vec<PathBuf> = folders.iter().map(|it| repository().join(it)).collect();
    let mut found = Vec::new();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            let entries =
                fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            left.extend(entries.flatten().map(|entry| entry.path()));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    assert!(!found.is_empty(), "no sources in {folders:?}");
    found
}
