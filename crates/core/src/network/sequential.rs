//! Sequential networks for pictures: blocks of convolution, normalisation, activation and pooling, then
//! linear layers. A kind of network of this form only declares its [`Layers`].

use std::fmt::Debug;

use burn::module::Module;
use burn::tensor::{Tensor, backend::Backend};

use super::activation::Activation;
use super::layer::{Convolution, Linear, NormLayer, pooling};
use super::norm::Norm;
use super::picture::{self, Frame};
use super::{Architecture, BURN_TAPE_COPIES, FeatureLayer, Layout, Network, Output, size};
use crate::error::{Error, Result};
use crate::kernel::{Geometry, Kernels};
use crate::paper::Paper;
use crate::seed::Stream;
use crate::settings::{Check, keys};
use crate::shape::Interface;

/// One block: convolution, normalisation, activation and pooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Side of the convolution's kernel.
    pub side: usize,
    /// Output channels of the convolution.
    pub width: usize,
    /// Stride and padding of the convolution.
    pub geometry: Geometry,
    /// Side of the squares that are averaged. With 1, nothing is pooled.
    pub pool: usize,
}

/// The layers of a sequential network.
#[derive(Debug, Clone, PartialEq)]
pub struct Layers {
    /// The network's `network.kind`, for messages.
    pub kind: &'static str,
    /// Height and width are padded with zeros to the next multiple of this. Every block's `pool` must
    /// then divide the height and width that the block pools.
    pub multiple: usize,
    /// The blocks, first to last; at least one.
    pub blocks: Vec<Block>,
    /// Normalisation after each convolution.
    pub norm: Norm,
    /// Neurons of each linear layer between the blocks and the readout.
    pub hidden: Vec<usize>,
    /// Activation of every block and hidden layer.
    pub activation: Activation,
}

/// Settings of a sequential network for pictures.
pub trait Sequential: Check + Clone + Debug + Send + Sync + 'static {
    /// The layers of the network that the settings describe.
    fn layers(&self) -> Layers;

    /// The setting to lower if the network is too large, with its value. Messages name it.
    fn largest(&self) -> (&'static str, String);

    /// The papers that this comes from, for reports. Default: none.
    fn papers(&self) -> Vec<Paper> {
        Vec::new()
    }
}

/// A block in its place in the network, with its input channels and with the height and width of the
/// convolution's result.
struct Place {
    block: Block,
    channels: usize,
    convolved: [usize; 2],
}

impl Place {
    fn pixels(&self) -> usize {
        self.convolved.into_iter().product()
    }

    /// Height and width after the pooling.
    fn pooled(&self) -> [usize; 2] {
        self.convolved.map(|side| side / self.block.pool)
    }
}

impl Layers {
    fn places(&self, frame: Frame) -> impl Iterator<Item = Place> {
        let start = (frame.channels(), frame.sides());
        self.blocks.iter().scan(start, |(channels, sides), &block| {
            let place = Place {
                block,
                channels: *channels,
                convolved: sides.map(|side| block.geometry.output(side, block.side)),
            };
            (*channels, *sides) = (block.width, place.pooled());
            Some(place)
        })
    }

    /// Count of numbers in the last block's result for one picture, or `None` if there is no block or the
    /// count is too large for a `usize`.
    fn flat(&self, frame: Frame) -> Option<usize> {
        let last = self.places(frame).last()?;
        let [height, width] = last.pooled();
        (height * width).checked_mul(last.block.width)
    }

    /// Count of numbers in all weights, or `None` if it is too large for a `usize`.
    fn weights(&self, frame: Frame, outputs: usize) -> Option<usize> {
        let block = |place: Place| {
            let Block { side, width, .. } = place.block;
            let convolution = size::of_convolution(side, place.channels, width)?;
            let norm = self.norm.weights(width, place.pixels())?;
            convolution.checked_add(width)?.checked_add(norm)
        };
        let linear = size::of_layers(self.flat(frame)?, &self.hidden, outputs);
        self.places(frame)
            .map(block)
            .chain([linear])
            .try_fold(0_usize, |sum, layer| sum.checked_add(layer?))
    }

