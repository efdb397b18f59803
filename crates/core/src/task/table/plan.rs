//! What becomes of each column and row of a table, before it is divided into parts.

use std::path::Path;

use super::almost::nearly_numbers;
use super::choices::Choices;
use super::mention::{self, type_setting};
use super::missing::{MissingPolicy, MissingTarget};
use super::outcome::{self, Decided};
use super::raw::{Cells, RawTable};
use super::roles;
use super::row_number::is_nameless;
use super::typing::{ColumnType, Kind, Wanted, judge, kind_of};
use crate::error::{Error, Result};
use crate::task::Target;
use crate::task::inspection::Decision;

/// What becomes of each column and row of a table.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What each column holds.
    pub kinds: Vec<Kind>,
    /// Why each column is left out, if it is. Targets are not.
    pub left_out: Vec<Option<String>>,
    /// The type that settings give to each column.
    pub types: Vec<Option<ColumnType>>,
    /// The indices of the target columns, in the order of the setting.
    pub targets: Vec<usize>,
    /// The kind of the targets.
    pub target: Target,
    /// The rule that decided between classes and numbers.
    pub rule: String,
    /// The value of `task.problem` that makes it the other one, if the target can be both.
    pub other: Option<&'static str>,
    /// The rows that are used, in order.
    pub rows: Vec<usize>,
    /// What was decided.
    pub decisions: Vec<Decision>,
}

impl Plan {
    /// Plans a training table.
    ///
    /// # Errors
    /// [`Error::Setting`] if a setting does not fit the table. [`Error::Data`] if targets are missing, or are
    /// neither classes nor numbers; if a word is among numbers; or if no column or row is left.
    pub fn of(raw: &RawTable, choices: &Choices<'_>) -> Result<Self> {
        let names = raw.names();
        let types = roles::types(choices, &raw.path, raw.header, &names)?;
        check_width(&raw.path, names.len(), !raw.lines.is_empty())?;
        let blank = |place: &usize| {
            let column = &raw.columns[*place];
            if column.left_out.is_some() {
                return true;
            }
            is_nameless(&column.name) && raw.header && column.cells.missing() == raw.len()
        };
        let last = (0..names.len()).rev().find(|place| !blank(place));
        let targets = roles::targets(choices, raw, &types, last.unwrap_or_default())?;
        for &place in &targets {
            if let (Cells::Skipped, Some(why)) =
                (&raw.columns[place].cells, &raw.columns[place].left_out)
            {
                let label = raw.label(place);
                let problem =
                    format!("{label} cannot be predicted: {why}; set task.target for another");
                return Err(Error::data(&raw.path, problem));
            }
        }
        let mut kinds = Vec::with_capacity(names.len());
        let mut left_out = Vec::with_capacity(names.len());
        for (place, asked) in types.iter().enumerate() {
            let (kind, why) = match targets.contains(&place) {
                true => (kind_of(&raw.columns[place].cells), None),
                false => judge(raw, place, *asked)?,
            };
            kinds.push(kind);
            left_out.push(why);
        }
        let mut plan = Self {
            kinds,
            left_out,
            types,
            targets,
            target: Target::Values(Vec::new()),
            rule: String::new(),
            other: None,
            rows: Vec::new(),
            decisions: Vec::new(),
        };
        plan.keep_row_numbers(raw)?;
        plan.say_left_out(raw);
        plan.say_almost_numbers(raw);
        plan.rows = plan.kept(raw, choices)?;
        Decided {
            target: plan.target,
            rule: plan.rule,
            other: plan.other,
        } = outcome::decide(raw, &plan.targets, choices.problem, &plan.rows)?;
        Ok(plan)
    }

    /// The indices of the input columns.
    pub fn inputs(&self) -> Vec<usize> {
        let used = |place: &usize| self.left_out[*place].is_none() && !self.targets.contains(place);
        (0..self.kinds.len()).filter(used).collect()
    }

