//! Which runs a sweep has.
//!
//! ```toml
//! [sweep]
//! seeds = [0, 1, 2]
//! law = "memory"                              # what the runs are to show together; may be left away
//!
//! [[sweep.grid]]                              # every combination of what its keys list
//! "task.dim" = [32, 64]                       # a setting and its values
//! size = [                                    # settings that go together; the key is but a name
//!     { "task.rank" = 2, "synthetic.points" = 8 },
//!     { "task.rank" = 3, "synthetic.points" = 18 },
//! ]
//! ```
//!
//! Of several grids, the sweep has the runs of each.

use itertools::Itertools;
use retort_core::settings::dotted;
use retort_core::{Error, Result};
use toml::{Table, Value};

use super::job::Point;
use super::law::Law;
use crate::layers::SWEEP;

/// What one key of a grid lists.
type Axis = Vec<Point>;

/// All grids of a sweep, and its seeds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grids {
    grids: Vec<Vec<Axis>>,
    /// Seeds of every point, where the section names any.
    pub seeds: Vec<u64>,
    /// What the runs are to show together, where the section says so.
    pub law: Option<Law>,
}

impl Grids {
    /// Those of a section `sweep`; without one, a single point with nothing that varies.
    ///
    /// # Errors
    /// [`Error::Setting`]: a key that a sweep has not, or lists that are none.
    pub fn read(section: Option<Value>) -> Result<Self> {
        let Some(section) = section else {
            return Ok(Self::default());
        };
        let Value::Table(mut section) = section else {
            return Err(Error::setting(SWEEP, section, "must be a table"));
        };
        let seeds = section.remove("seeds").map_or(Ok(Vec::new()), seeds)?;
        let law = section.remove("law");
        let law = law.map(|law| Law::read(&law)).transpose()?;
        let grids = match section.remove("grid") {
            None => Vec::new(),
            Some(Value::Array(grids)) => grids.into_iter().map(grid).collect::<Result<_>>()?,
            Some(table @ Value::Table(_)) => vec![grid(table)?],
            Some(other) => {
                let accepted = "must be tables: [[sweep.grid]]";
                return Err(Error::setting("sweep.grid", other, accepted));
            }
        };
        if let Some((key, value)) = section.into_iter().next() {
            let key = format!("{SWEEP}.{key}");
            let accepted = "is no key of a sweep: give sweep.seeds, sweep.law and [[sweep.grid]]";
            return Err(Error::setting(key, value, accepted));
        }
        Ok(Self { grids, seeds, law })
    }

    /// Every grid with one more key, from `KEY=VALUE,VALUE,…`. Where a grid lists the key already, with
    /// nothing else, these values are in place of those; where it lists it together with other settings,
    /// what it lists with these values is kept.
    ///
    /// # Errors
    /// [`Error::Setting`]: there is no `=`, key or value; a value that such a list does not have.
    pub fn over(mut self, assignment: &str) -> Result<Self> {
        let malformed = || {
            let accepted = "must look like key=value,value, such as task.dim=32,64";
            Error::setting("--over", assignment, accepted)
        };
        let (key, values) = assignment.split_once('=').ok_or_else(malformed)?;
        let (key, values) = (key.trim(), values.trim());
        if !key.contains('.') {
            let accepted = "a setting's key has a dot, such as task.dim=32,64; seeds are given with --seeds, such as \
                            --seeds 0,1";
            return Err(Error::setting("--over", assignment, accepted));
        }
        if values.is_empty() {
            return Err(malformed());
        }
        let listed = format!("values = [{values}]").parse::<Table>().ok();
        let values: Vec<String> = match listed.and_then(|mut table| table.remove("values")) {
            Some(Value::Array(values)) => values.iter().map(ToString::to_string).collect(),
            // Plain words.
            _ => values.split(',').map(|it| it.trim().to_owned()).collect(),
        };
        if self.grids.is_empty() {
            self.grids.push(Vec::new());
        }
        for grid in &mut self.grids {
            let lists = |axis: &&mut Axis| axis.iter().flatten().any(|(name, _)| name == key);
            match grid.iter_mut().find(lists) {
                Some(axis) if axis.iter().any(|choice| choice.len() > 1) => {
                    keep(axis, key, &values).map_err(|listed| {
                        let accepted = format!(
                            "the sweep lists {key} together with other settings, as {listed}: name some of those, or \
                             write a file of your own"
                        );
                        Error::setting("--over", assignment, accepted)
                    })?;
                }
                Some(axis) => *axis = choices(key, &values),
                None => grid.push(choices(key, &values)),
            }
        }
        Ok(self)
    }

    /// How many points there are.
    pub fn count(&self) -> usize {
        let sizes = self.grids.iter().map(|grid| {
            let axes = grid.iter().map(Vec::len);
            axes.fold(1, usize::saturating_mul)
        });
        match self.grids.is_empty() {
            true => 1,
            false => sizes.fold(0, usize::saturating_add),
        }
    }

