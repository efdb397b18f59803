//! An archive of numpy, or a file of plain tensors, as a set: pictures `[n, h, w, c]` or `[n, c, h, w]`, or vectors `[n, d]`, with hard labels
//! `[n]` or soft ones `[n, classes]`.

use std::path::Path;

use ndarray::{Array2, Axis};

use super::classes::{self, Match};
use super::names::{
    CLASSES, OWN, READOUT_LABELS, REFERENCE, REFERENCE_INPUTS, SOFT, STEP_SIZES, UNROUNDED,
};
use super::remarks;
use super::set::Foreign;
use crate::error::{Error, Result};
use crate::settings::Check;
use crate::store::numpy::{Archive, NumpyArray};
use crate::store::plain_tensors::PlainTensors;
use crate::synthetic::{RawReadout, RawSet, Reference, ReferenceSettings};
use crate::task::arrays::{Files, Inputs, Named, Pairs, Reading, check_distinct};
use crate::task::{Target, Task};

/// Arrays by their names, wherever they are from.
type Find<'a> = &'a mut dyn FnMut(&str) -> Result<Named>;

/// Reads an archive for a task.
pub fn read(path: &Path, task: &Task) -> Result<Foreign> {
    let mut archive = Archive::open(path)?;
    let names = archive.names();
    let mut find = |name: &str| Named::of_archive(&mut archive, path, name);
    let classes = match names.iter().any(|name| name == CLASSES) {
        true => Some(find(CLASSES)?),
        false => None,
    };
    let own = classes.as_ref().and_then(words);
    if let Some(classes) = &classes {
        check_distinct(own.as_deref().unwrap_or_default())
            .map_err(|problem| classes.error(problem))?;
    }
    of_arrays(path, &names, own, &mut find, task)
}

/// Reads a file of plain tensors for a task. The names of its classes are JSON in its metadata.
pub fn read_tensors(path: &Path, task: &Task) -> Result<Foreign> {
    let PlainTensors { metadata, arrays } = PlainTensors::read(path)?;
    let own: Option<Vec<String>> = match metadata.get(CLASSES) {
        Some(text) => Some(serde_json::from_str(text).map_err(|error| {
            let problem = format!(
                "has {CLASSES:?} in its metadata, which are no names as JSON ({error}): write them as [\"a\", \"b\"]"
            );
            Error::data(path, problem)
        })?),
        None => None,
    };
    if let Some(own) = &own {
        let named = |problem| Error::data(path, format!("{problem} ({CLASSES:?} in its metadata)"));
        check_distinct(own).map_err(named)?;
    }
    of_named(path, arrays, own, task)
}

/// Reads a set that is decoded already, such as that of an artefact at this path, for a task.
pub fn read_raw(path: &Path, set: &RawSet, task: &Task) -> Result<Foreign> {
    let mut arrays = Vec::new();
    for array in set.arrays() {
        let bytes = array.elements.to_npy(&array.shape);
        let read = NumpyArray::read(&mut &bytes[..], bytes.len());
        let read = read.map_err(|problem| Error::data(path, format!("{:?} {problem}", array.name)));
        arrays.push((array.name.to_owned(), read?));
    }
    let own = set.target.classes().map(|_| set.target.class_names());
    of_named(path, arrays, own.map(<[String]>::to_vec), task)
}

fn of_named(
    path: &Path,
    arrays: Vec<(String, NumpyArray)>,
    own_classes: Option<Vec<String>>,
    task: &Task,
) -> Result<Foreign> {
    let names: Vec<String> = arrays.iter().map(|(name, _)| name.clone()).collect();
    let mut find = |name: &str| {
        let found = arrays.iter().find(|(other, _)| other == name);
        let (_, array) =
            found.ok_or_else(|| Error::data(path, format!("has no tensor {name:?}")))?;
        Ok(Named::new(path, name, array.clone()))
    };
    of_arrays(path, &names, own_classes, &mut find, task)
}

