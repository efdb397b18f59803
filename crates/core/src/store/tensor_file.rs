//! The file format of artefacts, checkpoints and experts: named tensors in a safetensors file, and a
//! description as JSON under one key of its metadata.
//!
//! The description has two fields of this format. `format` is the version of the file's layout. `digest`
//! covers the description and the name, shape and numbers of every tensor. So a damaged file is refused, even
//! if its numbers still look plausible. Numbers keep their precision, single or double, and are finite.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::Path;

use burn::tensor::{DType, Tensor, TensorData, backend::Backend};
use ndarray::Array2;
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::store::digest::hexadecimal;

/// A message that says what is wrong with a file. The caller makes an error of it.
pub type Reason = String;

/// Named tensors, in the order of their names.
pub type Tensors = BTreeMap<String, Numbers>;

/// A tensor on the host.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers {
    /// Lengths of the axes.
    pub shape: Vec<usize>,
    /// The numbers, the last axis fastest.
    pub values: Values,
}

/// Numbers in the precision in which they were computed.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Single precision, 32 bits.
    Single(Vec<f32>),
    /// Double precision, 64 bits.
    Double(Vec<f64>),
}

impl Numbers {
    /// Reads a tensor's numbers. Floats of fewer than 32 bits become single precision, which changes no
    /// value.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) if the device cannot be read.
    pub fn of<B: Backend, const D: usize>(tensor: &Tensor<B, D>) -> Result<Self> {
        let data = crate::numeric::host::read(tensor)?;
        let values = match data.dtype {
            DType::F64 => Values::Double(data.iter::<f64>().collect()),
            _ => Values::Single(data.iter::<f32>().collect()),
        };
        let shape = tensor.dims().to_vec();
        Ok(Self { shape, values })
    }

    /// The numbers of a matrix on the host.
    pub fn of_matrix(matrix: &Array2<f64>) -> Self {
        Self {
            shape: matrix.shape().to_vec(),
            values: Values::Double(matrix.iter().copied().collect()),
        }
    }

    /// The same numbers rounded to single precision.
    pub fn single(self) -> Self {
        let values = match self.values {
            Values::Single(values) => values,
            Values::Double(values) => values.into_iter().map(|v| v as f32).collect(),
        };
        Self {
            shape: self.shape,
            values: Values::Single(values),
        }
    }

    /// The numbers in double precision.
    pub fn doubles(&self) -> Vec<f64> {
        match &self.values {
            Values::Single(values) => values.iter().copied().map(f64::from).collect(),
            Values::Double(values) => values.clone(),
        }
    }

    /// The tensor on a device, in the precision of its backend, or `None` if it does not have `D` axes.
    pub fn tensor<B: Backend, const D: usize>(&self, device: &B::Device) -> Option<Tensor<B, D>> {
        let shape: [usize; D] = self.shape.as_slice().try_into().ok()?;
        let data = match &self.values {
            Values::Single(values) => TensorData::new(values.clone(), shape),
            Values::Double(values) => TensorData::new(values.clone(), shape),
        };
        Some(Tensor::from_data(data, device))
    }

    /// Whether the numbers are in double precision.
    pub fn is_double(&self) -> bool {
        matches!(self.values, Values::Double(_))
    }

    /// Whether every number is finite.
    pub fn is_finite(&self) -> bool {
        match &self.values {
            Values::Single(values) => values.iter().all(|v| v.is_finite()),
            Values::Double(values) => values.iter().all(|v| v.is_finite()),
        }
    }

