//! The preview: all points as pictures on one sheet, with one row per class, the class's name, and an
//! optional title.

use std::io::Cursor;
use std::ops::Range;
use std::path::Path;

use burn::tensor::backend::Backend;
use font8x8::UnicodeFonts;
use image::{ImageFormat, Rgb, RgbImage};
use ndarray::{Array2, ArrayView1};

use retort_core::numeric::host::matrix;
use retort_core::shape::InputShape;
use retort_core::store::atomic;
use retort_core::synthetic::{Artefact, SyntheticSet};
use retort_core::task::{Columns, Normalisation, Target};
use retort_core::{Error, Result};

/// Smallest length of a picture's longer side on the sheet, in pixels.
const LEAST_SIDE: usize = 32;
/// Width of the lines between pictures, in pixels.
const GAP: usize = 2;
/// Side of a letter, in pixels.
const LETTER: usize = 8;
/// Largest number of letters shown of a class's name.
const LETTERS: usize = 12;
/// Largest number of pictures shown in a row.
const COLUMNS: usize = 100;
/// Number of points in a row if there are no classes.
const UNNAMED_COLUMNS: usize = 10;
/// Bound on the pixels of all pictures. Rows and columns beyond it are not shown.
const PIXELS: usize = 1 << 26;
const PAPER: Rgb<u8> = Rgb([255; 3]);
const INK: Rgb<u8> = Rgb([0; 3]);

/// How the sets of one task are drawn.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    shape: [usize; 3],
    normalisation: &'a Normalisation,
    names: &'a [String],
}

/// Draws an artefact's points without a title. Returns whether its inputs can be drawn; if not, it does
/// nothing.
///
/// # Errors
/// Those of [`Sheet::save`].
pub fn save<B: Backend>(artefact: &Artefact<B>, path: &Path) -> Result<bool> {
    let task = &artefact.manifest.task;
    match Sheet::new(task.inputs, &task.target, &artefact.manifest.normalisation) {
        Some(sheet) => sheet.save(&artefact.set, "", path).map(|()| true),
        None => Ok(false),
    }
}

impl<'a> Sheet<'a> {
    /// A sheet for sets of a task with these inputs, targets and normalisation. `None` if the inputs cannot
    /// be drawn.
    pub fn new(
        inputs: InputShape,
        target: &'a Target,
        normalisation: &'a Normalisation,
    ) -> Option<Self> {
        let shape = match inputs {
            InputShape::Picture(shape) if inputs.can_be_drawn() => shape,
            _ => return None,
        };
        let names: &[String] = match target {
            Target::Classes(names) => names,
            Target::Values(_) => &[],
        };
        Some(Self {
            shape,
            normalisation,
            names,
        })
    }

    /// Draws the points as a PNG, below a title of one line if that is not empty. Sheets have the same size
    /// if their sets have the same number of points and their titles the same length.
    ///
    /// Normalisation and whitening are undone, and brightness is cut to [0, 1]. The range of pixels that have one
    /// becomes [0, 1]. Others lie there if no mean or deviation is above 1, or without any if no value is above
    /// 1.5; otherwise the largest value is white. Small pictures are enlarged by a whole factor, each pixel a square, until their longer side has 32
    /// pixels or more. At most the first 100 points of a class and 67 million pixels are shown.
    ///
    /// # Errors
    /// [`Error::Write`]: the file cannot be written. [`Error::Device`]: the points cannot be read.
    /// [`Error::Mismatch`]: a whitening has no inverse.
    pub fn save<B: Backend>(&self, set: &SyntheticSet<B>, title: &str, path: &Path) -> Result<()> {
        let mut rows = matrix(&set.inputs())?.mapv(|v| v as f32);
        self.normalisation.undo_inputs(&mut rows)?;
        match self.normalisation.range {
            Some(range) => rows.mapv_inplace(|v| range.to_unit(v.into()) as f32),
            None => rows /= white(&self.normalisation.inputs, &rows),
        }
        let counts = set.counts(self.names.len());
        let sheet = draw(&rows, self.shape, (self.names, &counts), title);
        let mut bytes = Cursor::new(Vec::new());
        sheet
            .write_to(&mut bytes, ImageFormat::Png)
            .map_err(|error| Error::write(path, std::io::Error::other(error)))?;
        atomic::write(path, &bytes.into_inner())
    }
}

/// The pixel value that is shown as white.
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

