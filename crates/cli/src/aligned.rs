//! Text of a bounded width: rows of cells, shortened names, wrapped sentences.

pub use retort_core::task::table::cut;

/// Aligns rows of cells: each column is as wide as its widest cell.
pub fn aligned(rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths);
        let line: String = cells
            .map(|(cell, width)| format!("{cell:width$}  "))
            .collect();
        format!("{}\n", line.trim_end())
    };
    rows.iter().map(line).collect()
}

/// Words as lines of at most `width` characters, if no word is longer. Lines after the first begin with `indent`
/// blanks.
pub fn wrapped<'a>(
    words: impl IntoIterator<Item = &'a str>,
    width: usize,
    indent: usize,
) -> String {
    let mut text = String::new();
    let mut length = 0;
    for word in words {
        let more = word.chars().count();
        if length > 0 && length + 1 + more > width {
            text += "\n";
            text += &" ".repeat(indent);
            length = indent;
        } else if length > 0 {
            text.push(' ');
            length += 1;
        }
        text += word;
        length += more;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_to_one_line() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("a longer one", 5), "a lo…");
        assert_eq!(cut("two words", 5), "two…");
        assert_eq!(cut("two\nlines", 20), "two lines");
        assert_eq!(cut("größer", 4), "grö…");
    }

    #[test]
    fn lines_are_no_longer_than_they_may_be() {
        let words = "one two three four five".split(' ');
        assert_eq!(wrapped(words, 9, 2), "one two\n  three\n  four\n  five");
        assert_eq!(
            wrapped(["(a setting with blanks)"], 9, 2),
            "(a setting with blanks)"
        );
        assert_eq!(wrapped([], 9, 2), "");
    }
}
