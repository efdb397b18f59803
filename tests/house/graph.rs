//! Which file of a crate imports which. An item that is re-exported counts to the file that defines it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::source::{Token, attribute, closed, tokens, without_tests};

/// A module that has a file, from the crate's root: `["numeric", "rows"]`.
pub type Module = Vec<String>;

/// The files of a crate but for those of tests.
#[derive(Debug, Default)]
pub struct Crate {
    /// Each by its module; the root's is empty.
    pub files: BTreeMap<Module, File>,
}

/// A file, and what its code names.
#[derive(Debug, Default)]
pub struct File {
    /// Names that `use` brings in, with the module they are seen from and their paths.
    names: BTreeMap<String, Seen>,
    /// What `use …::*` brings in.
    globs: Vec<Seen>,
    /// Names of items that it defines.
    defined: BTreeSet<String>,
    /// Every path, and whether it is one of a `pub use`.
    paths: Vec<(Seen, bool)>,
}

/// The module that a path stands in, and the path as it is written.
type Seen = (Module, Vec<String>);

/// Words before the names of items.
const ITEMS: [&str; 8] = [
    "fn", "struct", "enum", "trait", "const", "static", "type", "union",
];

impl Crate {
    /// Reads the files that `lib.rs` and its modules declare.
    pub fn read(lib: &Path) -> Self {
        let mut found = Self::default();
        found.add(Module::new(), lib, lib.parent().unwrap_or(lib));
        found
    }

    fn add(&mut self, module: Module, path: &Path, children: &Path) {
        let text =
            fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut file = File::default();
        let declared = file.read(&module, &without_tests(&tokens(&text)));
        self.files.insert(module.clone(), file);
        for (name, other_place) in declared {
            let inner = children.join(&name);
            let places = match other_place {
                Some(other) => [path.with_file_name(other), PathBuf::new()],
                None => [inner.with_extension("rs"), inner.join("mod.rs")],
            };
            let Some(place) = places.iter().find(|place| place.is_file()) else {
                panic!("{}: no file of the module {name}", path.display());
            };
            self.add([&module[..], &[name]].concat(), place, &inner);
        }
    }

    /// Each file with those that it imports from.
    pub fn imports(&self) -> BTreeMap<&Module, BTreeSet<&Module>> {
        let of = |module: &Module, file: &File| {
            let used = file.paths.iter().filter_map(|(seen, is_public)| {
                let target = self.resolved(&self.absolute(file, seen)?, 0);
                // What a module says of its own children is no import.
                let is_own = target == module || *is_public && target.starts_with(module);
                (!is_own).then_some(target)
            });
            used.collect()
        };
        let files = self.files.iter();
        files
            .map(|(module, file)| (module, of(module, file)))
            .collect()
    }

    /// A path from the root of this crate, unless it leads out of it.
    fn absolute(&self, file: &File, (module, path): &Seen) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        let mut base = module.clone();
        match first.as_str() {
            "crate" => return Some(rest.to_vec()),
            "self" => return Some([&base[..], rest].concat()),
            "super" => {
                base.pop();
                let mut rest = rest;
                while let Some(("super", others)) =
                    rest.split_first().map(|(it, others)| (it.as_str(), others))
                {
                    base.pop();
                    rest = others;
                }
                return Some([base, rest.to_vec()].concat());
            }
            _ => {}
        }
        let child = [&base[..], std::slice::from_ref(first)].concat();
        if self.files.contains_key(&child) {
            return Some([base, path.clone()].concat());
        }
        let named = file.names.get(first)?;
        // `use burn::tensor` is no name of this crate.
        if named.1.first() == Some(first) {
            return None;
        }
        Some([self.absolute(file, named)?, rest.to_vec()].concat())
    }

    /// The file that defines what an absolute path names.
    fn resolved(&self, path: &[String], depth: usize) -> &Module {
        let lengths = (0..=path.len()).rev();
        let known = lengths.filter_map(|length| self.files.get_key_value(&path[..length]));
        let Some((module, file)) = known.into_iter().next() else {
            unreachable!("the root is a module");
        };
        let Some((name, rest)) = path[module.len()..].split_first() else {
            return module;
        };
        if depth > 9 || file.defined.contains(name) {
            return module;
        }
        let onwards = |seen: &Seen, rest: &[String]| {
            let path = [self.absolute(file, seen)?, rest.to_vec()].concat();
            Some(self.resolved(&path, depth + 1))
        };
        if let Some(target) = file.names.get(name).and_then(|seen| onwards(seen, rest)) {
            return target;
        }
        let inside = |seen: &Seen| {
            let target = onwards(seen, &path[module.len()..])?;
            self.files[target].defined.contains(name).then_some(target)
        };
        file.globs.iter().find_map(inside).unwrap_or(module)
    }
}

