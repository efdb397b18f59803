//! Exif notes: how a camera was held.

use image::metadata::Orientation;

/// The tag of the orientation.
const ORIENTATION: u16 = 0x0112;

/// The type of numbers of two bytes.
const SHORT: u16 = 3;

/// The orientation in an Exif note, which has the layout of a TIFF file. Without one, or if the note is
/// damaged, the picture is seen as it is stored.
pub fn orientation(note: &[u8]) -> Orientation {
    found(note)
        .and_then(Orientation::from_exif)
        .unwrap_or(Orientation::NoTransforms)
}

fn found(note: &[u8]) -> Option<u8> {
    let is_little = match note.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let bytes = |at: usize, count: usize| note.get(at..at.checked_add(count)?);
    let short = |at: usize| {
        let two: [u8; 2] = bytes(at, 2)?.try_into().ok()?;
        Some(if is_little {
            u16::from_le_bytes(two)
        } else {
            u16::from_be_bytes(two)
        })
    };
    let four: [u8; 4] = bytes(4, 4)?.try_into().ok()?;
    let start = if is_little {
        u32::from_le_bytes(four)
    } else {
        u32::from_be_bytes(four)
    } as usize;
    let entries = usize::from(short(start)?);
    // An entry has 12 bytes: tag, type, count in four bytes, value.
    (0..entries)
        .map_while(|entry| start.checked_add(2 + 12 * entry))
        .find(|&at| short(at) == Some(ORIENTATION) && short(at + 2) == Some(SHORT))
        .and_then(|at| short(at + 8))
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_byte_orders_are_read_and_damage_is_no_orientation() {
        let big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let little = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        for note in [big, little] {
            assert_eq!(orientation(note), Orientation::Rotate90);
            for cut in 0..note.len() - 6 {
                assert_eq!(orientation(&note[..cut]), Orientation::NoTransforms);
            }
        }
        assert_eq!(
            orientation(b"II*\0\xff\xff\xff\xff"),
            Orientation::NoTransforms
        );
    }
}
