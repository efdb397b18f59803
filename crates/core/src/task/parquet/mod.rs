//! Tables from parquet files.
//!
//! Only builds with the feature `parquet` read them. The others know the settings, and say what to do.

#[cfg(not(feature = "parquet"))]
mod closed;
#[cfg(feature = "parquet")]
mod column;
#[cfg(feature = "parquet")]
mod decode;
#[cfg(feature = "parquet")]
mod delta;
#[cfg(feature = "parquet")]
mod fields;
#[cfg(feature = "parquet")]
mod file;
#[cfg(feature = "parquet")]
mod footer;
#[cfg(feature = "parquet")]
mod meaning;
#[cfg(feature = "parquet")]
mod pages;
#[cfg(feature = "parquet")]
mod pandas;
#[cfg(feature = "parquet")]
mod read;
mod source;
#[cfg(feature = "parquet")]
mod thrift;
#[cfg(feature = "parquet")]
mod value;

#[cfg(not(feature = "parquet"))]
pub(crate) use closed::fields;
#[cfg(feature = "parquet")]
pub(crate) use fields::fields;
pub use source::Parquet;

#[cfg(all(test, feature = "parquet"))]
mod tests;
