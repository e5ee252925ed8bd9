//! Many runs: one report each, an index over them, gates.
//!
//! [`inputs`] finds the runs and names them, [`work`] does one of them, [`baseline`] holds an earlier
//! batch.

pub(crate) mod baseline;
pub(crate) mod inputs;
pub(crate) mod leftovers;
pub(crate) mod work;