    /// Count of numbers held for one picture: the picture with its border, and the results of the
    /// convolutions. Most of them usually belong to the first convolution.
    fn activations(&self, frame: Frame) -> usize {
        self.places(frame)
            .map(|place| place.pixels().saturating_mul(place.block.width))
            .fold(frame.len(), usize::saturating_add)
    }

    /// Refuses a normalisation over one or two numbers. A single number becomes zero, and of two one
    /// becomes 1 and the other −1, whatever they were: no derivative reaches the layers before.
    fn check_norm(&self, frame: Frame) -> Result<()> {
        let together = |place: &Place| self.norm.together(place.block.width, place.pixels());
        let mut places = self.places(frame).zip(1..);
        let Some((place, block)) =
            places.find(|(place, _)| together(place).is_some_and(|n| n <= 2))
        else {
            return Ok(());
        };
        let [height, width] = place.convolved;
        let [rows, columns] = frame.sides();
        let accepted = format!(
            "would normalise one or two numbers at a time, of which nothing is left to learn from: block \
            {block} makes {height}×{width} pixels of a picture of {rows}×{columns}. Choose fewer blocks (a \
            lower network.depth), larger pictures (task.side, in a folder) or network.norm = \"none\""
        );
        let seen = keys::shown(&self.norm);
        Err(Error::setting("network.norm", seen, accepted))
    }
}

/// The module of a sequential network.
#[derive(Module, Debug)]
pub struct SequentialNetwork<B: Backend> {
    convolutions: Vec<Convolution<B>>,
    norms: Vec<NormLayer<B>>,
    hidden: Vec<Linear<B>>,
    readout: Linear<B>,
    layers: Layers,
    frame: Frame,
}

impl<S: Sequential> Architecture for S {
    type Network<B: Kernels> = SequentialNetwork<B>;

    fn check_interface(&self, interface: Interface) -> Result<()> {
        let layers = self.layers();
        picture::expected(layers.kind, interface)?;
        let frame = Frame::new(interface, layers.multiple);
        let (key, value) = self.largest();
        picture::check_activations(key, &value, layers.activations(frame))?;
        let weights = layers.weights(frame, interface.outputs);
        size::check(key, value, interface, weights)?;
        layers.check_norm(frame)
    }

    fn init<B: Kernels>(
        &self,
        interface: Interface,
        stream: &mut Stream,
        device: &B::Device,
    ) -> SequentialNetwork<B> {
        let layers = self.layers();
        let frame = Frame::new(interface, layers.multiple);
        let (mut convolutions, mut norms) = (Vec::new(), Vec::new());
        for place in layers.places(frame) {
            let Block { side, width, .. } = place.block;
            let convolution = Convolution::init(side, place.channels, width, stream, device);
            convolutions.push(convolution);
            let [rows, columns] = place.convolved;
            norms.extend(NormLayer::init(layers.norm, [rows, columns, width], device));
        }
        let mut inputs = layers.flat(frame).unwrap_or(0);
        let mut linear = |outputs| {
            let layer = Linear::init(inputs, outputs, stream, device);
            inputs = outputs;
            layer
        };
        SequentialNetwork {
            convolutions,
            norms,
            hidden: layers.hidden.iter().map(|&width| linear(width)).collect(),
            readout: linear(interface.outputs),
            layers,
            frame,
        }
    }

    /// `None`: the feature step is not defined for convolutions.
    fn feature_layer(&self, _layout: &Layout) -> Option<FeatureLayer> {
        None
    }

    /// The biases of convolutions after which a normalisation subtracts each channel's mean.
    fn papers(&self) -> Vec<Paper> {
        Sequential::papers(self)
    }

    fn unused(&self, layout: &Layout) -> Vec<usize> {
        let Layers { blocks, norm, .. } = self.layers();
        let bias = |block: usize| layout.position(&format!("convolutions.{block}.bias"));
        let taken_off = |block: &usize| norm.takes_off_means(blocks[*block].width);
        let blocks = 0..blocks.len();
        blocks.filter(taken_off).filter_map(bias).collect()
    }

    fn activations(&self, interface: Interface) -> usize {
        let layers = self.layers();
        layers.activations(Frame::new(interface, layers.multiple))
    }

