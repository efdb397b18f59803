//! Starts `retort-cpu`.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Number of mimalloc's option `purge_delay`: the time in milliseconds for which freed memory is kept before
/// the system gets it back. (The bindings name only some of the options.)
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// Value of `purge_delay`. Layers ask for the same large pieces of memory at every step. With the allocator's
/// default of one second, the memory would go back to the system in between, and the system would fill it
/// with zeros again (`results/performance.md`). The environment variable `MIMALLOC_PURGE_DELAY` overrides
/// this value.
const KEPT: i64 = 10_000;

fn main() -> ExitCode {
    #[allow(unsafe_code, reason = "the allocator's options have no safe interface")]
    // SAFETY: the call stores a number among the allocator's options. No other thread runs yet.
    unsafe {
        libmimalloc_sys::mi_option_set_default(PURGE_DELAY, KEPT as _);
    }
    retort_cpu::main()
}