/// Draws points `[n, channels · height · width]` in [0, 1], with one row for each of `names`, which has
/// `counts` of the points.
fn draw(
    points: &Array2<f32>,
    shape: [usize; 3],
    (names, counts): (&[String], &[usize]),
    title: &str,
) -> RgbImage {
    let [_, height, width] = shape;
    let zoom = LEAST_SIDE.div_ceil(height.max(width).max(1));
    let (height, width) = (height * zoom, width * zoom);
    // The points of each line.
    let ranges: Vec<Range<usize>> = match names.len() {
        0 => {
            let starts = (0..points.nrows()).step_by(UNNAMED_COLUMNS);
            let line = |first| first..points.nrows().min(first + UNNAMED_COLUMNS);
            starts.map(line).collect()
        }
        _ => {
            let line = |first: &mut usize, count: &usize| {
                *first += count;
                Some(*first - count..*first)
            };
            counts.iter().scan(0, line).collect()
        }
    };
    let per_row = ranges.iter().map(Range::len).max().unwrap_or(0).max(1);
    let letters = names.iter().map(|name| name.chars().count()).max();
    let margin = letters.map_or(0, |letters| GAP + letters.min(LETTERS) * LETTER);
    let cells = (PIXELS / ((height + GAP) * (width + GAP + margin))).max(1);
    let lines = ranges.len().min(cells);
    let columns = per_row.min(COLUMNS).min((cells / lines.max(1)).max(1));
    let (above, least) = match title.chars().count() {
        0 => (0, 0),
        letters => (GAP + LETTER, 2 * GAP + letters * LETTER),
    };
    let mut sheet = RgbImage::from_pixel(
        (margin + GAP + columns * (width + GAP)).max(least) as u32,
        (above + GAP + lines * (height + GAP)) as u32,
        PAPER,
    );
    write(&mut sheet, title.chars(), [GAP; 2]);
    for (line, range) in ranges.iter().take(lines).enumerate() {
        let top = above + GAP + line * (height + GAP);
        if let Some(name) = names.get(line) {
            write(
                &mut sheet,
                name.chars().take(LETTERS),
                [GAP, top + height.saturating_sub(LETTER) / 2],
            );
        }
        for (column, point) in range.clone().take(columns).enumerate() {
            let left = margin + GAP + column * (width + GAP);
            paint(&mut sheet, points.row(point), shape, zoom, [left, top]);
        }
    }
    sheet
}

/// Draws one picture with its upper left corner at this place.
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