    /// Fewer with instance normalisation and ReLU: a block is then two operations of [`crate::kernel`].
    fn tape_copies(&self) -> usize {
        let Layers {
            norm, activation, ..
        } = self.layers();
        match (norm, activation) {
            (Norm::Instance, Activation::Relu) => 3,
            _ => BURN_TAPE_COPIES,
        }
    }
}

impl<B: Kernels> Network<B> for SequentialNetwork<B> {
    fn forward(&self, inputs: Tensor<B, 2>) -> Output<B> {
        let activation = self.layers.activation;
        let mut pictures = self.frame.pictures(inputs);
        let blocks = self.convolutions.iter().zip(&self.layers.blocks);
        for (place, (convolution, block)) in blocks.enumerate() {
            // A bias that the normalisation would subtract again is not added.
            let moved = if self.layers.norm.takes_off_means(block.width) {
                convolution.without_bias(pictures, block.geometry)
            } else {
                convolution.forward(pictures, block.geometry)
            };
            pictures = match self.norms.get(place) {
                Some(norm) => norm.activated_and_pooled(moved, activation, block.pool),
                None => pooling::average(activation.forward(moved), block.pool),
            };
        }
        let hidden = self.hidden.iter();
        let features = hidden.fold(pictures.flatten(1, 3), |x, layer| {
            activation.forward(layer.forward(x))
        });
        Output {
            outputs: self.readout.forward(features.clone()),
            features,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::network::NetworkSettings;
    use crate::shape::{InputShape, Interface};
    use crate::wording::told;

    /// Checks a network with these settings for pictures of this shape in ten classes.
    fn checked(settings: &str, picture: [usize; 3]) -> Result<(), String> {
        let table = settings.parse().unwrap_or_default();
        let network = NetworkSettings::read(&table).map_err(|error| error.to_string())?;
        let interface = Interface {
            inputs: InputShape::Picture(picture),
            outputs: 10,
        };
        let checked = network.check_interface(interface);
        checked.map_err(|error| error.to_string())
    }

    #[test]
    fn a_normalisation_of_one_pixel_is_refused() {
        let convnet = |rest: &str| {
            let settings = format!("kind = \"convnet\"\nwidth = 16\ndepth = 5\n{rest}");
            checked(&settings, [1, 28, 28])
        };
        assert_eq!(convnet(""), Ok(()));
        let refused = told(convnet("pooling = \"strided\"").unwrap_err());
        assert!(refused.starts_with("network.norm = \"instance\": "));
        assert!(refused.contains("network.depth") && refused.contains("task.side"));
        for norm in ["none", "group", "layer"] {
            let settings = format!("pooling = \"strided\"\nnorm = \"{norm}\"");
            assert_eq!(convnet(&settings), Ok(()), "{norm}");
        }
    }

    #[test]
    fn a_normalisation_of_two_pixels_is_refused_and_its_remedies_help() {
        let strided = |rest: &str, picture| {
            let settings = format!("kind = \"convnet\"\nwidth = 8\npooling = \"strided\"\n{rest}");
            checked(&settings, picture)
        };
        // 8×16 pixels become 1×2.
        assert!(strided("depth = 3", [1, 8, 16]).is_err());
        assert_eq!(strided("depth = 2", [1, 8, 16]), Ok(()));
        assert_eq!(strided("depth = 3", [1, 16, 16]), Ok(()));
        assert_eq!(strided("depth = 3\nnorm = \"none\"", [1, 8, 16]), Ok(()));
    }

    #[test]
    fn a_network_too_large_for_memory_is_refused_with_its_setting() {
        for (settings, picture, words) in [
            (
                "kind = \"lenet\"",
                [1, 9999, 9999],
                "network.kind = lenet: ",
            ),
            ("kind = \"vgg11\"", [3, 9999, 9999], "network.width = 64: "),
            (
                "kind = \"resnet18\"",
                [3, 9999, 9999],
                "network.width = 64: ",
            ),
            (
                "kind = \"convnet\"\npooling = \"none\"",
                [3, 640, 640],
                "network.width = 128: ",
            ),
        ] {
            let refused = checked(settings, picture);
            assert!(refused.is_err_and(|e| e.starts_with(words)), "{settings}");
            assert_eq!(checked(settings, [3, 32, 32]), Ok(()), "{settings}");
        }
    }
}
