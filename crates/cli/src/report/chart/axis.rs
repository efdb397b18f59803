//! Axes: the places of values, and the labels of ticks.

use std::ops::Range;

use plotters::coord::ranged1d::{
    KeyPointHint, KeyPointWeight, NoDefaultFormatting, Ranged, ValueFormatter,
};

/// An axis.
#[derive(Debug, Clone)]
pub struct Axis {
    /// Label of the axis.
    pub label: String,
    /// Scale of the axis.
    pub scale: Scale,
    /// Values that are always inside the range.
    pub seen: Vec<f64>,
}

/// How an axis maps values to places.
#[derive(Debug, Clone)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By their logarithms. Values that are not positive have no place.
    Logarithmic,
    /// As names: value 0 is the first name, at the top.
    Names(Vec<String>),
}

impl Axis {
    /// An axis with this label and scale.
    pub fn new(label: impl Into<String>, scale: Scale) -> Self {
        Self {
            label: label.into(),
            scale,
            seen: Vec::new(),
        }
    }

    /// Adds values that are always inside the range.
    pub fn with(mut self, seen: &[f64]) -> Self {
        self.seen.extend(seen);
        self
    }

    /// Place of a value in the axis' own coordinates. `None` if it has no place.
    pub fn place(&self, value: f64) -> Option<f64> {
        let place = match self.scale {
            Scale::Linear => value,
            Scale::Logarithmic if value > 0.0 => value.log10(),
            Scale::Logarithmic => return None,
            Scale::Names(_) => -value,
        };
        place.is_finite().then_some(place)
    }
}

/// Share of the range that stays free at each end.
const MARGIN: f64 = 0.04;

/// Approximate number of ticks on a numeric axis.
const TICKS: f64 = 5.0;

/// An axis laid out for the values on it.
#[derive(Debug, Clone)]
pub struct Ruler {
    /// First and last place.
    pub ends: [f64; 2],
    /// Places of the ticks, with their labels.
    pub ticks: Vec<(f64, String)>,
}

impl Ruler {
    /// The ruler of an axis with these values. `None` if no value has a place.
    pub fn new(axis: &Axis, values: impl Iterator<Item = f64>) -> Option<Self> {
        if let Scale::Names(names) = &axis.scale {
            let ticks = names.iter().enumerate();
            return (!names.is_empty()).then(|| Self {
                ends: [0.6 - names.len() as f64, 0.6],
                ticks: ticks
                    .map(|(at, name)| (-(at as f64), name.clone()))
                    .collect(),
            });
        }
        let places = values.chain(axis.seen.iter().copied());
        let [low, high] = places
            .filter_map(|value| axis.place(value))
            .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], place| {
                [low.min(place), high.max(place)]
            });
        if low > high {
            return None;
        }
        // A single value is placed in the middle of a range around it.
        let least = match axis.scale {
            Scale::Linear => 1e-9 + 0.1 * high.abs(),
            _ => 0.2,
        };
        let widened = (least - (high - low)).max(0.0) / 2.0;
        let margin = widened + MARGIN * (high - low);
        // A bound that is asked for is an end of the axis, without a margin.
        let is_bound = |place: f64| {
            let mut seen = axis.seen.iter().filter_map(|value| axis.place(*value));
            widened == 0.0 && seen.any(|seen| seen == place)
        };
        let ends = [
            if is_bound(low) { low } else { low - margin },
            if is_bound(high) { high } else { high + margin },
        ];
        let ticks = match axis.scale {
            Scale::Linear => even(ends).into_iter().map(|v| (v, number(v))).collect(),
            _ => logarithmic(ends),
        };
        Some(Self { ends, ticks })
    }
}

impl Ranged for Ruler {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, place: &f64, (first, last): (i32, i32)) -> i32 {
        let [low, high] = self.ends;
        let share = (place - low) / (high - low);
        first + (share * f64::from(last - first)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        match hint.weight() {
            KeyPointWeight::Any => Vec::new(),
            KeyPointWeight::Bold => self.ticks.iter().map(|(place, _)| *place).collect(),
        }
    }

    fn range(&self) -> Range<f64> {
        self.ends[0]..self.ends[1]
    }
}

impl ValueFormatter<f64> for Ruler {
    fn format_ext(&self, place: &f64) -> String {
        let named = self.ticks.iter().find(|(at, _)| at == place);
        named.map_or_else(String::new, |(_, name)| shortened(name))
    }
}

/// Largest number of letters of a name.
const LETTERS: usize = 34;

