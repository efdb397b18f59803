//! Formats that are not read. Each is known by its first bytes or its ending, so that messages can name it
//! and say what to do.

/// A format that is not read.
#[derive(Debug, Clone, Copy)]
pub struct Foreign {
    /// What a file of it is, with its article.
    pub what: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// Whether its files hold the numbers of a camera's sensor.
    pub is_raw: bool,
}

const SAVE: &str = "save it as PNG or JPEG";

const DOWNLOAD: &str = "download the picture itself";

const AWAY: &str = "move it away, or hide it with a dot before its name";

const fn foreign(what: &'static str, remedy: &'static str) -> Foreign {
    Foreign {
        what,
        remedy,
        is_raw: false,
    }
}

const RAW: Foreign = Foreign {
    what: "a RAW photograph, as the sensor of a camera saw it",
    remedy: "develop it into TIFF, PNG or JPEG",
    is_raw: true,
};

const HEIC: Foreign = foreign("a HEIC picture", SAVE);
const AVIF: Foreign = foreign("an AVIF picture", SAVE);
const JPEG_XL: Foreign = foreign("a JPEG XL picture", SAVE);
const JPEG_2000: Foreign = foreign("a JPEG 2000 picture", SAVE);
const PSD: Foreign = foreign("a PSD file of Photoshop", "export it as PNG or JPEG");
const XCF: Foreign = foreign("an XCF file of GIMP", "export it as PNG or JPEG");
const SVG: Foreign = foreign("an SVG drawing", "export it as PNG");
const ICO: Foreign = foreign("an ICO icon", SAVE);
const EXR: Foreign = foreign("an OpenEXR picture", "save it as PNG with 16 bits");
const HDR: Foreign = foreign("a Radiance HDR picture", "save it as PNG with 16 bits");
const PNM: Foreign = foreign("a PNM picture (PBM, PGM, PPM)", "save it as PNG");
const DDS: Foreign = foreign("a DDS texture", SAVE);
const TGA: Foreign = foreign("a TGA picture", SAVE);
const PCX: Foreign = foreign("a PCX picture", SAVE);
const QOI: Foreign = foreign("a QOI picture", SAVE);
const DICOM: Foreign = foreign("a DICOM file", "export its picture as PNG with 16 bits");
const FITS: Foreign = foreign("a FITS file", "export its picture as PNG with 16 bits");
const PDF: Foreign = foreign("a PDF document", "export its pictures as PNG");
const POSTSCRIPT: Foreign = foreign("a PostScript document", "export it as PNG");
const VIDEO: Foreign = foreign("a video", "export single frames as PNG or JPEG");
const ZIP: Foreign = foreign("a ZIP archive", "unpack it");
const GZIP: Foreign = foreign("a gzip file", "unpack it");
const NUMPY: Foreign = foreign("a NumPy file", AWAY);
const HTML: Foreign = foreign("an HTML page", DOWNLOAD);
const LFS: Foreign = foreign(
    "a pointer of Git LFS, not the file",
    "fetch it with git lfs pull",
);

