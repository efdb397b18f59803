//! The size of a network's weights, and its limit.

use crate::error::{Error, Result};
use crate::shape::InputShape;
use crate::shape::Interface;

/// Most numbers in the weights of a network: 1 GiB in single precision, and a run holds several copies.
/// A larger network is refused with a message, because a failed allocation would abort the program.
pub const MOST_WEIGHTS: usize = 1 << 28;

/// The smallest possible interface. A network that is too large for it is too large for every task.
pub const SMALLEST: Interface = Interface {
    inputs: InputShape::Vector(1),
    outputs: 1,
};

/// Count of numbers in linear layers with biases, from `inputs` through hidden layers of these widths to
/// `outputs`. Returns `None` if it is too large for a `usize`.
pub fn of_layers(mut inputs: usize, widths: &[usize], outputs: usize) -> Option<usize> {
    let mut sum = 0_usize;
    for &width in widths.iter().chain([&outputs]) {
        let layer = inputs.checked_add(1)?.checked_mul(width)?;
        sum = sum.checked_add(layer)?;
        inputs = width;
    }
    Some(sum)
}

/// Count of numbers in the kernel of a convolution, without a bias, or `None` if it is too large for a
/// `usize`.
pub fn of_convolution(side: usize, channels: usize, outputs: usize) -> Option<usize> {
    let patch = side.checked_mul(side)?.checked_mul(channels)?;
    patch.checked_mul(outputs)
}

/// Checks that a network has at most [`MOST_WEIGHTS`] weights. `weights` is `None` if they are too many
/// for a `usize`.
///
/// # Errors
/// [`Error::Setting`] for the setting `key` with its `value`, if there are more.
pub fn check(
    key: &str,
    value: impl ToString,
    interface: Interface,
    weights: Option<usize>,
) -> Result<()> {
    if weights.is_some_and(|weights| weights <= MOST_WEIGHTS) {
        return Ok(());
    }
    let many = weights.map_or_else(
        || format!("more than {}", usize::MAX),
        |many| many.to_string(),
    );
    let accepted = format!(
        "makes {many} weights for {} inputs and {} outputs, and at most {MOST_WEIGHTS} are \
        accepted: choose a smaller network or smaller inputs",
        interface.inputs.len(),
        interface.outputs
    );
    Err(Error::setting(key, value, accepted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Architecture;
    use crate::network::two_layer::TwoLayer;
    use crate::settings::Check;
    use crate::wording::told;

    #[test]
    fn weights_are_counted_without_overflow() {
        assert_eq!(of_layers(4, &[5, 2], 3), Some(5 * 5 + 6 * 2 + 3 * 3));
        assert_eq!(of_layers(4, &[], 3), Some(15));
        assert_eq!(of_layers(4, &[usize::MAX], 3), None);
        assert_eq!(of_layers(4, &[usize::MAX / 5, 9], 3), None);
        assert_eq!(of_convolution(3, 2, 5), Some(90));
        assert_eq!(of_convolution(3, 2, usize::MAX / 9), None);
    }

    #[test]
    fn a_network_that_is_too_large_for_its_task_alone_is_refused() {
        let network = TwoLayer {
            width: 1_000_000,
            ..TwoLayer::default()
        };
        assert!(network.check().is_ok());
        let interface = |features| Interface {
            inputs: InputShape::Vector(features),
            outputs: 1,
        };
        assert!(network.check_interface(interface(10)).is_ok());
        let error = told(network.check_interface(interface(1000)).unwrap_err());
        assert!(
            error.contains("1000000") && error.contains("1000 "),
            "{error}"
        );
    }
}
