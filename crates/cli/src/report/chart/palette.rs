//! The colours of charts, named by their use. On a page each colour is a CSS variable, so that it suits light
//! and dark paper. A picture has the colours for light paper.

use std::fmt::Write;

use plotters::style::RGBColor;

/// Use of a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Text and axes.
    Ink,
    /// The background: grids.
    Faint,
    /// The series with this number. The colours repeat if there are many series.
    Series(usize),
}

/// The colours of text and axes, of grids, and of the series: CSS variable, on light paper, on dark paper.
/// Those of the series can be told apart without seeing red or green (Okabe and Ito, "Color Universal
/// Design", 2008); they are darkened or lightened until they stand out from the paper.
const COLOURS: [(&str, [u8; 3], [u8; 3]); 9] = [
    ("--ink", [31, 35, 40], [230, 237, 243]),
    ("--faint", [208, 215, 222], [61, 68, 77]),
    ("--series-0", [0, 96, 160], [97, 182, 245]),
    ("--series-1", [196, 78, 0], [255, 145, 77]),
    ("--series-2", [0, 125, 92], [64, 204, 158]),
    ("--series-3", [166, 75, 131], [232, 152, 200]),
    ("--series-4", [147, 104, 0], [240, 190, 70]),
    ("--series-5", [88, 96, 105], [160, 168, 177]),
    ("--series-6", [105, 80, 200], [176, 158, 255]),
];

/// Number of colours before those of the series.
const OTHERS: usize = 2;

impl Colour {
    fn place(self) -> usize {
        match self {
            Self::Ink => 0,
            Self::Faint => 1,
            Self::Series(number) => OTHERS + number % (COLOURS.len() - OTHERS),
        }
    }

    /// The colour on light paper.
    pub fn light(self) -> RGBColor {
        let [red, green, blue] = COLOURS[self.place()].1;
        RGBColor(red, green, blue)
    }
}

/// CSS declarations of the variables, for light or dark paper.
pub fn variables(dark: bool) -> String {
    let mut text = String::new();
    for (name, light, on_dark) in COLOURS {
        let colour = if dark { on_dark } else { light };
        let _ = write!(text, "{name}: {}; ", hexadecimal(colour).to_lowercase());
    }
    text
}

/// Replaces every colour of the palette in an SVG drawing by its variable. Only attributes change, because
/// quotes within text are escaped.
pub fn with_variables(drawing: &str) -> String {
    COLOURS
        .iter()
        .fold(drawing.to_owned(), |text, (name, light, _)| {
            let written = format!("=\"{}\"", hexadecimal(*light));
            text.replace(&written, &format!("=\"var({name})\""))
        })
}

/// Writes a colour as plotters does.
fn hexadecimal([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast of two colours by WCAG 2.1, section 1.4.3.
    fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
        let luminance = |colour: [u8; 3]| {
            let linear = colour.map(|channel| {
                let share = f64::from(channel) / 255.0;
                match share <= 0.04045 {
                    true => share / 12.92,
                    false => ((share + 0.055) / 1.055).powf(2.4),
                }
            });
            0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        };
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_series_stands_out_from_both_papers() {
        for (name, light, dark) in COLOURS.iter().filter(|(name, ..)| *name != "--faint") {
            assert!(contrast(*light, [255; 3]) > 4.5, "{name} on light paper");
            assert!(contrast(*dark, [13, 17, 23]) > 4.5, "{name} on dark paper");
        }
    }

    #[test]
    fn attributes_become_variables_and_words_do_not() {
        let drawn = "<text fill=\"#1F2328\">a #1F2328</text><path stroke=\"#0060A0\"/>";
        let expected =
            "<text fill=\"var(--ink)\">a #1F2328</text><path stroke=\"var(--series-0)\"/>";
        assert_eq!(with_variables(drawn), expected);
        assert_eq!(Colour::Series(8).light(), Colour::Series(1).light());
    }
}
