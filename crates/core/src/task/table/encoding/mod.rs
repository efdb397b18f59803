//! How the fields of a column become numbers, and how numbers become fields again.

mod boolean;
mod code;
mod kind;
mod one_hot;
mod piecewise_linear;
mod quantile;
mod standard;

pub(super) use boolean::Boolean;
pub use code::Code;
pub use kind::Encoding;
pub(super) use one_hot::OneHot;
pub use one_hot::{Pooled, Pooling};
pub(super) use piecewise_linear::PiecewiseLinear;
pub(super) use quantile::Quantile;
pub(super) use standard::Standard;
