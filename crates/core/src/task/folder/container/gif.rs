//! The blocks of a GIF file (CompuServe, "Graphics Interchange Format 89a").

use super::super::format::Format;
use super::bytes::take;
use super::problem::{cut, damaged};
use super::survey::Survey;

/// Goes through the blocks. The first frame must be complete; what follows it is only counted.
pub fn survey(bytes: &[u8]) -> Result<Survey, String> {
    let mut survey = Survey::PLAIN;
    let mut rest = bytes.get(10..).unwrap_or_default();
    let early = || cut(Format::Gif);
    let screen = take(&mut rest, 3).ok_or_else(early)?;
    take(&mut rest, colours(screen[0])).ok_or_else(early)?;
    let mut frames = 0;
    loop {
        let whole = match take(&mut rest, 1) {
            // An extension: its kind, then blocks.
            Some(b"!") => take(&mut rest, 1).and_then(|_| blocks(&mut rest)),
            // A frame: place and size, its own colours, the size of a code, then blocks.
            Some(b",") => take(&mut rest, 9)
                .and_then(|frame| take(&mut rest, colours(frame[8]) + 1))
                .and_then(|_| blocks(&mut rest))
                .map(|()| frames += 1),
            Some(b";") => break,
            Some(_) if frames == 0 => {
                return Err(damaged(Format::Gif, "a block has no known mark"));
            }
            Some(_) => break,
            None => None,
        };
        if whole.is_none() {
            break;
        }
    }
    survey.has_more = frames > 1;
    if frames == 0 {
        return Err(early());
    }
    Ok(survey)
}

/// Count of bytes of a table of colours, from the byte that announces it.
fn colours(flags: u8) -> usize {
    match flags & 0x80 {
        0 => 0,
        _ => 3 << ((flags & 7) + 1),
    }
}

/// Skips blocks up to the empty one that ends them.
fn blocks(rest: &mut &[u8]) -> Option<()> {
    loop {
        let length = usize::from(take(rest, 1)?[0]);
        if length == 0 {
            return Some(());
        }
        take(rest, length)?;
    }
}
