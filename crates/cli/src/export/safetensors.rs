//! Plain tensors, with the names of classes or values in the metadata.

use std::collections::HashMap;

use retort_core::store::numpy::{Elements, Whole};
use retort_core::synthetic::RawSet;
use retort_core::task::Target;
use retort_core::{Error, Result};
use safetensors::serialize;
use safetensors::tensor::{Dtype, TensorView};

/// The bytes of the file. `name` is that of the task.
pub fn bytes(set: &RawSet, name: &str) -> Result<Vec<u8>> {
    let failed = |error: String| Error::Mismatch(format!("the tensors cannot be written: {error}"));
    let tensors: Vec<_> = set
        .arrays()
        .into_iter()
        .filter_map(|array| {
            let dtype = match array.elements {
                Elements::Bytes(_) => Dtype::U8,
                Elements::Integers(_) => Dtype::I64,
                Elements::Whole(kind, _) => match kind {
                    Whole::Int8 => Dtype::I8,
                    Whole::Int16 => Dtype::I16,
                    Whole::Int32 => Dtype::I32,
                    Whole::Int64 => Dtype::I64,
                    Whole::Uint8 => Dtype::U8,
                    Whole::Uint16 => Dtype::U16,
                    Whole::Uint32 => Dtype::U32,
                    Whole::Uint64 => Dtype::U64,
                },
                Elements::Numbers(_) => Dtype::F64,
                Elements::Texts(_) => return None,
            };
            Some((array.name, dtype, array.shape, array.elements.to_bytes()))
        })
        .collect();
    let views: Result<Vec<_>, _> = tensors
        .iter()
        .map(|(name, dtype, shape, bytes)| {
            TensorView::new(*dtype, shape.clone(), bytes).map(|view| (*name, view))
        })
        .collect();
    let (key, names) = match &set.target {
        Target::Classes(names) => ("classes", names),
        Target::Values(names) => ("values", names),
    };
    let names = serde_json::to_string(names).map_err(|error| failed(error.to_string()))?;
    let metadata = [("task", name.to_owned()), (key, names)];
    let metadata: HashMap<String, String> = metadata
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    views
        .and_then(|views| serialize(views, Some(metadata)))
        .map_err(|error| failed(error.to_string()))
}
