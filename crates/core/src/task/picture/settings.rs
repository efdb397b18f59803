//! Settings that all tasks of pictures have besides their own.

use crate::error::Result;
use crate::settings::range;

/// The penalty of a whitening where none is given: that of the literature.
pub const PENALTY: f64 = 0.1;

/// Refuses a penalty from which single precision could not find back.
pub fn check_penalty(penalty: Option<f64>) -> Result<()> {
    penalty.map_or(Ok(()), |penalty| {
        range::within("task.zca_penalty", penalty, 1e-6..=1e3)
    })
}

/// Declares the settings of a task of pictures: its own fields with their defaults, then those that
/// all such tasks have. (A flattened struct would lose the names of settings in messages.)
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
            /// Whether pixels, from 0 to 1, are brought to mean 0 and variance 1 channel by channel.
            pub normalise: bool,
            /// Whether pictures are whitened (ZCA) after that; see
            /// [`Whitening`](crate::task::Whitening). For pictures of at most 12,288 numbers.
            pub zca: bool,
            /// The shift of the eigenvalues for `zca`, in units of their mean, 1e-6 to 1e3; 0.1 where
            /// not given. Not used without `zca`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub zca_penalty: Option<f64>,
            /// Seed of the split into parts, where it shall not be that of the run: then runs of any seed
            /// train on the same rows, and can follow the same experts.
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
            /// The seed of the split, in a run of that seed.
            fn split(&self, run: &$crate::seed::Seed) -> $crate::seed::Seed {
                self.split_seed
                    .map_or_else(|| run.clone(), $crate::seed::Seed::new)
            }

            /// What is done to the pixels.
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
