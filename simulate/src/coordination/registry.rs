//! What the mesh believes about each node (specification, sections 2 and 3).
//!
//! Beliefs follow measurements; what a node really is like does not follow beliefs. So a record
//! keeps both: a spike or loss that was measured does not make the next message still slower.

use super::class::Class;
use super::names::{COORDINATORS, LEADS};
use super::population::Population;
use super::ring::Ring;
use crate::kernel::RandomSource;

/// Attempts before the measured reliability counts.
const MIN_ATTEMPTS: u32 = 20;
/// Samples before measurements count: one slow message is no median.
const MIN_SAMPLES: usize = 10;
/// Processing of leads and coordinators \[ms\].
const RELAY_PROCESSING_MS: f64 = 10.0;

/// One node's record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// Round trip \[ms\].
    pub(crate) latency_ms: f64,
    /// Processing without payload and queue \[ms\].
    pub(crate) processing_ms: f64,
    /// Coefficient of variation of the round trips.
    pub(crate) drift: f64,
    /// Successes of attempts, or the initial belief.
    pub(crate) reliability: f64,
    /// Messages accepted and not yet completed.
    pub(crate) queue: u32,
    /// Delivery attempts so far.
    pub(crate) attempts: u32,
    /// Successful ones.
    pub(crate) successes: u32,
    /// Processing that predictions reckon with, without payload and queue \[ms\]: the class's, not
    /// the measured one (finding 24).
    pub(crate) base_ms: f64,
    /// What the node is really like.
    pub(crate) actual: Actual,
}

impl Record {
    /// The record at the start: the mesh knows what the node is like.
    pub(crate) const fn new(actual: Actual, base_ms: f64, queue: u32) -> Self {
        Self {
            latency_ms: actual.latency_ms,
            processing_ms: base_ms,
            drift: actual.drift,
            reliability: actual.reliability,
            queue,
            attempts: 0,
            successes: 0,
            base_ms,
            actual,
        }
    }

    /// Its impedance score \[ms-equivalent, 0 to 1000\].
    pub(crate) fn score(&self) -> f64 {
        impedance_score(self.latency_ms, self.processing_ms, f64::from(self.queue))
    }
}

/// What a node is really like: constant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Actual {
    /// Round trip \[ms\].
    pub(crate) latency_ms: f64,
    /// Coefficient of variation.
    pub(crate) drift: f64,
    /// Probability that one attempt is delivered.
    pub(crate) reliability: f64,
}

/// Samples of one node.
#[derive(Clone, Debug, Default)]
struct Samples {
    latency: Ring,
    processing: Ring,
}

/// Records of all nodes: agents, leads, coordinators, by node number.
#[derive(Clone, Debug)]
pub(crate) struct Registry {
    records: Vec<Record>,
    samples: Vec<Option<Box<Samples>>>,
}

impl Registry {
    /// The registry at the start.
    pub(crate) fn new(population: &Population, random: RandomSource) -> Self {
        let agents = (0..population.agents()).map(|a| initial(a, population.class(a), random));
        let leads = (0..population.clusters()).map(|c| relay(LEADS + c, 60.0, 0.99, random));
        let coordinators = (0..population.sectors()).map(|s| relay(COORDINATORS + s, 100.0, 0.999, random));
        let records: Vec<Record> = agents.chain(leads).chain(coordinators).collect();
        let samples = vec![None; records.len()];
        Self { records, samples }
    }

