//! The preview: all points as pictures on one sheet, one row a class with the class's name.

use std::io::Cursor;
use std::path::Path;

use burn::tensor::backend::Backend;
use font8x8::UnicodeFonts;
use image::{ImageFormat, Rgb, RgbImage};
use ndarray::{Array2, ArrayView1};

use super::Artefact;
use crate::atomic;
use crate::error::{Error, Result};
use crate::host::matrix;
use crate::task::{Columns, InputShape, Target};

/// Least length of a picture's longer side on the sheet, in pixels.
const LEAST_SIDE: usize = 32;
/// Width of the lines between pictures, in pixels.
const GAP: usize = 2;
/// Side of a letter, in pixels.
const LETTER: usize = 8;
/// Letters of a class's name that are shown.
const LETTERS: usize = 12;
/// Pictures of a row that are shown.
const COLUMNS: usize = 100;
/// Points of a row where there are no classes.
const UNNAMED_COLUMNS: usize = 10;
/// Bound on the pixels of all pictures; the rows and columns beyond it are not shown.
const PIXELS: usize = 1 << 26;
const PAPER: Rgb<u8> = Rgb([255; 3]);
const INK: Rgb<u8> = Rgb([0; 3]);

/// Draws the points as a PNG and says `true`, where inputs are pictures of 1 or 3 channels; does
/// nothing and says `false` otherwise.
///
/// The normalisation is undone and brightness cut to [0, 1]. Pixels are taken to lie in [0, 1]
/// where the normalisation says so (no mean or deviation above 1) or, without one, where no value is
/// above 1.5; in other ranges, such as 0 to 16, the largest value is white. Small pictures are
/// enlarged by a whole factor, each pixel a square, until their longer side has 32 pixels. At most
/// the first 100 points of a class and 67 million pixels are shown.
///
/// # Errors
/// [`Error::Write`] where the file cannot be written, [`Error::Device`] where the points cannot be
/// read.
pub fn save<B: Backend>(artefact: &Artefact<B>, path: &Path) -> Result<bool> {
    let InputShape::Picture(shape @ [1 | 3, _, _]) = artefact.manifest.task.inputs else {
        return Ok(false);
    };
    let mut rows = matrix(&artefact.set.inputs())?.mapv(|v| v as f32);
    let columns = &artefact.manifest.normalisation.inputs;
    columns.undo(&mut rows);
    rows /= white(columns, &rows);
    let names: &[String] = match &artefact.manifest.task.target {
        Target::Classes(names) => names,
        Target::Values(_) => &[],
    };
    let sheet = draw(&rows, shape, names);
    let mut bytes = Cursor::new(Vec::new());
    sheet
        .write_to(&mut bytes, ImageFormat::Png)
        .map_err(|error| Error::write(path, std::io::Error::other(error)))?;
    atomic::write(path, &bytes.into_inner())?;
    Ok(true)
}

/// The value that is shown white.
fn white(columns: &Columns, rows: &Array2<f32>) -> f32 {
    let largest = rows.iter().copied().fold(0.0, f32::max);
    let bound = if columns.mean.is_empty() {
        largest / 1.5
    } else {
        let of = columns.mean.iter().chain(&columns.std);
        of.copied().fold(0.0, f32::max)
    };
    if bound <= 1.0 || largest <= 0.0 {
        1.0
    } else {
        largest
    }
}

/// Points `[n, channels · height · width]`, in [0, 1], as many a class as `names` say.
fn draw(points: &Array2<f32>, shape: [usize; 3], names: &[String]) -> RgbImage {
    let [_, height, width] = shape;
    let zoom = LEAST_SIDE.div_ceil(height.max(width).max(1));
    let (height, width) = (height * zoom, width * zoom);
    let per_row = match names.len() {
        0 => UNNAMED_COLUMNS.min(points.nrows()),
        classes => points.nrows().div_ceil(classes),
    }
    .max(1);
    let cells = (PIXELS / (height * width).max(1)).max(1);
    let lines = points.nrows().div_ceil(per_row).min(cells);
    let columns = per_row.min(COLUMNS).min((cells / lines.max(1)).max(1));
    let letters = names.iter().map(|name| name.chars().count()).max();
    let margin = match letters {
        Some(letters) => GAP + letters.min(LETTERS) * LETTER,
        None => 0,
    };
    let mut sheet = RgbImage::from_pixel(
        (margin + GAP + columns * (width + GAP)) as u32,
        (GAP + lines * (height + GAP)) as u32,
        PAPER,
    );
    for line in 0..lines {
        let top = GAP + line * (height + GAP);
        if let Some(name) = names.get(line) {
            write(
                &mut sheet,
                name,
                [GAP, top + height.saturating_sub(LETTER) / 2],
            );
        }
        for column in 0..columns {
            let point = line * per_row + column;
            if point < points.nrows() {
                let left = margin + GAP + column * (width + GAP);
                paint(&mut sheet, points.row(point), shape, zoom, [left, top]);
            }
        }
    }
    sheet
}

/// One picture, its upper left corner there.
fn paint(
    sheet: &mut RgbImage,
    point: ArrayView1<'_, f32>,
    [channels, height, width]: [usize; 3],
    zoom: usize,
    [left, top]: [usize; 2],
) {
    for y in 0..height * zoom {
        for x in 0..width * zoom {
            let place = (y / zoom) * width + x / zoom;
            let colour = [0, 1, 2].map(|channel| {
                let plane = channel.min(channels - 1) * height * width;
                (point[plane + place].clamp(0.0, 1.0) * 255.0).round() as u8
            });
            sheet.put_pixel((left + x) as u32, (top + y) as u32, Rgb(colour));
        }
    }
}

/// A name, as much of it as there is room for.
fn write(sheet: &mut RgbImage, name: &str, [left, top]: [usize; 2]) {
    for (place, letter) in name.chars().take(LETTERS).enumerate() {
        for (y, bits) in glyph(letter).into_iter().enumerate() {
            for x in (0..LETTER).filter(|x| bits >> x & 1 == 1) {
                let (x, y) = ((left + place * LETTER + x) as u32, (top + y) as u32);
                if x < sheet.width() && y < sheet.height() {
                    sheet.put_pixel(x, y, INK);
                }
            }
        }
    }
}

/// A letter's rows, the lowest bit leftmost; a question mark for one the font lacks.
fn glyph(letter: char) -> [u8; LETTER] {
    font8x8::BASIC_FONTS
        .get(letter)
        .or_else(|| font8x8::LATIN_FONTS.get(letter))
        .or_else(|| font8x8::BASIC_FONTS.get('?'))
        .unwrap_or_default()
}
