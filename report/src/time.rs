//! Times as people read them: in the run's own unit.

use serde::{Deserialize, Serialize};

use crate::text::number;
use crate::zone::Zone;

/// Unit of a run's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// Ticks of [`TimeScale::tick_ns`].
    Tick,
    /// Nanoseconds.
    #[default]
    Ns,
}

/// What a run's `time_ns` means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeScale {
    /// Unit that people read.
    pub unit: TimeUnit,
    /// Length of a tick \[ns\].
    pub tick_ns: i64,
    /// Instant of `time_ns` 0, RFC 3339, where it is known.
    pub origin: Option<String>,
    /// Zone that instants are shown in; UTC if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// Shows instants and durations of one run.
#[derive(Clone, Debug)]
pub struct Clock {
    unit: TimeUnit,
    tick_ns: i64,
    origin: Option<jiff::Timestamp>,
    zone: Zone,
}

impl Clock {
    /// The clock of a run. An origin that is no RFC 3339 instant is left out, and so is a zone that
    /// is none.
    #[must_use]
    pub fn new(scale: &TimeScale) -> Self {
        let origin = scale.origin.as_deref().and_then(|o| o.parse().ok());
        let zone = scale.zone.as_deref().and_then(|name| Zone::parse(name).ok()).unwrap_or_else(Zone::utc);
        Self { unit: scale.unit, tick_ns: scale.tick_ns.max(1), origin, zone }
    }

    /// Whether instants have a date, so that a zone matters.
    #[must_use]
    pub fn is_dated(&self) -> bool {
        self.unit == TimeUnit::Ns && self.origin.is_some()
    }

    /// An instant: `t=2`, `2023-08-21 09:05:00 UTC`, or `12.5 s`.
    #[must_use]
    pub fn at(&self, time_ns: i64) -> String {
        if self.unit == TimeUnit::Tick {
            return format!("t={}", number(time_ns as f64 / self.tick_ns as f64));
        }
        let instant = self.origin.and_then(|o| o.checked_add(jiff::SignedDuration::from_nanos(time_ns)).ok());
        match instant {
            Some(instant) => self.zone.show(instant),
            None => self.span(time_ns),
        }
    }

    /// A duration: `3 ticks`, `5 min 20 s`, `12.5 ms`.
    #[must_use]
    pub fn span(&self, ns: i64) -> String {
        if self.unit == TimeUnit::Tick {
            let ticks = ns as f64 / self.tick_ns as f64;
            let plural = if (ticks - 1.0).abs() < 1e-12 { "tick" } else { "ticks" };
            return format!("{} {plural}", number(ticks));
        }
        let sign = if ns < 0 { "-" } else { "" };
        let size = ns.unsigned_abs();
        let seconds = size / 1_000_000_000;
        if size == 0 {
            "0 s".to_owned()
        } else if seconds < 120 {
            let value = size as f64;
            let text = match size {
                0..1_000 => format!("{size} ns"),
                1_000..1_000_000 => format!("{} µs", number(value / 1e3)),
                1_000_000..1_000_000_000 => format!("{} ms", number(value / 1e6)),
                _ => format!("{} s", number(value / 1e9)),
            };
            format!("{sign}{text}")
        } else {
            let parts = [
                (seconds / 86_400, "d"),
                (seconds / 3_600 % 24, "h"),
                (seconds / 60 % 60, "min"),
                (seconds % 60, "s"),
            ];
            let text: Vec<String> =
                parts.iter().filter(|(n, _)| *n > 0).take(2).map(|(n, u)| format!("{n} {u}")).collect();
            format!("{sign}{}", text.join(" "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_the_runs_unit() {
        let mut scale = TimeScale::default();
        let clock = Clock::new(&scale);
        assert_eq!(clock.span(12_500_000), "12.5 ms");
        assert_eq!(clock.span(320_000_000_000), "5 min 20 s");
        scale.origin = Some("2023-08-21T09:00:00Z".into());
        assert_eq!(Clock::new(&scale).at(300_000_000_000), "2023-08-21 09:05:00 UTC");
        scale.zone = Some("Asia/Tokyo".into());
        assert_eq!(Clock::new(&scale).at(300_000_000_000), "2023-08-21 18:05:00 +09:00");
        scale.zone = Some("Nowhere".into());
        assert_eq!(Clock::new(&scale).at(300_000_000_000), "2023-08-21 09:05:00 UTC");
        scale = TimeScale { unit: TimeUnit::Tick, tick_ns: 1_000_000_000, origin: None, zone: None };
        assert_eq!(Clock::new(&scale).at(2_000_000_000), "t=2");
        assert_eq!(Clock::new(&scale).span(1_000_000_000), "1 tick");
    }
}
