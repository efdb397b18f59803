//! What the fields of each column look like, and the marks of numbers that follow.

use crate::error::{Error, Result};
use crate::task::inspection::Decision;
use crate::task::table::{
    Alike, DateOrder, Marks, ORDERS, Wanted, has_time, is_digits, is_missing, parse_date,
    without_unit,
};

/// The marks of numbers that are tried: decimal, thousands.
const MARKS: [(char, Option<char>); 10] = [
    ('.', None),
    ('.', Some(',')),
    (',', None),
    (',', Some('.')),
    ('.', Some(' ')),
    (',', Some(' ')),
    ('.', Some('\'')),
    (',', Some('\'')),
    ('.', Some('_')),
    (',', Some('_')),
];

/// What the fields of one column look like.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Fields that are not missing.
    pub present: usize,
    /// Fields that are numbers by each of [`MARKS`], beside those in `simple`.
    numbers: [usize; MARKS.len()],
    /// Numbers without a mark, and those with one decimal point or comma; then those of both kinds that could be
    /// thousands.
    simple: [usize; 5],
    /// Fields that are dates in each of [`ORDERS`]. ISO dates are dates in all of them.
    pub dates: [usize; 3],
    /// Whether a date has a time of the day.
    pub times: bool,
    /// The currencies and the per cent sign that stand beside numbers.
    pub units: Vec<Unit>,
    /// Fields that were counted, missing ones too.
    fields: usize,
    /// The first field that is a number without a currency or a per cent sign.
    bare: Option<usize>,
    /// Fields of digits alone that are as long as the first of them.
    even: usize,
    /// The length of the first field of digits alone.
    length: usize,
    /// Whether one of these fields begins with a 0.
    zero: bool,
    /// Whole numbers that differ, but would be one number.
    alike: Alike,
}

/// A currency or the per cent sign beside numbers of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// The sign.
    pub sign: char,
    /// The number of fields that have it.
    pub count: usize,
    /// The first of them.
    pub first: usize,
}

impl Seen {
    /// Counts a trimmed field.
    pub fn see(&mut self, field: &str, wanted: Wanted) {
        let counts = matches!(wanted, Wanted::Auto | Wanted::Number | Wanted::Date(None));
        let place = self.fields;
        self.fields += 1;
        if is_missing(field) || !counts {
            return;
        }
        self.present += 1;
        if is_digits(field) {
            if self.length == 0 {
                self.length = field.len();
            }
            self.even += usize::from(field.len() == self.length);
            self.zero |= field.starts_with('0');
        }
        self.alike.see_field(field);
        if let Some(kind) = simple(field.as_bytes()) {
            self.simple[kind] += 1;
            self.bare.get_or_insert(place);
            return;
        }
        let mut number = false;
        for ((decimal, thousands), count) in MARKS.iter().zip(&mut self.numbers) {
            let is = Marks::of(*decimal, *thousands).parse(field).is_some();
            *count += usize::from(is);
            number |= is;
        }
        if number {
            let digits = field.trim_start_matches(['-', '−', '+']);
            match without_unit(field).1.or(without_unit(digits).1) {
                Some(sign) => self.see_unit(sign, place),
                None => _ = self.bare.get_or_insert(place),
            }
            return;
        }
        let iso = parse_date(field, DateOrder::YearFirst).is_some();
        for (order, count) in ORDERS.iter().zip(&mut self.dates) {
            if iso || parse_date(field, *order).is_some() {
                *count += 1;
                self.times |= has_time(field);
            }
        }
    }

    /// Whether the fields are codes, digits of equal length of which some begin with 0.
    pub fn is_codes(&self) -> bool {
        self.zero && self.length > 1 && self.even == self.present
    }

    /// Whether the fields are whole numbers without a mark, of which some differ in digits that a number does not hold.
    pub fn is_too_long(&self) -> bool {
        self.alike.found() && self.simple[0] == self.present
    }

    fn see_unit(&mut self, sign: char, first: usize) {
        match self.units.iter_mut().find(|unit| unit.sign == sign) {
            Some(unit) => unit.count += 1,
            None => self.units.push(Unit {
                sign,
                count: 1,
                first,
            }),
        }
    }

