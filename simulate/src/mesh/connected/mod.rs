//! Connected topologies: a generator of meshes in which failure has somewhere to go.
//!
//! The specification's own episodes draw services at random, and most roots have no caller among
//! them (section 17, point 9). Here every service is reached from one that users meet: layers,
//! few calls a service, no cycles, one connected piece. A fault begins after a warm-up without
//! any, so that a log holds normal time to compare with.
//!
//! All draws are `u(seed, stream, entity, k)` of the kernel's random source:
//!
//! | stream | entity | what |
//! | --- | --- | --- |
//! | 300 | 0 | depth; share of each layer |
//! | 301 | service | name |
//! | 302 | service | number of calls, then whom |
//! | 303 | service | initial state, as the fields of section 14 |
//! | 304 | fault | its service, its kind |
//! | 305 | 0 | decoys |
//! | 306 | service | error ratio of a decoy |
//! | 307 | service | noise of what is observed, k = 8 · tick |

mod names;
mod plan;
mod state;
mod topology;

use serde::Serialize;

pub(crate) use plan::plan;

/// Stream of the observation noise.
pub(crate) const NOISE_STREAM: u64 = 307;

/// What a connected mesh is drawn from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Connected {
    /// Services.
    pub services: usize,
    /// Layers; `None`: drawn from 3 to 8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth: Option<usize>,
    /// Most calls of a service. Numbers of calls k are drawn with weight 1/k.
    pub out_degree_max: usize,
    /// Faults, on different services.
    pub faults: usize,
    /// Kind of the faults; `None`: drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault_type: Option<super::FaultKind>,
    /// Service of the first fault; `None`: drawn among those with callers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault_service: Option<String>,
    /// Speed of the faults.
    pub fault_speed: f64,
    /// Share of services that are decoys, 0..1.
    pub decoys: f64,
    /// Ticks before the faults begin.
    pub warmup: i64,
    /// Ticks after the faults began at which they are halted; 0: never.
    pub halt_after: i64,
    /// Relative noise of observed latency and errors; 0: none.
    pub noise: f64,
}

impl Default for Connected {
    fn default() -> Self {
        Self {
            services: 60,
            depth: None,
            out_degree_max: 5,
            faults: 1,
            fault_type: None,
            fault_service: None,
            fault_speed: 1.0,
            decoys: 0.05,
            warmup: 12,
            halt_after: 0,
            noise: 0.05,
        }
    }
}
