//! The pages of a column, checked before they are unpacked and decoded: the library reserves memory for what a page
//! announces.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use parquet::basic::Encoding;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;

use super::delta;
use super::thrift::Thrift;

/// Bytes of an unpacked page that are always accepted.
const ALWAYS: i64 = 1 << 26;
/// Largest size of an unpacked page, as a multiple of the packed one; [`ALWAYS`] bytes are accepted anyway.
const MOST_TIMES: i64 = 2000;

/// Bytes of a file that are read at once for the description of a page.
const BUFFER: usize = 512;

/// Checks where the pages of a part of a column lie in a file of this many bytes, and how large they are when unpacked.
///
/// # Errors
/// What is wrong.
pub fn check(
    mut file: &File,
    size: u64,
    part: &ColumnChunkMetaData,
) -> std::result::Result<(), String> {
    let start = part
        .dictionary_page_offset()
        .unwrap_or(part.data_page_offset());
    let end = start.saturating_add(part.compressed_size());
    let (Ok(start), Ok(end)) = (u64::try_from(start), u64::try_from(end)) else {
        return Err("a column has no place".to_owned());
    };
    if start > end || end > size {
        return Err(format!(
            "a column ends at byte {end}, but the file at byte {size}"
        ));
    }
    let mut place = start;
    while place < end {
        file.seek(SeekFrom::Start(place))
            .map_err(|error| error.to_string())?;
        let head = BufReader::with_capacity(BUFFER, file).take(end - place);
        let mut values = Thrift::new(head);
        let (mut unpacked, mut packed) = (0, 0);
        let read = values.fields(|values, number, kind| {
            match (number, kind) {
                (2, 5) => unpacked = values.integer()?,
                (3, 5) => packed = values.integer()?,
                _ => values.skip(kind)?,
            }
            Some(())
        });
        let data = place + values.consumed;
        if read.is_none() || packed < 0 || unpacked < 0 || packed as u64 > end - data {
            return Err(format!(
                "the description of a page at byte {place} makes no sense"
            ));
        }
        if unpacked > ALWAYS.max(packed.saturating_mul(MOST_TIMES)) {
            return Err(format!(
                "a page at byte {place} has {packed} bytes, and {unpacked} when unpacked, more than {MOST_TIMES} times \
                 as many"
            ));
        }
        place = data + packed as u64;
    }
    Ok(())
}

/// Gives pages whose counts of values fit their bytes and the rows that there are.
pub struct Sound {
    pages: Box<dyn PageReader>,
    /// The number of values that may still come.
    left: u64,
    /// Whether values may be missing, so that pages begin with levels.
    levels: bool,
}

impl Sound {
    /// The pages of a part of a column with this many rows.
    pub fn new(pages: Box<dyn PageReader>, rows: u64, levels: bool) -> Self {
        Self {
            pages,
            left: rows,
            levels,
        }
    }

    fn check(&mut self, page: &Page) -> Result<()> {
        let buffer = page.buffer();
        let count = u64::from(page.num_values());
        let data = match page {
            Page::DictionaryPage { .. } if count > buffer.len() as u64 => {
                let problem = format!("{count} values have {} bytes", buffer.len());
                return Err(ParquetError::General(problem));
            }
            Page::DictionaryPage { .. } => return Ok(()),
            Page::DataPage {
                def_level_encoding, ..
            } => match (self.levels, def_level_encoding) {
                (false, _) => Some(0),
                (true, Encoding::RLE) => buffer
                    .first_chunk::<4>()
                    .map(|length| (u32::from_le_bytes(*length) as usize).saturating_add(4)),
                (true, _) => Some(count.div_ceil(8) as usize),
            },
            Page::DataPageV2 {
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                Some((*def_levels_byte_len as usize).saturating_add(*rep_levels_byte_len as usize))
            }
        };
        let Some(data) = data.and_then(|start| buffer.get(start..)) else {
            return Err(ParquetError::EOF(
                "a page ends within its levels".to_owned(),
            ));
        };
        if count > self.left {
            let problem = format!("a page has {count} values, but {} rows are left", self.left);
            return Err(ParquetError::General(problem));
        }
        self.left -= count;
        let run = match page.encoding() {
            Encoding::DELTA_BINARY_PACKED | Encoding::DELTA_LENGTH_BYTE_ARRAY => {
                delta::length(data, count)
            }
            Encoding::DELTA_BYTE_ARRAY => delta::length(data, count)
                .and_then(|first| delta::length(data.get(first..)?, count)),
            _ => Some(0),
        };
        match run {
            Some(_) => Ok(()),
            None => Err(ParquetError::General(
                "the differences of a page contradict each other".to_owned(),
            )),
        }
    }
}

impl PageReader for Sound {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        page.iter().try_for_each(|page| self.check(page))?;
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }
}

impl Iterator for Sound {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
