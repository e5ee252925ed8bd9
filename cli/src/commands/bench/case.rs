//! What can be measured, whichever crate does the work.

use std::path::{Path, PathBuf};

/// Something to measure.
#[derive(Clone, Debug, Default)]
pub(super) struct Case {
    /// Short name, as on the command line.
    pub(super) name: &'static str,
    /// What is done, and how much of it.
    pub(super) size: &'static str,
    /// What the throughput counts.
    pub(super) unit: &'static str,
    pub(super) target: Target,
    /// Whether it is measured only when named: it takes minutes or gigabytes.
    pub(super) only_named: bool,
}

/// What a case should reach; no field: no wish.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Target {
    /// At least so much work a second \[1/s\].
    pub(super) rate: Option<f64>,
    /// At most so long \[s\].
    pub(super) seconds: Option<f64>,
    /// At most so much memory at the peak \[bytes\].
    pub(super) peak_bytes: Option<u64>,
}

/// One measurement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    /// Units of work.
    pub(super) work: u64,
    /// How long they took \[s\].
    pub(super) seconds: f64,
    /// Bytes that had to be moved to or from memory, where that can be said.
    pub(super) bytes: Option<u64>,
}

/// What becomes of a case.
pub(super) enum Outcome {
    Measured(Measured),
    /// Refused, by this reason.
    NotBuilt(String),
}

/// Cases of one kind.
pub(super) trait Suite {
    /// Name of the subcommand.
    fn name(&self) -> &'static str;

    /// All cases, in the order of listings.
    fn cases(&self) -> Vec<Case>;

    /// Makes what a case reads, before any measurement. `None` if it reads nothing.
    fn prepare(&self, case: &Case, scratch: &Path) -> anyhow::Result<Option<PathBuf>> {
        let _ = (case, scratch);
        Ok(None)
    }

    /// Measures once, in this process; files may go into `scratch`.
    fn measure(&self, case: &Case, input: Option<&Path>, scratch: &Path) -> anyhow::Result<Outcome>;
}

/// 1 MiB \[bytes\].
pub(super) const MIB: u64 = 1 << 20;
