//! Formats that are no text, told by how their files begin.

/// What to call and do about a picture.
macro_rules! picture {
    ($what:literal) => {
        concat!(
            $what,
            " picture: name the folder that holds a folder of pictures for each class"
        )
    };
}

/// The first bytes of a format, and what to call and do about it.
const FORMATS: &[(&[u8], &str)] = &[
    (b"PAR1", "a parquet file: use task.kind = \"parquet\""),
    (b"\xd0\xcf\x11\xe0", "an old Excel file: save it as CSV"),
    (
        b"\x93NUMPY",
        "a numpy array: give it the ending .npy, with its targets beside it",
    ),
    (b"ARROW1", "an Arrow file: save it as CSV"),
    (b"\x89HDF", "an HDF5 file: save it as CSV"),
    (
        b"SQLite format 3",
        "an SQLite database: save the table as CSV",
    ),
    (b"RDX", "an R data file: save it as CSV"),
    (b"RDA", "an R data file: save it as CSV"),
    (b"FEA1", "a Feather file: save it as CSV"),
    (b"ORC", "an ORC file: save it as CSV"),
    (b"Obj\x01", "an Avro file: save it as CSV"),
    (b"$FL2", "an SPSS file: save it as CSV"),
    (b"<stata_dta>", "a Stata file: save it as CSV"),
    (
        b"MATLAB 5.0",
        "a MATLAB file: save its matrices as CSV, or as .npz",
    ),
    (b"CDF\x01", "a NetCDF file: save the table as CSV"),
    (b"CDF\x02", "a NetCDF file: save the table as CSV"),
    (b"@relation", "an ARFF file of Weka: save it as CSV"),
    (b"@RELATION", "an ARFF file of Weka: save it as CSV"),
    (b"version https://git-lfs", LFS),
    (b"{\\rtf", "an RTF document: save the table as CSV"),
    (b"\x89PNG", picture!("a PNG")),
    (b"\xff\xd8\xff", picture!("a JPEG")),
    (b"GIF8", picture!("a GIF")),
    (b"BM", picture!("a BMP")),
    (b"II*\0", picture!("a TIFF")),
    (b"MM\0*", picture!("a TIFF")),
    (
        b"\0\0\x08",
        "an MNIST (IDX) file: name the folder of its four files, or use task.kind = \"idx\"",
    ),
    (b"%PDF", "a PDF document: save the table as CSV"),
    (b"BZh", "a bzip2 file: unpack it first"),
    (b"\xfd7zXZ", "an xz file: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file: unpack it first"),
    (b"\x04\x22\x4d\x18", "an lz4 file: unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it first"),
    (b"Rar!", "a RAR archive: unpack it first"),
    (b"\x80\x02", PICKLE),
    (b"\x80\x03", PICKLE),
    (b"\x80\x04", PICKLE),
    (b"\x80\x05", PICKLE),
    (b"<?xml", "an XML file: save the table as CSV"),
];

const PICKLE: &str = "a Python pickle: save the table as CSV";

const LFS: &str = "a pointer of Git LFS, not the file: fetch it with git lfs pull";

const SAFETENSORS: &str = "a safetensors file: `evaluate` reads the one of a run without --task; save or export \
                           another one as .npz, .csv or .parquet";

const JSON: &str = "a JSON file: save the table as CSV";

const PAGE: &str = "an HTML page: download the file itself";

/// Largest header of a safetensors file, in bytes.
const LARGEST_HEADER: u64 = 100_000_000;

/// Number of bytes at the start that are looked at.
const LOOKED_AT: usize = 512;

/// The name of a format that is no table of text, with a remedy, if a file that begins with these bytes has it.
pub fn foreign(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Some(packed(bytes));
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Some("a tar archive: unpack it first");
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some(picture!("a WebP"));
    }
    if is_safetensors(bytes) {
        return Some(SAFETENSORS);
    }
    let start = &bytes[..bytes.len().min(LOOKED_AT)];
    let told = FORMATS.iter().find(|(magic, _)| bytes.starts_with(magic));
    // A table may begin with such letters too; what is no text has another control character soon.
    let is_control = |byte: &u8| *byte < b' ' && !b"\t\r\n\x0c".contains(byte);
    let is_sure = |magic: &[u8]| {
        magic.len() > 4
            || !magic.iter().all(u8::is_ascii_alphanumeric)
            || start.iter().any(is_control)
    };
    let told = told.filter(|(magic, _)| is_sure(magic));
    told.map(|(_, name)| *name).or_else(|| marked_up(start))
}

/// Whether a file begins as one of safetensors: the length of its header in 8 bytes, and then the header, a JSON object.
fn is_safetensors(bytes: &[u8]) -> bool {
    let length = bytes
        .first_chunk::<8>()
        .map(|bytes| u64::from_le_bytes(*bytes));
    bytes.get(8) == Some(&b'{')
        && length.is_some_and(|length| (2..=LARGEST_HEADER).contains(&length))
}

/// The name of a format that is text, but no table, by the first characters that are no blanks.
fn marked_up(start: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(start).to_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with("<!doctype html") || text.starts_with("<html") {
        return Some(PAGE);
    }
    let line = text.lines().next().unwrap_or_default().trim_end();
    if is_sparse(line) {
        return Some(
            "a LIBSVM file: save it as CSV, such as with sklearn.datasets.load_svmlight_file",
        );
    }
    let inner = text.strip_prefix(['{', '['])?.trim_start();
    let is_json = match text.starts_with('{') {
        true => inner.starts_with(['"', '}']),
        false => inner.starts_with(['{', '[']) || line.ends_with(']') || line.ends_with("],"),
    };
    is_json.then_some(JSON)
}

/// Whether a line is a target and then places with their numbers, such as `1 3:0.5 7:1`.
fn is_sparse(line: &str) -> bool {
    let mut fields = line.split_ascii_whitespace();
    let is_target = fields
        .next()
        .is_some_and(|field| field.parse::<f64>().is_ok());
    let is_pair = |field: &str| {
        let pair = field.split_once(':');
        pair.is_some_and(|(place, value)| {
            place.parse::<u32>().is_ok() && value.parse::<f64>().is_ok()
        })
    };
    // Times of the day look like pairs.
    let is_time =
        |field: &&str| field.len() >= 4 && field.as_bytes().get(field.len() - 3) == Some(&b':');
    let pairs: Vec<&str> = fields.collect();
    is_target && !pairs.iter().all(is_time) && pairs.into_iter().all(is_pair)
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
        "a numpy archive: give it the ending .npz, or use task.kind = \"arrays\""
    } else if has(b"word/") {
        "a Word document: save the table as CSV"
    } else if has(b"data.pkl") {
        "a PyTorch file: save its tensors as .npz"
    } else if has(b"opendocument.spreadsheet") {
        "a LibreOffice table: save it as CSV"
    } else {
        "a zip archive: unpack it first"
    }
}
