//! One message to one node (specification, section 4).

use super::modifiers::Effect;
use super::registry::{Record, processing_ms, us};
use crate::kernel::RandomSource;

/// Attempts of the bus.
const ATTEMPTS: u64 = 3;
/// Wait before the second and third attempt, summed \[ms\].
const EXTRA_MS: [f64; 3] = [0.0, 100.0, 300.0];

/// What becomes of a message, in durations from its batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Delivery {
    /// Attempts made.
    pub(crate) attempts: u8,
    /// Whether one of them arrived.
    pub(crate) delivered: bool,
    /// Wait for retries \[µs\].
    pub(crate) extra_us: u64,
}

/// The random source, an operation's number, and how patient the bus is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bus {
    /// The run's source.
    pub(crate) random: RandomSource,
    /// The operation.
    pub(crate) op: u64,
    /// 1, or 2 while the mesh is degraded.
    pub(crate) backoff: f64,
}

impl Bus {
    /// The attempts to deliver (section 4, number 1).
    pub(crate) fn deliver(&self, entity: u32, record: &Record, effect: &Effect) -> Delivery {
        let reliability = record.actual.reliability * effect.reliability;
        for i in 0..ATTEMPTS {
            if self.random.uniform(7, u64::from(entity), 3 * self.op + i) < reliability {
                let extra_us = us(self.backoff * EXTRA_MS[i as usize]);
                return Delivery { attempts: i as u8 + 1, delivered: true, extra_us };
            }
        }
        // Known at the third attempt.
        let extra_us = us(self.backoff * EXTRA_MS[2]);
        Delivery { attempts: ATTEMPTS as u8, delivered: false, extra_us }
    }

    /// Time on the way \[ms\] (number 2).
    pub(crate) fn one_way_ms(&self, entity: u32, record: &Record, effect: &Effect) -> f64 {
        let g = u64::from(entity);
        let Record { actual, .. } = record;
        let z = self.random.standard(5, g, self.op);
        let mut one_way = (actual.latency_ms / 2.0 * (1.0 + actual.drift * z)).max(0.1);
        if self.random.uniform(13, g, self.op) < 0.01 {
            one_way *= 3.0;
        }
        effect.latency.map_or(one_way, |factor| one_way * factor)
    }

    /// Factor on processing (number 3).
    pub(crate) fn processing_factor(&self, entity: u32) -> f64 {
        (1.0 + 0.1 * self.random.standard(6, u64::from(entity), self.op)).max(0.5)
    }

    /// Time at the node \[ms\] (number 3).
    pub(crate) fn processing_ms(&self, entity: u32, record: &Record, weight: f64) -> f64 {
        processing_ms(record.base_ms, weight, f64::from(record.queue)) * self.processing_factor(entity)
    }

    /// Whether the response contradicts (number 5).
    pub(crate) fn conflicts(&self, entity: u32, effect: &Effect) -> bool {
        self.random.uniform(8, u64::from(entity), self.op) < effect.p_conflict
    }
}
