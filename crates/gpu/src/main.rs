//! `retort-gpu`: Retort on the GPU. Its commands are being wired.

fn main() {}
