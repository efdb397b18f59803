//! A table of vectors and their targets.

use retort_core::shape::InputShape;
use retort_core::synthetic::RawSet;
use retort_core::task::Target;
use retort_core::{Error, Result};

/// The bytes of the table: a header, the columns of inputs, and the class or the values. Numbers have as many
/// digits as they need to be read back exactly.
pub fn bytes(set: &RawSet) -> Result<Vec<u8>> {
    if let InputShape::Picture(_) = set.shape {
        let accepted = "the inputs of this set are pictures: take npz or pictures";
        return Err(Error::setting("--format", "csv", accepted));
    }
    let failed =
        |error: csv::Error| Error::Mismatch(format!("the table cannot be written: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns(set)).map_err(failed)?;
    let classes = set.class_of_points();
    for (point, input) in set.inputs.rows().into_iter().enumerate() {
        let mut fields: Vec<String> = input.iter().map(ToString::to_string).collect();
        match &set.target {
            Target::Classes(_) => fields.push(classes[point].to_owned()),
            Target::Values(_) => {
                fields.extend(set.targets.row(point).iter().map(ToString::to_string))
            }
        }
        writer.write_record(fields).map_err(failed)?;
    }
    let bytes = writer.into_inner();
    bytes.map_err(|error| Error::Mismatch(format!("the table cannot be written: {error}")))
}

/// The names of the columns.
fn columns(set: &RawSet) -> Vec<String> {
    let inputs = (0..set.inputs.ncols()).map(|place| format!("x{place}"));
    let targets = match &set.target {
        Target::Classes(_) => vec!["class".to_owned()],
        Target::Values(names) => names.clone(),
    };
    inputs.chain(targets).collect()
}
