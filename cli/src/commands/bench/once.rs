//! One measurement in this process, with its peak of memory.

use std::path::Path;

use infra_eventlog::scratch::ScratchDir;
use serde::{Deserialize, Serialize};

use super::case::{Case, Outcome, Suite};

/// What the child tells its parent.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Once {
    /// It was measured.
    Measured(Measurement),
    /// The scenario was refused, by this reason.
    NotBuilt(String),
}

/// One run of a case.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Measurement {
    /// Units of work.
    pub(super) work: u64,
    /// How long they took \[s\].
    pub(super) seconds: f64,
    /// Most memory that the process, or a child that did the work, ever held \[bytes\]; `None`
    /// where the system does not tell.
    pub(super) peak_bytes: Option<u64>,
    /// Bytes that had to be moved to or from memory, where that can be said.
    pub(super) bytes: Option<u64>,
}

impl Once {
    /// Measures.
    ///
    /// # Errors
    /// Whatever kept a case that was accepted from being measured.
    pub(super) fn of(suite: &dyn Suite, case: &Case, input: Option<&Path>) -> anyhow::Result<Self> {
        let scratch = ScratchDir::create()?;
        Ok(match suite.measure(case, input, scratch.path())? {
            Outcome::Measured(done) => Self::Measured(Measurement {
                work: done.work,
                seconds: done.seconds,
                peak_bytes: peak_bytes(),
                bytes: done.bytes,
            }),
            Outcome::NotBuilt(reason) => Self::NotBuilt(reason),
        })
    }
}

/// Peak resident memory of this process or of the largest of its children, where Linux tells it.
fn peak_bytes() -> Option<u64> {
    let own = peak_of(&std::fs::read_to_string("/proc/self/status").ok()?)?;
    Some(own.max(peak_of_children().unwrap_or(0)))
}

#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
fn peak_of_children() -> Option<u64> {
    // SAFETY: getrusage fills the struct, which is plain data, or fails.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        (libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage) == 0).then_some(usage)
    };
    u64::try_from(usage?.ru_maxrss).ok().map(|kibibytes| kibibytes * 1024)
}

#[cfg(not(target_os = "linux"))]
fn peak_of_children() -> Option<u64> {
    None
}

/// `VmHWM:     1234 kB`.
fn peak_of(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read_from_the_status() {
        assert_eq!(peak_of("Name:\tx\nVmHWM:\t    1234 kB\nVmRSS:\t 1 kB\n"), Some(1234 * 1024));
        assert_eq!(peak_of("Name:\tx\n"), None);
    }
}
