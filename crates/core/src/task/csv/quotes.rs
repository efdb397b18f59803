//! How a file writes quotes, found from the whole file, and its text with quotes as the reader of records knows them.

use crate::task::inspection::Decision;

/// What is wrong with a quote that is open at the end of the text.
pub const NEVER_ENDS: &str = "a quote opens here and never ends; close it or remove it";

/// What is wrong with a field that goes on after its closing quote.
const TEXT_FOLLOWS: &str = "text follows the closing quote of a field; write a quote within a field twice (`\"\"`), or \
                            remove the quotes around the field";

/// A text whose quotes are those of the usual form: a quote opens right after a separator, and one within a field is
/// written twice.
#[derive(Debug, Clone, Default)]
pub struct Standard {
    /// The text, if it had to be changed. All line breaks stay.
    pub text: Option<String>,
    /// What was found.
    pub decisions: Vec<Decision>,
    /// A byte of the text before it was changed, and what is wrong there.
    pub fault: Option<(usize, &'static str)>,
}

/// How quotes are written.
#[derive(Debug, Clone, Copy)]
struct Style {
    /// Whether blanks may stand before an opening quote.
    blanks: bool,
    /// Whether a backslash stands before a quote or a backslash within a field.
    backslash: bool,
}

impl Style {
    fn new(blanks: bool, backslash: bool) -> Self {
        Self { blanks, backslash }
    }
}

/// The quoted fields of a text.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    /// How many have blanks before their opening quote.
    padded: usize,
    /// How many have no proper end.
    faults: usize,
    /// The first of these.
    first: Option<(usize, &'static str)>,
}

impl Standard {
    /// Finds how a text with this separator writes quotes. A style counts only if by it all quoted fields end before
    /// a separator or at the end of a line.
    pub fn of(text: &str, delimiter: u8) -> Self {
        if !text.contains('"') {
            return Self::default();
        }
        let [plain, padded, escaped, both] = [
            Style::new(false, false),
            Style::new(true, false),
            Style::new(false, true),
            Style::new(true, true),
        ];
        let walk = |style| walk(text, delimiter, style, &mut None);
        let changed = |style| Self::changed(text, delimiter, style);
        let (as_is, after_blanks) = (walk(plain), walk(padded));
        if as_is.faults == 0 && after_blanks.padded + after_blanks.faults == 0 {
            return Self::default();
        }
        if after_blanks.padded > 0 && after_blanks.faults == 0 {
            return changed(padded);
        }
        let with_both = walk(both);
        if with_both.padded > 0 && with_both.faults == 0 {
            return changed(both);
        }
        if as_is.faults > 0 {
            return match walk(escaped).faults {
                0 => changed(escaped),
                _ => Self::wrong(as_is.first),
            };
        }
        // Where most of them are no fields in quotes, such quotes are a part of the text.
        match after_blanks.padded > after_blanks.faults {
            true => Self::wrong(after_blanks.first),
            false => Self::default(),
        }
    }

    fn changed(text: &str, delimiter: u8, style: Style) -> Self {
        let mut usual = Some(String::with_capacity(text.len()));
        walk(text, delimiter, style, &mut usual);
        let before = "quotes count as such where blanks stand before them";
        let within = "a backslash before a quote within a field makes it a part of the text";
        let found = [(style.blanks, before), (style.backslash, within)];
        let found = found.into_iter().filter(|(is, _)| *is);
        Self {
            text: usual,
            decisions: found.map(|(_, found)| Decision::fact(found)).collect(),
            fault: None,
        }
    }

