//! The chunks of a PNG file (W3C, "Portable Network Graphics Specification", section 5).

use flate2::Crc;

use super::super::format::Format;
use super::bytes::take;
use super::exif;
use super::problem::{cut, damaged};
use super::survey::Survey;

/// Goes through the chunks up to the last one, which every complete file has, and compares the check sums of
/// all chunks that decide the picture.
pub fn survey(bytes: &[u8]) -> Result<Survey, String> {
    let mut survey = Survey::PLAIN;
    let mut rest = bytes.get(8..).unwrap_or_default();
    loop {
        let early = || cut(Format::Png);
        let length: [u8; 4] = take(&mut rest, 4)
            .and_then(|length| length.try_into().ok())
            .ok_or_else(early)?;
        let kind = take(&mut rest, 4).ok_or_else(early)?;
        let is_chunk = kind.iter().all(u8::is_ascii_alphabetic);
        let length = u32::from_be_bytes(length) as usize;
        if !is_chunk {
            return Err(damaged(Format::Png, "a chunk has no name"));
        }
        let content = take(&mut rest, length).ok_or_else(early)?;
        let sum = take(&mut rest, 4).ok_or_else(early)?;
        let is_needed = kind[0].is_ascii_uppercase();
        if is_needed || kind == b"eXIf" {
            let mut crc = Crc::new();
            crc.update(kind);
            crc.update(content);
            if crc.sum().to_be_bytes() != sum {
                let name = String::from_utf8_lossy(kind);
                let part = format!("the check sum of its chunk {name} is wrong");
                return Err(damaged(Format::Png, &part));
            }
        }
        match kind {
            b"IEND" => return Ok(survey),
            b"eXIf" => survey.orientation = exif::orientation(content),
            b"acTL" => survey.has_more = content.get(..4).is_some_and(|n| n > &[0, 0, 0, 1][..]),
            _ => {}
        }
    }
}