fn of_arrays(
    path: &Path,
    names: &[String],
    own_classes: Option<Vec<String>>,
    named: Find<'_>,
    task: &Task,
) -> Result<Foreign> {
    let has = |name: &str| names.iter().any(|other| other == name);
    let pairs = Pairs::find(names).map_err(|problem| Error::data(path, problem))?;
    let (inputs, targets) = pairs.train.unwrap_or_default();
    let left_out: Vec<&String> = names
        .iter()
        .filter(|name| !OWN.contains(&name.as_str()) && **name != inputs && **name != targets)
        .collect();
    let inputs = match has(UNROUNDED) {
        true => rows(&named(UNROUNDED)?, task, true)?,
        false => rows(&named(&inputs)?, task, false)?,
    };
    let soft = if has(SOFT) { SOFT } else { &targets };
    let labels = labels(&named(soft)?, own_classes, &task.target)?;
    let set = Foreign::of(path, task, inputs, labels)?;
    let step_sizes = match has(STEP_SIZES) {
        true => Some(step_sizes(&named(STEP_SIZES)?)?),
        false => None,
    };
    let readout = match has(READOUT_LABELS) {
        true => {
            for name in [REFERENCE, REFERENCE_INPUTS] {
                if !has(name) {
                    let problem = format!(
                        "has readout labels {READOUT_LABELS:?} without {name:?}; to score the points alone, \
                         remove them"
                    );
                    return Err(Error::data(path, problem));
                }
            }
            Some(RawReadout {
                reference: reference(&named(REFERENCE)?)?,
                inputs: rows(&named(REFERENCE_INPUTS)?, task, true)?,
                labels: matrix(&named(READOUT_LABELS)?, task.target.len())?,
            })
        }
        false => None,
    };
    let raw = RawSet {
        step_sizes,
        readout,
        ..set.raw
    };
    let remarks = remarks::of_arrays(&left_out).into_iter().collect();
    Ok(Foreign {
        raw,
        remarks,
        ..set
    })
}

/// Reads a file of inputs, with the targets in a file beside it, for a task.
pub fn read_pair(path: &Path, task: &Task) -> Result<Foreign> {
    let pair = Files::read(path, None)?.train;
    let inputs = rows(&pair.inputs, task, false)?;
    let labels = labels(&pair.targets, None, &task.target)?;
    Foreign::of(path, task, inputs, labels)
}

/// The inputs as rows of the task's shape. `is_exact` says that pixels are from 0 to 1 already.
fn rows(named: &Named, task: &Task, is_exact: bool) -> Result<Array2<f64>> {
    let mut reading = Reading::for_shape(named, task.inputs, task.normalisation.range)?;
    if is_exact {
        reading.divisor = 1.0;
    }
    let inputs = Inputs::new(named, reading)?;
    inputs.check()?;
    let mut rows = Array2::zeros((inputs.len(), task.inputs.len()));
    let mut values = vec![0.0; task.inputs.len()];
    for (place, mut row) in rows.rows_mut().into_iter().enumerate() {
        inputs.row(place, &mut values);
        row.iter_mut()
            .zip(&values)
            .for_each(|(to, from)| *to = *from);
    }
    Ok(rows)
}