    /// All points, the last key of a grid changing fastest; a single empty one without a grid.
    pub fn points(&self) -> Vec<Point> {
        if self.grids.is_empty() {
            return vec![Point::new()];
        }
        let combined = |grid: &Vec<Axis>| {
            grid.iter().fold(vec![Point::new()], |points, axis| {
                let with = |point: &Point| {
                    let point = point.clone();
                    axis.iter()
                        .map(move |choice| [point.clone(), choice.clone()].concat())
                        .collect::<Vec<_>>()
                };
                points.iter().flat_map(with).collect()
            })
        };
        self.grids.iter().flat_map(combined).collect()
    }
}

/// One setting's values, each by itself.
fn choices(key: &str, values: &[String]) -> Axis {
    let choice = |value: &String| vec![(key.to_owned(), value.clone())];
    values.iter().map(choice).collect()
}

/// Keeps the choices in which a setting has one of these values; fails with those that it has where one of
/// them is none.
fn keep(axis: &mut Axis, key: &str, values: &[String]) -> Result<(), String> {
    let of = |choice: &Point| {
        let found = choice.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.clone())
    };
    // Words stand in quotes in a file, and without them in a command.
    let is = |listed: &str, value: &str| listed == value || listed == format!("{value:?}");
    let listed: Vec<String> = axis.iter().filter_map(of).collect();
    if values
        .iter()
        .all(|value| listed.iter().any(|of| is(of, value)))
    {
        axis.retain(|choice| {
            of(choice).is_some_and(|of| values.iter().any(|value| is(&of, value)))
        });
        return Ok(());
    }
    Err(listed.iter().unique().join(", "))
}

fn seeds(value: Value) -> Result<Vec<u64>> {
    let refused = |seen: &Value| {
        let accepted = "must be a list of whole numbers, 0 or above, such as [0, 1, 2]";
        Error::setting("sweep.seeds", seen, accepted)
    };
    let Value::Array(values) = &value else {
        return Err(refused(&value));
    };
    let seed = |value: &Value| {
        let seed = value.as_integer().and_then(|seed| u64::try_from(seed).ok());
        seed.ok_or_else(|| refused(value))
    };
    values.iter().map(seed).collect()
}

fn grid(value: Value) -> Result<Vec<Axis>> {
    let Value::Table(keys) = value else {
        let accepted = "must be tables: [[sweep.grid]]";
        return Err(Error::setting("sweep.grid", value, accepted));
    };
    let mut listed: Vec<(String, String)> = Vec::new();
    let mut axes = Vec::new();
    for (name, value) in keys {
        let axis = axis(&name, value)?;
        let settings: Vec<&String> = axis.iter().flatten().map(|(key, _)| key).unique().collect();
        for setting in settings {
            if let Some((_, other)) = listed.iter().find(|(key, _)| key == setting) {
                let accepted =
                    format!("the same grid lists this setting under {other:?} too: list it once");
                return Err(Error::setting(under(&name), setting, accepted));
            }
            listed.push((setting.clone(), name.clone()));
        }
        axes.push(axis);
    }
    Ok(axes)
}

/// How a grid's key is called in messages.
fn under(key: &str) -> String {
    format!("sweep.grid.{key:?}")
}

fn axis(key: &str, value: Value) -> Result<Axis> {
    let shown = under(key);
    if ["seed", "seeds"].contains(&key) {
        let accepted = "seeds are no setting of a grid: list them as sweep.seeds, such as seeds = [0, 1] under [sweep]";
        return Err(Error::setting(shown, value, accepted));
    }
    let Value::Array(values) = value else {
        let accepted = "must be a list of values; a setting's dotted key stands in quotes, such as \
                        \"task.dim\" = [32, 64]";
        return Err(Error::setting(shown, value, accepted));
    };
    if values.is_empty() {
        return Err(Error::setting(shown, "[]", "must list at least one value"));
    }
    let choice = |value: Value| match value {
        value if key.contains('.') => Ok(vec![(key.to_owned(), value.to_string())]),
        Value::Table(settings) => together(&shown, settings),
        value => {
            let accepted = "a key without a dot is no setting; such a key lists settings that go together, as \
                            tables: [{ \"task.dim\" = 32, \"task.rank\" = 1 }]";
            Err(Error::setting(&shown, value, accepted))
        }
    };
    values.into_iter().map(choice).collect()
}

