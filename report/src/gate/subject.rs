//! What a gate is asked about: one run, with what it is compared with.

use crate::findings::Findings;

/// One run as gates see it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub(super) findings: Option<&'a Findings>,
    pub(super) baseline: Option<&'a Findings>,
}

impl<'a> Subject<'a> {
    /// A run that was analysed.
    #[must_use]
    pub const fn read(findings: &'a Findings) -> Self {
        Self { findings: Some(findings), baseline: None }
    }

    /// A run that could not be read or analysed: `failed` holds, everything else is unknown.
    #[must_use]
    pub const fn failed() -> Self {
        Self { findings: None, baseline: None }
    }

    /// The same run, compared with this one where there is one.
    #[must_use]
    pub const fn against(self, baseline: Option<&'a Findings>) -> Self {
        Self { findings: self.findings, baseline }
    }
}