/// First bytes of formats, with where they are.
const STARTS: &[(usize, &[u8], Foreign)] = &[
    (8, b"CR\x02\0", RAW),
    (0, b"FUJIFILMCCD-RAW", RAW),
    (0, b"IIU\0", RAW),
    (0, b"IIRO", RAW),
    (0, b"IIRS", RAW),
    (0, b"MMOR", RAW),
    (0, b"\0MRM", RAW),
    (0, b"FOVb", RAW),
    (6, b"HEAPCCDR", RAW),
    (4, b"ftypcrx", RAW),
    (4, b"ftypavif", AVIF),
    (4, b"ftypavis", AVIF),
    (4, b"ftyphei", HEIC),
    (4, b"ftyphev", HEIC),
    (4, b"ftypmif1", HEIC),
    (4, b"ftypmsf1", HEIC),
    (4, b"ftyp", VIDEO),
    (4, b"moov", VIDEO),
    (0, b"\x1a\x45\xdf\xa3", VIDEO),
    (8, b"AVI ", VIDEO),
    (0, b"\0\0\0\x0cJXL \r\n", JPEG_XL),
    (0, b"\xff\x0a", JPEG_XL),
    (0, b"\0\0\0\x0cjP  \r\n", JPEG_2000),
    (0, b"\xff\x4f\xff\x51", JPEG_2000),
    (0, b"8BPS", PSD),
    (0, b"gimp xcf", XCF),
    (0, b"\0\0\x01\0", ICO),
    (0, b"\0\0\x02\0", ICO),
    (0, b"\x76\x2f\x31\x01", EXR),
    (0, b"#?RADIANCE", HDR),
    (0, b"#?RGBE", HDR),
    (0, b"DDS ", DDS),
    (0, b"qoif", QOI),
    (128, b"DICM", DICOM),
    (0, b"SIMPLE  =", FITS),
    (0, b"%PDF", PDF),
    (0, b"%!PS", POSTSCRIPT),
    (0, b"PK\x03\x04", ZIP),
    (0, b"\x1f\x8b", GZIP),
    (0, b"\x93NUMPY", NUMPY),
    (0, b"version https://git-lfs", LFS),
];

/// Endings of formats, in lower case.
const ENDINGS: &[(&[&str], Foreign)] = &[
    (
        &[
            "dng", "nef", "nrw", "cr2", "cr3", "crw", "arw", "sr2", "srf", "raf", "rw2", "orf",
            "pef", "srw", "3fr", "iiq", "rwl", "dcr", "kdc", "mrw", "erf", "mef", "mos", "x3f",
            "raw",
        ],
        RAW,
    ),
    (&["heic", "heif", "hif"], HEIC),
    (&["avif"], AVIF),
    (&["jxl"], JPEG_XL),
    (&["jp2", "j2k", "jpf", "jpx"], JPEG_2000),
    (&["psd", "psb"], PSD),
    (&["xcf"], XCF),
    (&["svg", "svgz"], SVG),
    (&["ico", "cur"], ICO),
    (&["exr"], EXR),
    (&["hdr"], HDR),
    (&["pbm", "pgm", "ppm", "pnm", "pam"], PNM),
    (&["dds"], DDS),
    (&["tga"], TGA),
    (&["pcx"], PCX),
    (&["qoi"], QOI),
    (&["dcm"], DICOM),
    (&["fits", "fit"], FITS),
    (&["pdf"], PDF),
    (&["eps", "ps"], POSTSCRIPT),
    (&["mp4", "mov", "avi", "mkv", "webm"], VIDEO),
    (&["zip"], ZIP),
    (&["gz", "tgz"], GZIP),
    (&["npy", "npz"], NUMPY),
    (&["html", "htm"], HTML),
];

/// The format of a file that starts with these bytes, if it is known.
pub fn of_start(start: &[u8]) -> Option<Foreign> {
    let begins = |&&(at, bytes, _): &&(usize, &[u8], Foreign)| {
        start.get(at..).is_some_and(|rest| rest.starts_with(bytes))
    };
    if let Some(&(_, _, kind)) = STARTS.iter().find(begins) {
        return Some(kind);
    }
    if let [b'P', b'1'..=b'7', b' ' | b'\t' | b'\r' | b'\n', ..] = start {
        return Some(PNM);
    }
    let text = String::from_utf8_lossy(start).to_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with("<!doctype html") || text.starts_with("<html") {
        return Some(HTML);
    }
    (text.starts_with('<') && text.contains("<svg")).then_some(SVG)
}

/// The format of files with this ending, if it is known.
pub fn of_ending(ending: &str) -> Option<Foreign> {
    let known = ENDINGS
        .iter()
        .find(|(endings, _)| endings.contains(&ending));
    known.map(|&(_, kind)| kind)
}
