//! Many runs: one report each, an index over them, gates.
//!
//! [`settings`] joins arguments and configuration, [`inputs`] finds the runs and names them, [`work`]
//! does one of them, [`baseline`] holds an earlier batch.

pub(crate) mod baseline;
pub(crate) mod inputs;
pub(crate) mod leftovers;
pub(crate) mod settings;
pub(crate) mod summary;
pub(crate) mod work;
