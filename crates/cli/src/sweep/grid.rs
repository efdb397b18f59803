//! The grids of a sweep, which say which runs it has.
//!
//! ```toml
//! [sweep]
//! seeds = [0, 1, 2]
//! law = "memory"                              # optional: a law to compare the runs with
//!
//! [[sweep.grid]]                              # every combination of the values below
//! "task.dim" = [32, 64]                       # a setting and its values
//! size = [                                    # settings that change together; `size` is any name
//!     { "task.rank" = 2, "synthetic.points" = 8 },
//!     { "task.rank" = 3, "synthetic.points" = 18 },
//! ]
//! ```
//!
//! A sweep with several grids has the runs of each grid.

use itertools::Itertools;
use retort_core::settings::dotted;
use retort_core::{Error, Result};
use toml::{Table, Value};

use super::job::Point;
use super::law::Law;
use crate::layers::SWEEP;

/// The choices that one key of a grid lists.
type Axis = Vec<Point>;

/// All grids of a sweep, and its seeds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grids {
    grids: Vec<Vec<Axis>>,
    /// Seeds of every point, if the section lists any.
    pub seeds: Vec<u64>,
    /// The law to compare the runs with, if the section names one.
    pub law: Option<Law>,
}

impl Grids {
    /// Reads a section `sweep`. Without one, there is a single point and nothing varies.
    ///
    /// # Errors
    /// [`Error::Setting`]: an unknown key, or a value of the wrong type.
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
            let accepted =
                "is not a key of a sweep: it has sweep.seeds, sweep.law and [[sweep.grid]]";
            return Err(Error::setting(key, value, accepted));
        }
        Ok(Self { grids, seeds, law })
    }

    /// Adds a key to every grid, from `KEY=VALUE,VALUE,…`. If a grid already lists the key alone, these
    /// values replace its own. If a grid lists the key together with other settings, only its choices with
    /// these values are kept.
    ///
    /// # Errors
    /// [`Error::Setting`]: there is no `=`, key or value, or no choice has one of the values.
    pub fn over(mut self, assignment: &str) -> Result<Self> {
        let malformed = || {
            let accepted = "must look like key=value,value, such as task.dim=32,64";
            Error::setting("--over", assignment, accepted)
        };
        let (key, values) = assignment.split_once('=').ok_or_else(malformed)?;
        let (key, values) = (key.trim(), values.trim());
        if !key.contains('.') {
            let accepted = "must name a setting, whose key has a dot, such as task.dim=32,64; give seeds \
                            with --seeds, such as --seeds 0,1";
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
                            "the sweep lists {key} together with other settings, with the values {listed}: \
                             choose among these, or write your own file"
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

    /// Number of points.
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

    /// All points. The last key of a grid changes fastest. Without a grid, there is a single empty point.
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

/// The values of one setting as choices.
fn choices(key: &str, values: &[String]) -> Axis {
    let choice = |value: &String| vec![(key.to_owned(), value.clone())];
    values.iter().map(choice).collect()
}

/// Keeps the choices in which a setting has one of these values. If no choice has one of them, fails with the
/// setting's values.
fn keep(axis: &mut Axis, key: &str, values: &[String]) -> Result<(), String> {
    let of = |choice: &Point| {
        let found = choice.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.clone())
    };
    // A file has words in quotes, a command has them without.
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
                    format!("the same grid also lists this setting under {other:?}: list it once");
                return Err(Error::setting(under(&name), setting, accepted));
            }
            listed.push((setting.clone(), name.clone()));
        }
        axes.push(axis);
    }
    Ok(axes)
}

/// Name of a grid's key in messages.
fn under(key: &str) -> String {
    format!("sweep.grid.{key:?}")
}

fn axis(key: &str, value: Value) -> Result<Axis> {
    let shown = under(key);
    if ["seed", "seeds"].contains(&key) {
        let accepted = "a grid cannot list seeds: list them as sweep.seeds, such as seeds = [0, 1] under \
                        [sweep]";
        return Err(Error::setting(shown, value, accepted));
    }
    let Value::Array(values) = value else {
        let accepted = "must be a list of values; put a setting's dotted key in quotes, such as \
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
            let accepted = "a key without a dot must list tables of settings that change together, such as \
                            [{ \"task.dim\" = 32, \"task.rank\" = 1 }]";
            Err(Error::setting(&shown, value, accepted))
        }
    };
    values.into_iter().map(choice).collect()
}

/// The settings of a table that change together. TOML reads a dotted key without quotes as nested tables.
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
                return refused("must be a full key such as task.dim; list seeds as sweep.seeds");
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
    fn settings_that_go_together_need_no_quotes() {
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
