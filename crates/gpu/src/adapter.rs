//! The adapters of this machine: GPUs as their drivers show them to wgpu.

use std::fmt::{self, Display};

use anyhow::bail;
use burn_wgpu::WgpuDevice;
use burn_wgpu::graphics::{AutoGraphicsApi, GraphicsApi as _};
use retort_core::Error;
use wgpu::{DeviceType, Instance, InstanceDescriptor};

/// An adapter, and the backend's name for it.
#[derive(Debug, Clone)]
pub struct Adapter {
    /// Name of the card.
    pub name: String,
    /// Kind of card.
    kind: DeviceType,
    /// Graphics interface and driver.
    driver: String,
    /// The backend's name for the adapter: its kind and its number among adapters of this kind. `None` if the
    /// backend cannot name it.
    pub device: Option<WgpuDevice>,
}

/// All adapters of the platform's graphics interface, in the driver's order.
pub fn all() -> Vec<Adapter> {
    let backends = AutoGraphicsApi::backend().into();
    let instance = Instance::new(InstanceDescriptor {
        backends,
        ..InstanceDescriptor::new_without_display_handle()
    });
    let found = pollster::block_on(instance.enumerate_adapters(backends));
    let seen = found.iter().map(|adapter| {
        let info = adapter.get_info();
        let driver = format!("{:?}, {} {}", info.backend, info.driver, info.driver_info);
        (info.name, info.device_type, driver.trim_end().to_owned())
    });
    named(seen)
}

/// Adapters from name, kind and driver, numbered as in the backend.
fn named(seen: impl Iterator<Item = (String, DeviceType, String)>) -> Vec<Adapter> {
    let mut before = Vec::new();
    let name = |(name, kind, driver)| {
        let place = before.iter().filter(|&&earlier| earlier == kind).count();
        before.push(kind);
        let device = match kind {
            DeviceType::DiscreteGpu => Some(WgpuDevice::DiscreteGpu(place)),
            DeviceType::IntegratedGpu => Some(WgpuDevice::IntegratedGpu(place)),
            DeviceType::VirtualGpu => Some(WgpuDevice::VirtualGpu(place)),
            DeviceType::Cpu => (place == 0).then_some(WgpuDevice::Cpu),
            DeviceType::Other => None,
        };
        Adapter {
            name,
            kind,
            driver,
            device,
        }
    };
    seen.map(name).collect()
}

/// Chooses an adapter by its number or by part of its name. Without a wish, chooses the fastest kind of
/// GPU.
///
/// # Errors
/// There is no adapter, or the wish matches none or several.
pub fn choose<'a>(adapters: &'a [Adapter], wish: Option<&str>) -> anyhow::Result<&'a Adapter> {
    let usable = || {
        let usable = |(_, adapter): &(usize, &Adapter)| adapter.device.is_some();
        adapters.iter().enumerate().filter(usable)
    };
    let refused = |wish: &str, problem: &str| {
        let known: Vec<String> = usable()
            .map(|(number, adapter)| format!("{number} ({})", adapter.name))
            .collect();
        let accepted = format!("{problem}; the adapters are {}", known.join(", "));
        Error::setting("--device", wish, accepted)
    };
    let Some((_, fastest)) = usable().min_by_key(|(_, adapter)| rank(adapter.kind)) else {
        bail!("no GPU was found: {INSTALL}. retort-cpu has the same commands and needs no driver");
    };
    let Some(wish) = wish else {
        return Ok(fastest);
    };
    let missing = "no adapter has this number, or a name that contains this";
    // A longer number may be part of a card's name, such as 3060.
    if let Some(number) = wish.parse::<usize>().ok().filter(|_| wish.len() <= 2) {
        let found = usable().find(|(place, _)| *place == number);
        let missing = || refused(wish, missing).into();
        return found.map(|(_, adapter)| adapter).ok_or_else(missing);
    }
    let part = wish.to_lowercase();
    let mut fitting = usable().filter(|(_, adapter)| adapter.name.to_lowercase().contains(&part));
    match (fitting.next(), fitting.next()) {
        (Some((_, adapter)), None) => Ok(adapter),
        (None, _) => Err(refused(wish, missing).into()),
        (Some(_), Some(_)) => {
            let problem = "several adapters have a name that contains this: give a number";
            Err(refused(wish, problem).into())
        }
    }
}

