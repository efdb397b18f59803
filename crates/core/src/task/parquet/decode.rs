//! Decodes the values of a column in a group of rows.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray};
use parquet::errors::ParquetError;

use super::meaning::Meaning;
use super::value::Value;

/// Most fields that are decoded at once.
const AT_ONCE: usize = 1 << 13;

/// Why fields cannot be given on.
#[derive(Debug)]
pub enum Trouble {
    /// The file is damaged, or the library cannot read it.
    Library(ParquetError),
    /// A field is wrong.
    Field(String),
}

impl From<ParquetError> for Trouble {
    fn from(error: ParquetError) -> Self {
        Self::Library(error)
    }
}

/// What becomes of a field, and what is wrong with it.
type Give<'a> = &'a mut dyn FnMut(Value<'_>) -> Result<(), String>;

/// Gives as many fields as there are rows, one after the other.
///
/// # Errors
/// [`Trouble`], also if there are fewer values than rows.
pub fn decode(
    part: ColumnReader,
    meaning: Meaning,
    rows: usize,
    give: Give<'_>,
) -> Result<(), Trouble> {
    match part {
        ColumnReader::BoolColumnReader(part) => {
            typed(part, rows, give, |value, give| give(Value::Truth(*value)))
        }
        ColumnReader::Int32ColumnReader(part) => typed(part, rows, give, |value, give| {
            let value = match meaning {
                Meaning::Natural => i64::from(value.cast_unsigned()),
                _ => i64::from(*value),
            };
            give(Value::of_integer(value, meaning))
        }),
        ColumnReader::Int64ColumnReader(part) => typed(part, rows, give, |value, give| {
            give(match meaning {
                Meaning::Natural => Value::of_whole(value.cast_unsigned().into()),
                _ => Value::of_integer(*value, meaning),
            })
        }),
        ColumnReader::Int96ColumnReader(part) => typed(part, rows, give, |value, give| {
            give(Value::of_julian(value))
        }),
        ColumnReader::FloatColumnReader(part) => typed(part, rows, give, |value, give| {
            give(Value::Number(f64::from(*value)))
        }),
        ColumnReader::DoubleColumnReader(part) => {
            typed(part, rows, give, |value, give| give(Value::Number(*value)))
        }
        ColumnReader::ByteArrayColumnReader(part) => {
            typed(part, rows, give, |value: &ByteArray, give| {
                Value::with_bytes(value.data(), meaning, give)
            })
        }
        ColumnReader::FixedLenByteArrayColumnReader(part) => {
            typed(part, rows, give, |value: &FixedLenByteArray, give| {
                Value::with_bytes(value.data(), meaning, give)
            })
        }
    }
}

fn typed<T: DataType>(
    mut part: ColumnReaderImpl<T>,
    rows: usize,
    give: Give<'_>,
    mut convert: impl FnMut(&T::T, Give<'_>) -> Result<(), String>,
) -> Result<(), Trouble> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    let mut left = rows;
    while left > 0 {
        values.clear();
        levels.clear();
        let most = left.min(AT_ONCE);
        let (read, _, _) = part.read_records(most, Some(&mut levels), None, &mut values)?;
        if read == 0 {
            let problem = format!("values of {left} of {rows} rows are missing");
            return Err(Trouble::Library(ParquetError::EOF(problem)));
        }
        left = left.saturating_sub(read);
        let mut present = values.iter();
        // Levels say which values are there; without them, all are.
        match levels.is_empty() {
            true => present.try_for_each(|value| convert(value, give)),
            false => levels.iter().try_for_each(|level| {
                match (*level > 0).then(|| present.next()).flatten() {
                    Some(value) => convert(value, give),
                    None => give(Value::Missing),
                }
            }),
        }
        .map_err(Trouble::Field)?;
    }
    Ok(())
}
