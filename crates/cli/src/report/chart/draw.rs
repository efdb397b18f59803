//! Draws a chart on any surface of plotters. All charts have the same size, so that many of them form a
//! grid.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

use super::axis::{Ruler, shortened};
use super::{Along, Chart, Colour, Mark, Scale};

/// Width of a chart in pixels.
pub const WIDTH: u32 = 560;
/// Height of a chart in pixels.
pub const HEIGHT: u32 = 350;

/// Font family of all text. The program contains its own font for it and looks for no system font. Pages
/// name the same family, so browsers use the reader's font.
const FONT: &str = "sans-serif";
/// Height of text in pixels. Plotters' sizes are 1.24 times a font's size in CSS.
const LETTER: u32 = 20;
const STROKE: u32 = 2;
const DOT: u32 = 4;

/// Registers the font. Repeated calls are harmless.
///
/// # Errors
/// The program's own font is damaged.
pub fn prepare() -> anyhow::Result<()> {
    let known = register_font(FONT, FontStyle::Normal, dejavu::sans::regular());
    known.map_err(|_| anyhow::anyhow!("the program's own font cannot be read: install it again"))
}

/// Draws a chart over a whole area in which `scale` units are one pixel. Returns whether there was anything
/// to draw.
///
/// # Errors
/// Those of the surface.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    chart: &Chart,
    scale: u32,
) -> anyhow::Result<bool>
where
    DB::ErrorType: 'static,
{
    let points: Vec<[f64; 2]> = chart.series.iter().flat_map(|s| s.mark.points()).collect();
    // A point has a place if both of its numbers have one.
    let placed = points
        .iter()
        .filter(|[x, y]| chart.x.place(*x).is_some() && chart.y.place(*y).is_some());
    let [xs, ys] = [0, 1].map(|side| placed.clone().map(move |point| point[side]));
    let (Some(x), Some(y)) = (Ruler::new(&chart.x, xs), Ruler::new(&chart.y, ys)) else {
        return Ok(false);
    };
    if placed.count() == 0 {
        return Ok(false);
    }
    prepare()?;
    let words = (FONT, LETTER * scale)
        .into_font()
        .color(&Colour::Ink.light());
    let area = legend(area, chart, scale, &words)?;
    let named = matches!(chart.y.scale, Scale::Names(_));
    let widest = |ruler: &Ruler| -> anyhow::Result<u32> {
        let mut widest = 0;
        for (_, name) in &ruler.ticks {
            widest = widest.max(area.estimate_text_size(&shortened(name), &words)?.0);
        }
        Ok(widest)
    };
    let beside = widest(&y)? + LETTER * scale * if named { 1 } else { 2 };
    let mut built = ChartBuilder::on(&area)
        .margin_top(8 * scale)
        .margin_right(24 * scale)
        .margin_left(8 * scale)
        .margin_bottom(2 * scale)
        .x_label_area_size(LETTER * scale * 5 / 2)
        .y_label_area_size(beside)
        .build_cartesian_2d(x.clone(), y.clone())?;
    let mut mesh = built.configure_mesh();
    mesh.light_line_style(TRANSPARENT)
        .bold_line_style(Colour::Faint.light().stroke_width(scale))
        .axis_style(Colour::Ink.light().stroke_width(scale))
        .label_style(words.clone())
        .axis_desc_style(words.clone())
        .set_all_tick_mark_size(4 * scale)
        .x_desc(chart.x.label.as_str());
    if !chart.y.label.is_empty() {
        mesh.y_desc(chart.y.label.as_str());
    }
    mesh.draw()?;
    let place = |[x, y]: [f64; 2]| Some((chart.x.place(x)?, chart.y.place(y)?));
    for series in &chart.series {
        let colour = series.colour.light();
        let stroke = colour.stroke_width(STROKE * scale);
        match &series.mark {
            Mark::Line(points) => {
                // A line has a gap at each point without a place.
                for piece in pieces(points, place) {
                    built.draw_series(LineSeries::new(piece, stroke))?;
                }
            }
            Mark::Dashed(points) => {
                for piece in pieces(points, place) {
                    let (dash, gap) = (6 * scale, 5 * scale);
                    built.draw_series(DashedLineSeries::new(piece, dash, gap, stroke))?;
                }
            }
            Mark::Dots(points) => {
                let placed = points.iter().filter_map(|point| place(*point));
                let dot = |at| Circle::new(at, DOT * scale, colour.filled());
                built.draw_series(placed.map(dot))?;
            }
            Mark::Spread(along, values) => {
                for [value, spread, at] in values {
                    let middle = along.point(*value, *at);
                    let ends = [value - spread, value + spread].map(|end| along.point(end, *at));
                    let mut whole = pieces(&ends, place);
                    // If the lower end of a bar has no place, the bar goes to the end of the axis.
                    if let (Some((column, row)), [piece]) = (place(middle), &mut whole[..])
                        && piece.len() == 1
                    {
                        piece.push(match along {
                            Along::X => (x.ends[0], row),
                            Along::Y => (column, y.ends[0]),
                        });
                    }
                    for piece in whole {
                        built.draw_series(LineSeries::new(piece, stroke))?;
                    }
                    // Strokes across the ends: those of a short bar would be hidden by its dot.
                    let half = (6 * scale) as i32;
                    let end = |at| {
                        let across: [(i32, i32); 2] =
                            [-half, half].map(|by| along.point(0, by).into());
                        EmptyElement::at(at) + PathElement::new(across, stroke)
                    };
                    built.draw_series(ends.into_iter().filter_map(place).map(end))?;
                    let dot = |at| Circle::new(at, DOT * scale, colour.filled());
                    built.draw_series(place(middle).map(dot))?;
                }
            }
            Mark::Boxes(boxes) => {
                let corners = boxes.iter().filter_map(|[one, other]| {
                    // If the first corner of a box has no place, the box begins at the end of the axis.
                    let corner = |[a, b]: [f64; 2]| {
                        let a = chart.x.place(a).unwrap_or(x.ends[0]);
                        (a, chart.y.place(b).unwrap_or(y.ends[0]))
                    };
                    place(*other).map(|other| [corner(*one), other])
                });
                let filled = |corners| Rectangle::new(corners, colour.filled());
                built.draw_series(corners.map(filled))?;
            }
        }
    }
    Ok(true)
}

