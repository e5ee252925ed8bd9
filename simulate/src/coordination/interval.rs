//! What operations and failures did to a cluster or sector since its last summary.

/// Counts of one interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Interval {
    /// Targets of operations that ended.
    pub(crate) targets: u32,
    /// Messages sent to them.
    pub(crate) sent: u32,
    /// Answered READY or, in a wave, reached.
    pub(crate) ready: u32,
    /// Answered with a conflict.
    pub(crate) conflicts: u32,
    /// Late or lost.
    pub(crate) failed: u32,
    /// Recorded failures.
    pub(crate) failures: u32,
}

impl Interval {
    /// Adds another's counts.
    pub(crate) const fn add(&mut self, other: &Self) {
        self.targets += other.targets;
        self.sent += other.sent;
        self.ready += other.ready;
        self.conflicts += other.conflicts;
        self.failed += other.failed;
        self.failures += other.failures;
    }

    /// Late and lost of sent.
    pub(crate) fn error_rate(&self) -> Option<f64> {
        share(self.failed, self.sent)
    }

    /// Conflicts of responses.
    pub(crate) fn conflict_rate(&self) -> Option<f64> {
        share(self.conflicts, self.ready + self.conflicts)
    }

    /// Ready of all targets.
    pub(crate) fn coverage(&self) -> Option<f64> {
        share(self.ready, self.targets)
    }
}

fn share(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}