    /// How the columns of another file of the same table are to be read.
    pub fn wanted(&self, raw: &RawTable) -> Vec<Wanted> {
        let wanted = |place: usize| match &raw.columns[place].cells {
            _ if self.left_out[place].is_some() => Wanted::Nothing,
            Cells::Numbers(_) => Wanted::Number,
            Cells::Dates(_, dates) => Wanted::Date(Some(dates.order)),
            _ if self.types[place] == Some(ColumnType::Category) => Wanted::AllWords,
            _ => Wanted::Words,
        };
        (0..self.kinds.len()).map(wanted).collect()
    }

    /// The rows of a table of these columns that are used: all, or those without a missing value in the columns that
    /// the settings say.
    ///
    /// # Errors
    /// [`Error::Data`] with lines and counts, if a target is missing, or with `refuse` any used value; also if no
    /// row is left.
    pub fn kept(&self, raw: &RawTable, choices: &Choices<'_>) -> Result<Vec<usize>> {
        let gaps = |places: &[usize]| {
            let cells: Vec<&Cells> = places
                .iter()
                .map(|&place| &raw.columns[place].cells)
                .collect();
            let missing = move |row: &usize| cells.iter().any(|cells| cells.is_missing(*row));
            (0..raw.len()).filter(missing).collect::<Vec<usize>>()
        };
        let no_target = gaps(&self.targets);
        let inputs = self.inputs();
        let policy = choices.missing;
        let drops_all = policy == MissingPolicy::DropRows;
        if !drops_all && choices.missing_target == MissingTarget::Refuse && !no_target.is_empty() {
            return Err(self.no_target(raw, &no_target));
        }
        if policy == MissingPolicy::Refuse {
            for &place in &inputs {
                let rows = gaps(&[place]);
                if !rows.is_empty() {
                    let problem = format!(
                        "{}: {} of {} values are missing, at {}; fill them in, or set task.missing = \"impute\", or \
                         leave these rows out by task.missing = \"drop-rows\"",
                        raw.label(place),
                        rows.len(),
                        raw.len(),
                        raw.places(&rows),
                    );
                    return Err(Error::data(&raw.path, problem));
                }
            }
        }
        let dropped = match drops_all {
            true => gaps(&[&inputs[..], &self.targets].concat()),
            false => no_target,
        };
        let mut dropped = dropped.into_iter().peekable();
        let kept: Vec<usize> = (0..raw.len())
            .filter(|row| dropped.next_if_eq(row).is_none())
            .collect();
        if kept.is_empty() {
            let problem = match drops_all {
                true => {
                    "has a missing value in each row, so that task.missing = \"drop-rows\" leaves none; set \
                     task.missing = \"impute\", or leave columns with many gaps out by task.ignore"
                }
                false => "has a target in no row: name another column as task.target",
            };
            return Err(Error::data(&raw.path, problem));
        }
        Ok(kept)
    }

    /// The error if these rows have no target.
    fn no_target(&self, raw: &RawTable, rows: &[usize]) -> Error {
        let place = self.targets.first().copied().unwrap_or_default();
        let (count, all) = (rows.len(), raw.len());
        let words = match &raw.columns[place].cells {
            _ if raw.columns[place].gaps.is_empty() || self.types[place].is_some() => String::new(),
            _ => format!(
                ". {} among its fields: such words count as missing; if each is a class here, set {}",
                mention::found(&raw.columns[place].gaps),
                type_setting(&raw.names(), place, "category")
            ),
        };
        let drop = "leave these rows out by task.missing_target = \"drop-rows\"";
        let remedy = match 2 * count > all {
            true => format!("name another column as task.target, or {drop}"),
            false => format!("fill them in, or {drop}"),
        };
        let have = if count == 1 { "has" } else { "have" };
        let problem = format!(
            "{}: {count} of {all} rows {have} no target, at {}; {remedy}{words}",
            raw.label(place),
            raw.places(rows),
        );
        Error::data(&raw.path, problem)
    }

