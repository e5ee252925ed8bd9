//! The crate through its public face.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod export;
mod golden;
mod large;
mod naive;
mod properties;
mod worlds;
