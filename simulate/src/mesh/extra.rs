//! Further named values of a service: the record is open (specification, section 2.1).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One further value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Extra {
    /// True or false.
    Flag(bool),
    /// A count.
    Integer(i64),
    /// A ratio, a rate or a duration; the unit is in the field's name.
    Real(f64),
    /// A text.
    Text(String),
    /// Values by name.
    Map(BTreeMap<String, Extra>),
}

impl Extra {
    /// As a real number; flags count as 1 or 0.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Flag(flag) => Some(f64::from(u8::from(*flag))),
            Self::Integer(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            Self::Text(_) | Self::Map(_) => None,
        }
    }

    /// As an integer, toward zero; flags count as 1 or 0.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Flag(flag) => Some(i64::from(*flag)),
            Self::Integer(number) => Some(*number),
            Self::Real(number) => Some(*number as i64),
            Self::Text(_) | Self::Map(_) => None,
        }
    }
}

/// Crash-loop back-off that remains \[s\].
pub(crate) const BACKOFF: &str = "runtime_crashloop_backoff_seconds";
/// Tick whose start a certificate does not survive.
pub(crate) const BOMB_TICK: &str = "cert_expiry_bomb_tick";
/// Share of CPU time that is throttled away.
pub(crate) const THROTTLE_RATE: &str = "process_cpu_throttle_rate";
/// Requests sent per request received.
pub(crate) const RPS_MULTIPLIER: &str = "effective_rps_multiplier";
/// Why an image cannot be pulled.
pub(crate) const IMAGE_PULL_ERROR: &str = "image_pull_error";
/// Events processed \[1/s\].
pub(crate) const PROCESSING_RATE: &str = "pipeline_processing_rate_events_per_second";
/// Events that come in \[1/s\].
pub(crate) const INGESTION_RATE: &str = "pipeline_ingestion_rate_events_per_second";
/// Events that wait in a pipeline.
pub(crate) const PIPELINE_QUEUE: &str = "pipeline_queue_depth";
/// Age of the data \[s\].
pub(crate) const FRESHNESS_LAG: &str = "data_freshness_lag_seconds";
/// Age of feature vectors \[s\].
pub(crate) const FEATURE_AGE: &str = "feature_vector_age_seconds_p99";
/// Processing over ingestion rate.
pub(crate) const THROUGHPUT_RATIO: &str = "pipeline_throughput_ratio";
/// Whether a metastable loop feeds itself.
pub(crate) const METASTABLE: &str = "metastable_feedback_loop_active";
/// Requests that wait in a metastable service.
pub(crate) const REQUEST_QUEUE: &str = "http_server_request_queue_depth";
/// Requests drained \[1/s\].
pub(crate) const DRAIN_RATE: &str = "http_server_queue_drain_rate";

/// The further values of a service, by name. Most services have none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Extras(BTreeMap<String, Extra>);

impl Extras {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Extra> {
        self.0.get(name)
    }

    /// The value as a real number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        self.0.get(name).and_then(Extra::number)
    }

    /// The value as an integer.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Extra::integer)
    }

    /// Whether the value is a flag that is set.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Extra::Flag(true)))
    }

    /// Sets a value; a present one is overwritten in place.
    pub fn set(&mut self, name: &str, value: Extra) {
        match self.0.get_mut(name) {
            Some(slot) => *slot = value,
            None => drop(self.0.insert(name.to_owned(), value)),
        }
    }

    /// All values in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Extra)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}