    /// Hash of all records, 16 hex digits.
    pub(crate) fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for record in &self.records {
            for value in [record.latency_ms, record.processing_ms, record.drift, record.reliability] {
                hasher.update(&value.to_le_bytes());
            }
            hasher.update(&record.queue.to_le_bytes());
        }
        hasher.finalize().to_hex().chars().take(16).collect()
    }

    /// The record of a node.
    pub(crate) fn record(&self, node: usize) -> &Record {
        &self.records[node]
    }

    /// A message was accepted.
    pub(crate) fn accept(&mut self, node: usize) {
        self.records[node].queue += 1;
    }

    /// A message was completed.
    pub(crate) fn complete(&mut self, node: usize) {
        let record = &mut self.records[node];
        record.queue = record.queue.saturating_sub(1);
    }

    /// The queue grows or shrinks by that much from outside.
    pub(crate) fn shift_queue(&mut self, node: usize, by: i64) {
        let record = &mut self.records[node];
        let queue = i64::from(record.queue).saturating_add(by).clamp(0, i64::from(u32::MAX));
        record.queue = queue as u32;
    }

    /// Delivery was attempted so often, the last time with success or not.
    pub(crate) fn attempted(&mut self, node: usize, attempts: u32, delivered: bool) {
        let record = &mut self.records[node];
        record.attempts += attempts;
        record.successes += u32::from(delivered);
        if record.attempts >= MIN_ATTEMPTS {
            record.reliability = f64::from(record.successes) / f64::from(record.attempts);
        }
    }

    /// A message was answered: its round trip and its processing \[ms\], the latter without the
    /// share of payload and queue, so that the score counts the queue once.
    pub(crate) fn measured(&mut self, node: usize, round_trip_ms: f64, processing_ms: f64) {
        let samples = self.samples[node].get_or_insert_default();
        samples.latency.push(round_trip_ms);
        samples.processing.push(processing_ms);
        if samples.latency.len() >= MIN_SAMPLES {
            let record = &mut self.records[node];
            record.latency_ms = samples.latency.median().unwrap_or(record.latency_ms);
            record.processing_ms = samples.processing.median().unwrap_or(record.processing_ms);
            record.drift = samples.latency.variation().unwrap_or(record.drift);
        }
    }
}

fn initial(agent: u32, class: Class, random: RandomSource) -> Record {
    let traits = class.traits();
    let u = |stream| random.uniform(stream, u64::from(agent), 0);
    let actual = Actual {
        latency_ms: traits.latency_lo + (traits.latency_hi - traits.latency_lo) * u(1),
        drift: traits.drift * (0.5 + u(2)),
        reliability: traits.reliability - 0.02 * u(3),
    };
    Record::new(actual, traits.processing_ms, ((traits.queue_max + 1.0) * u(4)).floor() as u32)
}

fn relay(entity: u32, round_trip_ms: f64, reliability: f64, random: RandomSource) -> Record {
    let latency_ms = round_trip_ms * (0.8 + 0.4 * random.uniform(1, u64::from(entity), 0));
    Record::new(Actual { latency_ms, drift: 0.05, reliability }, RELAY_PROCESSING_MS, 0)
}

/// Microseconds of milliseconds: floor(x · 1000 + 0.5), at least 0.
pub(crate) fn us(ms: f64) -> u64 {
    (ms * 1000.0 + 0.5).floor() as u64
}

/// Processing of a message of that weight behind that queue \[ms\].
pub(crate) fn processing_ms(base_ms: f64, weight: f64, queue: f64) -> f64 {
    base_ms * (1.0 + weight * 0.5) * (1.0 + queue * 0.1)
}

/// Reserve for drift \[ms\].
pub(crate) fn buffer_ms(drift: f64) -> f64 {
    10.0 + 100.0 * drift.clamp(0.0, 1.0)
}

/// Confidence in a prediction.
pub(crate) fn confidence(reliability: f64, drift: f64, beat_age_us: u64) -> f64 {
    let recency = if beat_age_us < 10_000_000 { 0.2 } else { 0.0 };
    (reliability * 0.5 - drift * 0.3 + recency).clamp(0.0, 1.0)
}

/// Impedance score of a node \[ms-equivalent, 0 to 1000\].
pub(crate) fn impedance_score(latency_ms: f64, processing_ms: f64, queue: f64) -> f64 {
    (latency_ms / 2.0 + processing_ms * (1.0 + 0.1 * queue)).clamp(0.0, 1000.0)
}
