//! The chunks of a WebP file (Google, "WebP Container Specification").

use super::super::format::Format;
use super::bytes::take;
use super::exif;
use super::problem::cut;
use super::survey::Survey;

/// Goes through the chunks, which must end where the header says.
pub fn survey(bytes: &[u8]) -> Result<Survey, String> {
    let mut survey = Survey::PLAIN;
    let early = || cut(Format::WebP);
    let mut rest = bytes.get(4..).unwrap_or_default();
    let length = number(&mut rest).ok_or_else(early)?;
    let mut rest = take(&mut rest, length).ok_or_else(early)?;
    let mut frames = 0;
    take(&mut rest, 4);
    while !rest.is_empty() {
        let kind = take(&mut rest, 4).ok_or_else(early)?;
        let length = number(&mut rest).ok_or_else(early)?;
        let content = take(&mut rest, length).ok_or_else(early)?;
        // A chunk of an odd length has one more byte.
        take(&mut rest, length % 2);
        match kind {
            b"ANMF" => frames += 1,
            // Some programs write the mark of JPEG's notes before it.
            b"EXIF" => {
                let note = content.strip_prefix(b"Exif\0\0").unwrap_or(content);
                survey.orientation = exif::orientation(note);
            }
            _ => {}
        }
    }
    survey.has_more = frames > 1;
    Ok(survey)
}

/// Takes a number of four bytes off the front.
fn number(bytes: &mut &[u8]) -> Option<usize> {
    let four: [u8; 4] = take(bytes, 4)?.try_into().ok()?;
    Some(u32::from_le_bytes(four) as usize)
}
