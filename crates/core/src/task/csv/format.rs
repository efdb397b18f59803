//! Formats that are no text, told by how their files begin.

/// The first bytes of a format, and what to call and do about it.
const FORMATS: &[(&[u8], &str)] = &[
    (b"PAR1", "a parquet file: use task.kind = \"parquet\""),
    (b"\xd0\xcf\x11\xe0", "an old Excel file: save it as CSV"),
    (b"\x93NUMPY", "a numpy array: use task.kind = \"arrays\""),
    (b"ARROW1", "an Arrow file: save it as CSV"),
    (b"\x89HDF", "an HDF5 file: save it as CSV"),
    (
        b"SQLite format 3",
        "an SQLite database: save the table as CSV",
    ),
    (b"RDX", "an R data file: save it as CSV"),
    (
        b"\x89PNG",
        "a PNG picture: for pictures use task.kind = \"folder\"",
    ),
    (
        b"\xff\xd8\xff",
        "a JPEG picture: for pictures use task.kind = \"folder\"",
    ),
    (
        b"GIF8",
        "a GIF picture: for pictures use task.kind = \"folder\"",
    ),
    (
        b"BM",
        "a BMP picture, perhaps: for pictures use task.kind = \"folder\"",
    ),
    (b"\0\0\x08", "an MNIST (IDX) file: use task.kind = \"idx\""),
    (b"%PDF", "a PDF document: save the table as CSV"),
    (b"BZh", "a bzip2 file: unpack it first"),
    (b"\xfd7zXZ", "an xz file: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file: unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it first"),
    (b"\x80\x04\x95", "a Python pickle: save the table as CSV"),
    (b"\x80\x05\x95", "a Python pickle: save the table as CSV"),
    (b"{\"", "a JSON file: save the table as CSV"),
    (b"[{", "a JSON file: save the table as CSV"),
    (b"<!DOCTYPE", "an HTML page: download the file itself"),
    (b"<html", "an HTML page: download the file itself"),
    (b"<?xml", "an XML file: save the table as CSV"),
];

/// The name of a format that is no table of text, with a remedy, if a file that begins with these bytes has it.
pub fn foreign(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Some(packed(bytes));
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Some("a tar archive: unpack it first");
    }
    let told = FORMATS.iter().find(|(magic, _)| bytes.starts_with(magic));
    // Text may begin with these two letters; a picture has no text behind them.
    let picture =
        |name: &str| !name.contains("BMP") || bytes.iter().take(64).any(|&byte| byte == 0);
    told.map(|(_, name)| *name).filter(|name| picture(name))
}

/// What a zip archive holds, by the names of its files.
fn packed(bytes: &[u8]) -> &'static str {
    let head = &bytes[..bytes.len().min(1 << 16)];
    let tail = &bytes[bytes.len().saturating_sub(1 << 16)..];
    let has = |name: &[u8]| {
        [head, tail]
            .iter()
            .any(|part| part.windows(name.len()).any(|window| window == name))
    };
    if has(b"xl/") {
        "an Excel file: save it as CSV"
    } else if has(b".npy") {
        "a numpy archive: use task.kind = \"arrays\""
    } else if has(b"opendocument.spreadsheet") {
        "a LibreOffice table: save it as CSV"
    } else {
        "a zip archive: unpack it first"
    }
}
