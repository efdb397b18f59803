//! A chart as SVG.

use plotters::prelude::{IntoDrawingArea, SVGBackend};

use super::{Chart, HEIGHT, WIDTH, draw, palette};

/// Units of the drawing per pixel. Places are whole units, so this is the resolution of lines.
const UNITS: u32 = 4;

/// The content of an SVG element, with escaped text, and colours as CSS variables.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The element's `viewBox`.
    pub view_box: String,
    /// The element's content.
    pub content: String,
}

/// Draws a chart. Returns `None` if it is empty.
///
/// # Errors
/// None is known: text and shapes can always be written.
pub fn vector(chart: &Chart) -> anyhow::Result<Option<Drawing>> {
    let size = [WIDTH, HEIGHT].map(|side| side * UNITS);
    let mut text = String::new();
    let drawn = {
        let area = SVGBackend::with_string(&mut text, (size[0], size[1])).into_drawing_area();
        let drawn = draw(&area, chart, UNITS)?;
        area.present()?;
        drawn
    };
    // Take only the content of plotters' own element.
    let inside = text
        .split_once("<svg")
        .and_then(|(_, rest)| rest.split_once('>'))
        .and_then(|(_, rest)| rest.rsplit_once("</svg>"));
    Ok(inside.filter(|_| drawn).map(|(inside, _)| Drawing {
        view_box: format!("0 0 {} {}", size[0], size[1]),
        content: palette::with_variables(inside),
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::report::chart::{Axis, Colour, Mark, Scale, Series};

    fn chart(name: &str, points: &[[f64; 2]]) -> Chart {
        Chart {
            title: "t".to_owned(),
            description: String::new(),
            x: Axis::new("<b>x</b>", Scale::Linear),
            y: Axis::new("y", Scale::Logarithmic),
            series: vec![Series::new(
                name,
                Colour::Series(0),
                Mark::Line(points.to_vec()),
            )],
        }
    }

    #[test]
    fn words_are_escaped_and_colours_are_variables() {
        let drawing = vector(&chart("a & \"b\"", &[[0.0, 1.0], [1.0, 10.0]])).unwrap();
        let content = drawing.unwrap().content;
        assert!(content.contains("&lt;b&gt;x&lt;/b&gt;"), "{content}");
        assert!(content.contains("a &amp; &quot;b&quot;"), "{content}");
        assert!(content.contains("stroke=\"var(--series-0)\""), "{content}");
        assert!(!content.contains("=\"#"), "{content}");
        assert!(!content.contains("<svg"), "{content}");
    }

    #[test]
    fn what_has_no_place_is_not_drawn() {
        let nowhere = [[0.0, -1.0], [f64::NAN, 1.0], [1.0, f64::INFINITY]];
        assert!(vector(&chart("", &nowhere[..1])).unwrap().is_none());
        assert!(vector(&chart("", &[])).unwrap().is_none());
        // One point with a place is enough.
        let some = [nowhere.as_slice(), &[[2.0, 3.0]]].concat();
        assert!(vector(&chart("", &some)).unwrap().is_some());
    }
}
