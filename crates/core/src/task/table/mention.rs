//! How sentences and settings name columns.

use super::raw::RawTable;
use crate::settings::dotted;
use crate::task::inspection::Decision;

/// Most columns that a sentence lists.
const MOST_LISTED: usize = 6;

/// Most characters of a name in a list.
const MOST_CHARACTERS: usize = 32;

/// Columns as the subject of a sentence, such as ``columns `a`, `b` and 3 more``.
pub fn columns(raw: &RawTable, places: &[usize]) -> String {
    if let &[place] = places
        && raw.columns[place].name.is_empty()
    {
        return raw.title(place);
    }
    let titles: Vec<String> = places.iter().map(|&place| raw.title(place)).collect();
    let plural = if places.len() == 1 { "" } else { "s" };
    format!("column{plural} {}", listing(&titles))
}

/// The first of some names, shortened, and how many more there are.
pub fn listing(names: &[String]) -> String {
    let first = names.iter().take(MOST_LISTED);
    let listed: Vec<String> = first.map(|name| quoted(name)).collect();
    sequence(&listed, names.len())
}

/// The first of some phrases, and how many more there are.
pub fn listed(phrases: &[String]) -> String {
    sequence(&phrases[..phrases.len().min(MOST_LISTED)], phrases.len())
}

/// A name in a list: in marks, and shortened.
pub fn quoted(name: &str) -> String {
    format!("`{}`", cut(name, MOST_CHARACTERS))
}

/// Some words with their verb, such as `` `-` is ``.
pub fn found(words: &[String]) -> String {
    let verb = if words.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", listing(words))
}

/// Which columns have other titles than their names, because these come more than once.
pub fn renamed(names: &[String], titles: &[String]) -> Option<Decision> {
    let pairs = titles.iter().zip(names);
    let renamed: Vec<String> = pairs
        .filter(|(title, name)| !name.is_empty() && title != name)
        .map(|(title, _)| title.clone())
        .collect();
    let text = format!("names that come again are numbered: {}", listing(&renamed));
    (!renamed.is_empty()).then(|| Decision::fact(text))
}

/// Phrases one after another: the first of `all`, and how many more there are.
pub fn sequence(listed: &[String], all: usize) -> String {
    match (listed, all.saturating_sub(listed.len())) {
        ([first @ .., last], 0) if !first.is_empty() => {
            format!("{} and {last}", first.join(", "))
        }
        (_, 0) => listed.join(", "),
        (_, more) => format!("{} and {more} more", listed.join(", ")),
    }
}

/// A text of at most this many characters in one line: the last character is `…` if it is shortened.
pub fn cut(text: &str, most: usize) -> String {
    let text = text.replace(char::is_control, " ");
    if text.chars().count() <= most {
        return text;
    }
    let start: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", start.trim_end())
}

/// The setting that gives this type to a column, as a line of TOML. `names` are those of all columns.
pub fn type_setting(names: &[String], place: usize, kind: &str) -> String {
    let name = names.get(place).map_or("", String::as_str);
    let is_only = names.iter().filter(|other| *other == name).count() == 1;
    let key = match is_only && !name.is_empty() {
        true => name.to_owned(),
        false => place.to_string(),
    };
    format!("task.types.{} = {kind:?}", dotted::part(&key))
}
