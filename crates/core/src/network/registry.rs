//! The networks that settings can name: one line each.

use burn::tensor::backend::Backend;

use super::{AnyNetwork, Architecture, Interface, Template};
use crate::error::Result;
use crate::settings::kinds;

kinds! {
    /// A network by its `network.kind`.
    pub enum NetworkSettings in "network" {
        "two-layer" => TwoLayer(super::two_layer::TwoLayer),
        "mlp" => Mlp(super::mlp::Mlp),
    }
    each(self, architecture) {
        /// Refuses an interface for which the weights would be more than memory can be expected to
        /// hold: asked once the task is known, before [`NetworkSettings::template`].
        ///
        /// # Errors
        /// [`Error::Setting`](crate::Error::Setting) with the setting that is to blame.
        pub fn check_size(&self, interface: Interface) -> Result<()>
    } => architecture.check_size(interface);
    each(self, architecture) {
        /// The network, for that interface on that device.
        pub fn template<B: Backend>(
            &self,
            interface: Interface,
            device: &B::Device,
        ) -> Box<dyn AnyNetwork<B>>
    } => Box::new(Template::new(architecture.clone(), interface, device));
}
