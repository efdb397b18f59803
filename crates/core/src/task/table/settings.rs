//! Settings that all tasks of tables share.

/// Declares the settings of a task of a table: its own fields with their defaults, then the fields that all such
/// tasks share. (With a flattened struct, messages would lose the names of settings.)
macro_rules! table_settings {
    (
        $(#[$doc:meta])*
        pub struct $name:ident {
            $($(#[$field_doc:meta])* pub $field:ident: $type:ty = $default:expr,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)+
            /// The column to predict, by name or by index counted from 0, or a list of columns for regression. If
            /// not given, the last column that can be predicted.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub target: Option<$crate::task::table::Targets>,
            /// Whether the target is a class or a real number. Default `auto`.
            pub problem: $crate::task::table::TargetKind,
            /// What is done with missing values. Default `impute`.
            pub missing: $crate::task::table::MissingPolicy,
            /// What is done with rows without a target. Default `refuse`.
            pub missing_target: $crate::task::table::MissingTarget,
            /// Columns that are left out, by name or by index counted from 0.
            #[serde(skip_serializing_if = "Vec::is_empty")]
            pub ignore: Vec<$crate::task::table::Column>,
            /// Types of columns, by name or by index in quotes: `number`, `category`, `boolean`, `date` or `ignore`.
            #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
            pub types: std::collections::BTreeMap<String, $crate::task::table::ColumnType>,
            /// The encoding of numbers. Default `standard`.
            pub encoding: $crate::task::table::Encoding,
            /// Fewest training rows of a category with a column of its own, at least 1. Rarer categories share a column.
            /// Default 3.
            pub min_frequency: usize,
            /// Most categories of a column that have columns of their own, at least 1: the most frequent ones. The
            /// others share a column. Default 50.
            pub max_categories: usize,
            /// Fraction of the rows of `path` for validation, between 0 and 1. Default 0.15.
            pub validation: f64,
            /// Fraction of the rows of `path` for the test, between 0 and 1. Default 0.2. Not used with `test_path`.
            pub test: f64,
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $($field: $default,)+
                    target: None,
                    problem: $crate::task::table::TargetKind::Auto,
                    missing: $crate::task::table::MissingPolicy::Impute,
                    missing_target: $crate::task::table::MissingTarget::Refuse,
                    ignore: Vec::new(),
                    types: std::collections::BTreeMap::new(),
                    encoding: $crate::task::table::Encoding::Standard,
                    min_frequency: 3,
                    max_categories: 50,
                    validation: 0.15,
                    test: 0.2,
                }
            }
        }

        impl $name {
            /// The settings that all tables have.
            fn choices(&self) -> $crate::task::table::Choices<'_> {
                $crate::task::table::Choices {
                    target: self.target.as_ref(),
                    ignore: &self.ignore,
                    types: &self.types,
                    missing: self.missing,
                    missing_target: self.missing_target,
                    encoding: self.encoding,
                    pooling: $crate::task::table::Pooling {
                        min_frequency: self.min_frequency,
                        max_categories: self.max_categories,
                    },
                    problem: self.problem,
                    validation: self.validation,
                    test: self.test,
                }
            }
        }
    };
}

pub(in crate::task) use table_settings;
