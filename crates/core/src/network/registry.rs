//! The networks that settings can name, one line for each.

use super::{AnyNetwork, Architecture, Template};
use crate::error::Result;
use crate::kernel::Kernels;
use crate::paper::Paper;
use crate::settings::kinds;
use crate::shape::Interface;

kinds! {
    /// The settings of a network, chosen by `network.kind`.
    pub enum NetworkSettings in "network" {
        "two-layer" => TwoLayer(super::two_layer::TwoLayer),
        "mlp" => Mlp(super::mlp::Mlp),
        "convnet" => ConvNet(super::convnet::ConvNet),
        "lenet" => LeNet(super::lenet::LeNet),
        "vgg11" => Vgg11(super::vgg11::Vgg11),
        "resnet18" => ResNet18(super::resnet18::ResNet18),
    }
    each(self, architecture) {
        /// Refuses inputs of a shape that the network does not accept, and weights that are too many for
        /// memory. Call it once the task is known, before [`NetworkSettings::template`].
        ///
        /// # Errors
        /// Those of [`Architecture::check_interface`].
        pub fn check_interface(&self, interface: Interface) -> Result<()>
    } => architecture.check_interface(interface);
    each(self, architecture) {
        /// Builds the network for this interface on this device.
        pub fn template<B: Kernels>(
            &self,
            interface: Interface,
            device: &B::Device,
        ) -> Box<dyn AnyNetwork<B>>
    } => Box::new(Template::new(architecture.clone(), interface, device));
    each(self, architecture) {
        /// The papers that the network comes from.
        pub fn papers(&self) -> Vec<Paper>
    } => architecture.papers();
}
