//! All charts of a report as one picture.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{RgbImage, imageops};
use plotters::prelude::{BitMapBackend, IntoDrawingArea, Text, WHITE};
use plotters::style::{Color, IntoFont};

use super::chart::{Chart, Colour, HEIGHT, WIDTH, draw, prepare};
use super::charts::charts;
use super::content::Report;
use crate::aligned::cut;

/// Pixels of the picture per pixel of a chart.
const SCALE: u32 = 2;
/// Pixels that are drawn per pixel of the picture, so that lines are smooth.
const FINE: u32 = 2;
/// Number of charts side by side.
const COLUMNS: usize = 2;
/// Height of a title, in pixels of a chart.
const TITLE: u32 = 40;
/// Largest number of letters in a title.
const LETTERS: usize = 52;
/// Largest number of charts. Some programs cannot show a larger picture.
const MOST: usize = 60;

/// The report as PNG, on light paper.
///
/// # Errors
/// There is no chart, or there are too many.
pub fn picture(report: &Report) -> anyhow::Result<Vec<u8>> {
    prepare()?;
    let mut pictures = Vec::new();
    for chart in charts(report) {
        if let Some(picture) = drawn(&chart)? {
            pictures.push(picture);
        }
    }
    if pictures.is_empty() {
        return Err(retort_core::Error::Mismatch(
            "no picture: there is no chart to draw; use another --format, such as markdown"
                .to_owned(),
        )
        .into());
    }
    if pictures.len() > MOST {
        return Err(retort_core::Error::setting(
            "--format",
            "png",
            format!(
                "a picture holds at most {MOST} charts, but there are {}: name fewer runs, or use --format \
                 html",
                pictures.len()
            ),
        )
        .into());
    }
    let [width, height] = [WIDTH, HEIGHT + TITLE].map(|side| side * SCALE);
    let columns = pictures.len().min(COLUMNS) as u32;
    let lines = pictures.len().div_ceil(COLUMNS) as u32;
    let mut sheet = RgbImage::from_pixel(columns * width, lines * height, image::Rgb([255; 3]));
    for (place, picture) in pictures.iter().enumerate() {
        let (line, column) = (place / COLUMNS, place % COLUMNS);
        let (left, top) = (column as u32 * width, line as u32 * height);
        imageops::replace(&mut sheet, picture, left.into(), top.into());
    }
    let mut bytes = Cursor::new(Vec::new());
    let encoder =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive);
    sheet.write_with_encoder(encoder)?;
    Ok(bytes.into_inner())
}

/// Draws a chart below its title. Returns `None` if the chart is empty.
fn drawn(chart: &Chart) -> anyhow::Result<Option<RgbImage>> {
    let scale = SCALE * FINE;
    let [width, height] = [WIDTH, HEIGHT + TITLE].map(|side| side * scale);
    let mut bytes = vec![0; (width * height * 3) as usize];
    let drawn = {
        let area = BitMapBackend::with_buffer(&mut bytes, (width, height)).into_drawing_area();
        area.fill(&WHITE)?;
        let (above, below) = area.split_vertically(TITLE * scale);
        let words = ("sans-serif", 22 * scale).into_font();
        let words = words.color(&Colour::Ink.light().to_rgba());
        let title = cut(&chart.title, LETTERS);
        let at = ((6 * scale) as i32, (10 * scale) as i32);
        above.draw(&Text::new(title, at, words))?;
        let drawn = draw(&below, chart, scale)?;
        area.present()?;
        drawn
    };
    let picture = RgbImage::from_raw(width, height, bytes).filter(|_| drawn);
    let (width, height) = (width / FINE, height / FINE);
    Ok(picture.map(|it| imageops::resize(&it, width, height, imageops::FilterType::Triangle)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_is_cut_says_so() {
        assert_eq!(cut(&"a".repeat(LETTERS), LETTERS), "a".repeat(LETTERS));
        let long = format!("{} {}", "é".repeat(LETTERS - 2), "a".repeat(9));
        assert_eq!(cut(&long, LETTERS), format!("{}…", "é".repeat(LETTERS - 2)));
    }
}
