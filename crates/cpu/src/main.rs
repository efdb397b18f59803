//! Starts `retort-cpu`.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// mimalloc's number of the option `purge_delay`, in milliseconds: how long memory that is free again is kept
/// before the system gets it back. (The bindings name only some of the options.)
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// Layers ask for the same large pieces of memory at every step. The allocator's second would give them back in
/// between, and the system then fills them with zeros anew (`results/performance.md`). `MIMALLOC_PURGE_DELAY` in the
/// environment comes before it.
const KEPT: i64 = 10_000;

fn main() -> ExitCode {
    #[allow(unsafe_code, reason = "the allocator's options have no other door")]
    // SAFETY: it stores a number among the allocator's options. No other thread runs yet.
    unsafe {
        libmimalloc_sys::mi_option_set_default(PURGE_DELAY, KEPT as _);
    }
    retort_cpu::main()
}
