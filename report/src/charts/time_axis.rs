//! The time axis that all charts share: the run's own unit, round instants.

use super::scale::{Scale, round_step};
use super::svg::Svg;
use crate::text::number;
use crate::time::{Clock, TimeScale, TimeUnit};

const SECOND: f64 = 1e9;
/// Steps of calendar axes \[s\].
const STEPS: [f64; 17] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 21_600.0,
    43_200.0, 86_400.0,
];

/// Instants along a line.
#[derive(Clone, Debug)]
pub(super) struct TimeAxis {
    view: (i64, i64),
    scale: Scale,
    clock: Clock,
    unit: TimeUnit,
    tick_ns: f64,
    /// What `time_ns` 0 is in the calendar \[ns since 1970\].
    origin_ns: Option<i128>,
}

impl TimeAxis {
    /// `view` on the places `from..to`.
    pub(super) fn new(time: &TimeScale, view: (i64, i64), from: f64, to: f64) -> Self {
        let origin = time.origin.as_deref().and_then(|o| o.parse::<jiff::Timestamp>().ok());
        Self {
            view,
            scale: Scale::new((0.0, view.1.saturating_sub(view.0) as f64), (from, to)),
            clock: Clock::new(time),
            unit: time.unit,
            tick_ns: time.tick_ns.max(1) as f64,
            origin_ns: origin.map(jiff::Timestamp::as_nanosecond),
        }
    }

    /// Where an instant lies; what is out of view lies at the edge.
    pub(super) fn at(&self, time_ns: i64) -> f64 {
        self.scale.at(time_ns.saturating_sub(self.view.0) as f64)
    }

    /// Whether an instant is in view.
    pub(super) fn shows(&self, time_ns: i64) -> bool {
        (self.view.0..=self.view.1).contains(&time_ns)
    }

    /// Round instants, about `count` of them, with what is written below them.
    fn marks(&self, count: usize) -> Vec<(i64, String)> {
        let span = self.view.1.saturating_sub(self.view.0) as f64;
        let least = span / count.max(1) as f64;
        let calendar = self.origin_ns.filter(|_| self.unit == TimeUnit::Ns && least >= SECOND / 2.0);
        let (step, offset) = match (self.unit, calendar) {
            (TimeUnit::Tick, _) => (round_step(least / self.tick_ns).max(1.0) * self.tick_ns, 0),
            (TimeUnit::Ns, Some(origin)) => (calendar_step(least), origin),
            (TimeUnit::Ns, None) if least >= SECOND => (calendar_step(least), 0),
            (TimeUnit::Ns, None) => (round_step(least), 0),
        };
        let step = (step as i128).max(1);
        let start = i128::from(self.view.0) + offset;
        let first = start.div_euclid(step) + i128::from(start.rem_euclid(step) != 0);
        let instants = (0..=2 * count as i128 + 2).map(|i| (first + i) * step - offset);
        instants
            .filter_map(|t| i64::try_from(t).ok())
            .filter(|t| self.shows(*t))
            .map(|t| (t, self.label(t, step, calendar.is_some())))
            .collect()
    }

    fn label(&self, time_ns: i64, step: i128, calendar: bool) -> String {
        if self.unit == TimeUnit::Tick {
            return number(time_ns as f64 / self.tick_ns);
        }
        let at = self.clock.at(time_ns);
        let part = |from: usize, to: usize| at.get(from..to).map(str::to_owned);
        let label = match calendar {
            true if step >= 86_400_000_000_000 => part(5, 10),
            true if step < 60_000_000_000 => part(11, 19),
            true => part(11, 16),
            false => None,
        };
        label.unwrap_or_else(|| self.clock.span(time_ns))
    }

    /// What the axis counts, in words: `ticks`, or the day it starts on.
    pub(super) fn caption(&self) -> String {
        match (self.unit, self.origin_ns) {
            (TimeUnit::Tick, _) => "time in ticks".to_owned(),
            (TimeUnit::Ns, Some(_)) => {
                let at = self.clock.at(self.view.0);
                let zone = at.get(19..).unwrap_or("");
                format!("time{zone}, from {}", at.get(..10).unwrap_or(&at))
            },
            (TimeUnit::Ns, None) => "time since the run's origin".to_owned(),
        }
    }

    /// An instant in full.
    pub(super) fn tell(&self, time_ns: i64) -> String {
        self.clock.at(time_ns)
    }

    /// Draws marks below `bottom`, and thin lines up to `top`.
    pub(super) fn draw(&self, svg: &mut Svg, top: f64, bottom: f64, count: usize) {
        let marks = self.marks(count);
        // What would run out of the picture is anchored at its edge.
        for (time, label) in &marks {
            let x = self.at(*time);
            svg.line((x, top), (x, bottom), "grid");
            let share = (x - self.at(self.view.0)) / (self.at(self.view.1) - self.at(self.view.0)).max(1.0);
            let class = match share {
                s if s < 0.04 => "tick start",
                s if s > 0.96 => "tick end",
                _ => "tick middle",
            };
            svg.text(x, bottom + 13.0, class, label);
        }
    }
}

/// The next step of calendars and clocks; beyond a day, whole days \[ns\].
fn calendar_step(least_ns: f64) -> f64 {
    let seconds = least_ns / SECOND;
    let known = STEPS.into_iter().find(|s| *s >= seconds * (1.0 - 1e-9));
    known.unwrap_or_else(|| round_step(seconds / 86_400.0).max(1.0) * 86_400.0) * SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(time: &TimeScale, view: (i64, i64)) -> Vec<String> {
        TimeAxis::new(time, view, 0.0, 100.0).marks(4).into_iter().map(|m| m.1).collect()
    }

    #[test]
    fn marks_are_in_the_runs_own_unit() {
        let ticks = TimeScale { unit: TimeUnit::Tick, tick_ns: 10, origin: None, zone: None };
        assert_eq!(labels(&ticks, (0, 400)), ["0", "10", "20", "30", "40"]);
        let calendar = TimeScale { origin: Some("2023-08-21T09:03:00Z".into()), ..TimeScale::default() };
        assert_eq!(labels(&calendar, (0, 3_600_000_000_000)), ["09:15", "09:30", "09:45", "10:00"]);
        let bare = TimeScale::default();
        assert_eq!(labels(&bare, (0, 240_000_000_000)), ["0 s", "60 s", "2 min", "3 min", "4 min"]);
        assert_eq!(labels(&bare, (0, 2_000_000)), ["0 s", "500 µs", "1 ms", "1.5 ms", "2 ms"]);
    }

    #[test]
    fn no_view_is_too_long_or_too_short() {
        for view in [(0, 0), (i64::MIN, i64::MAX), (5, 6), (-3, i64::MAX)] {
            for unit in [TimeUnit::Ns, TimeUnit::Tick] {
                let time =
                    TimeScale { unit, tick_ns: 1, origin: Some("2023-08-21T09:03:00Z".into()), zone: None };
                assert!(labels(&time, view).len() <= 12, "{view:?}");
            }
        }
    }
}
