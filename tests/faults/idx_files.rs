//! Small files in the format of MNIST, right or wrong in one place.

use std::io::Write;

use crate::program::Workplace;

/// A picture file of `count` pictures of 4 × 4.
pub fn images(count: u32) -> Vec<u8> {
    let mut bytes = [0x0803_u32, count, 4, 4]
        .iter()
        .flat_map(|v| v.to_be_bytes())
        .collect::<Vec<_>>();
    bytes.extend((0..count * 16).map(|i| (i * 37 % 256) as u8));
    bytes
}

/// A label file of `count` labels, in turn from three classes.
pub fn labels(count: u32) -> Vec<u8> {
    let mut bytes = [0x0801_u32, count]
        .iter()
        .flat_map(|v| v.to_be_bytes())
        .collect::<Vec<_>>();
    bytes.extend((0..count).map(|i| (i % 3) as u8));
    bytes
}

pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The four files of a task with three classes, in `data/`.
pub fn folder(place: &Workplace) {
    place.file("data/train-images-idx3-ubyte", images(60));
    place.file("data/train-labels-idx1-ubyte", labels(60));
    place.file("data/t10k-images-idx3-ubyte.gz", gzipped(&images(12)));
    place.file("data/t10k-labels-idx1-ubyte.gz", gzipped(&labels(12)));
}

/// Settings for them.
pub const SETTINGS: &str = r#"
task = { kind = "idx", path = "data", classes = 3, validation = 12 }
network = { kind = "mlp", width = 8, depth = 1 }
objective = { kind = "performance-matching", unroll = 2 }
synthetic = { per_class = 1 }
distill = { steps = 3 }
evaluate = { steps = 3, runs = 2 }
"#;
