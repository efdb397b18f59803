//! An archive of numpy.

use retort_core::Result;
use retort_core::store::numpy::archive_bytes;
use retort_core::synthetic::RawSet;

/// The bytes of the archive.
pub fn bytes(set: &RawSet) -> Result<Vec<u8>> {
    let arrays = set.arrays().into_iter();
    let arrays: Vec<_> = arrays
        .map(|array| (array.name.to_owned(), array.elements.to_npy(&array.shape)))
        .collect();
    archive_bytes(&arrays)
}
