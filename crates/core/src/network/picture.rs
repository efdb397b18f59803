//! Input rows as pictures: what every network for pictures does before its first layer.

use burn::tensor::{Tensor, backend::Backend};

use crate::error::{Error, Result};
use crate::shape::InputShape;
use crate::shape::Interface;

/// Most numbers that one picture may make in the layers of a network: 256 MiB in single precision.
pub const MOST_ACTIVATIONS: usize = 1 << 26;

/// The picture in a row, and its sides with a border of zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Channels, height and width of a row's picture.
    picture: [usize; 3],
    /// Height and width with the border.
    framed: [usize; 2],
}

impl Frame {
    /// The frame for this interface, with height and width padded to the next multiple of `multiple`. A
    /// vector, which [`expected`] refuses, counts as one line of grey pixels.
    pub fn new(interface: Interface, multiple: usize) -> Self {
        let picture = match interface.inputs {
            InputShape::Picture(sides) => sides,
            InputShape::Vector(features) => [1, 1, features],
        };
        let [_, height, width] = picture;
        Self {
            picture,
            framed: [height, width].map(|side| side.next_multiple_of(multiple)),
        }
    }

    /// Channels of a picture.
    pub fn channels(self) -> usize {
        self.picture[0]
    }

    /// Height and width with the border.
    pub fn sides(self) -> [usize; 2] {
        self.framed
    }

    /// Count of numbers in a picture with its border.
    pub fn len(self) -> usize {
        let [height, width] = self.framed;
        (height * width).saturating_mul(self.channels())
    }

    /// Whether a picture has no numbers at all.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Turns rows `[n, channels · height · width]`, stored channel by channel, into pictures with their
    /// border and with channels last, `[n, height, width, channels]`.
    pub fn pictures<B: Backend>(self, rows: Tensor<B, 2>) -> Tensor<B, 4> {
        let n = rows.dims()[0];
        let [channels, height, width] = self.picture;
        let pictures = rows
            .reshape([n, channels, height, width])
            .permute([0, 2, 3, 1]);
        let pictures = bordered(pictures, 1, self.framed[0]);
        bordered(pictures, 2, self.framed[1])
    }
}

/// Pads an axis to `length` with zeros on both sides. If their number is odd, the end gets one more.
fn bordered<B: Backend>(pictures: Tensor<B, 4>, axis: usize, length: usize) -> Tensor<B, 4> {
    let missing = length - pictures.dims()[axis];
    if missing == 0 {
        return pictures;
    }
    let device = pictures.device();
    let zeros = |length| {
        let mut shape = pictures.dims();
        shape[axis] = length;
        Tensor::zeros(shape, &device)
    };
    let (before, behind) = (zeros(missing / 2), zeros(missing - missing / 2));
    Tensor::cat(vec![before, pictures, behind], axis)
}

/// Checks that inputs are pictures, for a network of this kind.
///
/// # Errors
/// [`Error::Mismatch`] if inputs are vectors.
pub fn expected(kind: &str, interface: Interface) -> Result<()> {
    match interface.inputs {
        InputShape::Picture(_) => Ok(()),
        InputShape::Vector(features) => Err(Error::Mismatch(format!(
            "network.kind = {kind} needs pictures, but an input of this task is a vector of \
            {features} numbers: choose a task with pictures, or network.kind = mlp"
        ))),
    }
}

/// Checks that one picture makes at most [`MOST_ACTIVATIONS`] numbers in the layers; it makes `row`.
///
/// # Errors
/// [`Error::Setting`] for the setting `key` with its `value`, if there are more.
pub fn check_activations(key: &str, value: impl ToString, row: usize) -> Result<()> {
    if row <= MOST_ACTIVATIONS {
        return Ok(());
    }
    let accepted = format!(
        "one picture needs {row} numbers in the network's layers, and at most \
        {MOST_ACTIVATIONS} are accepted: choose a smaller network or smaller pictures"
    );
    Err(Error::setting(key, value, accepted))
}