/// Shortens a name. Its end is kept, because paths differ there.
pub fn shortened(name: &str) -> String {
    let letters = name.chars().count();
    if letters <= LETTERS {
        return name.to_owned();
    }
    let end = name.chars().skip(letters + 1 - LETTERS);
    ['…'].into_iter().chain(end).collect()
}

/// Evenly spaced round numbers between two numbers.
fn even([low, high]: [f64; 2]) -> Vec<f64> {
    let rough = (high - low) / TICKS;
    let unit = 10_f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * unit);
    let step = steps
        .into_iter()
        .find(|step| *step >= rough)
        .unwrap_or(rough);
    if !(step.is_finite() && step > 0.0) {
        return vec![low];
    }
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    (first..=last).map(|count| count as f64 * step).collect()
}

/// Ticks between two exponents: powers of ten; if they are too few, also 3 times each, or 2 and 5 times each;
/// if these are too few as well, any round numbers.
fn logarithmic([low, high]: [f64; 2]) -> Vec<(f64, String)> {
    let within = |place: &f64| (low..=high).contains(place);
    let tick = |value: f64| (value.log10(), number(value));
    let powers = |factors: &[f64], every: i32| -> Vec<f64> {
        let exponents = (low.floor() as i32..=high.ceil() as i32).filter(|it| it % every == 0);
        exponents
            .flat_map(|exponent| factors.iter().map(move |it| it * 10_f64.powi(exponent)))
            .filter(|value| within(&value.log10()))
            .collect()
    };
    let every = 1 + ((high - low) / 8.0) as i32;
    let choices = [
        powers(&[1.0], every),
        powers(&[1.0, 3.0], 1),
        powers(&[1.0, 2.0, 5.0], 1),
        even([low, high].map(|exponent| 10_f64.powf(exponent))),
    ];
    let enough = choices.iter().find(|values| values.len() >= 3);
    let values = enough.unwrap_or(&choices[3]).iter().copied();
    values.filter(|value| *value > 0.0).map(tick).collect()
}

/// Writes a number in few letters.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e5).contains(&size) {
        return format!("{:e}", round(value));
    }
    round(value).to_string()
}

/// Rounds to four significant digits, so that for example 0.1 + 0.2 is shown as 0.3.
fn round(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn ticks(scale: Scale, values: &[f64]) -> Vec<String> {
        let axis = Axis::new("", scale);
        let ruler = Ruler::new(&axis, values.iter().copied()).unwrap();
        let [low, high] = ruler.ends;
        assert!(low < high);
        assert!(ruler.ticks.iter().all(|(at, _)| low <= *at && *at <= high));
        ruler.ticks.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn round_numbers_are_named() {
        assert_eq!(ticks(Scale::Linear, &[0.0, 1.0]), ["0", "0.5", "1"]);
        let large = ticks(Scale::Linear, &[0.0, 1500.0]);
        assert_eq!(large, ["0", "500", "1000", "1500"]);
        let wide = ticks(Scale::Logarithmic, &[841.0, 650_000.0]);
        assert_eq!(wide, ["1000", "10000", "1e5"]);
        let narrow = ticks(Scale::Logarithmic, &[2.0, 30.0]);
        assert_eq!(narrow, ["3", "10", "30"]);
        assert_eq!(
            ticks(Scale::Logarithmic, &[2.0, 6.0]),
            ["2", "3", "4", "5", "6"]
        );
        assert!(ticks(Scale::Logarithmic, &[1e-30, 1e9]).len() < 10);
    }

    #[test]
    fn long_names_keep_their_end() {
        assert_eq!(shortened("short"), "short");
        let long = format!("{}/run-7", "folder/".repeat(9));
        let short = shortened(&long);
        assert_eq!(short.chars().count(), LETTERS);
        assert!(short.starts_with('…') && short.ends_with("folder//run-7"));
    }

    #[test]
    fn every_input_has_a_ruler_or_none() {
        for scale in [Scale::Linear, Scale::Logarithmic] {
            for value in [1e-300, 0.3, 3.0, 1e300] {
                assert!(!ticks(scale.clone(), &[value]).is_empty(), "{value}");
            }
            let axis = Axis::new("", scale);
            let nowhere = [f64::NAN, f64::INFINITY].into_iter();
            assert!(Ruler::new(&axis, nowhere).is_none());
        }
        let axis = Axis::new("", Scale::Logarithmic);
        assert!(Ruler::new(&axis, [0.0, -1.0].into_iter()).is_none());
        assert!(!ticks(Scale::Linear, &[0.0]).is_empty());
        assert_eq!(ticks(Scale::Names(vec!["a".to_owned()]), &[]), ["a"]);
    }
}