/// Settings that go together. A key without quotes stands in as many tables as it has dots.
fn together(shown: &str, settings: Table) -> Result<Point> {
    let mut point = Point::new();
    for (key, value) in settings {
        let found = match value {
            Value::Table(_) if !key.contains('.') => {
                dotted::leaves(&Table::from_iter([(key, value)]))
            }
            value => vec![(key, value)],
        };
        for (key, value) in found {
            let refused =
                |accepted: &str| Err(Error::setting(shown, format!("{key} = {value}"), accepted));
            if !key.contains('.') {
                return refused(
                    "a setting's key has a dot, such as task.dim; seeds are listed as sweep.seeds",
                );
            }
            if point.iter().any(|(other, _)| *other == key) {
                return refused("the same table lists this setting twice: list it once");
            }
            point.push((key, value.to_string()));
        }
    }
    Ok(point)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::wording::told;

    fn read(text: &str) -> Result<Grids> {
        let mut table: Table = text.parse().unwrap();
        Grids::read(table.remove(SWEEP))
    }

    fn shown(grids: &Grids) -> Vec<String> {
        let point = |point: &Point| {
            let settings = point.iter().map(|(key, value)| format!("{key}={value}"));
            settings.collect::<Vec<_>>().join(" ")
        };
        grids.points().iter().map(point).collect()
    }

    #[test]
    fn a_grid_has_every_combination_and_a_sweep_every_grid() {
        let grids = read(
            "[sweep]\nseeds = [3, 1]\n[[sweep.grid]]\n\"a.x\" = [1, 2]\nsize = [{ \"b.y\" = 3, \"b.z\" = [4] }, { \"b.y\" = 5 }]\n\
             [[sweep.grid]]\n\"a.x\" = [\"word\"]",
        )
        .unwrap();
        assert_eq!(grids.seeds, [3, 1]);
        let expected = [
            "a.x=1 b.y=3 b.z=[4]",
            "a.x=1 b.y=5",
            "a.x=2 b.y=3 b.z=[4]",
            "a.x=2 b.y=5",
            "a.x=\"word\"",
        ];
        assert_eq!(shown(&grids), expected);
        let more = grids.over("c.k = mlp, convnet").unwrap();
        assert_eq!(more.points().len(), 10);
        assert_eq!(shown(&more)[1], "a.x=1 b.y=3 b.z=[4] c.k=convnet");
        assert_eq!(shown(&Grids::default()), [""]);
        let fewer = more.clone().over("a.x=1").unwrap();
        let fewer = fewer.over("b.y=5").unwrap();
        assert_eq!(fewer.points().len(), 2 + 2);
        assert_eq!(shown(&fewer)[0], "a.x=1 b.y=5 c.k=mlp");
        let error = told(more.over("b.y=3,4").unwrap_err());
        assert!(error.contains("3, 5"), "{error}");
        let lists = Grids::default().over("a.b=[1, 2],[3]").unwrap();
        assert_eq!(shown(&lists), ["a.b=[1, 2]", "a.b=[3]"]);
    }

    #[test]
    fn settings_that_go_together_may_leave_quotes_away() {
        let grids = read(
            "[[sweep.grid]]\nsize = [{ task.dim = 3, objective.0.reference.spread = 1.0, \"a.b\" = { c = 1 } }]",
        );
        let expected = "task.dim=3 objective.0.reference.spread=1.0 a.b={ c = 1 }";
        assert_eq!(shown(&grids.unwrap()), [expected]);
    }

    #[test]
    fn what_is_no_sweep_is_refused_by_name() {
        for (text, named) in [
            ("sweep = 3", "sweep = 3: "),
            ("[sweep]\nseeds = 5", "sweep.seeds = 5: "),
            ("[sweep]\nseeds = [-1]", "sweep.seeds = -1: "),
            ("[sweep]\nlaw = 1", "sweep.law = 1: "),
            ("[sweep]\ngrid = 1", "sweep.grid = 1: "),
            ("[sweep]\ngird = []", "sweep.gird = []: "),
            ("[[sweep.grid]]\n\"a.b\" = 3", "sweep.grid.\"a.b\" = "),
            ("[[sweep.grid]]\n\"a.b\" = []", "sweep.grid.\"a.b\" = "),
            ("[[sweep.grid]]\na = [3]", "sweep.grid.\"a\" = "),
            ("[[sweep.grid]]\nseed = [3]", "sweep.grid.\"seed\" = [3]: "),
            (
                "[[sweep.grid]]\nsize = [{ \"task.dim\" = 3 }]\n\"task.dim\" = [3]",
                "sweep.grid.\"task.dim\" = task.dim: ",
            ),
            (
                "[[sweep.grid]]\nsize = [{ task.dim = 3 }]\nway = [{ a.b = 1 }, { \"task.dim\" = 4 }]",
                "sweep.grid.\"way\" = task.dim: ",
            ),
            (
                "[[sweep.grid]]\nsize = [{ task.dim = 3, \"task.dim\" = 4 }]",
                "task.dim = 4: ",
            ),
            (
                "[[sweep.grid]]\nsize = [{ dim = 3 }]",
                "sweep.grid.\"size\" = dim = 3: ",
            ),
        ] {
            let error = told(read(text).unwrap_err());
            assert!(error.contains(named), "{text}: {error}");
        }
        for text in ["a.b", "a=1", "a.b="] {
            let error = told(Grids::default().over(text).unwrap_err());
            assert!(error.starts_with("--over = "), "{error}");
        }
        let error = told(Grids::default().over("seed=0,1").unwrap_err());
        assert!(error.contains("--seeds"), "{error}");
        let many: Vec<String> = (0..400).map(|value| value.to_string()).collect();
        let many = many.join(",");
        let once = Grids::default().over(&format!("a.b={many}")).unwrap();
        assert_eq!(once.over(&format!("a.c={many}")).unwrap().count(), 160_000);
        assert_eq!(Grids::default().count(), 1);
    }
}
