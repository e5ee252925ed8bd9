//! Where circuit breakers are and how much they bear (specification, section 9).

/// What a breaker guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// A cluster by number.
    Cluster(u32),
    /// A sector by number.
    Sector(u32),
    /// The mesh.
    Global,
}

impl Level {
    /// Its name in logs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Cluster(_) => "cluster",
            Self::Sector(_) => "sector",
            Self::Global => "global",
        }
    }

    /// Number of the cluster or sector; 0 of the mesh.
    pub(crate) const fn id(self) -> u32 {
        match self {
            Self::Cluster(id) | Self::Sector(id) => id,
            Self::Global => 0,
        }
    }

    /// Whether so many failures are too many for its breaker; at the top, so many open sectors.
    pub(crate) const fn trips_at(self, count: u32) -> bool {
        match self {
            Self::Cluster(_) => count > 5,
            Self::Sector(_) => count > 50,
            Self::Global => count > 10,
        }
    }
}
