//! Settings that all tasks of pictures share.

use crate::error::Result;
use crate::settings::range;

/// Default penalty of a whitening, as in the literature.
pub const PENALTY: f64 = 0.1;

/// Checks that a penalty is from 1e-6 to 1e3, so that the whitening can be undone in single precision.
pub fn check_penalty(penalty: Option<f64>) -> Result<()> {
    penalty.map_or(Ok(()), |penalty| {
        range::within("task.zca_penalty", penalty, 1e-6..=1e3)
    })
}

/// Declares the settings of a task of pictures: its own fields with their defaults, then the fields that all
/// such tasks share. (With a flattened struct, messages would lose the names of settings.)
macro_rules! picture_settings {
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
            /// Whether pixels, from 0 to 1, are normalised to mean 0 and variance 1 channel by channel.
            /// Default true.
            pub normalise: bool,
            /// Whether pictures are whitened (ZCA) after that, see [`Whitening`](crate::task::Whitening).
            /// They may have at most 12,288 numbers. Default false.
            pub zca: bool,
            /// The number that `zca` adds to every eigenvalue of the covariance, as a multiple of their
            /// mean, 1e-6 to 1e3. Default 0.1. Not used without `zca`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub zca_penalty: Option<f64>,
            /// Seed of the split into parts, if it should not be the seed of the run. With it, runs of all
            /// seeds train on the same rows and can use the same experts.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub split_seed: Option<u64>,
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $($field: $default,)+
                    normalise: true,
                    zca: false,
                    zca_penalty: None,
                    split_seed: None,
                }
            }
        }

        impl $name {
            /// The seed of the split, in a run with the seed `run`.
            fn split(&self, run: &$crate::seed::Seed) -> $crate::seed::Seed {
                self.split_seed
                    .map_or_else(|| run.clone(), $crate::seed::Seed::new)
            }

            /// The preprocessing of the pixels.
            pub(crate) fn preprocessing(&self) -> $crate::task::picture::Preprocessing {
                let penalty = self.zca_penalty.unwrap_or($crate::task::picture::PENALTY);
                $crate::task::picture::Preprocessing {
                    normalise: self.normalise,
                    whiten: self.zca.then_some(penalty),
                }
            }
        }
    };
}

pub(in crate::task) use picture_settings;
