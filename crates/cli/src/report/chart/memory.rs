//! Chart of the memory of the set, the data and the model.

use retort_core::evaluate::MemoryAccount;

use super::{Axis, Chart, Colour, Mark, Scale, Series};

/// Bars for the data, the model, the set and the theory's bound.
pub fn chart(memory: &MemoryAccount) -> Chart {
    let mut rows = vec![
        ("training data", memory.real_floats, Colour::Series(0)),
        ("model", memory.model_floats, Colour::Series(0)),
        ("distilled", memory.floats, Colour::Series(1)),
    ];
    if let Some(theory) = memory.theory_floats {
        rows.push(("r²d + L", theory, Colour::Series(2)));
    }
    let least = rows.iter().map(|(_, floats, _)| *floats).min().unwrap_or(1);
    // A logarithmic bar needs a positive beginning: well below the end of the shortest.
    let from = (least.max(1) as f64 / 4.0).max(0.5);
    let bar = |(at, (_, floats, colour)): (usize, &(&str, usize, Colour))| {
        let middle = at as f64;
        let corners = [[from, middle + 0.3], [*floats as f64, middle - 0.3]];
        Series::new("", *colour, Mark::Boxes(vec![corners]))
    };
    let series = rows.iter().enumerate().map(bar).collect();
    let names = rows
        .iter()
        .map(|(name, floats, _)| format!("{name}: {floats}"));
    Chart {
        title: "Memory".to_owned(),
        description: "How many numbers are stored for the training part of the data, the weights of the \
                      network, and the distilled set; and the theory's r²d + L, if the task knows its \
                      subspace. The scale is logarithmic."
            .to_owned(),
        x: Axis::new("numbers stored", Scale::Logarithmic).with(&[from]),
        y: Axis::new("", Scale::Names(names.collect())),
        series,
    }
}
