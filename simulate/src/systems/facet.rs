//! Parts of a server's state that something can change.

use serde::Serialize;

/// A number of a server's state that generic effects may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Processor use \[%\].
    CpuUsage,
    /// Memory use \[%\].
    MemoryUsage,
    /// Disk use \[%\].
    DiskUsage,
    /// Requests per round.
    RequestRate,
    /// Share of failing requests \[%\].
    ErrorRate,
    /// Median latency \[ms\].
    LatencyP50,
    /// 99th percentile of latency \[ms\].
    LatencyP99,
}

impl Signal {
    /// All of them, in the order in which generic effects are applied.
    pub const ALL: [Self; 7] = [
        Self::CpuUsage,
        Self::MemoryUsage,
        Self::DiskUsage,
        Self::RequestRate,
        Self::ErrorRate,
        Self::LatencyP50,
        Self::LatencyP99,
    ];

    /// Its name in scenarios.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CpuUsage => "cpu_usage",
            Self::MemoryUsage => "memory_usage",
            Self::DiskUsage => "disk_usage",
            Self::RequestRate => "request_rate",
            Self::ErrorRate => "error_rate",
            Self::LatencyP50 => "latency_p50",
            Self::LatencyP99 => "latency_p99",
        }
    }

    /// Whether it is a percentage, hence at most 100.
    #[must_use]
    pub const fn is_percentage(self) -> bool {
        matches!(self, Self::CpuUsage | Self::MemoryUsage | Self::DiskUsage | Self::ErrorRate)
    }

    pub(crate) const fn facet(self) -> Facet {
        match self {
            Self::CpuUsage => Facet::Cpu,
            Self::MemoryUsage => Facet::Memory,
            Self::DiskUsage => Facet::Disk,
            Self::RequestRate => Facet::Traffic,
            Self::ErrorRate => Facet::Errors,
            Self::LatencyP50 | Self::LatencyP99 => Facet::Latency,
        }
    }
}

/// What an event can change, and what an alert can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Facet {
    Cpu,
    Memory,
    Disk,
    Traffic,
    Errors,
    Latency,
    Services,
    Isolation,
    /// Failure of dependencies (D5).
    Dependencies,
}

impl Facet {
    /// How many there are.
    pub(crate) const COUNT: usize = 9;

    const ALL: [Self; Self::COUNT] = [
        Self::Cpu,
        Self::Memory,
        Self::Disk,
        Self::Traffic,
        Self::Errors,
        Self::Latency,
        Self::Services,
        Self::Isolation,
        Self::Dependencies,
    ];
}

/// A set of facets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facets(u16);

impl Facets {
    pub(crate) const fn of(facet: Facet) -> Self {
        Self(1 << facet as u16)
    }

    pub(crate) const fn add(&mut self, facet: Facet) {
        self.0 |= 1 << facet as u16;
    }

    #[must_use]
    pub(crate) const fn with(mut self, facet: Facet) -> Self {
        self.add(facet);
        self
    }

    #[must_use]
    pub(crate) const fn without(self, facet: Facet) -> Self {
        Self(self.0 & !(1 << facet as u16))
    }

    pub(crate) const fn has(self, facet: Facet) -> bool {
        self.0 & (1 << facet as u16) != 0
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Facet> {
        Facet::ALL.into_iter().filter(move |facet| self.has(*facet))
    }
}
