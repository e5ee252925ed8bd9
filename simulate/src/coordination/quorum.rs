//! Quorum over trinary states (specification, section 7).

/// Limits of a quorum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quorum {
    /// Share of READY that is required.
    pub(crate) required: f64,
    /// Share of CONFLICT that is tolerated.
    pub(crate) max_conflict: f64,
    /// Share of TRANSIT beyond which waiting is advised.
    pub(crate) max_transit: f64,
}

impl Default for Quorum {
    fn default() -> Self {
        Self { required: 0.95, max_conflict: 0.05, max_transit: 0.10 }
    }
}

/// What a quorum says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Decision {
    /// PROCEED, WAIT, RESOLVE_CONFLICTS, RETRY or NO_RESPONSES.
    pub(crate) name: &'static str,
    /// Confidence of PROCEED; 0 otherwise.
    pub(crate) confidence: f64,
}

impl Decision {
    /// Whether the operation may go on.
    pub(crate) fn proceeds(&self) -> bool {
        self.name == "PROCEED"
    }
}

/// The decision over so many states.
pub(crate) fn decide(ready: u64, conflict: u64, transit: u64, quorum: &Quorum) -> Decision {
    let n = ready.saturating_add(conflict).saturating_add(transit);
    let without = |name| Decision { name, confidence: 0.0 };
    if n == 0 {
        return without("NO_RESPONSES");
    }
    let rate = |count: u64| count as f64 / n as f64;
    let (r, c, t) = (rate(ready), rate(conflict), rate(transit));
    if r >= quorum.required && c <= quorum.max_conflict {
        return Decision { name: "PROCEED", confidence: r - c * 0.5 };
    }
    if r < quorum.required && t > quorum.max_transit {
        return without("WAIT");
    }
    without(if c > quorum.max_conflict { "RESOLVE_CONFLICTS" } else { "RETRY" })
}
