//! The choice of normalisation after a convolution.
//!
//! Batch normalisation is not a choice: it makes a row's output depend on the other rows, and keeps
//! running statistics.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Number of groups of [`Norm::Group`], as in the networks of dataset distillation papers.
pub const GROUPS: usize = 4;

/// The normalisation in a network for pictures: which numbers of one picture are normalised together to
/// mean 0 and variance 1. Parameters then scale and shift them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Norm {
    /// No normalisation.
    None,
    /// The pixels of one channel. There are a scale and a shift for each channel.
    #[default]
    Instance,
    /// The pixels of one of four groups of neighbouring channels. There are a scale and a shift for each
    /// channel.
    Group,
    /// All pixels of all channels. There are a scale and a shift for each number.
    Layer,
}

impl Norm {
    /// Checks that `width`, the value of `network.width`, can be divided into groups of channels.
    ///
    /// # Errors
    /// [`Error::Setting`] if this is [`Norm::Group`] and `width` is no multiple of [`GROUPS`].
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

    /// Count of numbers that are normalised together, for `channels` channels of `pixels` pixels each.
    /// Returns `None` without a normalisation.
    pub fn together(self, channels: usize, pixels: usize) -> Option<usize> {
        match self {
            Self::None => None,
            Self::Instance => Some(pixels),
            Self::Group => Some(pixels.saturating_mul(channels / GROUPS)),
            Self::Layer => Some(pixels.saturating_mul(channels)),
        }
    }

    /// Whether it subtracts the mean of each channel, and with it the bias of the convolution before it.
    pub fn takes_off_means(self, channels: usize) -> bool {
        self.together(channels, 1) == Some(1)
    }

    /// Count of numbers in its parameters, or `None` if it is too large for a `usize`.
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
    fn means_are_subtracted_if_each_channel_is_normalised_alone() {
        assert!(Norm::Instance.takes_off_means(3));
        assert!(Norm::Group.takes_off_means(4) && !Norm::Group.takes_off_means(8));
        assert!(Norm::Layer.takes_off_means(1) && !Norm::Layer.takes_off_means(2));
        assert!(!Norm::None.takes_off_means(1));
    }
}
