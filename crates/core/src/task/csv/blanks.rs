//! Fields between runs of blanks.

use std::collections::HashSet;

use super::quotes;

/// Fewest fields of a line below a header that lacks the name of the first column.
const WITH_ROW_NAMES: usize = 3;

/// The text with a tab for each run of blanks within a line, if so all lines have equally many fields, at least two.
/// The first line may have one field less, if the first fields of the others are all distinct, as names of rows are.
/// A field in quotes may hold blanks.
pub fn tabbed(text: &str) -> Option<String> {
    let mut tabs = String::with_capacity(text.len());
    let (mut first, mut width) = (None, None);
    let (mut fields, mut names) = (Vec::new(), HashSet::new());
    for line in text.lines() {
        divide(line, &mut fields)?;
        for (place, field) in fields.iter().enumerate() {
            if place > 0 {
                tabs.push('\t');
            }
            tabs.push_str(field);
        }
        tabs.push('\n');
        let Some(name) = fields.first() else {
            continue;
        };
        let count = fields.len();
        let Some(first) = first else {
            first = Some(count);
            continue;
        };
        let named = count == first + 1 && count >= WITH_ROW_NAMES && names.insert(*name);
        let fits = count > 1 && (count == first || named);
        if !fits || *width.get_or_insert(count) != count {
            return None;
        }
    }
    (width.or(first) >= Some(2)).then_some(tabs)
}

/// The fields of a line. `None` if a quoted one does not end before a blank.
fn divide<'a>(line: &'a str, fields: &mut Vec<&'a str>) -> Option<()> {
    fields.clear();
    let mut rest = line.trim_ascii_start();
    while !rest.is_empty() {
        let quoted = |backslash| quotes::end(rest.as_bytes(), 0, b' ', backslash);
        let end = match rest.starts_with('"') {
            true => quoted(true).or_else(|_| quoted(false)).ok()?,
            false => rest
                .find(|c: char| c.is_ascii_whitespace())
                .unwrap_or(rest.len()),
        };
        fields.push(&rest[..end]);
        rest = rest[end..].trim_ascii_start();
    }
    Some(())
}

/// Whether the commas of a text of [`tabbed`] stand only in quotes and in numbers, by `is_number`.
pub fn has_commas_in_numbers(tabs: &str, is_number: impl Fn(&str) -> bool) -> bool {
    let mut with_comma = tabs
        .split(['\t', '\n'])
        .filter(|field| field.contains(',') && !field.starts_with('"'));
    with_comma.all(|field| !field.ends_with(',') && is_number(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_blanks_become_tabs_where_all_lines_fit() {
        for (text, tabs) in [
            ("a  b\n 1 2 \n\n3\t4\n", Some("a\tb\n1\t2\n\n3\t4\n")),
            (
                "\"a\" \"k\"\n\"1\" 5 \"x y\"\n\"2\" 6 z\n",
                Some("\"a\"\t\"k\"\n\"1\"\t5\t\"x y\"\n\"2\"\t6\tz\n"),
            ),
            ("a k\nr 5 x\nr 6 y\n", None),
            ("a\nr 5\ns 6\n", None),
            ("a b\n1 2 3 4\n", None),
            ("a b\n1 2\n1 2 3\n", None),
            ("a b\n\"1 2\"3\n", None),
            ("a\nb\n", None),
        ] {
            assert_eq!(tabbed(text).as_deref(), tabs, "{text}");
        }
    }
}