    /// Keeps row numbers as inputs if no other column that varies is left.
    fn keep_row_numbers(&mut self, raw: &RawTable) -> Result<()> {
        let varies = |&place: &usize| match &raw.columns[place].cells {
            Cells::Numbers(values) | Cells::Dates(values, _) => values
                .windows(2)
                .any(|pair| pair[0].to_bits() != pair[1].to_bits()),
            _ => true,
        };
        if self.inputs().iter().any(varies) {
            return Ok(());
        }
        for place in 0..self.kinds.len() {
            let number = self.kinds[place] == Kind::Number && self.types[place].is_none();
            if number && self.left_out[place].take().is_some() {
                let text = format!(
                    "{} looks like a row number, but is kept: no other input varies",
                    mention::columns(raw, &[place])
                );
                self.decisions.push(Decision::fact(text));
            }
        }
        if self.inputs().is_empty() {
            let why: Vec<String> = (0..self.kinds.len())
                .filter_map(|place| Some((place, self.left_out[place].as_ref()?)))
                .map(|(place, why)| format!("{}: {why}", raw.label(place)))
                .collect();
            let problem = format!(
                "has no column that can be an input; {}{}",
                why.join("; "),
                self.remedy(raw)
            );
            return Err(Error::data(&raw.path, problem));
        }
        Ok(())
    }

    /// The setting that uses a column that is left out, as the end of a sentence.
    fn remedy(&self, raw: &RawTable) -> String {
        let used = |place: &usize| !self.targets.contains(place);
        let mut places = (0..self.kinds.len()).filter(used);
        let setting = places.find_map(|place| self.setting_of(raw, place));
        setting.map_or_else(String::new, |setting| {
            format!("; to use one as it is, set {setting}")
        })
    }

    /// The setting that uses a column that is left out, if one does.
    fn setting_of(&self, raw: &RawTable, place: usize) -> Option<String> {
        let kind = match (&self.kinds[place], &raw.columns[place].cells) {
            (Kind::Empty, _) | (_, Cells::TooMany | Cells::Skipped) => return None,
            (Kind::Number, _) => "number",
            (Kind::Date(_), _) => "date",
            _ => "category",
        };
        Some(type_setting(&raw.names(), place, kind))
    }

    /// Says which categories look like numbers that are not written as such.
    fn say_almost_numbers(&mut self, raw: &RawTable) {
        for place in self.inputs() {
            if self.kinds[place] != Kind::Category || self.types[place].is_some() {
                continue;
            }
            if let Some(why) = nearly_numbers(raw, place) {
                let text = format!("{} has categories: {why}", mention::columns(raw, &[place]));
                let setting = type_setting(&raw.names(), place, "ignore");
                self.decisions.push(Decision::new(text, setting));
            }
        }
    }

    /// Says which columns are left out: one sentence for each reason, with the setting that uses the first column.
    fn say_left_out(&mut self, raw: &RawTable) {
        let mut groups: Vec<(&str, Vec<usize>)> = Vec::new();
        for (place, why) in self.left_out.iter().enumerate() {
            let Some(why) = why else { continue };
            match groups.iter_mut().find(|(other, _)| other == why) {
                Some((_, places)) => places.push(place),
                None => groups.push((why, vec![place])),
            }
        }
        for (why, places) in groups {
            let is = if places.len() == 1 { "is" } else { "are" };
            let text = format!("{} {is} left out: {why}", mention::columns(raw, &places));
            let setting = places.iter().find_map(|place| self.setting_of(raw, *place));
            self.decisions.push(Decision { text, setting });
        }
    }
}

/// Checks that a table has an input and a target. `is_text` says that characters separate its fields.
///
/// # Errors
/// [`Error::Data`] if it has a single column.
pub fn check_width(path: &Path, columns: usize, is_text: bool) -> Result<()> {
    if columns > 1 {
        return Ok(());
    }
    let hint = match is_text {
        true => {
            ": none of comma, semicolon, tab, vertical bar and blanks separates fields in all lines; if another \
             character does, name it as task.delimiter"
        }
        false => "",
    };
    let problem = "has only one column, but at least one feature and a target are needed";
    Err(Error::data(path, format!("{problem}{hint}")))
}
