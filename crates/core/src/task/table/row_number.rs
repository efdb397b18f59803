//! Columns that number the rows.

/// Fewest rows in which a column without a telling name is taken for a row number.
const FEWEST: usize = 20;

/// Largest number of values in the range of a row number, per row: a training part that was cut from a larger
/// numbered table still has row numbers.
const SPREAD: f64 = 10.0;

/// How many pairs of equal values chance would give, at least, before their absence tells a row number.
const PAIRS: f64 = 10.0;

/// Whether a column numbers the rows. Its values are whole, none is missing, all are distinct, and
///
/// - its name is empty or says so (`id`, `user_id`, `index`, `row`, `no`, `Unnamed: 0`, …), or
/// - each is the one before plus 1 in the order of the file, in at least 20 rows, unless the name says that they are
///   years or times, or
/// - they are 0 to n − 1 or 1 to n in any order, in at least 20 rows, or
/// - they begin near 0 or 1, there are at most 10 n whole numbers from the smallest to the largest, and so few
///   that values drawn from them at random would hold ten equal pairs or more.
pub fn is_row_number(name: &str, values: &[f64]) -> bool {
    let rows = values.len();
    let whole = values.iter().all(|value| value.fract() == 0.0);
    if rows < 3 || !whole {
        return false;
    }
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (count, range) = (rows as f64, highest - lowest + 1.0);
    let complete = range == count && (lowest == 0.0 || lowest == 1.0) && rows >= FEWEST;
    let follows = values.windows(2).all(|pair| pair[1] == pair[0] + 1.0);
    let follows = follows && rows >= FEWEST && !is_time(name);
    let spread = range / count;
    let part = spread <= SPREAD
        && lowest >= 0.0
        && lowest <= 1.0 + SPREAD * spread
        && count * count / (2.0 * range) >= PAIRS
        && rows >= FEWEST;
    if !complete && !follows && !part && !is_telling(name) {
        return false;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.windows(2).all(|pair| pair[0] != pair[1])
}

/// Whether a name says that a column numbers or names the rows. pandas writes its index without a name, or as
/// `Unnamed: 0`.
pub fn is_telling(name: &str) -> bool {
    if is_nameless(name) {
        return true;
    }
    const WORDS: &[&str] = &[
        "id",
        "ids",
        "index",
        "idx",
        "row",
        "rowid",
        "rownum",
        "rownumber",
        "rownames",
        "no",
        "nr",
        "#",
        "uid",
        "uuid",
        "guid",
    ];
    WORDS.contains(&last_word(name).as_str())
}

/// Whether a name says that a column holds years or times, which follow one another in a series.
fn is_time(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "year", "years", "yr", "jahr", "month", "week", "day", "hour", "minute", "second", "time",
        "date", "age",
    ];
    WORDS.contains(&last_word(name).as_str())
}

/// The last word of a name, in lower case: `userId`, `user_id` and `User ID` end with the word `id`.
fn last_word(name: &str) -> String {
    let mut last = String::new();
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_alphanumeric() && c != '#' || (c.is_uppercase() && before.is_lowercase()) {
            last.clear();
        }
        if c.is_alphanumeric() || c == '#' {
            last.extend(c.to_lowercase());
        }
        before = c;
    }
    last
}

/// Whether a column has no name of its own.
pub fn is_nameless(name: &str) -> bool {
    name.is_empty() || name.starts_with("Unnamed: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(values: impl Iterator<Item = usize>) -> Vec<f64> {
        values.map(|value| value as f64).collect()
    }

    #[test]
    fn row_numbers_are_found_also_shuffled_or_with_gaps() {
        assert!(is_row_number("a", &numbers(0..20)));
        assert!(is_row_number("a", &numbers((1..=40).rev())));
        assert!(is_row_number(
            "a",
            &numbers((0..100).map(|row| row * 37 % 100))
        ));
        // Every fourth row of a numbered table.
        assert!(is_row_number(
            "a",
            &numbers((0..500).map(|row| row * 4 + row % 3))
        ));
        assert!(is_row_number(
            "user_id",
            &numbers((0..9).map(|row| 7000 + row * 31))
        ));
        assert!(is_row_number("", &numbers(5..12)));
        // One after another in the order of the file, wherever they begin.
        assert!(is_row_number("patient", &numbers(1000..1020)));
    }

    #[test]
    fn measurements_are_no_row_numbers() {
        assert!(!is_row_number("year", &numbers(1950..2020)));
        assert!(!is_row_number(
            "size",
            &numbers((0..200).map(|row| row / 2))
        ));
        assert!(!is_row_number(
            "time",
            &numbers((0..120).map(|row| 1_700_000_000 + row * 302))
        ));
        assert!(!is_row_number("x", &numbers(0..10)));
        assert!(!is_row_number("patient", &numbers(1000..1019)));
        assert!(!is_row_number("patient", &numbers((1000..1030).rev())));
        assert!(!is_row_number(
            "area",
            &numbers((0..30).map(|row| 300 + row * row * 5))
        ));
        assert!(!is_row_number("id", &[0.5, 1.5, 2.5]));
    }

    #[test]
    fn names_tell_whole_words() {
        for name in [
            "id",
            "ID",
            "user_id",
            "userId",
            "Individual ID",
            "Unnamed: 0",
            "#",
            "row.id",
            "row",
        ] {
            assert!(is_telling(name), "{name}");
        }
        for name in ["paid", "width", "grid", "rows_read", "nose", "age"] {
            assert!(!is_telling(name), "{name}");
        }
    }
}
