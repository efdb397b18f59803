//! Settings in layers: a file over a preset, `--set` over both.
//!
//! A higher layer wins key by key. Four more rules apply:
//!
//! - A section whose `kind` changes restarts from the defaults of the new kind, because the old keys
//!   belong to the old kind.
//! - If a layer gives `evaluate.protocol`, the layers below lose the settings that this protocol does
//!   not read.
//! - If two settings say the same in different ways, giving one removes the other from the layers below.
//! - A table `[objective]` over a list of objectives changes the first of them, as `--set` does. If the
//!   list has several and the table names its `kind`, the table replaces the list.

use retort_core::evaluate::EvaluateSettings;
use retort_core::settings::apply_override;
use retort_core::{Error, Result};
use toml::{Table, Value};

/// Section, key, and the other key that it drops: giving the first key removes the second one.
const DROPS: [(&str, &str, &str); 8] = [
    ("synthetic", "points", "per_class"),
    ("synthetic", "per_class", "points"),
    ("task", "side", "height"),
    ("task", "side", "width"),
    ("task", "height", "side"),
    ("task", "width", "side"),
    ("network", "width", "widths"),
    ("network", "depth", "widths"),
];

/// Section with other settings for some numbers of points per class.
pub const VARIANTS: &str = "per_class";

/// Section about many runs.
pub const SWEEP: &str = "sweep";

/// Merges tables, lowest first, and then the assignments. If the merged `synthetic.per_class` is N, the
/// section `per_class.N` of each table is put over that table.
///
/// # Errors
/// Those of [`assign`]; a `per_class` that is not a table of tables.
pub fn stacked(layers: &[Table], assignments: &[String]) -> Result<Table> {
    let stack = |chosen: Option<&str>| {
        let mut table = Table::new();
        for layer in layers {
            let mut layer = layer.clone();
            let variants = layer.remove(VARIANTS);
            overlay(&mut table, layer);
            if let Some(variant) = variant(variants, chosen)? {
                overlay(&mut table, variant);
            }
        }
        assign(&mut table, assignments)?;
        Ok::<_, Error>(table)
    };
    let plain = stack(None)?;
    match per_class(&plain) {
        Some(count) => stack(Some(&count.to_string())),
        None => Ok(plain),
    }
}

/// The numbers of points per class that a layer has settings for: its own `synthetic.per_class` first, then
/// those of its variants. Any other number takes the settings of the first. Empty if the layer gives no
/// `synthetic.per_class`.
pub fn listed(layer: &Table) -> Vec<i64> {
    let Some(own) = per_class(layer) else {
        return Vec::new();
    };
    let variants = layer.get(VARIANTS).and_then(Value::as_table);
    let keys = variants.into_iter().flat_map(Table::keys);
    let mut others: Vec<i64> = keys.filter_map(|key| key.parse().ok()).collect();
    others.sort_unstable();
    [vec![own], others].concat()
}

/// The table's number of points per class.
fn per_class(table: &Table) -> Option<i64> {
    table.get("synthetic")?.get("per_class")?.as_integer()
}

/// The chosen variant of a layer, if it has one.
fn variant(variants: Option<Value>, chosen: Option<&str>) -> Result<Option<Table>> {
    let accepted =
        "must hold sections named by a number of points per class, such as [per_class.10.distill]";
    match variants {
        None => Ok(None),
        Some(Value::Table(mut variants)) => {
            let is_number = |key: &&String| key.parse::<usize>().is_ok_and(|count| count > 0);
            if let Some(key) = variants.keys().find(|key| !is_number(key)) {
                return Err(Error::setting(VARIANTS, key, accepted));
            }
            match chosen.and_then(|chosen| variants.remove(chosen)) {
                None => Ok(None),
                Some(Value::Table(variant)) => Ok(Some(variant)),
                Some(other) => Err(Error::setting(VARIANTS, other, accepted)),
            }
        }
        Some(other) => Err(Error::setting(VARIANTS, other, accepted)),
    }
}

/// Puts a whole table over another one.
pub fn overlay(below: &mut Table, above: Table) {
    drop_alternatives(below, |section, key| {
        above.get(section).is_some_and(|it| it.get(key).is_some())
    });
    if let Some(protocol) = protocol(&above) {
        drop_unread(below, protocol);
    }
    merge(below, above);
}

