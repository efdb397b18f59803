//! A crate made up to break each rule: the rules must see it.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::graph::Crate;
use crate::source::{tokens, without_tests};
use crate::{circle, declares_only, unnamed, unordered, upward};

fn made(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    for (name, text) in files {
        let path = folder.path().join(name);
        let done = fs::create_dir_all(path.parent().unwrap_or(&path));
        let done = done.and_then(|()| fs::write(&path, text));
        done.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let lib = folder.path().join("lib.rs");
    (folder, lib)
}

/// `low` imports from `high`, whose file `deep` imports from `low`: through names that are re-exported, renamed, and
/// written out where they are used.
const FILES: [(&str, &str); 4] = [
    (
        "lib.rs",
        "//! The house.\n//!   high  above\n//!   low   below\nmod high;\nmod low;\npub use low::Low;",
    ),
    (
        "low.rs",
        "use crate::high as tower;\npub struct Low(tower::Deep);",
    ),
    ("high/mod.rs", "mod deep;\npub use deep::Deep;"),
    (
        "high/deep.rs",
        "pub struct Deep;\nfn of() -> Option<Box<crate::Low>> { None }",
    ),
];

#[test]
fn a_circle_and_an_import_upward_are_named() {
    let (_folder, lib) = made(&FILES);
    let found = Crate::read(&lib);
    let imports = found.imports();
    let circle = circle(&imports).unwrap_or_default();
    assert!(
        circle.starts_with("high/deep → low → high/deep: "),
        "{circle}"
    );
    let order = ["low", "high"];
    let wrong = upward(&imports, &order);
    assert!(
        wrong.iter().any(|it| it.starts_with("low imports high")),
        "{wrong:?}"
    );
    assert!(wrong.iter().all(|it| it.starts_with("low ")), "{wrong:?}");
    // The essay has them the other way round.
    assert_eq!(unnamed(&lib, &order).len(), 1);
    assert_eq!(unnamed(&lib, &["high", "low"]).len(), 0);
    let rooms = ["low", "high"].into();
    assert_eq!(unordered(&rooms, &["low", "gone"]).len(), 2);
}

#[test]
fn tests_and_words_import_nothing() {
    let [lib, _, high, deep] = FILES;
    let low = "/* crate::high */ pub struct Low<'a>(&'a str);\n#[cfg(test)]\nuse crate::high::Deep;\n\
               const LETTERS: [char; 2] = ['\"', '\\''];\nconst WORDS: &str = r#\"crate::high \" \"#;\n\
               #[cfg(test)]\nmod tests { use crate::high::Deep; }";
    let (_folder, lib) = made(&[lib, ("low.rs", low), high, deep]);
    let found = Crate::read(&lib);
    assert_eq!(circle(&found.imports()), None);
    assert_eq!(
        upward(&found.imports(), &["low", "high"]),
        Vec::<String>::new()
    );
}

#[test]
fn what_declares_only_is_told_from_what_does_more() {
    let only = |text: &str| declares_only(&without_tests(&tokens(text)));
    let declares = "#![allow(dead_code)]\npub(crate) mod a;\n#[macro_use]\nmod b;\n\
                    pub use a::{A, b::{self, C}};\npub(in crate::a) use b::d;\n\
                    #[cfg(test)]\nmod tests { fn f() {} }";
    assert!(only(declares));
    for more in [
        "mod a;\nfn f() {}",
        "mod a { pub fn f() {} }",
        "pub trait T {}",
        "mod a;\nconst N: usize = 1;",
    ] {
        assert!(!only(more), "{more}");
    }
}
