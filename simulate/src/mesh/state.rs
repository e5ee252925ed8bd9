//! The record of one service (specification, section 2.1).

use super::extra::Extras;

/// Bytes of a MiB.
pub(crate) const MIB: i64 = 1_048_576;

/// How a service fares, worst last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// No threshold is crossed.
    #[default]
    Healthy,
    /// Error ratio ≥ 0.10 or latency ≥ 0.50 s.
    Degraded,
    /// Error ratio ≥ 0.50 or latency ≥ 2.0 s.
    Critical,
    /// Error ratio ≥ 0.90 or memory ≥ 0.98.
    Down,
}

impl Status {
    /// All, by severity from 0.
    pub const ALL: [Self; 4] = [Self::Healthy, Self::Degraded, Self::Critical, Self::Down];

    /// Its name in logs and golden data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Critical => "critical",
            Self::Down => "down",
        }
    }

    /// 0 for healthy to 3 for down.
    #[must_use]
    pub const fn severity(self) -> u8 {
        self as u8
    }

    /// The status of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// One service. Field names of golden data and scenarios are in `field`.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Name, unique in its mesh.
    pub name: String,
    /// Version, such as `v1.4.9`.
    pub version: String,
    /// Instance.
    pub instance_id: String,
    /// Status at the end of the latest tick.
    pub status: Status,
    /// p99 latency \[s\].
    pub latency: f64,
    /// Error ratio, 0..1.
    pub error: f64,
    /// Requests in flight.
    pub active_requests: i64,
    /// CPU use, 0..1.
    pub cpu: f64,
    /// Memory in use \[bytes\].
    pub memory_used: i64,
    /// Memory limit \[bytes\].
    pub memory_limit: i64,
    /// Memory in use, as a ratio.
    pub memory: f64,
    /// Open file descriptors.
    pub open_files: i64,
    /// Pause of the garbage collector \[ms\].
    pub gc_pause_ms: f64,
    /// Garbage collections \[1/s\].
    pub gc_per_second: f64,
    /// Threads.
    pub threads: i64,
    /// Most threads.
    pub threads_max: i64,
    /// Tasks that wait for a thread.
    pub thread_queue: i64,
    /// Time since the latest start \[s\].
    pub uptime_s: i64,
    /// Restarts.
    pub restarts: i64,
    /// Commit of the latest deployment.
    pub deployment_sha: String,
    /// Age of the latest deployment \[s\].
    pub deployment_age_s: i64,
    /// Revision of the configuration.
    pub config_revision: i64,
    /// Age of the configuration \[s\].
    pub config_age_s: i64,
    /// Further values.
    pub extras: Extras,
}

impl Service {
    /// A service of that name with the defaults of section 2.1.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: String::new(),
            instance_id: String::new(),
            status: Status::Healthy,
            latency: 0.1,
            error: 0.0,
            active_requests: 50,
            cpu: 0.15,
            memory_used: 170 * MIB,
            memory_limit: 512 * MIB,
            memory: 0.33,
            open_files: 120,
            gc_pause_ms: 15.0,
            gc_per_second: 2.0,
            threads: 50,
            threads_max: 200,
            thread_queue: 0,
            uptime_s: 86_400,
            restarts: 0,
            deployment_sha: "a3f9d21".to_owned(),
            deployment_age_s: 172_800,
            config_revision: 1,
            config_age_s: 259_200,
            extras: Extras::default(),
        }
    }

    /// The numbers that faults, cascades and recovery change.
    #[must_use]
    pub const fn levels(&self) -> Levels {
        Levels {
            error: self.error,
            latency: self.latency,
            memory: self.memory,
            open_files: self.open_files,
            restarts: self.restarts,
        }
    }

    /// Sets the memory in use from the ratio.
    pub(crate) fn use_memory(&mut self) {
        self.memory_used = (self.memory * self.memory_limit as f64) as i64;
    }
}

/// The numbers of a service that faults, cascades and recovery change, at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// Error ratio, 0..1.
    pub error: f64,
    /// p99 latency \[s\].
    pub latency: f64,
    /// Memory in use, as a ratio.
    pub memory: f64,
    /// Open file descriptors.
    pub open_files: i64,
    /// Restarts.
    pub restarts: i64,
}
