//! The networks that settings can name: one line each.

use burn::tensor::backend::Backend;

use super::{AnyNetwork, Interface, Template, mlp::Mlp, two_layer::TwoLayer};
use crate::settings::kinds;

kinds! {
    /// A network by its `network.kind`.
    pub enum NetworkSettings in "network" {
        "two-layer" => TwoLayer(TwoLayer),
        "mlp" => Mlp(Mlp),
    }
    each(self, architecture) {
        /// The network, for that interface on that device.
        pub fn template<B: Backend>(
            &self,
            interface: Interface,
            device: &B::Device,
        ) -> Box<dyn AnyNetwork<B>>
    } => Box::new(Template::new(architecture.clone(), interface, device));
}
