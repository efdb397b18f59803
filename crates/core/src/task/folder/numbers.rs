//! Decodes all pictures of a task on all threads.

use std::path::PathBuf;

use rayon::prelude::*;

use super::background::scaled;
use super::decode::{self, Numbers, Reading, Seen};
use crate::error::{Error, Result};
use crate::task::picture::Pixels;

/// Counts of bits that the numbers of pictures of 16 bits may use, smallest first.
const BITS: [u32; 5] = [8, 10, 12, 14, 16];

/// Why decoding stopped.
enum Stop {
    /// A file cannot be read.
    Failed(Error),
    /// A picture has 16 bits, which do not fit.
    Deep,
}

/// Decodes files: to bytes, or if any picture has 16 bits to 16 bits. If several files fail, the error is that
/// of the first one in order.
///
/// Pictures of 16 bits keep their numbers. White is `reading.most`, or else the smallest 2ⁿ − 1 with n = 8,
/// 10, 12, 14 or 16 that no number of any picture exceeds. Numbers of pictures of 8 bits among them are
/// multiplied such that their white is the same.
///
/// # Errors
/// Those of [`decode::read`].
pub fn decoded(paths: &[PathBuf], reading: Reading) -> Result<(Pixels, Vec<Seen>)> {
    let width: usize = reading.shape.iter().product();
    let mut bytes = vec![0; paths.len() * width];
    match filled(&mut bytes, paths, reading) {
        Ok(seen) => return Ok((Pixels::Bytes(bytes), seen)),
        Err(Stop::Failed(error)) => return Err(error),
        Err(Stop::Deep) => drop(bytes),
    }
    let mut values = vec![0; paths.len() * width];
    let seen = match filled(&mut values, paths, reading) {
        Ok(seen) => seen,
        Err(Stop::Failed(error)) => return Err(error),
        Err(Stop::Deep) => Vec::new(),
    };
    let most = reading.most.unwrap_or_else(|| {
        let deepest = seen.iter().filter_map(|seen| seen.deepest).max();
        white(deepest.unwrap_or(u16::MAX))
    });
    for (pixels, seen) in values.chunks_exact_mut(width).zip(&seen) {
        if seen.deepest.is_none() {
            for value in pixels {
                *value = scaled(*value as u8, most);
            }
        }
    }
    Ok((Pixels::Words { values, most }, seen))
}

/// White in pictures of that many bits, 1 to 16.
pub fn of_bits(bits: u32) -> u16 {
    u16::MAX >> (16 - bits)
}

/// White in pictures of 16 bits whose largest number is this.
fn white(deepest: u16) -> u16 {
    let whites = BITS.map(of_bits);
    let fits = whites.into_iter().find(|&white| deepest <= white);
    fits.unwrap_or(u16::MAX)
}

/// Decodes files into `numbers`.
fn filled<T: Send>(
    numbers: &mut [T],
    paths: &[PathBuf],
    reading: Reading,
) -> Result<Vec<Seen>, Stop>
where
    for<'a> Numbers<'a>: From<&'a mut [T]>,
{
    let width: usize = reading.shape.iter().product();
    let mut seen = vec![None; paths.len()];
    let stopped = numbers
        .par_chunks_mut(width)
        .zip(paths)
        .zip(seen.par_iter_mut())
        .find_map_first(|((numbers, path), seen)| {
            let numbers = Numbers::from(numbers);
            let is_narrow = matches!(numbers, Numbers::Bytes(_));
            match decode::read(path, reading, numbers) {
                Err(error) => Some(Stop::Failed(error)),
                Ok(found) if is_narrow && found.deepest.is_some() => Some(Stop::Deep),
                Ok(found) => {
                    *seen = Some(found);
                    None
                }
            }
        });
    match stopped {
        Some(stop) => Err(stop),
        None => Ok(seen.into_iter().flatten().collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_is_the_smallest_that_fits() {
        for (deepest, most) in [
            (0, 255),
            (255, 255),
            (256, 1023),
            (4095, 4095),
            (4096, 16383),
            (40_000, 65535),
        ] {
            assert_eq!(white(deepest), most, "{deepest}");
        }
        assert_eq!((of_bits(8), of_bits(12), of_bits(16)), (255, 4095, 65535));
    }
}
