//! The networks that settings can name: one line each.

use super::{AnyNetwork, Interface, Template, convnet::ConvNet, mlp::Mlp, two_layer::TwoLayer};
use crate::kernel::Kernels;
use crate::settings::kinds;

kinds! {
    /// A network by its `network.kind`.
    pub enum NetworkSettings in "network" {
        "two-layer" => TwoLayer(TwoLayer),
        "mlp" => Mlp(Mlp),
        "convnet" => ConvNet(ConvNet),
    }
    each(self, architecture) {
        /// The network, for that interface on that device.
        pub fn template<B: Kernels>(
            &self,
            interface: Interface,
            device: &B::Device,
        ) -> Box<dyn AnyNetwork<B>>
    } => Box::new(Template::new(architecture.clone(), interface, device));
}
