//! Memory of this process.

/// Peak memory of this process in bytes. `None` if the system does not tell.
pub fn peak_bytes() -> Option<u64> {
    #[cfg(unix)]
    {
        use nix::sys::resource::{UsageWho, getrusage};
        // Apple's systems count in bytes, the others in kibibytes.
        let unit = if cfg!(target_vendor = "apple") {
            1
        } else {
            1024
        };
        let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
        u64::try_from(usage.max_rss()).ok().map(|peak| peak * unit)
    }
    #[cfg(not(unix))]
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_peak_covers_what_was_held() {
        let held = vec![1_u8; 64 << 20];
        assert!(held.iter().map(|&byte| u64::from(byte)).sum::<u64>() == 64 << 20);
        assert!(peak_bytes().is_some_and(|peak| peak > 64 << 20 && peak < 64 << 30));
    }
}
