//! The program as a user meets it.
#![allow(clippy::unwrap_used, clippy::expect_used)]
