//! A folder with a folder of pictures for each class. Pictures have 16 bits if those of the data have them.
//!
//! Programs such as torchvision number classes by the order of their folders' names. If the names of the
//! classes are not in that order, or cannot be names of folders, a number is put before them.

use std::io::Cursor;
use std::path::PathBuf;

use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use retort_core::shape::InputShape;
use retort_core::synthetic::RawSet;
use retort_core::task::{Target, names_part};
use retort_core::{Error, Result};

/// The files, by their paths in the folder.
pub fn files(set: &RawSet) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let unfit = |accepted: &str| Error::setting("--format", "pictures", accepted);
    let (InputShape::Picture([channels, height, width]), Some(bytes)) = (set.shape, set.pictures())
    else {
        return Err(unfit(
            "the inputs of this set are not pictures: take npz or csv",
        ));
    };
    let Target::Classes(names) = &set.target else {
        return Err(unfit(
            "the targets of this set are values, and a folder is a class: take npz",
        ));
    };
    // The encoder reads numbers of 16 bits in the order of the machine's bytes.
    let deep = set.deep_pictures().map(|words| {
        let bytes = words.into_iter().flat_map(u16::to_ne_bytes);
        bytes.collect::<Vec<u8>>()
    });
    let color = match (channels, deep.is_some()) {
        (1, false) => ExtendedColorType::L8,
        (1, true) => ExtendedColorType::L16,
        (_, false) => ExtendedColorType::Rgb8,
        (_, true) => ExtendedColorType::Rgb16,
    };
    let depth = if deep.is_some() { 2 } else { 1 };
    let pixels = deep.unwrap_or(bytes);
    let folders = folders(names);
    let classes = set.classes();
    let digits = (classes.len().max(2) - 1).to_string().len();
    let mut files = Vec::new();
    let pictures = pixels.chunks(depth * channels * height * width);
    for (point, (picture, &class)) in pictures.zip(&classes).enumerate() {
        let mut bytes = Cursor::new(Vec::new());
        let encoded =
            PngEncoder::new(&mut bytes).write_image(picture, width as u32, height as u32, color);
        encoded
            .map_err(|error| Error::Mismatch(format!("a picture cannot be encoded: {error}")))?;
        let path = PathBuf::from(&folders[class]).join(format!("{point:0digits$}.png"));
        files.push((path, bytes.into_inner()));
    }
    Ok(files)
}

/// The names of the folders, which sort in the order of the classes.
fn folders(names: &[String]) -> Vec<String> {
    let are_usable = names.is_sorted() && names.iter().all(|name| is_usable(name));
    if are_usable
        && names
            .windows(2)
            .all(|pair| pair[0].to_lowercase() != pair[1].to_lowercase())
    {
        return names.to_vec();
    }
    let digits = (names.len().max(2) - 1).to_string().len();
    let safe = |name: &String| -> String {
        let letter = |letter: char| if is_safe(letter) { letter } else { '-' };
        name.chars().map(letter).take(60).collect()
    };
    let numbered = names.iter().enumerate();
    numbered
        .map(|(place, name)| format!("{place:0digits$}_{}", safe(name).trim()))
        .collect()
}

/// Whether a class's name can be that of a folder on every system, and is neither hidden nor a part of a task.
fn is_usable(name: &str) -> bool {
    let is_trimmed = name.trim() == name && !name.starts_with('.') && !name.ends_with('.');
    let is_part = names_part(name);
    !name.is_empty() && name.len() <= 200 && is_trimmed && !is_part && name.chars().all(is_safe)
}

fn is_safe(letter: char) -> bool {
    !letter.is_control() && !"/\\:*?\"<>|".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_sort_as_the_classes_do() {
        let of =
            |names: &[&str]| folders(&names.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(of(&["cat", "dog"]), ["cat", "dog"]);
        assert_eq!(of(&["dog", "cat"]), ["0_dog", "1_cat"]);
        assert_eq!(of(&["a/b", "c"]), ["0_a-b", "1_c"]);
        assert_eq!(of(&["", "c"]), ["0_", "1_c"]);
        for part in [
            "train",
            "Training",
            "val",
            "valid",
            "validation",
            "test",
            "testing",
        ] {
            assert_eq!(of(&["a", part]), ["0_a".to_owned(), format!("1_{part}")]);
        }
        let many: Vec<String> = (0..12).map(|class| class.to_string()).collect();
        assert!(folders(&many).is_sorted());
        assert_eq!(folders(&many)[11], "11_11");
    }
}
