//! A Rust file as tokens, without comments and without what only tests compile.

use std::iter::Peekable;
use std::str::Chars;

/// A piece of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A name, a keyword or a number.
    Word(String),
    /// What stands in a string.
    Text(String),
    /// `::`
    Path,
    /// Any other sign.
    Sign(char),
}

impl Token {
    /// The name or keyword, where it is one.
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Whether it is that name or keyword.
    pub fn is(&self, word: &str) -> bool {
        self.word() == Some(word)
    }
}

/// The tokens of a file.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '/' if rest.peek() == Some(&'/') => while rest.next().is_some_and(|it| it != '\n') {},
            '/' if rest.peek() == Some(&'*') => skip_comment(&mut rest),
            '"' => found.push(Token::Text(string(&mut rest))),
            '\'' => skip_letter(&mut rest),
            ':' if rest.peek() == Some(&':') => {
                rest.next();
                found.push(Token::Path);
            }
            letter if letter.is_alphanumeric() || letter == '_' => {
                let mut word = letter.to_string();
                while let Some(next) = rest.next_if(|it| it.is_alphanumeric() || *it == '_') {
                    word.push(next);
                }
                let raw = ["r", "br"].contains(&word.as_str());
                match rest.peek() {
                    Some('"' | '#') if raw => found.extend(raw_string(&mut rest)),
                    _ => found.push(Token::Word(word)),
                }
            }
            letter if letter.is_whitespace() => {}
            letter => found.push(Token::Sign(letter)),
        }
    }
    found
}

fn skip_comment(rest: &mut Peekable<Chars<'_>>) {
    rest.next();
    let (mut depth, mut last) = (1, ' ');
    for letter in rest.by_ref() {
        match (last, letter) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                last = letter;
                continue;
            }
        }
        last = ' ';
        if depth == 0 {
            return;
        }
    }
}

fn string(rest: &mut Peekable<Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(letter) = rest.next().filter(|it| *it != '"') {
        text.push(letter);
        if letter == '\\' {
            text.extend(rest.next());
        }
    }
    text
}

/// A raw string after its `r`. A raw name has no quote after the `#`, and is left to be read as a word.
fn raw_string(rest: &mut Peekable<Chars<'_>>) -> Option<Token> {
    let mut marks = 0;
    while rest.next_if_eq(&'#').is_some() {
        marks += 1;
    }
    rest.next_if_eq(&'"')?;
    let end = format!("\"{}", "#".repeat(marks));
    let mut text = String::new();
    while !text.ends_with(&end) {
        text.push(rest.next()?);
    }
    text.truncate(text.len() - end.len());
    Some(Token::Text(text))
}

/// A letter in quotes, or the quote of a lifetime.
fn skip_letter(rest: &mut Peekable<Chars<'_>>) {
    let mut ahead = rest.clone();
    let length = match (ahead.next(), ahead.next()) {
        (Some('\\'), _) => {
            let escape = rest.clone().skip(2);
            3 + escape.take_while(|it| *it != '\'').count()
        }
        (Some(_), Some('\'')) => 2,
        _ => 0,
    };
    rest.by_ref().take(length).for_each(drop);
}

/// Tokens without the items that only tests compile.
pub fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        match attribute(tokens, at) {
            Some(end) if is_for_tests(&tokens[at..end]) => at = item(tokens, end),
            Some(end) => {
                kept.extend_from_slice(&tokens[at..end]);
                at = end;
            }
            None => {
                kept.push(tokens[at].clone());
                at += 1;
            }
        }
    }
    kept
}

/// The place behind the attribute that begins there.
pub fn attribute(tokens: &[Token], at: usize) -> Option<usize> {
    if tokens.get(at)? != &Token::Sign('#') {
        return None;
    }
    let open = at + 1 + usize::from(tokens.get(at + 1)? == &Token::Sign('!'));
    (tokens.get(open)? == &Token::Sign('[')).then(|| closed(tokens, open))
}

/// `#[cfg(test)]`, or with further conditions.
fn is_for_tests(attribute: &[Token]) -> bool {
    let has = |word: &str| attribute.iter().any(|token| token.is(word));
    has("cfg") && has("test") && !has("not")
}

/// The place behind the item that begins there, its further attributes included.
fn item(tokens: &[Token], mut at: usize) -> usize {
    while let Some(end) = attribute(tokens, at) {
        at = end;
    }
    while at < tokens.len() {
        match tokens[at] {
            Token::Sign(';') => return at + 1,
            Token::Sign('{') => {
                let end = closed(tokens, at);
                // `use a::{b};` goes on behind its brackets.
                match tokens.get(end) {
                    Some(Token::Sign(';')) => return end + 1,
                    _ => return end,
                }
            }
            Token::Sign('(' | '[') => at = closed(tokens, at),
            _ => at += 1,
        }
    }
    at
}

/// The place behind the bracket that closes the one there.
pub fn closed(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}