/// Writes a line of letters. Letters beyond the sheet's edge are cut off.
fn write(sheet: &mut RgbImage, letters: impl Iterator<Item = char>, [left, top]: [usize; 2]) {
    for (place, letter) in letters.enumerate() {
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

/// The rows of a letter, lowest bit leftmost. A letter that the font lacks becomes a question mark.
fn glyph(letter: char) -> [u8; LETTER] {
    font8x8::BASIC_FONTS
        .get(letter)
        .or_else(|| font8x8::LATIN_FONTS.get(letter))
        .or_else(|| font8x8::BASIC_FONTS.get('?'))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use burn_flex::Flex;
    use retort_core::synthetic::{Arrangement, LabelKind, Manifest, SyntheticSet, TaskRecord};
    use retort_core::task::{Normalisation, Split, upload};

    /// An artefact of these raw pictures, with the same number of points for each class.
    fn artefact(
        raw: &Array2<f32>,
        shape: InputShape,
        names: &[&str],
        columns: Columns,
    ) -> Artefact<Flex> {
        let mut inputs = raw.clone();
        columns.apply(&mut inputs);
        let per_class = raw.nrows() / names.len();
        let labels: Vec<usize> = (0..raw.nrows()).map(|point| point / per_class).collect();
        let names: Vec<String> = names.iter().copied().map(str::to_owned).collect();
        let targets = Split::classes(inputs.clone(), labels, names.len()).targets;
        let device = Default::default();
        let set = SyntheticSet::new(upload(&inputs, &device), upload(&targets, &device));
        Artefact {
            set,
            linear_part: None,
            manifest: Manifest {
                format: Manifest::FORMAT,
                retort: String::new(),
                preset: None,
                seed: 0,
                task: TaskRecord {
                    name: String::new(),
                    fingerprint: String::new(),
                    inputs: shape,
                    outputs: names.len(),
                    target: Target::Classes(names),
                    columns: None,
                },
                normalisation: Normalisation::of_inputs(columns),
                labels: LabelKind::Hard,
                arrangement: Arrangement::default(),
                reference: None,
                settings: serde_json::Value::Null,
            },
        }
    }

    fn drawn(artefact: &Artefact<Flex>) -> RgbImage {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("preview.png");
        assert!(save(artefact, &file).unwrap());
        image::load_from_memory(&std::fs::read(&file).unwrap())
            .unwrap()
            .into_rgb8()
    }

    #[test]
    fn grey_pictures_stand_in_rows_beside_their_class() {
        // Two points of each of two classes, 8×8 pixels from 0 to 16. The corner pixel encodes the point's
        // number.
        let raw = Array2::from_shape_fn((4, 64), |(point, place)| match place {
            0 => 4.0 * point as f32,
            63 => 16.0,
            _ => 0.0,
        });
        let columns = Columns::new(vec![4.0], vec![5.0]);
        let sheet = drawn(&artefact(
            &raw,
            InputShape::Picture([1, 8, 8]),
            &["cat", "ü"],
            columns,
        ));
        let margin = 2 + 3 * 8;
        assert_eq!(sheet.dimensions(), (margin + 2 + 2 * 34, 2 + 2 * 34));
        let at = |x: u32, y: u32| sheet.get_pixel(x, y).0;
        for (point, (x, y)) in [(0, 0), (34, 0), (0, 34), (34, 34)].into_iter().enumerate() {
            let (x, y) = (margin + 2 + x, 2 + y);
            let grey = [(point as f32 * 63.75).round() as u8; 3];
            assert_eq!([at(x, y), at(x + 3, y + 3)], [grey; 2], "corner of {point}");
            assert_eq!(at(x + 4, y), [0; 3]);
            assert_eq!([at(x + 31, y + 31), at(x + 32, y + 31)], [[255; 3]; 2]);
        }
        let ink = |top: u32| {
            let pixels = (0..margin).flat_map(|x| (top..top + 34).map(move |y| (x, y)));
            pixels.filter(|&(x, y)| at(x, y) == [0; 3]).count()
        };
        let letters =
            |name: &str| -> u32 { name.chars().flat_map(glyph).map(u8::count_ones).sum() };
        assert_eq!(
            [ink(2), ink(36)].map(|count| count as u32),
            ["cat", "ü"].map(letters)
        );
        assert_ne!(glyph('ü'), glyph('?'));
    }

    #[test]
    fn a_class_with_fewer_points_leaves_the_end_of_its_row_empty() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let points = Array2::from_shape_fn((6, 1024), |(point, _)| point as f32 / 10.0);
        let shape = [1, 32, 32];
        let sheet = draw(&points, shape, (&names, &[1, 3, 2]), "");
        assert_eq!(sheet.dimensions(), (10 + 2 + 3 * 34, 2 + 3 * 34));
        let grey = |line: u32, column: u32| sheet.get_pixel(12 + 34 * column, 2 + 34 * line).0[0];
        let white = 255;
        let of = |point: usize| (point as f32 * 25.5).round() as u8;
        let expected = [
            [of(0), white, white],
            [of(1), of(2), of(3)],
            [of(4), of(5), white],
        ];
        for (line, row) in expected.into_iter().enumerate() {
            assert_eq!([0, 1, 2].map(|column| grey(line as u32, column)), row);
        }
    }

    #[test]
    fn colours_are_planes_and_what_is_too_bright_is_cut() {
        // One 40×40 picture: red above 1, green at one half, blue below 0.
        let raw = Array2::from_shape_fn((1, 4800), |(_, place)| [2.5, 0.5, -1.0][place / 1600]);
        let columns = Columns::new(vec![0.5; 3], vec![0.25; 3]);
        let sheet = drawn(&artefact(
            &raw,
            InputShape::Picture([3, 40, 40]),
            &["a"],
            columns,
        ));
        assert_eq!(sheet.dimensions(), (10 + 2 + 42, 2 + 42));
        assert_eq!(sheet.get_pixel(12 + 20, 2 + 20).0, [255, 128, 0]);
    }

    #[test]
    fn a_title_stands_above_and_moves_nothing_else() {
        let names = Target::Classes(vec!["a".to_owned()]);
        let raw = Normalisation::default();
        let sheet = Sheet::new(InputShape::Picture([1, 32, 32]), &names, &raw).unwrap();
        let points = Array2::from_shape_fn((1, 1024), |(_, place)| place as f32 / 1024.0);
        let [plain, short, long] = ["", "7", "step 1000000000"]
            .map(|title| draw(&points, sheet.shape, (sheet.names, &[1]), title));
        assert_eq!(plain.dimensions(), (10 + 2 + 34, 2 + 34));
        assert_eq!(short.dimensions(), (46, 36 + 10));
        assert_eq!(long.dimensions(), (2 + 15 * 8 + 2, 46));
        for titled in [&short, &long] {
            let below = image::imageops::crop_imm(titled, 0, 10, 46, 36).to_image();
            assert!(below == plain);
        }
        let ink = |sheet: &RgbImage| {
            let title = image::imageops::crop_imm(sheet, 0, 0, sheet.width(), 10).to_image();
            title.pixels().filter(|pixel| **pixel == INK).count() as u32
        };
        let letters =
            |title: &str| -> u32 { title.chars().flat_map(glyph).map(u8::count_ones).sum() };
        assert_eq!(ink(&short), letters("7"));
        assert_eq!(ink(&long), letters("step 1000000000"));
    }

    #[test]
    fn vectors_have_no_picture() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("preview.png");
        let raw = Array2::zeros((2, 8));
        for shape in [InputShape::Vector(8), InputShape::Picture([2, 2, 2])] {
            let artefact = artefact(&raw, shape, &["a"], Columns::default());
            assert!(!save(&artefact, &file).unwrap());
        }
        assert!(!file.exists());
    }
}
