//! What a queue run is made of (specification, sections 1 and 8), and its canonical JSON.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::scenario::{Header, SCHEMA};

/// A queue scenario that passed every check.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueScenario {
    /// Name, mode, seed.
    pub header: Header,
    /// Sizes and constants.
    pub queue: Settings,
    /// Limits of the tick states.
    pub detector: DetectorSettings,
    /// Limits of the resolved state.
    pub resolution: Resolution,
    /// Network emulation; all off in the reference mode.
    pub network: Network,
}

/// Sizes and constants. Times in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Settings {
    /// Clients, one request each.
    pub agents: u32,
    /// Workers.
    pub workers: u32,
    /// Places in the queue.
    pub buffer: u32,
    /// Chance added to admission refusals, and chance of a worker's error, 0..1.
    pub drop_rate: f64,
    /// Share of heavy requests, 0..1.
    pub heavy_share: f64,
    /// Earliest start of a client \[s\].
    pub start_min: f64,
    /// Latest start of a client \[s\].
    pub start_max: f64,
    /// Chance of a slow-down, 0..1.
    pub slow_probability: f64,
    /// Service time when slowed down \[s\].
    pub slow_service: f64,
    /// Service time otherwise \[s\].
    pub normal_service: f64,
    /// Further processing of a request of weight 1 \[s\].
    pub extra_service: f64,
    /// Weight of a heavy request.
    pub heavy_weight: f64,
    /// Weight of a light request.
    pub light_weight: f64,
    /// Time between control ticks \[s\].
    pub control_period: f64,
    /// Telemetry events in the window.
    pub window: u32,
    /// Throttle after a DEGRADED tick \[s\].
    pub throttle_degraded: f64,
    /// Throttle after a COLLAPSED tick \[s\].
    pub throttle_collapsed: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            agents: 80,
            workers: 12,
            buffer: 200,
            drop_rate: 0.05,
            heavy_share: 1.0 / 3.0,
            start_min: 0.005,
            start_max: 0.1,
            slow_probability: 0.30,
            slow_service: 0.20,
            normal_service: 0.02,
            extra_service: 0.005,
            heavy_weight: 2.0,
            light_weight: 1.0,
            control_period: 0.05,
            window: 50,
            throttle_degraded: 0.02,
            throttle_collapsed: 0.10,
        }
    }
}

/// Limits of the tick states (section 5).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DetectorSettings {
    /// Growth of p95 between ticks that is a collapse.
    pub gradient: f64,
    /// Pressure that is a collapse.
    pub pressure_collapsed: f64,
    /// Pressure that is a collapse if the queue grows fast.
    pub pressure_growing: f64,
    /// How fast that is \[requests/s\].
    pub growth: f64,
    /// Pressure that is a degradation.
    pub pressure_degraded: f64,
}

impl Default for DetectorSettings {
    fn default() -> Self {
        Self {
            gradient: 1.0,
            pressure_collapsed: 0.85,
            pressure_growing: 0.60,
            growth: 15.0,
            pressure_degraded: 0.40,
        }
    }
}

/// Limits of the resolved state (section 7).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Resolution {
    /// Loss that is a collapse, 0..1.
    pub collapsed_loss: f64,
    /// Loss that is a degradation, 0..1.
    pub degraded_loss: f64,
    /// Peak pressure that is a degradation.
    pub degraded_pressure: f64,
}

impl Default for Resolution {
    fn default() -> Self {
        Self { collapsed_loss: 0.90, degraded_loss: 0.50, degraded_pressure: 0.40 }
    }
}

/// Network emulation (our addition; 0 is off). Times in seconds.
///
/// * `jitter`: each attempt reaches the queue later by a draw from `[0, jitter)`;
/// * `socket_timeout`: a client whose request was queued gives up after this long; the worker does
///   not know, and its work is wasted;
/// * `pool_size`: so many attempts may be between admission and answer; others wait for a
///   connection, first come first served, for at most `pool_timeout`;
/// * `retries`: a failed attempt is repeated so often, `retry_backoff` times 1, 2, 4, ... later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Network {
    /// Largest extra delay on the way to the queue \[s\].
    pub jitter: f64,
    /// How long a client waits for an answer \[s\].
    pub socket_timeout: f64,
    /// Connections.
    pub pool_size: u32,
    /// How long a client waits for a connection \[s\].
    pub pool_timeout: f64,
    /// Attempts after the first.
    pub retries: u32,
    /// Wait before the first repetition \[s\].
    pub retry_backoff: f64,
}

impl Network {
    /// Whether anything is emulated.
    #[must_use]
    pub fn is_on(&self) -> bool {
        *self != Self::default()
    }
}

impl QueueScenario {
    /// The scenario with every default spelled out; parsing it gives the same scenario.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serializing to a String fails only for maps with keys that are no texts.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for QueueScenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema", SCHEMA)?;
        map.serialize_entry("world", "queue")?;
        map.serialize_entry("name", &self.header.name)?;
        map.serialize_entry("description", &self.header.description)?;
        map.serialize_entry("mode", self.header.mode.name())?;
        map.serialize_entry("seed", &self.header.seed)?;
        map.serialize_entry("queue", &self.queue)?;
        map.serialize_entry("detector", &self.detector)?;
        map.serialize_entry("resolution", &self.resolution)?;
        if self.network.is_on() {
            map.serialize_entry("network", &self.network)?;
        }
        map.end()
    }
}
