//! Plain tensors of any program: a safetensors file without Retort's description, read as arrays.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use safetensors::SafeTensors;
use safetensors::tensor::Dtype;

use super::numpy::{NumpyArray, to_npy};
use crate::error::{Error, Result};

/// Largest header of a safetensors file, in bytes.
const LARGEST_HEADER: u64 = 100_000_000;

/// The texts in a file's header.
pub type Metadata = HashMap<String, String>;

/// The arrays of a file, and the texts in its header.
#[derive(Debug)]
pub struct PlainTensors {
    /// The texts by their keys.
    pub metadata: Metadata,
    /// The arrays with their names.
    pub arrays: Vec<(String, NumpyArray)>,
}

impl PlainTensors {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Data`] if it cannot be read, is no complete safetensors file, or has a tensor of a type that numpy does
    /// not have.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| Error::unreadable(path, &error))?;
        let damaged = |error: safetensors::SafeTensorError| {
            Error::data(
                path,
                format!("is not a complete safetensors file ({error}); write it again"),
            )
        };
        let (_, header) = SafeTensors::read_metadata(&bytes).map_err(damaged)?;
        let file = SafeTensors::deserialize(&bytes).map_err(damaged)?;
        let mut arrays = Vec::new();
        for (name, view) in file.iter() {
            let refused =
                |problem: String| Error::data(path, format!("the tensor {name:?} {problem}"));
            let (descr, data) = elements(view.dtype(), view.data()).ok_or_else(|| {
                let kind = view.dtype();
                refused(format!(
                    "has numbers of type {kind}, which are not read; save it as F32"
                ))
            })?;
            let bytes = to_npy(descr, view.shape(), &data);
            let array = NumpyArray::read(&mut &bytes[..], bytes.len()).map_err(refused)?;
            arrays.push((name.to_owned(), array));
        }
        arrays.sort_by(|(one, _), (other, _)| one.cmp(other));
        let metadata = header.metadata().clone().unwrap_or_default();
        Ok(Self { metadata, arrays })
    }

    /// The texts in a file's header, without its tensors. `None` if it is no safetensors file, or cannot be read.
    pub fn metadata(path: &Path) -> Option<Metadata> {
        let mut file = File::open(path).ok()?;
        let status = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
        let mut start = [0; 8];
        file.read_exact(&mut start).ok()?;
        let length = u64::from_le_bytes(start);
        if !(2..=LARGEST_HEADER.min(status.len().saturating_sub(8))).contains(&length) {
            return None;
        }
        let mut text = vec![0; usize::try_from(length).ok()?];
        file.read_exact(&mut text).ok()?;
        let header: HashMap<String, serde_json::Value> = serde_json::from_slice(&text).ok()?;
        let texts = header.get("__metadata__").cloned();
        texts.map_or(Some(Metadata::new()), |texts| {
            serde_json::from_value(texts).ok()
        })
    }
}

/// Numpy's name of a type, and the elements in it. Floats of type BF16, which numpy does not have, become single
/// precision, which changes no value.
fn elements(kind: Dtype, data: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    let descr = match kind {
        Dtype::BOOL => "|b1",
        Dtype::U8 => "|u1",
        Dtype::I8 => "|i1",
        Dtype::U16 => "<u2",
        Dtype::I16 => "<i2",
        Dtype::U32 => "<u4",
        Dtype::I32 => "<i4",
        Dtype::U64 => "<u8",
        Dtype::I64 => "<i8",
        Dtype::F16 => "<f2",
        Dtype::F32 => "<f4",
        Dtype::F64 => "<f8",
        Dtype::BF16 => {
            let (halves, _) = data.as_chunks::<2>();
            let single = halves.iter().flat_map(|&[low, high]| [0, 0, low, high]);
            return Some(("<f4", single.collect()));
        }
        _ => return None,
    };
    Some((descr, data.to_vec()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use safetensors::serialize;
    use safetensors::tensor::TensorView;

    use super::*;
    use crate::wording::told;

    #[test]
    fn tensors_of_any_program_are_arrays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("set.safetensors");
        let write = |kind: Dtype, data: &[u8]| {
            let view = TensorView::new(kind, vec![2], data).unwrap();
            let texts = Metadata::from([("task".to_owned(), "mine".to_owned())]);
            std::fs::write(&path, serialize([("X", view)], Some(texts)).unwrap()).unwrap();
            PlainTensors::read(&path)
        };
        let halves = [1.5_f32, -2.0].map(|value| (value.to_bits() >> 16) as u16);
        let halves: Vec<u8> = halves.iter().flat_map(|half| half.to_le_bytes()).collect();
        let file = write(Dtype::BF16, &halves).unwrap();
        assert_eq!(file.arrays[0].0, "X");
        assert_eq!(file.arrays[0].1.number(1), -2.0);
        assert_eq!(file.metadata, PlainTensors::metadata(&path).unwrap());
        assert_eq!(file.metadata["task"], "mine");
        assert_eq!(
            write(Dtype::I8, &[1, 255]).unwrap().arrays[0].1.number(1),
            -1.0
        );
        assert!(told(write(Dtype::F8_E4M3, &[1, 2]).unwrap_err()).contains("\"X\""));
        std::fs::write(&path, b"\x02\0\0\0\0\0\0\0{}").unwrap();
        assert_eq!(PlainTensors::metadata(&path), Some(Metadata::new()));
        for damaged in [&b""[..], b"\xff\0\0\0\0\0\0\0{}", b"\x02\0\0\0\0\0\0\0[]"] {
            std::fs::write(&path, damaged).unwrap();
            assert_eq!(PlainTensors::metadata(&path), None);
            assert!(PlainTensors::read(&path).unwrap_err().is_bad_input());
        }
    }
}