/// Places of the points, cut into pieces at each point without a place.
fn pieces(
    points: &[[f64; 2]],
    place: impl Fn([f64; 2]) -> Option<(f64, f64)>,
) -> Vec<Vec<(f64, f64)>> {
    let places: Vec<Option<(f64, f64)>> = points.iter().map(|point| place(*point)).collect();
    let pieces = places.split(Option::is_none);
    pieces
        .map(|piece| piece.iter().flatten().copied().collect::<Vec<_>>())
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// Draws the names of the series at the top of an area, and returns the area below them.
fn legend<'a, DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    chart: &Chart,
    scale: u32,
    words: &TextStyle<'a>,
) -> anyhow::Result<DrawingArea<DB, Shift>>
where
    DB::ErrorType: 'static,
{
    let (width, _) = area.dim_in_pixel();
    let line = LETTER * scale * 5 / 4;
    let swatch = 18 * scale;
    let (mut left, mut top) = (4 * scale, 2 * scale);
    let mut lines = 0;
    for series in chart.series.iter().filter(|it| !it.name.is_empty()) {
        let name = shortened(&series.name);
        let (length, _) = area.estimate_text_size(&name, words)?;
        let needed = swatch + 6 * scale + length;
        if lines > 0 && left + needed > width {
            (left, top) = (4 * scale, top + line);
            lines += 1;
        }
        lines = lines.max(1);
        let middle = (top + line / 2) as i32;
        let ends = [(left as i32, middle), ((left + swatch) as i32, middle)];
        let colour = series.colour.light();
        let stroke = colour.stroke_width(STROKE * scale);
        match &series.mark {
            Mark::Line(_) | Mark::Spread(..) => area.draw(&PathElement::new(ends, stroke))?,
            Mark::Dashed(_) => {
                let dashes = [0, 2].map(|part| {
                    let from = (left + part * swatch / 3) as i32;
                    [(from, middle), (from + (swatch / 3) as i32, middle)]
                });
                for dash in dashes {
                    area.draw(&PathElement::new(dash, stroke))?;
                }
            }
            Mark::Dots(_) => {
                let centre = ((left + swatch / 2) as i32, middle);
                area.draw(&Circle::new(centre, DOT * scale, colour.filled()))?;
            }
            Mark::Boxes(_) => {
                let half = (5 * scale) as i32;
                let corners = [(ends[0].0, middle - half), (ends[1].0, middle + half)];
                area.draw(&Rectangle::new(corners, colour.filled()))?;
            }
        }
        let at = (
            ends[1].0 + 6 * scale as i32,
            middle - (LETTER * scale / 2) as i32,
        );
        area.draw(&Text::new(name, at, words.clone()))?;
        left += needed + 16 * scale;
    }
    let used = if lines == 0 { 0 } else { top + line };
    let (_, below) = area.split_vertically(used);
    Ok(below)
}
