//! `preview.gif`: the sheets of a run in the order of their steps, as one animated picture.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use image::codecs::gif::{GifEncoder, Repeat};
use image::imageops::thumbnail;
use image::{Delay, Frame, ImageError, ImageFormat, ImageReader, RgbaImage};
use retort_core::Result;
use retort_core::store::atomic;

use crate::console::note;

/// Time to share among the pictures, in milliseconds, within the bounds of each.
const LENGTH: usize = 10_000;
/// Shortest and longest time of one picture, in milliseconds.
const TIMES: [usize; 2] = [40, 500];
/// Time of the last picture, in milliseconds.
const HOLD: usize = 3_000;
/// Largest number of pixels of a picture. A larger sheet is made smaller.
const PIXELS: f64 = (1 << 21) as f64;
/// Longest side that the format allows, in pixels.
const SIDE: f64 = u16::MAX as f64;
/// How roughly colours are chosen if a picture has more than the format's 256, from 1 to 30.
const ROUGHNESS: i32 = 10;

/// Writes the sheets as one animation, in this order. The last one is shown longest, then it starts again.
/// A sheet that cannot be read, or whose size differs from the last one's, is left out with a note. If none
/// can be read, no file is written. Returns the number of sheets shown.
///
/// # Errors
/// [`retort_core::Error::Write`] if the file cannot be written.
pub fn save(sheets: &[PathBuf], path: &Path) -> Result<usize> {
    let readable = |sheet: &PathBuf| Some((sheet.clone(), read(sheet).ok()?.dimensions()));
    let last = sheets.iter().rev().find_map(readable);
    let (name, mut shown) = (path.file_name().unwrap_or_default().display(), 0);
    let out = |sheet: &Path, problem: &str| {
        note(format_args!(
            "{}: {problem}, and is left out of {name}",
            sheet.display()
        ));
    };
    let Some((last, size)) = last else {
        sheets.iter().for_each(|it| out(it, "cannot be read"));
        return Ok(0);
    };
    let [least, most] = TIMES;
    let time = (LENGTH / sheets.len()).clamp(least, most);
    atomic::write_with(path, |file| {
        let mut encoder = GifEncoder::new_with_speed(file, ROUGHNESS);
        encoder.set_repeat(Repeat::Infinite).map_err(failed)?;
        for sheet in sheets {
            match read(sheet) {
                Ok(picture) if picture.dimensions() == size => {
                    let time = if *sheet == last { HOLD } else { time };
                    let delay = Delay::from_numer_denom_ms(time as u32, 1);
                    let frame = Frame::from_parts(bounded(picture), 0, 0, delay);
                    encoder.encode_frame(frame).map_err(failed)?;
                    shown += 1;
                }
                Ok(_) => out(sheet, "differs in size from the last sheet"),
                Err(error) => out(sheet, &format!("cannot be read ({error})")),
            }
        }
        Ok(())
    })?;
    Ok(shown)
}

/// Reads a sheet at its full size.
fn read(path: &Path) -> Result<RgbaImage, ImageError> {
    let file = BufReader::new(File::open(path)?);
    let reader = ImageReader::with_format(file, ImageFormat::Png);
    Ok(reader.decode()?.into_rgba8())
}

/// Shrinks a picture that is too large.
fn bounded(picture: RgbaImage) -> RgbaImage {
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let factor = (PIXELS / (width * height)).sqrt();
    let factor = factor.min(SIDE / width.max(height));
    if factor >= 1.0 {
        return picture;
    }
    let side = |length: f64| ((length * factor) as u32).max(1);
    thumbnail(&picture, side(width), side(height))
}

fn failed(error: ImageError) -> io::Error {
    match error {
        ImageError::IoError(error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use image::codecs::gif::GifDecoder;
    use image::{AnimationDecoder, RgbImage, Rgba};

    fn frames(path: &Path) -> Vec<Frame> {
        let file = BufReader::new(File::open(path).unwrap());
        let frames = GifDecoder::new(file).unwrap().into_frames();
        frames.collect_frames().unwrap()
    }

    /// A folder, the paths of three sheets in it, and the path of the animation.
    fn places() -> (tempfile::TempDir, Vec<PathBuf>, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let sheets = ["a", "b", "c"].map(|name| folder.path().join(name));
        let path = folder.path().join("preview.gif");
        (folder, sheets.to_vec(), path)
    }

    fn put(sheet: &Path, [width, height]: [u32; 2], grey: u8) {
        let picture = RgbImage::from_pixel(width, height, image::Rgb([grey; 3]));
        picture.save_with_format(sheet, ImageFormat::Png).unwrap();
    }

    #[test]
    fn sheets_are_shown_in_order_and_the_last_is_held() {
        let (_folder, sheets, path) = places();
        for (sheet, grey) in sheets.iter().zip([0, 100, 200]) {
            put(sheet, [40, 30], grey);
        }
        assert_eq!(save(&sheets, &path).unwrap(), 3);
        let frames = frames(&path);
        let seen = frames.iter().map(|frame| {
            let Rgba([grey, ..]) = *frame.buffer().get_pixel(7, 7);
            (
                grey,
                frame.delay().numer_denom_ms().0,
                frame.buffer().dimensions(),
            )
        });
        assert_eq!(
            seen.collect::<Vec<_>>(),
            [
                (0, 500, (40, 30)),
                (100, 500, (40, 30)),
                (200, 3000, (40, 30))
            ]
        );
    }

    #[test]
    fn what_is_missing_damaged_or_of_another_size_is_left_out() {
        let (folder, sheets, path) = places();
        assert_eq!(save(&sheets, &path).unwrap(), 0);
        assert_eq!(save(&[], &path).unwrap(), 0);
        assert!(!path.exists());
        put(&sheets[1], [8, 8], 10);
        std::fs::write(&sheets[2], "no picture").unwrap();
        assert_eq!(save(&sheets, &path).unwrap(), 1);
        put(&sheets[0], [9, 8], 20);
        put(&sheets[2], [8, 8], 30);
        assert_eq!(save(&sheets, &path).unwrap(), 2);
        assert_eq!(frames(&path).len(), 2);
        let missing = folder.path().join("missing").join("preview.gif");
        assert!(save(&sheets, &missing).is_err());
    }

    #[test]
    fn large_sheets_are_made_smaller() {
        let size = |width, height| bounded(RgbaImage::new(width, height)).dimensions();
        assert_eq!(size(1000, 2000), (1000, 2000));
        assert_eq!(size(4096, 2048), (2048, 1024));
        assert_eq!(size(10, 131_070), (5, 65_535));
        assert_eq!(size(1, 131_070), (1, 65_535));
    }
}
