//! The sheets of a run after several steps.

use std::path::{Path, PathBuf};

use image::ImageFormat;
use serde::Serialize;

use crate::run_directory::RunDirectory;

/// Largest number of sheets per run in a report.
const MOST: usize = 6;

/// A sheet.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    /// Caption.
    pub caption: String,
    /// The file that the sheet was read from.
    pub file: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Bytes of the file.
    #[serde(skip)]
    pub png: Vec<u8>,
}

/// The sheets of a run: several of its previews, the first and the last included. Without previews, the sheet
/// of the finished set. A sheet that cannot be read is left out with a remark.
pub fn read(directory: &RunDirectory) -> (Vec<Picture>, Vec<String>) {
    let made: Vec<(usize, PathBuf)> = directory.previews_made().into_iter().collect();
    let named: Vec<(String, PathBuf)> = if made.is_empty() {
        let end = directory.preview();
        let end = end.exists().then(|| ("at the end".to_owned(), end));
        end.into_iter().collect()
    } else {
        let chosen = spread(made.len()).into_iter().map(|place| &made[place]);
        chosen
            .map(|(step, path)| (format!("after {step} steps"), path.clone()))
            .collect()
    };
    let (mut pictures, mut remarks) = (Vec::new(), Vec::new());
    for (caption, path) in named {
        match picture(&caption, &path) {
            Ok(picture) => pictures.push(picture),
            Err(problem) => remarks.push(format!(
                "{}: is left out, because it cannot be read ({problem})",
                path.display()
            )),
        }
    }
    (pictures, remarks)
}

/// Evenly spread places among `count`, the first and the last included.
fn spread(count: usize) -> Vec<usize> {
    if count <= MOST {
        return (0..count).collect();
    }
    (0..MOST)
        .map(|place| place * (count - 1) / (MOST - 1))
        .collect()
}

fn picture(caption: &str, path: &Path) -> Result<Picture, String> {
    let png = std::fs::read(path).map_err(|error| error.to_string())?;
    let decoded = image::load_from_memory_with_format(&png, ImageFormat::Png);
    let decoded = decoded.map_err(|error| error.to_string())?;
    Ok(Picture {
        caption: caption.to_owned(),
        file: path.display().to_string(),
        width: decoded.width(),
        height: decoded.height(),
        png,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_are_among_those_shown() {
        assert_eq!(spread(0), [] as [usize; 0]);
        assert_eq!(spread(3), [0, 1, 2]);
        assert_eq!(spread(1000), [0, 199, 399, 599, 799, 999]);
    }
}
