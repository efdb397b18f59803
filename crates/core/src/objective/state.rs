//! What an objective keeps from one outer step to the next.

use std::collections::BTreeMap;

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use crate::error::{Error, Result};

/// A value that an objective keeps.
#[derive(Debug, Clone)]
pub enum Value<B: Backend> {
    /// A vector on the device.
    Vector(Tensor<B, 1>),
    /// A matrix on the device.
    Matrix(Tensor<B, 2>),
    /// A matrix on the host, in double precision on every backend.
    Double(Array2<f64>),
    /// A whole number.
    Count(usize),
    /// A matrix that follows from the set and is kept only to be computed once: a checkpoint leaves it
    /// out, so the objective must be able to make it again with the same bits.
    Derived(Tensor<B, 2>),
}

/// The state of an objective: values under names of its choosing. A checkpoint stores them, and a
/// resumed run is handed the same bits. It is empty before a stage's first step.
#[derive(Debug, Clone)]
pub struct ObjectiveState<B: Backend> {
    values: BTreeMap<String, Value<B>>,
}

impl<B: Backend> Default for ObjectiveState<B> {
    fn default() -> Self {
        Self {
            values: BTreeMap::new(),
        }
    }
}

macro_rules! kinds_of_value {
    ($($(#[$doc:meta])* $put:ident, $take:ident: $variant:ident($type:ty), $what:literal;)+) => {
        impl<B: Backend> ObjectiveState<B> {
            $(
                $(#[$doc])*
                pub fn $put(&mut self, name: impl Into<String>, value: $type) {
                    self.values.insert(name.into(), Value::$variant(value));
                }

                /// Takes it out again. `None`: there is nothing of that name.
                ///
                /// # Errors
                /// [`Error::Mismatch`]: what has that name is of another kind.
                pub fn $take(&mut self, name: &str) -> Result<Option<$type>> {
                    match self.values.remove(name) {
                        None => Ok(None),
                        Some(Value::$variant(value)) => Ok(Some(value)),
                        Some(_) => Err(Error::Mismatch(format!(
                            "the objective keeps {name:?}, but not as a {}", $what))),
                    }
                }
            )+
        }
    };
}

kinds_of_value! {
    /// Keeps a vector.
    put_vector, take_vector: Vector(Tensor<B, 1>), "vector";
    /// Keeps a matrix.
    put_matrix, take_matrix: Matrix(Tensor<B, 2>), "matrix";
    /// Keeps a matrix of the host in double precision.
    put_double, take_double: Double(Array2<f64>), "matrix in double precision";
    /// Keeps a whole number.
    put_count, take_count: Count(usize), "number";
    /// Keeps a matrix that can be made again, see [`Value::Derived`].
    put_derived, take_derived: Derived(Tensor<B, 2>), "matrix that can be made again";
}

impl<B: Backend> ObjectiveState<B> {
    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether something of that name is kept.
    pub fn contains(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// All that is kept, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<B>)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }
}
