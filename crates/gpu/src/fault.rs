//! Listens for failures on the backend's threads.
//!
//! wgpu and the layers above it answer a refused allocation, a lost device or a failed kernel with a
//! panic on their own threads. The program itself then only sees a closed channel, or meaningless
//! numbers. So this file listens to the panics of those threads. One kind of panic is harmless: the
//! backend tries several ways to compute an operation, and if one of them fails, for example because it
//! needs more memory, the backend takes another.

use std::backtrace::Backtrace;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use indicatif::BinaryBytes;
use retort_cli::Fault;

/// The first panic of a backend's thread, and the last refused allocation.
#[derive(Debug)]
struct Heard {
    first: Option<String>,
    refused: Option<Refused>,
}

/// A refused allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    /// A piece of this number of bytes, more than the device gives at once.
    Piece(u64),
    /// A piece of any size: no memory was left.
    Any,
}

static HEARD: Mutex<Heard> = Mutex::new(Heard {
    first: None,
    refused: None,
});
static DEVICE: OnceLock<wgpu::Device> = OnceLock::new();
/// Whether [`caught`] handles panics of the main thread at the moment.
static CAUGHT: AtomicBool = AtomicBool::new(false);

/// Starts to listen. If `RUST_BACKTRACE` is set, every panic is also shown.
pub fn listen() {
    let show = panic::take_hook();
    let all = std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0");
    panic::set_hook(Box::new(move |panic| {
        let words = words(panic.payload());
        let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
        let own = thread::current().name() == Some("main");
        // After a device has failed, a panic of the main thread only says that it got no answer: it is not
        // shown.
        let news = own && heard.first.is_none() && !CAUGHT.load(Ordering::Relaxed);
        let refused = refused(&words);
        // A failed device panics hundreds of times, so a backtrace is only made if it can matter.
        let tells = !own && (heard.first.is_none() || refused.is_some());
        if tells && !is_of_a_trial(&words, &Backtrace::force_capture().to_string()) {
            heard.refused = refused.or(heard.refused);
            heard.first.get_or_insert(words);
        }
        drop(heard);
        if news || all {
            show(panic);
        }
    }));
}

/// Whether a panic only ends the trial of one of several ways to compute an operation. Without symbols this
/// cannot be known, and the panic counts as a failure.
fn is_of_a_trial(words: &str, backtrace: &str) -> bool {
    const NONE_IS_LEFT: &str = "Can't execute the autotune plan";
    backtrace.contains("tune_benchmark") && !words.contains(NONE_IS_LEFT)
}

/// Watches the device that is used: how much memory it holds, and whether it is lost.
pub fn watch(device: wgpu::Device) {
    device.set_device_lost_callback(|reason, words| {
        if reason != wgpu::DeviceLostReason::Destroyed {
            let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
            let lost = || format!("the device was lost: {words}");
            heard.first.get_or_insert_with(lost);
        }
    });
    let _ = DEVICE.set(device);
}

/// Runs the work. Returns its result, or the text of its panic.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    CAUGHT.store(true, Ordering::Relaxed);
    let done = catch_unwind(AssertUnwindSafe(work));
    CAUGHT.store(false, Ordering::Relaxed);
    done.map_err(|payload| words(&*payload))
}

/// The failure so far, if there is one.
pub fn fault() -> Option<Fault> {
    let (refused, first) = {
        let heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
        (heard.refused, heard.first.clone())
    };
    // The lock is released here, because the device is asked below and may panic.
    match refused {
        Some(Refused::Piece(size)) => Some(Fault::OutOfMemory(format!(
            "a piece of {} is more than it gives at once",
            BinaryBytes(size)
        ))),
        Some(Refused::Any) => Some(Fault::OutOfMemory(match held() {
            Some(held) => format!("it holds {} and gives no more", BinaryBytes(held)),
            None => "it gives no more".to_owned(),
        })),
        None => first.map(Fault::Failed),
    }
}

/// Bytes of the device's memory that are in use, if the backend tells.
fn held() -> Option<u64> {
    let report = DEVICE.get()?.generate_allocator_report()?;
    Some(report.total_reserved_bytes)
}

/// Text of a panic in one line of at most 400 letters.
fn words(payload: &(dyn std::any::Any + Send)) -> String {
    let whole = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    let lines = whole.lines().map(str::trim).filter(|line| !line.is_empty());
    let joined: Vec<&str> = lines.collect();
    joined.join(" ").chars().take(400).collect()
}

/// The refused allocation that a panic's text reports, if it reports one.
fn refused(words: &str) -> Option<Refused> {
    let number_after = |mark: &str| {
        let (_, rest) = words.split_once(mark)?;
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok().map(Refused::Piece)
    };
    if words.contains("binding_size` limit") {
        return number_after(" range ");
    }
    let none_left = ["Out of Memory", "OutOfMemory", "Not enough memory left"];
    number_after("can't allocate buffer of size: ").or_else(|| {
        let none = none_left.iter().any(|mark| words.contains(mark));
        none.then_some(Refused::Any)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_known_by_their_words() {
        for (words, expected) in [
            (
                "called `Result::unwrap()` on an `Err` value: can't allocate buffer of size: 264000000",
                Some(Refused::Piece(264_000_000)),
            ),
            (
                "wgpu error: Validation Error Caused by: In Device::create_bind_group Buffer binding 0 \
                 range 256000000 exceeds `max_*_buffer_binding_size` limit 134217728",
                Some(Refused::Piece(256_000_000)),
            ),
            (
                "wgpu error: Out of Memory Caused by: In Device::create_buffer Not enough memory left.",
                Some(Refused::Any),
            ),
            (
                "called `Result::unwrap()` on an `Err` value: CallError",
                None,
            ),
        ] {
            assert_eq!(refused(words), expected, "{words}");
        }
    }

    #[test]
    fn a_trial_that_fails_is_harmless_unless_it_was_the_last() {
        let within = "12: cubecl_runtime::tune::tune_benchmark::tune_benchmark";
        let refused = "can't allocate buffer of size: 5";
        assert!(is_of_a_trial(refused, within));
        assert!(!is_of_a_trial(refused, "12: cubecl_wgpu::compute::server"));
        assert!(!is_of_a_trial(
            "Can't execute the autotune plan for key",
            within
        ));
    }

    #[test]
    fn a_caught_panic_is_its_words() {
        assert_eq!(caught(|| 3), Ok(3));
        let failed: Result<(), _> = caught(|| panic!("no\n\n  luck"));
        assert_eq!(failed, Err("no luck".to_owned()));
    }
}
