//! The formats of picture files, known by the first bytes of a file and never by its name.

use std::ffi::OsStr;
use std::path::Path;

use super::foreign;

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG, baseline or progressive.
    Jpeg,
    /// WebP, lossy or lossless.
    WebP,
    /// Windows bitmap.
    Bmp,
    /// Graphics Interchange Format.
    Gif,
    /// Tagged Image File Format.
    Tiff,
}

impl Format {
    /// All formats that are read.
    pub const ALL: [Self; 6] = [
        Self::Png,
        Self::Jpeg,
        Self::WebP,
        Self::Bmp,
        Self::Gif,
        Self::Tiff,
    ];

    /// Count of bytes from the start of a file that tell its format.
    pub const START: usize = 1024;

    /// Name of the format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::WebP => "WebP",
            Self::Bmp => "BMP",
            Self::Gif => "GIF",
            Self::Tiff => "TIFF",
        }
    }

    /// Endings of its files, in lower case.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png", "apng"],
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif", "jfi", "jif", "pjpeg", "pjp"],
            Self::WebP => &["webp"],
            Self::Bmp => &["bmp", "dib"],
            Self::Gif => &["gif"],
            Self::Tiff => &["tif", "tiff"],
        }
    }

    /// The format for which a file's name has an ending, in any case.
    pub fn of_name(path: &Path) -> Option<Self> {
        let ending = ending(path)?;
        let has = |format: &Self| format.endings().contains(&ending.as_str());
        Self::ALL.into_iter().find(has)
    }

    /// The format of a file that starts with these bytes. Photographs as a camera's sensor saw them (DNG,
    /// NEF) look like TIFF files and hold a small preview, so their ending is believed.
    ///
    /// # Errors
    /// What the file is instead and what to do, as the end of a sentence that starts with the file.
    pub fn of(start: &[u8], path: &Path) -> Result<Self, String> {
        let by_name = ending(path).and_then(|ending| foreign::of_ending(&ending));
        let found = match start {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ] => Some(Self::WebP),
            [b'B', b'M', rest @ ..] if is_bitmap(rest) => Some(Self::Bmp),
            [b'I', b'I', b'*' | b'+', 0, rest @ ..]
                if !rest[4.min(rest.len())..].starts_with(b"CR") =>
            {
                Some(Self::Tiff)
            }
            [b'M', b'M', 0, b'*' | b'+', ..] => Some(Self::Tiff),
            _ => None,
        };
        match found {
            Some(Self::Tiff) if by_name.is_some_and(|kind| kind.is_raw) => {}
            Some(format) => return Ok(format),
            None => {}
        }
        let kind = foreign::of_start(start).or(by_name);
        Err(kind.map_or_else(
            || {
                let accepted = "is not a picture that can be read; use PNG, JPEG, WebP, BMP, GIF or \
                TIFF, move the file away, or hide it with a dot before its name";
                accepted.to_owned()
            },
            |kind| format!("is {}, which is not read; {}", kind.what, kind.remedy),
        ))
    }
}

/// The ending of a file's name in lower case.
fn ending(path: &Path) -> Option<String> {
    path.extension()
        .and_then(OsStr::to_str)
        .map(str::to_ascii_lowercase)
}

/// Whether the bytes after `BM` belong to a bitmap: the fifth number is the size of a known header.
fn is_bitmap(rest: &[u8]) -> bool {
    let size = rest.get(12..16).and_then(|size| size.try_into().ok());
    let size = size.map(u32::from_le_bytes);
    size.is_some_and(|size| [12, 16, 40, 52, 56, 64, 108, 124].contains(&size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::told;

    fn refused(start: &[u8], name: &str) -> String {
        told(Format::of(start, Path::new(name)).unwrap_err())
    }

    #[test]
    fn an_ending_in_any_case_names_a_format() {
        for (name, format) in [
            ("a.PNG", Some(Format::Png)),
            ("a.b.JFIF", Some(Format::Jpeg)),
            ("a.pjpeg", Some(Format::Jpeg)),
            ("a.Tif", Some(Format::Tiff)),
            ("png", None),
            ("a.txt", None),
        ] {
            assert_eq!(Format::of_name(Path::new(name)), format, "{name}");
        }
    }

    #[test]
    fn other_formats_are_named() {
        for (start, name, said) in [
            (&b"\0\0\0\x18ftypheic\0\0\0\0"[..], "a.jpg", "HEIC"),
            (b"\0\0\0\x1cftypavif\0\0\0\0", "a.avif", "AVIF"),
            (b"\0\0\0\x1cftypisom\0\0\0\0", "a", "video"),
            (b"\0\0\0\x18ftypcrx \0\0\0\0", "a.CR3", "RAW"),
            (b"II*\0\x10\0\0\0CR\x02\0", "a.tif", "RAW"),
            (b"II*\0\x08\0\0\0\x20\0\xfe\0", "a.DNG", "RAW"),
            (b"8BPS\0\x01", "a.psd", "PSD"),
            (b"<?xml version='1.0'?>\n<svg xmlns", "a.png", "SVG"),
            (b"\xef\xbb\xbf<!DOCTYPE html>", "a.jpg", "HTML"),
            (
                b"version https://git-lfs.github.com/spec/v1",
                "a.png",
                "LFS",
            ),
            (b"%PDF-1.4", "a.png", "PDF"),
            (b"P6\n3 3 255\n", "a.ppm", "PNM"),
            (b"\0\0\x01\0\x01\0", "a.ico", "ICO"),
            (b"", "a.heic", "HEIC"),
            (b"some words", "a.txt", "PNG"),
        ] {
            let message = refused(start, name);
            assert!(message.contains(said), "{name}: {message}");
        }
        let mut dicom = vec![0; 128];
        dicom.extend(b"DICM");
        assert!(refused(&dicom, "scan").contains("DICOM"));
    }

    #[test]
    fn a_lie_in_the_name_does_not_matter() {
        let png = b"\x89PNG\r\n\x1a\n";
        assert_eq!(Format::of(png, Path::new("a.heic")), Ok(Format::Png));
        let tiff = b"MM\0*\0\0\0\x08";
        assert_eq!(Format::of(tiff, Path::new("a.png")), Ok(Format::Tiff));
        // "BM" alone starts many a text.
        assert!(Format::of(b"BM is short", Path::new("a.bmp")).is_err());
    }
}
