//! Runs of whole numbers in the encoding DELTA_BINARY_PACKED, checked before the library reserves memory for as many
//! numbers as they announce.
//!
//! <https://github.com/apache/parquet-format/blob/master/Encodings.md>

/// Most numbers of a block, and most parts of it.
const LARGEST: u64 = 1 << 16;

/// The number of bytes of a run at the start of these bytes, if it has at most this many numbers, and its blocks are
/// there.
pub fn length(bytes: &[u8], most: u64) -> Option<usize> {
    let mut rest = bytes;
    let block = varint(&mut rest)?;
    let parts = varint(&mut rest)?;
    let count = varint(&mut rest)?;
    varint(&mut rest)?;
    let sane = (1..=LARGEST).contains(&block) && (1..=LARGEST).contains(&parts);
    if !sane || count > most || block % parts != 0 {
        return None;
    }
    let part = block / parts;
    let mut left = count.saturating_sub(1);
    while left > 0 {
        varint(&mut rest)?;
        let widths = take(&mut rest, parts)?;
        for &width in widths {
            if left == 0 {
                break;
            }
            // Some programs cut off the last part after its last number.
            let size = u64::from(width) * part / 8;
            let there = rest.len() as u64;
            let is_last = left <= part;
            take(&mut rest, if is_last { size.min(there) } else { size })?;
            left = left.saturating_sub(part);
        }
    }
    Some(bytes.len() - rest.len())
}

fn take<'a>(rest: &mut &'a [u8], count: u64) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(usize::try_from(count).ok()?)?;
    *rest = after;
    Some(taken)
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for place in 0..10 {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_where_its_numbers_do() {
        // Five numbers: a block of 128 in 4 parts; the first of them has 2 bits each.
        let mut run = vec![0x80, 0x01, 4, 5, 2, 1, 2, 0, 0, 0];
        run.extend([0; 8]);
        run.push(99);
        assert_eq!(length(&run, 5), Some(run.len() - 1));
        assert_eq!(length(&run, 4), None);
        assert_eq!(length(&run[..12], 5), Some(12));
        assert_eq!(length(&run[..8], 5), None);
        assert_eq!(length(&[0x80, 0x01, 4, 1, 2, 7], 9), Some(5));
        assert_eq!(length(&[0x80, 0x01, 0, 1, 2], 9), None);
    }
}