    /// Why numbers have no common scale, if they are such: some have a per cent sign and others none, or they have
    /// several signs. With the first field that has another sign than the first number, or the other way round.
    pub fn mixture(&self, marks: Marks) -> Option<(String, usize)> {
        let bare = self.bare.map(|first| {
            let signed: usize = self.units.iter().map(|unit| unit.count).sum();
            (first, self.present.saturating_sub(signed))
        });
        let is_mixed = match &self.units[..] {
            [] => false,
            [unit] => unit.sign == '%' && bare.is_some(),
            _ => true,
        };
        if !is_mixed || !self.all_numbers(marks) {
            return None;
        }
        let mut kinds: Vec<(usize, String)> = (self.units.iter())
            .map(|unit| (unit.first, format!("{} have `{}`", unit.count, unit.sign)))
            .collect();
        kinds.extend(bare.map(|(first, count)| (first, format!("{count} have no sign"))));
        kinds.sort();
        let other = kinds.get(1)?.0;
        let told: Vec<String> = kinds.into_iter().map(|(_, kind)| kind).collect();
        Some((told.join(", "), other))
    }

    /// Whether all fields are numbers by these marks.
    fn all_numbers(&self, marks: Marks) -> bool {
        let place = MARKS
            .iter()
            .position(|(decimal, thousands)| Marks::of(*decimal, *thousands) == marks);
        place.is_some_and(|place| self.numbers(place) == self.present)
    }

    /// The number of fields that are numbers by one of [`MARKS`].
    fn numbers(&self, marks: usize) -> usize {
        let [plain, points, commas, grouped_points, grouped_commas] = self.simple;
        let (decimal, thousands) = MARKS[marks];
        let mut count = plain + self.numbers[marks];
        match decimal {
            '.' => count += points + grouped_points,
            _ => count += commas + grouped_commas,
        }
        match thousands {
            Some('.') => count += grouped_points,
            Some(',') => count += grouped_commas,
            _ => {}
        }
        count
    }

    /// Whether all fields are numbers of one scale by these marks, see [`Self::mixture`].
    pub fn is_numeric(&self, marks: Marks) -> bool {
        self.all_numbers(marks) && self.mixture(marks).is_none()
    }

    /// Whether numbers are written as quantities: with a mark of thousands, a currency or a per cent sign.
    pub fn has_quantities(&self, marks: Marks) -> bool {
        let place = |marks: Marks| {
            MARKS
                .iter()
                .position(|(decimal, thousands)| Marks::of(*decimal, *thousands) == marks)
        };
        let count = |marks: Marks| place(marks).map_or(0, |place| self.numbers(place));
        !self.units.is_empty() || count(marks) > count(Marks::of(marks.decimal, None))
    }

    /// Whether some field is a number whose value the marks decide.
    fn is_marked(&self) -> bool {
        self.simple[1..]
            .iter()
            .chain(&self.numbers)
            .any(|count| *count > 0)
    }
}

/// The kind of a plain number: 0 without a mark; 1 with a point, 2 with a comma; 3 and 4 the same, if the mark could
/// be one of thousands.
fn simple(bytes: &[u8]) -> Option<usize> {
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let start = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let whole = digits(start);
    let mut place = start + whole;
    let mark = bytes
        .get(place)
        .copied()
        .filter(|byte| matches!(byte, b'.' | b','));
    let mut decimals = 0;
    if mark.is_some() {
        decimals = digits(place + 1);
        place += 1 + decimals;
    }
    if whole + decimals == 0 {
        return None;
    }
    let power = matches!(bytes.get(place), Some(b'e' | b'E'));
    if power {
        place += 1 + usize::from(matches!(bytes.get(place + 1), Some(b'+' | b'-')));
        let more = digits(place.min(bytes.len()));
        place += more;
        if more == 0 {
            return None;
        }
    }
    if place != bytes.len() {
        return None;
    }
    let grouped = decimals == 3 && (1..=3).contains(&whole) && bytes[start] != b'0' && !power;
    Some(match (mark, grouped) {
        (None, _) => 0,
        (Some(b'.'), false) => 1,
        (Some(_), false) => 2,
        (Some(b'.'), true) => 3,
        (Some(_), true) => 4,
    })
}