impl File {
    /// Reads its code, and gives the modules that it declares, with the places of those that have another.
    fn read(&mut self, module: &Module, tokens: &[Token]) -> Vec<(String, Option<String>)> {
        let (mut declared, mut place) = (Vec::new(), None);
        // Modules within the file, with where they end.
        let mut within: Vec<(String, usize)> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            within.retain(|(_, end)| at < *end);
            if let Some(end) = attribute(tokens, at) {
                place = place.or_else(|| path_of(&tokens[at..end]));
            }
            let base = || {
                let names = within.iter().map(|(name, _)| name.clone());
                module.iter().cloned().chain(names).collect::<Module>()
            };
            let next = tokens.get(at + 1);
            match (&tokens[at], next.and_then(Token::word)) {
                (Token::Word(word), Some(name)) if word == "mod" => {
                    match tokens.get(at + 2) {
                        Some(Token::Sign(';')) => declared.push((name.to_owned(), place.take())),
                        _ => within.push((name.to_owned(), closed(tokens, at + 2))),
                    }
                    at += 2;
                }
                (Token::Word(word), _) if word == "use" => {
                    let length = tokens[at..]
                        .iter()
                        .take_while(|it| **it != Token::Sign(';'));
                    let end = at + length.count();
                    self.bring_in(&base(), &tokens[at + 1..end], is_public(&tokens[..at]));
                    at = end;
                }
                (Token::Word(word), Some(name)) if ITEMS.contains(&word.as_str()) => {
                    self.defined.insert(name.to_owned());
                }
                (Token::Word(word), _) if word == "macro_rules" => {
                    let name = tokens.get(at + 2).and_then(Token::word);
                    self.defined.extend(name.map(str::to_owned));
                }
                (Token::Word(_), _) if next == Some(&Token::Path) => {
                    let path = path(&tokens[at..]);
                    at += 2 * (path.len() - 1);
                    self.paths.push(((base(), path), false));
                }
                _ => {}
            }
            at += 1;
        }
        declared
    }

    /// Takes note of a `use`.
    fn bring_in(&mut self, base: &Module, tree: &[Token], is_public: bool) {
        for (mut path, alias) in expanded(&[], tree) {
            match path.last().map(String::as_str) {
                Some("*") => {
                    path.pop();
                    self.globs.push((base.clone(), path.clone()));
                }
                last => {
                    let name = alias.or(last.map(str::to_owned)).unwrap_or_default();
                    self.names.insert(name, (base.clone(), path.clone()));
                }
            }
            self.paths.push(((base.clone(), path), is_public));
        }
    }
}

/// The paths of a `use` with their other names.
fn expanded(before: &[String], tree: &[Token]) -> Vec<(Vec<String>, Option<String>)> {
    let mut path = before.to_vec();
    let mut at = 0;
    while let Some(token) = tree.get(at) {
        match token {
            Token::Word(word) if word == "as" => {
                let alias = tree.get(at + 1).and_then(Token::word);
                return vec![(path, alias.map(str::to_owned))];
            }
            // `a::{self}` is `a`.
            Token::Word(word) if word == "self" && !path.is_empty() => {}
            Token::Word(word) => path.push(word.clone()),
            Token::Sign('*') => path.push("*".to_owned()),
            Token::Sign('{') => {
                let inner = &tree[at + 1..closed(tree, at) - 1];
                let mut depth = 0;
                let branches = inner.split(|token| {
                    match token {
                        Token::Sign('{') => depth += 1,
                        Token::Sign('}') => depth -= 1,
                        _ => {}
                    }
                    depth == 0 && *token == Token::Sign(',')
                });
                let branches = branches.filter(|branch| !branch.is_empty());
                return branches.flat_map(|it| expanded(&path, it)).collect();
            }
            _ => {}
        }
        at += 1;
    }
    vec![(path, None)]
}

/// The path that begins there.
fn path(tokens: &[Token]) -> Vec<String> {
    let mut path = Vec::new();
    for pair in tokens.chunks(2) {
        path.extend(pair[0].word().map(str::to_owned));
        if pair[0].word().is_none() || pair.get(1) != Some(&Token::Path) {
            break;
        }
    }
    path
}

/// The place that `#[path = "…"]` names.
fn path_of(attribute: &[Token]) -> Option<String> {
    let is_path = attribute.iter().any(|token| token.is("path"));
    attribute.iter().find_map(|token| match token {
        Token::Text(text) if is_path => Some(text.clone()),
        _ => None,
    })
}

/// Whether `pub` stands before a `use`.
fn is_public(before: &[Token]) -> bool {
    match before.last() {
        Some(Token::Word(word)) => word == "pub",
        // `pub(crate)`
        Some(Token::Sign(')')) => before.iter().rev().take(6).any(|token| token.is("pub")),
        _ => false,
    }
}
