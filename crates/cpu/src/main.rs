//! `retort-cpu`: Retort on the CPU. Its commands are being wired.

fn main() {}