/// Puts assignments `key=value` over a table. Those that decide which other keys a section has come first.
///
/// # Errors
/// A malformed assignment, or one whose key has no place in the table.
pub fn assign(table: &mut Table, assignments: &[String]) -> Result<()> {
    let key = |assignment: &String| {
        let key = assignment.split('=').next().unwrap_or_default();
        key.trim().to_owned()
    };
    let (kinds, others): (Vec<_>, Vec<_>) = assignments
        .iter()
        .partition(|assignment| key(assignment).ends_with(".kind"));
    let (protocols, others): (Vec<_>, Vec<_>) = others
        .into_iter()
        .partition(|assignment| key(assignment) == "evaluate.protocol");
    for assignment in kinds {
        let before = Value::Table(table.clone());
        apply_override(table, assignment)?;
        for (name, after) in table.iter_mut() {
            if let Some(before) = before.get(name) {
                restart(before, after);
            }
        }
    }
    for assignment in &protocols {
        apply_override(table, assignment)?;
    }
    if let (false, Some(protocol)) = (protocols.is_empty(), protocol(table)) {
        let protocol = protocol.to_owned();
        drop_unread(table, &protocol);
    }
    let given: Vec<String> = others.iter().map(|assignment| key(assignment)).collect();
    drop_alternatives(table, |section, key| {
        let full = format!("{section}.{key}");
        let below = |given: &String| given.strip_prefix(&full)?.starts_with('.').then_some(());
        given.iter().any(|it| *it == full || below(it).is_some())
    });
    if given
        .iter()
        .any(|it| it.starts_with("synthetic.per_class."))
    {
        name_classes(table);
    }
    for assignment in others {
        apply_override(table, assignment)?;
    }
    Ok(())
}

/// Makes room for numbers of points by class name, in the place of one number for all classes.
fn name_classes(table: &mut Table) {
    let synthetic = table.get_mut("synthetic").and_then(Value::as_table_mut);
    if let Some(synthetic) = synthetic
        && synthetic.get("per_class").is_some_and(Value::is_integer)
    {
        synthetic.remove("per_class");
    }
}

fn merge(below: &mut Table, above: Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => {
                overlay_section(below, above);
            }
            (Some(Value::Array(stages)), Value::Table(above))
                if stages.len() == 1 || above.get("kind").is_none() =>
            {
                // Only `objective` has a list of tables.
                if let Some(Value::Table(first)) = stages.first_mut() {
                    overlay_section(first, above);
                } else {
                    below.insert(key, Value::Table(above));
                }
            }
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}

fn overlay_section(below: &mut Table, above: Table) {
    if is_changed(below.get("kind"), above.get("kind")) {
        below.clear();
    }
    merge(below, above);
}

/// Removes all keys except `kind` from a table whose kind has changed.
fn restart(before: &Value, after: &mut Value) {
    match (before, after) {
        (Value::Table(before), Value::Table(after))
            if is_changed(before.get("kind"), after.get("kind")) =>
        {
            after.retain(|key, _| key == "kind");
        }
        (Value::Array(before), Value::Array(after)) => {
            for (before, after) in before.iter().zip(after) {
                restart(before, after);
            }
        }
        _ => {}
    }
}

fn is_changed(before: Option<&Value>, after: Option<&Value>) -> bool {
    matches!((before, after), (Some(before), Some(after)) if before != after)
}

/// The protocol that a table gives.
fn protocol(table: &Table) -> Option<&str> {
    table.get("evaluate")?.get("protocol")?.as_str()
}

/// Drops the settings that this protocol does not read.
fn drop_unread(table: &mut Table, protocol: &str) {
    if let Some(Value::Table(section)) = table.get_mut("evaluate") {
        EvaluateSettings::drop_unread(section, protocol);
    }
}

