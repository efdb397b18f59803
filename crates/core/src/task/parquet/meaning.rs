//! What the fields of a column mean, by the types that the file gives it.

use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::schema::types::Type;

/// Longest value of a fixed length that is read, in bytes: a decimal of 256 bits.
const LONGEST: i32 = 32;

/// What the fields of a column mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Meaning {
    /// Truth values.
    Truth,
    /// Whole numbers with a sign.
    Whole,
    /// Whole numbers without a sign.
    Natural,
    /// Floating-point numbers.
    Real,
    /// Floating-point numbers of 16 bits.
    Half,
    /// Whole numbers, to be divided by ten to this power.
    Decimal(u32),
    /// Days since 1970-01-01.
    Days,
    /// Moments since 1970-01-01, in units of which a day has this many.
    Moments(f64),
    /// Moments as a day of the Julian calendar, and nanoseconds.
    Julian,
    /// Times of the day, in units of which a second has this many.
    Times(f64),
    /// Durations, in units of which a second has this many.
    Durations(f64),
    /// Text.
    Text,
    /// Bytes that the file does not call text.
    Bytes,
    /// Identifiers of 16 bytes.
    Identifiers,
    /// Nothing: all fields are missing.
    Nothing,
}

/// Units of a day and of a second.
fn units(unit: &TimeUnit) -> (f64, f64) {
    let second = match unit {
        TimeUnit::MILLIS => 1e3,
        TimeUnit::MICROS => 1e6,
        TimeUnit::NANOS => 1e9,
    };
    (second * 86_400.0, second)
}

impl Meaning {
    /// What the fields of a column of this type mean.
    ///
    /// # Errors
    /// What the fields are, if they are neither numbers, truth values, dates nor text.
    pub fn of(column: &Type) -> Result<Self, &'static str> {
        let info = column.get_basic_info();
        let (logical, converted) = (info.logical_type_ref(), info.converted_type());
        if column.is_group() {
            return Err(match (logical, converted) {
                (Some(LogicalType::List), _) | (_, ConvertedType::LIST) => "lists",
                (Some(LogicalType::Map), _)
                | (_, ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE) => "maps",
                (Some(LogicalType::Variant(_)), _) => "values of different types",
                _ => "records of several values",
            });
        }
        if info.has_repetition() && info.repetition() == Repetition::REPEATED {
            return Err("lists");
        }
        let Type::PrimitiveType {
            physical_type,
            type_length,
            scale,
            ..
        } = column
        else {
            return Err("records of several values");
        };
        Self::of_values(*physical_type, logical, converted, *type_length, *scale)
    }

    fn of_values(
        physical: Physical,
        logical: Option<&LogicalType>,
        converted: ConvertedType,
        length: i32,
        scale: i32,
    ) -> Result<Self, &'static str> {
        if logical == Some(&LogicalType::Unknown) {
            return Ok(Self::Nothing);
        }
        if converted == ConvertedType::INTERVAL {
            return Err("intervals");
        }
        let decimal = match logical {
            Some(LogicalType::Decimal(decimal)) => Some(decimal.scale),
            _ => (converted == ConvertedType::DECIMAL).then_some(scale),
        };
        if let Some(scale) = decimal {
            let long =
                physical == Physical::FIXED_LEN_BYTE_ARRAY && !(1..=LONGEST).contains(&length);
            return match u32::try_from(scale) {
                Ok(scale) if !long => Ok(Self::Decimal(scale)),
                _ => Err("decimals that are too long"),
            };
        }
        use ConvertedType as Old;
        Ok(match (physical, logical) {
            (Physical::BOOLEAN, _) => Self::Truth,
            (Physical::INT96, _) => Self::Julian,
            (Physical::FLOAT | Physical::DOUBLE, _) => Self::Real,
            (Physical::INT32 | Physical::INT64, Some(logical)) => match logical {
                LogicalType::Date => Self::Days,
                LogicalType::Time(time) => Self::Times(units(&time.unit).1),
                LogicalType::Timestamp(moment) => Self::Moments(units(&moment.unit).0),
                LogicalType::Integer(whole) if !whole.is_signed => Self::Natural,
                _ => Self::Whole,
            },
            (Physical::INT32 | Physical::INT64, None) => match converted {
                Old::DATE => Self::Days,
                Old::TIME_MILLIS => Self::Times(units(&TimeUnit::MILLIS).1),
                Old::TIME_MICROS => Self::Times(units(&TimeUnit::MICROS).1),
                Old::TIMESTAMP_MILLIS => Self::Moments(units(&TimeUnit::MILLIS).0),
                Old::TIMESTAMP_MICROS => Self::Moments(units(&TimeUnit::MICROS).0),
                Old::UINT_8 | Old::UINT_16 | Old::UINT_32 | Old::UINT_64 => Self::Natural,
                _ => Self::Whole,
            },
            (Physical::FIXED_LEN_BYTE_ARRAY, Some(LogicalType::Float16)) if length == 2 => {
                Self::Half
            }
            (Physical::FIXED_LEN_BYTE_ARRAY, Some(LogicalType::Uuid)) if length == 16 => {
                Self::Identifiers
            }
            (Physical::FIXED_LEN_BYTE_ARRAY, _) => return Err("bytes, not text"),
            (Physical::BYTE_ARRAY, Some(logical)) => match logical {
                LogicalType::String | LogicalType::Enum | LogicalType::Json => Self::Text,
                _ => return Err("bytes, not text"),
            },
            (Physical::BYTE_ARRAY, None) => match converted {
                Old::UTF8 | Old::ENUM | Old::JSON => Self::Text,
                Old::BSON => return Err("bytes, not text"),
                _ => Self::Bytes,
            },
        })
    }

    /// Whether the fields are text.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Bytes)
    }
}
