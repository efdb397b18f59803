//! The state that an objective keeps from one outer step to the next.

use std::collections::BTreeMap;

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use crate::error::{Error, Result};

/// A value in an objective's state.
#[derive(Debug, Clone)]
pub enum Value<B: Backend> {
    /// A vector on the device.
    Vector(Tensor<B, 1>),
    /// A matrix on the device.
    Matrix(Tensor<B, 2>),
    /// A matrix on the host, in double precision on every backend.
    Double(Array2<f64>),
    /// A count.
    Count(usize),
    /// A matrix that follows from the set and is kept to save time. Checkpoints do not store it, so the
    /// objective must be able to compute it again with the same bits.
    Derived(Tensor<B, 2>),
}

/// The state of an objective: values under names that the objective chooses. Checkpoints store it, and a
/// continued run gets the same bits. It is empty before a stage's first step.
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

                /// Removes the value of this name and returns it. Returns `None` if there is none.
                ///
                /// # Errors
                /// [`Error::Mismatch`] if the value of this name is of another kind.
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
    /// Stores a vector under a name.
    put_vector, take_vector: Vector(Tensor<B, 1>), "vector";
    /// Stores a matrix under a name.
    put_matrix, take_matrix: Matrix(Tensor<B, 2>), "matrix";
    /// Stores a matrix on the host, in double precision, under a name.
    put_double, take_double: Double(Array2<f64>), "matrix in double precision";
    /// Stores a count under a name.
    put_count, take_count: Count(usize), "number";
    /// Stores a matrix that can be computed again under a name, see [`Value::Derived`].
    put_derived, take_derived: Derived(Tensor<B, 2>), "matrix that can be computed again";
}

impl<B: Backend> ObjectiveState<B> {
    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether there is a value of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Removes all values whose names begin with `prefix`, and returns them as a state, without the prefix.
    pub fn take_within(&mut self, prefix: &str) -> Self {
        let mut values = BTreeMap::new();
        self.values
            .retain(|name, value| match name.strip_prefix(prefix) {
                Some(inner) => {
                    values.insert(inner.to_owned(), value.clone());
                    false
                }
                None => true,
            });
        Self { values }
    }

    /// Stores all values of another state, with `prefix` before their names.
    pub fn put_within(&mut self, prefix: &str, other: Self) {
        let named = other.values.into_iter();
        self.values
            .extend(named.map(|(name, value)| (format!("{prefix}{name}"), value)));
    }

    /// All values with their names, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<B>)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }
}
