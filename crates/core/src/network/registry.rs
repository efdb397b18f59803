//! The networks that settings can name: one line each.

use super::{AnyNetwork, Architecture, Template};
use crate::error::Result;
use crate::kernel::Kernels;
use crate::settings::kinds;
use crate::shape::Interface;

kinds! {
    /// A network by its `network.kind`.
    pub enum NetworkSettings in "network" {
        "two-layer" => TwoLayer(super::two_layer::TwoLayer),
        "mlp" => Mlp(super::mlp::Mlp),
        "convnet" => ConvNet(super::convnet::ConvNet),
        "lenet" => LeNet(super::lenet::LeNet),
        "vgg11" => Vgg11(super::vgg11::Vgg11),
        "resnet18" => ResNet18(super::resnet18::ResNet18),
    }
    each(self, architecture) {
        /// Refuses inputs of a shape that it does not take, and weights that memory cannot be expected
        /// to hold: asked once the task is known, before [`NetworkSettings::template`].
        ///
        /// # Errors
        /// [`Error::Setting`](crate::Error::Setting) with the setting that is to blame.
        pub fn check_interface(&self, interface: Interface) -> Result<()>
    } => architecture.check_interface(interface);
    each(self, architecture) {
        /// The network, for that interface on that device.
        pub fn template<B: Kernels>(
            &self,
            interface: Interface,
            device: &B::Device,
        ) -> Box<dyn AnyNetwork<B>>
    } => Box::new(Template::new(architecture.clone(), interface, device));
}