    fn wrong(fault: Option<(usize, &'static str)>) -> Self {
        Self {
            fault,
            ..Self::default()
        }
    }
}

/// Goes through the quoted fields of a text. If `usual` is given, it gets the text with these fields in the usual form.
fn walk(text: &str, delimiter: u8, style: Style, usual: &mut Option<String>) -> Found {
    let bytes = text.as_bytes();
    let mut found = Found::default();
    let (mut place, mut copied, mut begins) = (0, 0, true);
    while let Some(&byte) = bytes.get(place) {
        let open = match style.blanks {
            true if begins => after_blanks(bytes, place, delimiter),
            _ => place,
        };
        if !begins || bytes.get(open) != Some(&b'"') {
            begins = byte == delimiter || matches!(byte, b'\r' | b'\n');
            place += 1;
            continue;
        }
        begins = false;
        match end(bytes, open, delimiter, style.backslash) {
            Ok(end) => {
                found.padded += usize::from(open > place);
                if let Some(usual) = usual {
                    *usual += &text[copied..place];
                    match style.backslash {
                        true => *usual += &doubled(&text[open..end]),
                        false => *usual += &text[open..end],
                    }
                }
                (place, copied) = (end, end);
            }
            Err(problem) => {
                found.faults += 1;
                found.first.get_or_insert((open, problem));
                if problem == NEVER_ENDS {
                    break;
                }
                place = open + 1;
            }
        }
    }
    if let Some(usual) = usual {
        *usual += &text[copied..];
    }
    found
}

/// The byte after the closing quote of the field whose quote opens here.
///
/// # Errors
/// What is wrong, if the quote never ends, or if something else than blanks stands between the closing quote and the
/// next separator.
pub fn end(
    bytes: &[u8],
    open: usize,
    delimiter: u8,
    backslash: bool,
) -> Result<usize, &'static str> {
    let mut place = open + 1;
    while let Some(&byte) = bytes.get(place) {
        let next = bytes.get(place + 1);
        match (byte, next) {
            (b'\\', Some(b'"' | b'\\')) if backslash => place += 2,
            (b'"', Some(b'"')) => place += 2,
            (b'"', _) => {
                let after = bytes.get(after_blanks(bytes, place + 1, delimiter));
                let ends =
                    after.is_none_or(|&byte| byte == delimiter || matches!(byte, b'\r' | b'\n'));
                return if ends {
                    Ok(place + 1)
                } else {
                    Err(TEXT_FOLLOWS)
                };
            }
            _ => place += 1,
        }
    }
    Err(NEVER_ENDS)
}

/// The first byte from here on that is no blank, or a separator.
fn after_blanks(bytes: &[u8], place: usize, delimiter: u8) -> usize {
    let blank = |byte: &&u8| matches!(byte, b' ' | b'\t') && **byte != delimiter;
    place + bytes[place..].iter().take_while(blank).count()
}

/// A quoted field with quotes written twice instead of after a backslash.
fn doubled(field: &str) -> String {
    let mut text = String::with_capacity(field.len());
    let mut characters = field.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\\', Some('"')) => {
                characters.next();
                text += "\"\"";
            }
            ('\\', Some('\\')) => {
                characters.next();
                text.push('\\');
            }
            _ => text.push(character),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_style_of_quotes_is_found_from_the_whole_text() {
        for (text, standard) in [
            ("a, \"b\"\n1, \"x, y\"\n", "a,\"b\"\n1,\"x, y\"\n"),
            ("a,b\n\"x \\\"y\\\"\",2\n", "a,b\n\"x \"\"y\"\"\",2\n"),
            (
                "a,b\n\"x\\\\\",\"\\\"\"\n\"a\\tb\",1\n",
                "a,b\n\"x\\\",\"\"\"\"\n\"a\\tb\",1\n",
            ),
            (
                "a, \"b\\\"c\"\n1, \"x\\\"\"\n",
                "a,\"b\"\"c\"\n1,\"x\"\"\"\n",
            ),
        ] {
            let found = Standard::of(text, b',');
            assert_eq!(found.text.as_deref(), Some(standard), "{text}");
            assert!(found.fault.is_none() && !found.decisions.is_empty());
        }
        for text in [
            "a,b\n1,2\n",
            "a,b\n\"x \"\"y\"\"\",2\n",
            "a,b\n\"C:\\\",2\n",
            "a,b\n\"x\" ,2\n",
            "a,b\n5\" pipe,2\n",
            "a,b\n1, \"big\" pipe\n",
        ] {
            let found = Standard::of(text, b',');
            assert!(found.text.is_none() && found.fault.is_none(), "{text}");
        }
        for (text, place) in [
            ("a,b\n\"x\"y,2\n", 4),
            ("a,b\n1, \"x\"\n2, \"y\"\n3, \"z\" w\n", 21),
        ] {
            assert_eq!(Standard::of(text, b',').fault.unwrap().0, place, "{text}");
        }
    }
}