    fn dtype(&self) -> Dtype {
        match self.values {
            Values::Single(_) => Dtype::F32,
            Values::Double(_) => Dtype::F64,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match &self.values {
            Values::Single(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Values::Double(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    }

    fn read(view: &TensorView<'_>) -> Result<Self, Reason> {
        let data = view.data();
        let values = match view.dtype() {
            Dtype::F32 => Values::Single(
                data.as_chunks()
                    .0
                    .iter()
                    .map(|bytes| f32::from_le_bytes(*bytes))
                    .collect(),
            ),
            Dtype::F64 => Values::Double(
                data.as_chunks()
                    .0
                    .iter()
                    .map(|bytes| f64::from_le_bytes(*bytes))
                    .collect(),
            ),
            other => return Err(format!("has numbers of type {other}, not F32 or F64")),
        };
        let shape = view.shape().to_vec();
        if shape.contains(&0) {
            return Err("is empty".to_owned());
        }
        Ok(Self { shape, values })
    }
}

/// The two fields of every description that belong to the file format.
#[derive(Deserialize)]
struct Seal {
    format: u32,
    digest: Option<String>,
}

#[derive(Serialize)]
struct Sealed<'a, T> {
    #[serde(flatten)]
    description: &'a T,
    digest: String,
}

/// Returns the bytes of a file. Equal content gives equal bytes. The description must be an object with a
/// field `format` and without a field `digest`.
///
/// # Errors
/// If a number is not finite, or if the description cannot be written as JSON.
pub fn bytes<T: Serialize>(
    key: &str,
    description: &T,
    tensors: &Tensors,
) -> Result<Vec<u8>, Reason> {
    if let Some((name, _)) = tensors.iter().find(|(_, numbers)| !numbers.is_finite()) {
        return Err(format!(
            "the tensor {name:?} has a number that is not finite"
        ));
    }
    let digest = digest(description, tensors)?;
    let sealed = Sealed {
        description,
        digest,
    };
    let metadata = serde_json::to_string(&sealed).map_err(|error| error.to_string())?;
    let raw: Vec<(&String, &Numbers, Vec<u8>)> = tensors
        .iter()
        .map(|(name, numbers)| (name, numbers, numbers.bytes()))
        .collect();
    let views: Result<Vec<_>, _> = raw
        .iter()
        .map(|(name, numbers, bytes)| {
            TensorView::new(numbers.dtype(), numbers.shape.clone(), bytes).map(|view| (name, view))
        })
        .collect();
    let metadata = HashMap::from([(key.to_owned(), metadata)]);
    views
        .and_then(|views| serialize(views, Some(metadata)))
        .map_err(|error| error.to_string())
}

/// Reads a file's description, from the metadata key `key`, and its tensors.
///
/// # Errors
/// If the file cannot be read, does not have this format, is damaged or truncated, was written with another
/// `format`, or has a number that is not finite.
pub fn read<T>(path: &Path, key: &str, format: u32) -> Result<(T, Tensors), Reason>
where
    T: DeserializeOwned + Serialize,
{
    let bytes = contents(path)?;
    let foreign = |error: String| format!("it is not a complete safetensors file ({error})");
    let (_, header) =
        SafeTensors::read_metadata(&bytes).map_err(|error| foreign(error.to_string()))?;
    let file = SafeTensors::deserialize(&bytes).map_err(|error| foreign(error.to_string()))?;
    let text = header
        .metadata()
        .as_ref()
        .and_then(|metadata| metadata.get(key))
        .ok_or_else(|| format!("it has no {key:?} in its metadata: Retort did not write it"))?;
    let garbled = |error: serde_json::Error| format!("its {key} cannot be read ({error})");
    let seal: Seal = serde_json::from_str(text).map_err(garbled)?;
    if seal.format != format {
        return Err(format!(
            "it has format {}, and this version of Retort reads only format {format}",
            seal.format
        ));
    }
    let description: T = serde_json::from_str(text).map_err(garbled)?;
    let mut tensors = Tensors::new();
    for (name, view) in file.iter() {
        let numbers =
            Numbers::read(&view).map_err(|problem| format!("the tensor {name:?} {problem}"))?;
        if !numbers.is_finite() {
            return Err(format!(
                "the tensor {name:?} has a number that is not finite"
            ));
        }
        tensors.insert(name.to_owned(), numbers);
    }
    if seal.digest.as_deref() != Some(&digest(&description, &tensors)?) {
        return Err("it is damaged: its digest does not match its content".to_owned());
    }
    Ok((description, tensors))
}

/// Reads a file's bytes. If its first 8 bytes show that it is not a safetensors file, nothing more is read.
fn contents(path: &Path) -> Result<Vec<u8>, Reason> {
    let failed = |error: std::io::Error| format!("it cannot be read ({error})");
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let status = file.metadata().map_err(failed)?;
    if !status.is_file() {
        return Err("it is not a file".to_owned());
    }
    let mut start = [0; 8];
    file.read_exact(&mut start)
        .map_err(|_| "it is too short for a safetensors file".to_owned())?;
    let header = u64::from_le_bytes(start);
    if header.saturating_add(8) > status.len() {
        return Err("it is truncated, or not a safetensors file".to_owned());
    }
    let mut bytes = start.to_vec();
    file.read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// The first 128 bits of the SHA-256 of the description as JSON and of all tensors, in hexadecimal.
fn digest<T: Serialize>(description: &T, tensors: &Tensors) -> Result<String, Reason> {
    let text = serde_json::to_string(description).map_err(|error| error.to_string())?;
    let mut hash = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    field(text.as_bytes());
    for (name, numbers) in tensors {
        field(name.as_bytes());
        for &length in &numbers.shape {
            field(&(length as u64).to_le_bytes());
        }
        field(&numbers.bytes());
    }
    Ok(hexadecimal(hash))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::wording::told;
    use serde_json::{Value, json};

    fn tensors() -> Tensors {
        let single = Numbers {
            shape: vec![3],
            values: Values::Single(vec![1.5, -2.0, 1e-40]),
        };
        let double = Numbers {
            shape: vec![1, 1],
            values: Values::Double(vec![0.1]),
        };
        Tensors::from([("a".to_owned(), single), ("b".to_owned(), double)])
    }

    fn reading(bytes: &[u8]) -> Result<(Value, Tensors), Reason> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, bytes).unwrap();
        read(&file, "note", 1)
    }

    /// The bytes of a file with a small description.
    fn file() -> Vec<u8> {
        bytes("note", &json!({"format": 1}), &tensors()).unwrap()
    }

    #[derive(Debug, Serialize, Deserialize)]
    struct Note {
        format: u32,
    }

    #[test]
    fn both_precisions_come_back_bit_for_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, file()).unwrap();
        let (note, back): (Note, _) = read(&path, "note", 1).unwrap();
        assert_eq!((note.format, back), (1, tensors()));
        let refused = read::<Note>(&path, "note", 2).unwrap_err();
        assert!(told(refused).contains("format 1"));
    }

    #[test]
    fn numbers_that_are_not_finite_are_neither_written_nor_read() {
        let mut bytes = file();
        let end = bytes.len();
        bytes[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
        let refused = reading(&bytes).unwrap_err();
        assert!(told(refused).contains("\"a\""));
        let endless = Numbers {
            shape: vec![1],
            values: Values::Double(vec![f64::INFINITY]),
        };
        let tensors = Tensors::from([("a".to_owned(), endless)]);
        assert!(super::bytes("note", &json!({"format": 1}), &tensors).is_err());
    }

    #[test]
    fn another_number_is_damage_and_another_file_is_foreign() {
        let mut bytes = file();
        let end = bytes.len();
        bytes[end - 1] ^= 1;
        told(reading(&bytes).unwrap_err());
        for bytes in [
            &b"PNG"[..],
            b"\x89PNG\r\n\x1a\n, and so on",
            b"\x02\0\0\0\0\0\0\0{}",
            b"\x02\0\0\0\0\0\0\0{}more",
        ] {
            told(reading(bytes).unwrap_err());
        }
    }
}
