//! Turns serde's message about a value of the wrong type into a message that says what is accepted.

/// Says what is accepted, given the message of a deserialisation error. A message that is not serde's stays
/// as it is.
pub fn accepted(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default();
    let expected = message.split_once(", expected ").map(|(_, it)| it);
    match expected {
        Some(kinds) if message.starts_with("unknown variant") => {
            let kinds = kinds.trim_start_matches("one of ").replace('`', "");
            format!("must be one of {}", kinds.replace(" or ", ", "))
        }
        Some(what) if message.starts_with("invalid ") => format!("must be {}", noun(what)),
        _ => message.to_owned(),
    }
}

/// What is accepted for a list of anything.
pub const LIST: &str = "a list in brackets, such as [1, 2], with words in quotes: [\"a\", \"b\"]";

/// What is accepted for a list whose elements are known: given the message about a list with a word in it.
pub fn accepted_list(message_for_words: Option<&str>) -> &'static str {
    let of_words = message_for_words.map(accepted);
    match of_words.is_some_and(|accepted| accepted.contains("number")) {
        true => "must be a list of numbers in brackets, such as [1, 2]",
        false => "must be a list in brackets, with words in quotes: [\"a\", \"b\"]",
    }
}

fn noun(expected: &str) -> &str {
    match expected {
        "usize" | "u64" | "u32" => "a whole number, 0 or above",
        "f64" | "f32" => "a number",
        "a boolean" => "true or false",
        "a character" => "one character in quotes, such as \",\", or \"\\t\" for a tab",
        "path string" => "a path in quotes",
        "a string" | "string" | "string only" | "string or table" => "a word in quotes",
        "a sequence" => LIST,
        other if other.starts_with("struct ") => "a table of settings",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_numbers_has_no_words() {
        let numbers = accepted_list(Some("invalid type: string \"a\", expected usize"));
        assert!(!numbers.contains('"'), "{numbers}");
        for of_words in [None, Some("unknown variant `a`, expected `b`")] {
            assert!(accepted_list(of_words).contains("[\"a\""));
        }
    }

    #[test]
    fn words_of_serde_become_what_is_accepted() {
        for (message, words) in [
            (
                "invalid type: string \"ten\", expected usize\n",
                "must be a whole number, 0 or above",
            ),
            (
                "invalid value: integer `-4`, expected usize",
                "must be a whole number, 0 or above",
            ),
            (
                "invalid type: integer `3`, expected struct ReferenceSettings",
                "must be a table of settings",
            ),
            (
                "unknown variant `a`, expected one of `b`, `c`, `d`",
                "must be one of b, c, d",
            ),
            (
                "unknown variant `a`, expected `b` or `c`",
                "must be one of b, c",
            ),
            ("must be this or that", "must be this or that"),
        ] {
            assert_eq!(accepted(message), words);
        }
    }
}
