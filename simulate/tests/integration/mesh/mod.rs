//! The mesh world through its public face.

mod golden;
mod physics;
mod properties;
