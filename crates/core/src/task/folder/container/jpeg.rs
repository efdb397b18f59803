//! The segments of a JPEG file (ITU-T T.81, annex B).

use super::super::format::Format;
use super::bytes::take;
use super::exif;
use super::problem::{cut, damaged};
use super::survey::Survey;

/// Marks after which no length follows: restarts, the start of a picture, and one of no meaning.
const ALONE: [u8; 10] = [0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8];

/// The mark of the end of the picture.
const END: u8 = 0xd9;

/// The mark before coded numbers.
const SCAN: u8 = 0xda;

/// Goes through the segments up to the end of the picture, which every complete file has. What follows it,
/// such as a second picture, is ignored.
pub fn survey(bytes: &[u8]) -> Result<Survey, String> {
    let early = || cut(Format::Jpeg);
    let mut survey = Survey::PLAIN;
    let (mut has_note, mut has_scan) = (false, false);
    let mut rest = bytes.get(2..).unwrap_or_default();
    loop {
        let mark = mark(&mut rest).ok_or_else(early)?;
        if mark == END {
            break;
        }
        if ALONE.contains(&mark) {
            continue;
        }
        let length = take(&mut rest, 2).ok_or_else(early)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let content = length
            .checked_sub(2)
            .ok_or_else(|| damaged(Format::Jpeg, "a segment has no length"))?;
        let content = take(&mut rest, content).ok_or_else(early)?;
        match mark {
            SCAN => has_scan = true,
            0xc0..=0xc2 if content.first() != Some(&8) => return Err(kind("more than 8 bits")),
            0xc3 => return Err(kind("lossless coding")),
            0xc5..=0xc7 => return Err(kind("hierarchical coding")),
            0xc9..=0xcb | 0xcd..=0xcf => return Err(kind("arithmetic coding")),
            0xf7 => return Err(kind("the coding of JPEG-LS")),
            0xe1 if !has_note => {
                if let Some(note) = content.strip_prefix(b"Exif\0\0") {
                    survey.orientation = exif::orientation(note);
                    has_note = true;
                }
            }
            _ => {}
        }
    }
    if !has_scan {
        return Err(early());
    }
    Ok(survey)
}

/// The next mark: a byte 255 with another byte behind it that is neither 0 (then 255 is a number) nor 255.
fn mark(rest: &mut &[u8]) -> Option<u8> {
    loop {
        let at = rest.iter().position(|&byte| byte == 0xff)?;
        take(rest, at + 1)?;
        let fill = rest.iter().position(|&byte| byte != 0xff)?;
        take(rest, fill)?;
        match take(rest, 1)?[0] {
            0 => {}
            mark => return Some(mark),
        }
    }
}

/// The problem of a file with a rare kind of JPEG.
fn kind(what: &str) -> String {
    format!("is a JPEG file with {what}, which is not read; save it as PNG or as usual JPEG")
}
