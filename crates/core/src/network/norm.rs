//! What is normalised behind a convolution.
//!
//! Batch normalisation is not among the choices: it makes a row's output depend on the other rows, and
//! keeps running statistics.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Groups of [`Norm::Group`], as in the field's networks.
pub const GROUPS: usize = 4;

/// The normalisation of a network for pictures: which numbers of one picture are brought to mean 0 and
/// variance 1 together, before they are scaled and shifted by parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Norm {
    /// None are.
    None,
    /// The pixels of each channel; a scale and a shift a channel.
    #[default]
    Instance,
    /// The pixels of four groups of neighbouring channels; a scale and a shift a channel.
    Group,
    /// All pixels of all channels; a scale and a shift for each of them.
    Layer,
}

impl Norm {
    /// Refuses a number of channels, `network.width`, that does not divide into the groups.
    ///
    /// # Errors
    /// [`Error::Setting`].
    pub fn check(self, width: usize) -> Result<()> {
        if self != Self::Group || width.is_multiple_of(GROUPS) {
            return Ok(());
        }
        let accepted = format!(
            "must be a multiple of {GROUPS}: network.norm = \"group\" divides the channels into \
             {GROUPS} groups"
        );
        Err(Error::setting("network.width", width, accepted))
    }

    /// How many numbers are normalised together where `channels` have so many pixels each; none where
    /// nothing is normalised.
    pub fn together(self, channels: usize, pixels: usize) -> Option<usize> {
        match self {
            Self::None => None,
            Self::Instance => Some(pixels),
            Self::Group => Some(pixels.saturating_mul(channels / GROUPS)),
            Self::Layer => Some(pixels.saturating_mul(channels)),
        }
    }

    /// Whether it takes off each channel's mean, and with it the bias of the convolution before.
    pub fn takes_off_means(self, channels: usize) -> bool {
        self.together(channels, 1) == Some(1)
    }

    /// Numbers in its parameters; none where they are beyond counting.
    pub fn weights(self, channels: usize, pixels: usize) -> Option<usize> {
        match self {
            Self::None => Some(0),
            Self::Instance | Self::Group => channels.checked_mul(2),
            Self::Layer => channels.checked_mul(pixels)?.checked_mul(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::told;

    #[test]
    fn groups_divide_the_channels() {
        assert!(Norm::Group.check(8).is_ok() && Norm::Instance.check(6).is_ok());
        let error = told(Norm::Group.check(6).unwrap_err());
        assert!(
            error.contains("network.width = 6") && error.contains("4"),
            "{error}"
        );
    }

    #[test]
    fn means_are_taken_off_where_a_channel_is_normalised_alone() {
        assert!(Norm::Instance.takes_off_means(3));
        assert!(Norm::Group.takes_off_means(4) && !Norm::Group.takes_off_means(8));
        assert!(Norm::Layer.takes_off_means(1) && !Norm::Layer.takes_off_means(2));
        assert!(!Norm::None.takes_off_means(1));
    }
}