/// What to install if no adapter is found.
const INSTALL: &str = if cfg!(target_os = "linux") {
    "this program uses Vulkan, so install the Vulkan loader and the driver of your card (on Debian \
     and Ubuntu `apt install libvulkan1 mesa-vulkan-drivers` for AMD, Intel and for a software \
     renderer; for NVIDIA the package of its own driver), and check that `vulkaninfo --summary` lists \
     the card"
} else if cfg!(target_os = "macos") {
    "this program uses Metal, which is part of macOS and needs a Mac of 2012 or later"
} else if cfg!(target_os = "windows") {
    "this program uses Vulkan, so install the current driver from the maker of your card (AMD, Intel \
     or NVIDIA), which contains Vulkan"
} else {
    "this program uses Vulkan, so install the Vulkan loader and the driver of your card"
};

/// Order of the kinds, fastest first.
fn rank(kind: DeviceType) -> u8 {
    match kind {
        DeviceType::DiscreteGpu => 0,
        DeviceType::IntegratedGpu => 1,
        DeviceType::VirtualGpu => 2,
        DeviceType::Other => 3,
        DeviceType::Cpu => 4,
    }
}

/// Name of a kind in words.
fn word(kind: DeviceType) -> &'static str {
    match kind {
        DeviceType::DiscreteGpu => "discrete GPU",
        DeviceType::IntegratedGpu => "integrated GPU",
        DeviceType::VirtualGpu => "virtual GPU",
        DeviceType::Cpu => "software renderer",
        DeviceType::Other => "other",
    }
}

impl Adapter {
    /// Kind of device for benchmarks: `gpu`, or `cpu` for a software renderer.
    pub fn computes_on(&self) -> &'static str {
        if self.kind == DeviceType::Cpu {
            "cpu"
        } else {
            "gpu"
        }
    }
}

impl Display for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = word(self.kind);
        write!(f, "{} ({kind}, {})", self.name, self.driver)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::wording::told;

    fn machine(adapters: &[(&str, DeviceType)]) -> Vec<Adapter> {
        let driver = "Vulkan, a driver 1.0".to_owned();
        let seen = |&(name, kind): &(&str, _)| (name.to_owned(), kind, driver.clone());
        named(adapters.iter().map(seen))
    }

    fn four() -> Vec<Adapter> {
        machine(&[
            ("llvmpipe", DeviceType::Cpu),
            ("Iris Xe", DeviceType::IntegratedGpu),
            ("RTX 4090", DeviceType::DiscreteGpu),
            ("RTX 3060", DeviceType::DiscreteGpu),
        ])
    }

    #[test]
    fn the_fastest_kind_is_taken_and_any_can_be_named() {
        let adapters = four();
        for (wish, name, device) in [
            (None, "RTX 4090", WgpuDevice::DiscreteGpu(0)),
            (Some("3"), "RTX 3060", WgpuDevice::DiscreteGpu(1)),
            (Some("3060"), "RTX 3060", WgpuDevice::DiscreteGpu(1)),
            (Some("iris"), "Iris Xe", WgpuDevice::IntegratedGpu(0)),
            (Some("0"), "llvmpipe", WgpuDevice::Cpu),
        ] {
            let chosen = choose(&adapters, wish).unwrap();
            assert_eq!(chosen.name, name, "{wish:?}");
            assert_eq!(chosen.device, Some(device), "{wish:?}");
        }
    }

    #[test]
    fn a_wish_that_fits_none_or_several_is_refused_with_what_there_is() {
        let adapters = four();
        for wish in ["4", "-1", "radeon", "rtx"] {
            let error = choose(&adapters, Some(wish)).unwrap_err();
            assert!(error.downcast_ref::<Error>().unwrap().is_bad_input());
            let message = told(error);
            let option = format!("--device = {wish}: ");
            assert!(message.starts_with(&option), "{message}");
            assert!(message.contains("2 (RTX 4090), 3 (RTX 3060)"), "{message}");
        }
    }

    #[test]
    fn no_adapter_is_an_error_that_says_what_to_install() {
        for wish in [None, Some("0")] {
            let message = choose(&[], wish).unwrap_err().to_string();
            assert!(message.contains("retort-cpu"), "{message}");
            // The message names packages, which differ between systems.
            if cfg!(target_os = "linux") {
                told(message);
            }
        }
    }
}