/// The targets `[n, outputs]` in the order of the task's classes.
fn labels(
    named: &Named,
    own_classes: Option<Vec<String>>,
    target: &Target,
) -> Result<(Array2<f64>, Option<Match>)> {
    let Target::Classes(names) = target else {
        return Ok((matrix(named, target.len())?, None));
    };
    if matches!(named.array.shape(), &[_, width] if width > 1) {
        let soft = matrix(named, names.len())?;
        let own = own_classes.unwrap_or_else(|| (0..names.len()).map(|n| n.to_string()).collect());
        if own.len() != names.len() {
            let problem = format!(
                "has {} columns, but {CLASSES:?} names {}",
                names.len(),
                own.len()
            );
            return Err(named.error(problem));
        }
        let (places, matched) = classes::places(&named.path, &own, names)?;
        let mut ordered = Array2::zeros(soft.raw_dim());
        for (column, &place) in places.iter().enumerate() {
            ordered.column_mut(place).assign(&soft.column(column));
        }
        return Ok((ordered, Some(matched)));
    }
    let keys = words(named).ok_or_else(|| {
        named.error(
            "has no classes: give an integer or a text for each point, or a number for each class",
        )
    })?;
    let keys = match own_classes {
        None => keys,
        Some(own) => {
            let name = |key: &String| match key.parse::<usize>() {
                Ok(place) if place < own.len() => Ok(own[place].clone()),
                _ if own.contains(key) => Ok(key.clone()),
                _ => Err(named.error(format!(
                    "has the class {key}, which {CLASSES:?} does not name"
                ))),
            };
            keys.iter().map(name).collect::<Result<_>>()?
        }
    };
    let (targets, matched) = classes::targets(&named.path, &keys, names)?;
    Ok((targets, Some(matched)))
}

/// The elements of an array `[n]` or `[n, 1]` as words: whole numbers or texts.
fn words(named: &Named) -> Option<Vec<String>> {
    let array = &named.array;
    let count = match *array.shape() {
        [count] | [count, 1] => count,
        _ => return None,
    };
    let word = |place: usize| {
        let whole = array.integer(place).map(|value| value.to_string());
        let number = || {
            let value = array.number(place);
            (value.fract() == 0.0).then(|| (value + 0.0).to_string())
        };
        whole.or_else(|| array.text(place)).or_else(number)
    };
    (0..count).map(word).collect()
}

/// Finite numbers `[n, width]`, or `[n]` if the width is 1.
fn matrix(named: &Named, width: usize) -> Result<Array2<f64>> {
    let (array, strides) = (&named.array, named.array.strides());
    let numbers: Option<Vec<f64>> = match *array.shape() {
        [count] if width == 1 => Some((0..count).map(|place| array.number(place)).collect()),
        [count, own] if own == width => {
            let places = (0..count).flat_map(|row| (0..width).map(move |column| [row, column]));
            let number =
                |[row, column]: [usize; 2]| array.number(row * strides[0] + column * strides[1]);
            Some(places.map(number).collect())
        }
        _ => None,
    };
    let fits = numbers.filter(|numbers| numbers.iter().all(|v| v.is_finite()));
    let rows = fits
        .and_then(|numbers| Array2::from_shape_vec((numbers.len() / width, width), numbers).ok());
    rows.filter(|rows| rows.len_of(Axis(0)) > 0).ok_or_else(|| {
        let shape = array.shape();
        named.error(format!(
            "has the shape {shape:?}, but finite numbers [n, {width}] are needed, one for each class or value"
        ))
    })
}

fn step_sizes(named: &Named) -> Result<Vec<f64>> {
    let count = named.array.shape().iter().product();
    let sizes: Vec<f64> = (0..count).map(|place| named.array.number(place)).collect();
    match !sizes.is_empty() && sizes.iter().all(|size| *size > 0.0 && size.is_finite()) {
        true => Ok(sizes),
        false => Err(named.error("must have positive step sizes")),
    }
}

fn reference(named: &Named) -> Result<Reference> {
    let numbers = matrix(named, 4)?;
    let (seed, rank) = (numbers[[0, 0]], numbers[[0, 1]]);
    let settings = ReferenceSettings {
        rank: (rank >= 1.0).then_some(rank as usize),
        spread: numbers[[0, 2]],
        penalty: numbers[[0, 3]],
    };
    settings
        .check()
        .map_err(|error| named.error(format!("is not usable: {error}")))?;
    let seed = seed as u64;
    Ok(Reference { seed, settings })
}
