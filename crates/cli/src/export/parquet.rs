//! A table of vectors and their targets with typed columns.
//!
//! Numbers are doubles, and categories, classes and other words are text. Columns of the words `false` and `true` are
//! booleans. Dates are days, or milliseconds if they have times. Missing values are nulls.

use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use retort_core::synthetic::{RawRows, RawSet};
use retort_core::task::table::{Code, Dates};
use retort_core::task::{Cell, ColumnSchema};
use retort_core::{Error, Result};

use super::columns::{Column, columns};

/// Milliseconds of a day.
const DAY: f64 = 86_400_000.0;

/// The fields of a column, of one type.
enum Values {
    Numbers(Vec<Option<f64>>),
    Truth(Vec<Option<bool>>),
    Days(Vec<Option<i32>>),
    Moments(Vec<Option<i64>>),
    Words(Vec<Option<String>>),
}

/// The bytes of the file.
///
/// # Errors
/// [`Error::Setting`] for `--format` if inputs are pictures.
pub fn bytes(set: &RawSet) -> Result<Vec<u8>> {
    let columns = columns(set, "parquet")?;
    let values = columns
        .iter()
        .map(|(name, column)| (name.as_str(), values(set, *column)));
    let values: Vec<(&str, Values)> = values.collect();
    written(&values)
        .map_err(|error| Error::Mismatch(format!("the table cannot be written: {error}")))
}

/// The fields of a column.
fn values(set: &RawSet, column: Column) -> Values {
    let points = 0..set.inputs.nrows();
    match (column, &set.table) {
        (Column::Input(place), Some(table)) => of_table(table, place),
        (Column::Input(place), None) => Values::Numbers(
            points
                .map(|point| Some(set.inputs[[point, place]]))
                .collect(),
        ),
        (Column::Class, _) => {
            let classes = set.class_of_points().into_iter();
            Values::Words(classes.map(|class| Some(class.to_owned())).collect())
        }
        (Column::Value(place), _) => Values::Numbers(
            points
                .map(|point| Some(set.targets[[point, place]]))
                .collect(),
        ),
    }
}

/// The fields of an input column of a table.
fn of_table(table: &RawRows, place: usize) -> Values {
    let cells = table.inputs.iter().map(|row| &row[place]);
    let Some(column) = table.schema.inputs().nth(place) else {
        return Values::Words(cells.map(|cell| Some(cell.text())).collect());
    };
    let word = |cell: &Cell| match cell {
        Cell::Missing => None,
        cell => Some(cell.text()),
    };
    let day = |dates: Dates, cell: &Cell| word(cell).and_then(|word| dates.parse(&word));
    match (column.dates, &column.encoding) {
        (Some(dates), _) if dates.times => {
            let moment = |cell| day(dates, cell).map(|days| (days * DAY).round() as i64);
            Values::Moments(cells.map(moment).collect())
        }
        (Some(dates), _) => Values::Days(
            cells
                .map(|cell| day(dates, cell).map(|days| days as i32))
                .collect(),
        ),
        (None, Some(Code::OneHot(_))) => Values::Words(cells.map(word).collect()),
        (None, Some(Code::Boolean(_))) if is_truth(column) => {
            let truth = |cell| word(cell).map(|word| word.eq_ignore_ascii_case("true"));
            Values::Truth(cells.map(truth).collect())
        }
        (None, Some(Code::Boolean(_))) => Values::Words(cells.map(word).collect()),
        (None, _) => Values::Numbers(
            cells
                .map(|cell| match cell {
                    Cell::Number(value) => Some(*value),
                    _ => None,
                })
                .collect(),
        ),
    }
}

/// Whether the words of a column are `false` and `true`.
fn is_truth(column: &ColumnSchema) -> bool {
    let Some(Code::Boolean(code)) = &column.encoding else {
        return false;
    };
    let [no, yes] = &code.words;
    no.eq_ignore_ascii_case("false") && yes.eq_ignore_ascii_case("true")
}

fn written(columns: &[(&str, Values)]) -> Result<Vec<u8>, ParquetError> {
    let fields = columns
        .iter()
        .map(|(name, values)| values.field(name).map(Arc::new));
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    let schema = Type::group_type_builder("table")
        .with_fields(fields)
        .build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    let mut rows = writer.next_row_group()?;
    for (_, values) in columns {
        let Some(column) = rows.next_column()? else {
            return Err(ParquetError::General("a column has no place".to_owned()));
        };
        values.write(column)?;
    }
    rows.close()?;
    writer.into_inner()
}

impl Values {
    /// The description of a column with these fields.
    fn field(&self, name: &str) -> Result<Type, ParquetError> {
        let (physical, logical) = match self {
            Self::Numbers(_) => (Physical::DOUBLE, None),
            Self::Truth(_) => (Physical::BOOLEAN, None),
            Self::Days(_) => (Physical::INT32, Some(LogicalType::Date)),
            Self::Moments(_) => {
                let moments = LogicalType::timestamp(false, TimeUnit::MILLIS);
                (Physical::INT64, Some(moments))
            }
            Self::Words(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()
    }

    fn write(&self, column: SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        match self {
            Self::Numbers(values) => write::<DoubleType, _>(column, values, |value| *value),
            Self::Truth(values) => write::<BoolType, _>(column, values, |value| *value),
            Self::Days(values) => write::<Int32Type, _>(column, values, |value| *value),
            Self::Moments(values) => write::<Int64Type, _>(column, values, |value| *value),
            Self::Words(values) => {
                write::<ByteArrayType, _>(column, values, |word| ByteArray::from(word.as_str()))
            }
        }
    }
}

fn write<T: DataType, V>(
    mut column: SerializedColumnWriter<'_>,
    fields: &[Option<V>],
    value: impl Fn(&V) -> T::T,
) -> Result<(), ParquetError> {
    let present: Vec<T::T> = fields.iter().flatten().map(value).collect();
    let levels: Vec<i16> = fields
        .iter()
        .map(|field| i16::from(field.is_some()))
        .collect();
    column
        .typed::<T>()
        .write_batch(&present, Some(&levels), None)?;
    column.close()
}
