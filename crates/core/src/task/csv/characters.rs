//! Character sets of text files.

use std::path::Path;

use crate::error::{Error, Result};
use crate::task::inspection::Decision;

/// The characters of Windows-1252 from 0x80 to 0x9f; the others from 0x80 on are those of Latin-1. 0 stands for bytes
/// that have no character.
const WINDOWS: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘',
    '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// Decodes a text file: UTF-16 if it begins with its byte order mark; otherwise UTF-8, with or without a mark; and if
/// it is not valid UTF-8, Windows-1252, which has all characters of Latin-1.
///
/// # Errors
/// [`Error::Data`] with the line of a byte that no text has.
pub fn decode(path: &Path, bytes: Vec<u8>, decisions: &mut Vec<Decision>) -> Result<String> {
    let text = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => wide(path, rest, u16::from_le_bytes, decisions)?,
        [0xfe, 0xff, rest @ ..] => wide(path, rest, u16::from_be_bytes, decisions)?,
        _ => match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => windows(
                path,
                error.as_bytes(),
                error.utf8_error().valid_up_to(),
                decisions,
            )?,
        },
    };
    if let Some(place) = text.bytes().position(|byte| byte == 0) {
        let problem = "a byte is 0, which no text has; save the table as a text file in UTF-8";
        return Err(at_line(path, &text.as_bytes()[..place], problem));
    }
    match text.strip_prefix('\u{feff}') {
        Some(rest) => Ok(rest.to_owned()),
        None => Ok(text),
    }
}

fn wide(
    path: &Path,
    bytes: &[u8],
    unit: fn([u8; 2]) -> u16,
    decisions: &mut Vec<Decision>,
) -> Result<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: std::result::Result<String, _> = char::decode_utf16(units).collect();
    match text {
        Ok(text) if rest.is_empty() => {
            decisions.push(Decision::fact("the characters are UTF-16"));
            Ok(text)
        }
        _ => {
            let problem = "begins with the mark of UTF-16, but is not UTF-16; save it as UTF-8";
            Err(Error::data(path, problem))
        }
    }
}

fn windows(
    path: &Path,
    bytes: &[u8],
    invalid: usize,
    decisions: &mut Vec<Decision>,
) -> Result<String> {
    let character = |byte: u8| match byte {
        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
        _ => char::from(byte),
    };
    let no_text =
        |byte: u8| byte == 0x7f || (byte < 0x20 && !matches!(byte, b'\t' | b'\r' | b'\n' | 0x0c));
    if let Some(place) = (bytes.iter()).position(|&byte| no_text(byte) || character(byte) == '\0') {
        let place = place.max(invalid);
        let problem = "has bytes that are neither UTF-8 nor Windows-1252 text; if it is a table of text, save it as UTF-8; \
                       no binary format that is known begins like this";
        return Err(at_line(path, &bytes[..place], problem));
    }
    let line = 1 + line_breaks(&bytes[..invalid]);
    let text =
        format!("line {line} is not UTF-8; the characters are read as Windows-1252 (Latin-1)");
    decisions.push(Decision::fact(text));
    Ok(bytes.iter().map(|&byte| character(byte)).collect())
}

/// An error about the line after these bytes.
fn at_line(path: &Path, before: &[u8], problem: &str) -> Error {
    Error::data(path, format!("line {}: {problem}", 1 + line_breaks(before)))
}

/// The number of line breaks: `\n`, `\r\n` or `\r`.
pub fn line_breaks(bytes: &[u8]) -> usize {
    let feeds = bytes.iter().filter(|&&byte| byte == b'\n').count();
    let returns = bytes.iter().filter(|&&byte| byte == b'\r').count();
    if returns == 0 {
        return feeds;
    }
    let pairs = bytes.windows(2).filter(|pair| *pair == b"\r\n").count();
    feeds + returns - pairs
}
