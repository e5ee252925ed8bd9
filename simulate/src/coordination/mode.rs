//! Modes of operation (specification, section 10).

/// How much the mesh may still do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum MeshMode {
    /// Everything.
    #[default]
    Full,
    /// No background operations.
    DegradedLight,
    /// Healthy sectors only, small operations only.
    DegradedModerate,
    /// Urgent operations only.
    DegradedSevere,
    /// Nothing.
    Emergency,
}

impl MeshMode {
    /// The mode for that many active agents of all.
    #[must_use]
    pub fn of(active: u64, total: u64) -> Self {
        if total == 0 {
            return Self::Emergency;
        }
        let rate = active as f64 / total as f64;
        match rate {
            _ if rate >= 0.95 => Self::Full,
            _ if rate >= 0.80 => Self::DegradedLight,
            _ if rate >= 0.60 => Self::DegradedModerate,
            _ if rate >= 0.30 => Self::DegradedSevere,
            _ => Self::Emergency,
        }
    }

    /// Its name in logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::DegradedLight => "DEGRADED_LIGHT",
            Self::DegradedModerate => "DEGRADED_MODERATE",
            Self::DegradedSevere => "DEGRADED_SEVERE",
            Self::Emergency => "EMERGENCY",
        }
    }
}

/// Whether a sector counts as healthy: strictly more than 95 % active.
#[must_use]
pub fn is_healthy(active: u64, total: u64) -> bool {
    total > 0 && active as f64 / total as f64 > 0.95
}