fn drop_alternatives(table: &mut Table, given: impl Fn(&str, &str) -> bool) {
    for (section, key, other) in DROPS {
        if given(section, key)
            && let Some(Value::Table(below)) = table.get_mut(section)
        {
            below.remove(other);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn table(text: &str) -> Table {
        text.parse().unwrap()
    }

    fn assigned(text: &str, assignments: &[&str]) -> Table {
        let mut table = table(text);
        let owned: Vec<String> = assignments.iter().map(ToString::to_string).collect();
        assign(&mut table, &owned).unwrap();
        table
    }

    #[test]
    fn another_protocol_drops_what_it_does_not_read_from_the_layers_below() {
        let train = "evaluate = { runs = 2, steps = 3, loss = \"squared-error\", stepz = 1 }";
        let expected = table(
            "evaluate = { runs = 2, loss = \"squared-error\", stepz = 1, protocol = \"quick\" }",
        );
        assert_eq!(assigned(train, &["evaluate.protocol=quick"]), expected);
        let mut file = table(train);
        overlay(&mut file, table("evaluate.protocol = \"quick\""));
        assert_eq!(file, expected);
        // A setting of the same layer stays, and is refused when the settings are read.
        let both = assigned(train, &["evaluate.batch=4", "evaluate.protocol=quick"]);
        assert_eq!(both["evaluate"].get("batch"), Some(&4.into()));
        // The last of two assignments wins.
        let twice = ["evaluate.protocol=quick", "evaluate.protocol=train"];
        assert_eq!(
            assigned(train, &twice)["evaluate"].get("steps"),
            Some(&3.into())
        );
        let guess = assigned(train, &["evaluate.protocol=guess"]);
        assert_eq!(guess["evaluate"].as_table().unwrap().len(), 5);
    }

    const BASE: &str = "[network]\nkind = \"two-layer\"\nwidth = 256\n[synthetic]\npoints = 8";

    #[test]
    fn a_new_kind_restarts_its_section_whatever_the_order() {
        let expected = table("network = { kind = \"mlp\", depth = 3 }\nsynthetic.points = 8");
        for order in [
            ["network.depth=3", "network.kind=mlp"],
            ["network.kind=mlp", "network.depth=3"],
        ] {
            assert_eq!(assigned(BASE, &order), expected);
        }
        let same = assigned(BASE, &["network.kind=two-layer"]);
        assert_eq!(same, table(BASE));
        let mut file = table(BASE);
        overlay(
            &mut file,
            table("[network]\nkind = \"mlp\"\ndepth = 3\n[synthetic]\npoints = 8"),
        );
        assert_eq!(file, expected);
    }

    #[test]
    fn one_of_several_objectives_restarts_alone() {
        let two = "[[objective]]\nkind = \"a\"\nx = 1\n[[objective]]\nkind = \"b\"\ny = 1";
        let expected = "[[objective]]\nkind = \"a\"\nx = 1\n[[objective]]\nkind = \"c\"";
        assert_eq!(assigned(two, &["objective.1.kind=c"]), table(expected));
    }

    #[test]
    fn one_objective_over_a_list_is_put_over_the_first() {
        let one = "[[objective]]\nkind = \"a\"\nx = 1";
        let two = "[[objective]]\nkind = \"a\"\nx = 1\n[[objective]]\nkind = \"b\"";
        let over = |below: &str, above: &str| {
            let mut file = table(below);
            overlay(&mut file, table(above));
            file
        };
        let y = "[objective]\ny = 2";
        let kind = "[objective]\nkind = \"c\"";
        let more = "[[objective]]\nkind = \"a\"\nx = 1\ny = 2\n";
        assert_eq!(over(one, y), table(more));
        assert_eq!(
            over(two, y),
            table(&format!("{more}[[objective]]\nkind = \"b\""))
        );
        assert_eq!(over(one, kind), table("[[objective]]\nkind = \"c\""));
        assert_eq!(over(two, kind), table(kind));
        assert_eq!(
            over(one, "network.width = 3")["objective"],
            table(one)["objective"]
        );
    }

    #[test]
    fn a_layer_lists_the_numbers_that_it_has_settings_for() {
        let text = "synthetic.per_class = 1\nper_class.50.a.b = 1\nper_class.10.a.b = 2";
        assert_eq!(listed(&table(text)), [1, 10, 50]);
        assert_eq!(listed(&table("synthetic.per_class = 1")), [1]);
        assert!(listed(&table("synthetic.points = 1")).is_empty());
    }

    #[test]
    fn another_way_to_say_the_same_wins_over_lower_layers_only() {
        let per_class = assigned(BASE, &["synthetic.per_class=1"]);
        assert_eq!(per_class["synthetic"], table("per_class = 1").into());
        let named = ["synthetic.per_class.a=1", "synthetic.per_class.b=2"];
        let expected = table("per_class = { a = 1, b = 2 }");
        assert_eq!(assigned(BASE, &named)["synthetic"], expected.clone().into());
        let of_a_number = assigned("synthetic.per_class = 4", &named);
        assert_eq!(of_a_number["synthetic"], expected.into());
        let both = assigned(BASE, &["synthetic.per_class=1", "synthetic.points=2"]);
        assert_eq!(both["synthetic"].as_table().unwrap().len(), 2);
        let widths = "[network]\nkind = \"mlp\"\nwidths = [3]";
        let width = assigned(widths, &["network.width=64"]);
        assert_eq!(width["network"].get("widths"), None);
    }
}