/// The marks of numbers: those by which most columns hold nothing but numbers; of several, those by which most fields
/// are numbers; then the usual ones first. `comma` says whether a comma separates the fields: then `1,234` is a
/// thousand rather than 1.234.
///
/// # Errors
/// [`Error::Setting`] if the marks that are asked for are no pair.
pub fn marks(
    columns: &[Seen],
    comma: bool,
    decimal: Option<char>,
    thousands: Option<Option<char>>,
    decisions: &mut Vec<Decision>,
) -> Result<Marks> {
    let mut order: Vec<usize> = (0..MARKS.len()).collect();
    if !comma {
        order.swap(1, 2);
    }
    order.retain(|&place| {
        let (point, group) = MARKS[place];
        decimal.is_none_or(|asked| asked == point) && thousands.is_none_or(|asked| asked == group)
    });
    let value = |place: usize| {
        let all = columns.iter().filter(|seen| {
            let (decimal, thousands) = MARKS[place];
            seen.present > 0 && seen.is_numeric(Marks::of(decimal, thousands))
        });
        let fields: usize = columns.iter().map(|seen| seen.numbers(place)).sum();
        (all.count(), fields)
    };
    let Some(mut best) = order.first().copied() else {
        let shown = thousands.flatten().map_or(String::new(), String::from);
        let accepted =
            "must be \"\" for none, or one of , . space ' _ and another one than the decimal mark";
        return Err(Error::setting(
            "task.thousands",
            format!("{shown:?}"),
            accepted,
        ));
    };
    for place in order {
        if value(place) > value(best) {
            best = place;
        }
    }
    let (point, group) = MARKS[best];
    let name = |mark: char| match mark {
        '.' => "a point".to_owned(),
        ',' => "a comma".to_owned(),
        ' ' => "a space".to_owned(),
        mark => format!("`{mark}`"),
    };
    if columns.iter().any(Seen::is_marked) {
        if decimal.is_none() {
            let other = if point == '.' { "," } else { "." };
            let text = format!("the decimal mark is {}", name(point));
            decisions.push(Decision::new(text, format!("task.decimal = {other:?}")));
        }
        if let (Some(group), None) = (group, thousands) {
            let text = format!("the mark of thousands is {}", name(group));
            decisions.push(Decision::new(text, "task.thousands = \"\""));
        }
    }
    Ok(Marks::of(point, group))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn found(columns: &[&[&str]], comma: bool) -> Marks {
        let see = |fields: &&[&str]| {
            let mut seen = Seen::default();
            fields
                .iter()
                .for_each(|field| seen.see(field, Wanted::Auto));
            seen
        };
        let columns: Vec<Seen> = columns.iter().map(see).collect();
        marks(&columns, comma, None, None, &mut Vec::new()).unwrap()
    }

    #[test]
    fn marks_are_those_by_which_most_columns_are_numbers() {
        assert_eq!(found(&[&["1", "2"], &["a", "b"]], true), Marks::default());
        assert_eq!(found(&[&["5.207", "1.524"]], false), Marks::default());
        assert_eq!(found(&[&["0,5", "1"]], false), Marks::of(',', None));
        assert_eq!(
            found(&[&["1,163.50", "1,997.50"]], true),
            Marks::of('.', Some(','))
        );
        assert_eq!(
            found(&[&["1.163,50", "0,5"]], false),
            Marks::of(',', Some('.'))
        );
        assert_eq!(
            found(&[&["1 163,50"], &["2\u{a0}000"]], false),
            Marks::of(',', Some(' '))
        );
        assert_eq!(found(&[&["1'163.50"]], false), Marks::of('.', Some('\'')));
        // Three digits after a comma: a thousand where commas separate fields, a decimal where they do not.
        assert_eq!(
            found(&[&["1,234", "5,678"]], true),
            Marks::of('.', Some(','))
        );
        assert_eq!(found(&[&["1,234", "5,678"]], false), Marks::of(',', None));
        // Another column decides.
        assert_eq!(
            found(&[&["1.234"], &["0,5"]], false),
            Marks::of(',', Some('.'))
        );
    }
}
