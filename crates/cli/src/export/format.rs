//! The formats, and what each makes of a set.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::ValueEnum;
use retort_core::Result;
use retort_core::synthetic::{LabelKind, RawSet};
use retort_core::task::PixelRange;

use super::{npz, pictures, safetensors, table};

/// Format of an exported set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A table, for vectors
    Csv,
    /// An archive of numpy, which numpy.load reads without pickles
    Npz,
    /// Plain tensors
    Safetensors,
    /// A folder with a folder of PNG files for each class, which torchvision's ImageFolder reads
    Pictures,
    /// A table with typed columns, for vectors, which pandas.read_parquet reads
    Parquet,
}

/// What is to be written.
#[derive(Debug)]
pub enum Files {
    /// One file with these bytes.
    One(Vec<u8>),
    /// A folder with these files, by their paths in it.
    Folder(Vec<(PathBuf, Vec<u8>)>),
}

/// The files of a set in a format.
///
/// # Errors
/// [`retort_core::Error::Setting`] for `--format` if the set cannot be written in it.
pub fn files(set: &RawSet, name: &str, format: ExportFormat) -> Result<Files> {
    match format {
        ExportFormat::Csv => table::bytes(set).map(Files::One),
        ExportFormat::Npz => npz::bytes(set).map(Files::One),
        ExportFormat::Safetensors => safetensors::bytes(set, name).map(Files::One),
        ExportFormat::Pictures => pictures::files(set).map(Files::Folder),
        #[cfg(feature = "parquet")]
        ExportFormat::Parquet => super::parquet::bytes(set).map(Files::One),
        #[cfg(not(feature = "parquet"))]
        ExportFormat::Parquet => {
            let accepted = "this build cannot write it: build with the feature `parquet` (cargo build --features \
                            parquet), or take csv";
            Err(retort_core::Error::setting("--format", "parquet", accepted))
        }
    }
}

impl ExportFormat {
    /// How the pixels of a set change in the format, as sentences. Empty if they do not, or if there are none.
    pub fn changed_pixels(self, set: &RawSet) -> Vec<String> {
        let all = set.inputs.len();
        let sentence = match self {
            Self::Npz | Self::Safetensors => match set.clamped_inputs() {
                0 => None,
                clamped => Some(format!(
                    "{clamped} of {all} numbers of X lie outside of the range of the pixels and are clamped; \
                     X_unrounded has them as they are"
                )),
            },
            Self::Pictures => {
                let bits = set.white.map_or(8, |_| 16);
                match (set.rounded_pixels(), set.clamped_pixels()) {
                    (0, 0) => None,
                    (rounded, clamped) => Some(format!(
                        "of {all} numbers, {rounded} are rounded to pixels of {bits} bits and {clamped} lie outside of \
                         their range and are clamped, so that scores may differ from those of the set; npz has them \
                         as they are"
                    )),
                }
            }
            Self::Csv | Self::Parquet => None,
        };
        let range = set.range.filter(|_| self == Self::Pictures);
        let mapped = range.map(|PixelRange { least, most, .. }| {
            format!(
                "pixels from {least} to {most}, the range of the training data, become 0 to 255"
            )
        });
        mapped.into_iter().chain(sentence).collect()
    }

    /// A sentence about the words of a set that pandas takes for missing values when it reads the format. `None` if
    /// there are none.
    pub fn misread_words(self, set: &RawSet) -> Option<String> {
        let words = match self {
            Self::Csv => table::words_for_missing(set),
            _ => BTreeSet::new(),
        };
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        (!words.is_empty()).then(|| {
            format!(
                "pandas.read_csv takes {} for missing values: read the file with keep_default_na=False, \
                 na_values=[\"\"]",
                words.join(", ")
            )
        })
    }

    /// What of a set the format cannot hold, in words.
    pub fn left_out(self, set: &RawSet) -> Vec<&'static str> {
        let has_arrays = matches!(self, Self::Npz | Self::Safetensors);
        let parts = [
            (
                set.kind() == LabelKind::Soft,
                "learned labels (each point has the class of its largest label)",
            ),
            (set.step_sizes.is_some(), "step sizes"),
            (set.readout.is_some(), "readout labels"),
        ];
        let parts = parts
            .into_iter()
            .filter(|(is_there, _)| *is_there && !has_arrays);
        parts.map(|(_, what)| what).collect()
    }
}
