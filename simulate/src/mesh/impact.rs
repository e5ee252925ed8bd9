//! User impact and time to mitigate (specification, section 10).

use super::extra::FRESHNESS_LAG;
use super::model::{BcmMode, Mesh};
use super::state::{Service, Status};

/// Latency that customers take as normal \[s\].
const LATENCY_BASELINE: f64 = 0.5;
/// Latency above it that counts as one bad unit \[s\].
const LATENCY_SCALE: f64 = 2.0;
/// Most bad units of latency.
const LATENCY_CAP: f64 = 2.0;
/// Weight of a bad unit of latency against an error ratio of 1.
const LATENCY_WEIGHT: f64 = 0.5;
/// Age of data that counts as an error ratio of 1 \[s\].
const FRESHNESS_CEILING: f64 = 3600.0;
/// Data younger than this are fresh \[s\].
const FRESHNESS_LIMIT: f64 = 300.0;
/// Age of data where none is told \[s\].
const UNKNOWN_LAG: f64 = 9999.0;
/// Ticks without impact that make a mitigation.
const STREAK: i64 = 2;
/// Minutes of a tick.
const MINUTES: f64 = 30.0 / 60.0;

/// User impact so far. The unit is bad-customer-minutes, BCM.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Impact {
    /// Sum over all ticks \[BCM\].
    pub bcm_total: f64,
    /// The latest tick's \[BCM\]; none before the first tick.
    pub bcm_delta: Option<f64>,
    /// Ticks in a row without impact. Freshness mode does not count them.
    pub zero_streak: i64,
    /// Tick of mitigation as the reference counts it: it may be before any impact, and is never
    /// taken back (section 17, points 1 and 2).
    pub mttm_reference: Option<i64>,
    /// Tick of mitigation after an impact: the first tick of a streak of two ticks without impact
    /// that follows a tick with impact; in freshness mode the first tick with fresh data after
    /// one without.
    pub mttm_after_impact: Option<i64>,
    /// Whether a tick had an impact that mitigation can follow.
    hurt: bool,
}

impl Impact {
    /// Counts a tick by its delta.
    fn standard(&mut self, tick: i64, delta: f64) {
        self.bcm_total += delta;
        if delta <= 0.0 {
            self.zero_streak += 1;
            if self.zero_streak == STREAK {
                self.mttm_reference = self.mttm_reference.or(Some(tick - 1));
                if self.hurt {
                    self.mttm_after_impact = self.mttm_after_impact.or(Some(tick - 1));
                }
            }
        } else {
            self.zero_streak = 0;
            self.hurt = true;
        }
    }

    /// Counts a tick by the age of the faulty service's data.
    fn freshness(&mut self, tick: i64, delta: f64, lag: f64) {
        self.bcm_total += delta;
        if lag < FRESHNESS_LIMIT {
            self.mttm_reference = self.mttm_reference.or(Some(tick));
            if self.hurt {
                self.mttm_after_impact = self.mttm_after_impact.or(Some(tick));
            }
        } else {
            self.hurt = true;
        }
    }
}

/// A service's share of the user impact of a tick \[BCM\].
fn share(service: &Service, mode: BcmMode) -> f64 {
    match mode {
        BcmMode::Standard if service.status == Status::Healthy => 0.0,
        BcmMode::Standard => {
            let slow = ((service.latency - LATENCY_BASELINE) / LATENCY_SCALE).max(0.0);
            (service.error + slow.min(LATENCY_CAP) * LATENCY_WEIGHT) * MINUTES
        },
        BcmMode::Freshness => {
            let lag = service.extras.number(FRESHNESS_LAG).unwrap_or(0.0);
            if lag > 0.0 { lag / FRESHNESS_CEILING * MINUTES } else { 0.0 }
        },
    }
}

impl Mesh {
    /// Counts the impact of the tick that has just been counted and returns it \[BCM\].
    pub(super) fn count_impact(&mut self) -> f64 {
        let mut delta = 0.0;
        for (service, kept) in self.services.iter().zip(&mut self.shares) {
            *kept = share(service, self.bcm_mode);
            delta += *kept;
        }
        let judge = match self.bcm_mode {
            BcmMode::Standard => None,
            BcmMode::Freshness => self.freshness_place.and_then(|place| self.services.get(place)),
        };
        match judge {
            None => self.impact.standard(self.tick_count, delta),
            Some(service) => {
                let lag = service.extras.number(FRESHNESS_LAG).unwrap_or(UNKNOWN_LAG);
                self.impact.freshness(self.tick_count, delta, lag);
            },
        }
        self.impact.bcm_delta = Some(delta);
        delta
    }

    /// User impact of the latest tick, per service \[BCM\].
    #[must_use]
    pub fn bcm_shares(&self) -> &[f64] {
        &self.shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mitigation_after_impact_waits_for_an_impact() {
        let mut impact = Impact::default();
        for (tick, delta) in [(1, 0.0), (2, 0.0), (3, 1.0), (4, 0.0), (5, 1.0), (6, 0.0), (7, 0.0)] {
            impact.standard(tick, delta);
        }
        assert_eq!((impact.mttm_reference, impact.mttm_after_impact), (Some(1), Some(6)));
        assert_eq!((impact.bcm_total, impact.zero_streak), (2.0, 2));
    }

    #[test]
    fn fresh_data_after_stale_data_is_a_mitigation() {
        let mut impact = Impact::default();
        for (tick, lag) in [(1, 63.0), (2, 299.9), (3, 300.0), (4, 12.0)] {
            impact.freshness(tick, 0.5, lag);
        }
        assert_eq!((impact.mttm_reference, impact.mttm_after_impact), (Some(1), Some(4)));
    }
}
