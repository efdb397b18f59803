//! The pages of a TIFF file (Adobe, "TIFF Revision 6.0", section 2).

use super::exif;
use super::survey::Survey;

/// Looks for the orientation and a second page. The decoder reads every number up to the last one, so a file
/// that ends early fails there.
pub fn survey(bytes: &[u8]) -> Survey {
    Survey {
        orientation: exif::orientation(bytes),
        has_more: second_page(bytes).is_some_and(|at| at != 0),
    }
}

/// The place of the second page, which is 0 if there is none. Files with places of eight bytes (BigTIFF) are
/// not looked through.
fn second_page(bytes: &[u8]) -> Option<u32> {
    let is_little = match bytes.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let number = |at: usize, count: usize| {
        let digits = bytes.get(at..at.checked_add(count)?)?;
        let join = |sum: u32, &digit: &u8| (sum << 8) | u32::from(digit);
        Some(if is_little {
            digits.iter().rev().fold(0, join)
        } else {
            digits.iter().fold(0, join)
        })
    };
    let first = number(4, 4)? as usize;
    let entries = number(first, 2)? as usize;
    number(first.checked_add(2 + 12 * entries)?, 4)
}
