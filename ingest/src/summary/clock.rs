//! Windows for spans and log lines, whose times are exact.
//!
//! A measurement covers an interval, so its window is the grid's. A span or a line happened at
//! one instant: it is before the trigger or after it, whatever the grid. The clock sorts instants
//! into windows of normal time and of the incident.

use super::focus::Focus;
use crate::grid::WindowGrid;

/// Windows that an incident is cut into.
const INCIDENT_WINDOWS: i64 = 8;
/// Most windows of a clock; wider ones are used if there would be more.
const MAX_WINDOWS: usize = 4_096;

/// What a window of the clock covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuietOrNot {
    /// Normal time.
    Normal,
    /// The time just before an incident's trigger. Triggers are rounded and noticed late, so it
    /// is the least trustworthy part of normal time.
    Lead,
    /// The incident under analysis, from its trigger on.
    Incident,
    /// Time of which it is still to be found which it is.
    Open,
}

/// One window; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockWindow {
    /// What it covers.
    pub kind: QuietOrNot,
    /// First nanosecond.
    pub start_ns: i64,
    /// First nanosecond after it.
    pub end_ns: i64,
}

/// Windows in time order, without overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    windows: Vec<ClockWindow>,
}

impl Clock {
    /// Cuts the focus' incident into eight windows, to tell when things began, and its quiet time
    /// into windows as long as the incident, to tell what such a stretch does by chance; one
    /// stray stretch is then one stray window. Without a declared incident the windows are the
    /// grid's, merged until they are few.
    #[must_use]
    pub fn new(focus: &Focus, grid: &WindowGrid) -> Self {
        let pieces: Vec<ClockWindow> = match &focus.incident {
            Some(incident) => {
                let from = incident.trigger_ns();
                let active =
                    ClockWindow { kind: QuietOrNot::Incident, start_ns: from, end_ns: incident.end_ns };
                let quiet = focus.quiet.iter().map(|&(kind, start_ns, end_ns)| ClockWindow {
                    kind,
                    start_ns,
                    end_ns,
                });
                quiet.chain([active]).filter(|p| p.start_ns < p.end_ns).collect()
            },
            None => grid
                .segments()
                .iter()
                .map(|s| ClockWindow { kind: QuietOrNot::Open, start_ns: s.start_ns, end_ns: s.end_ns })
                .collect(),
        };
        let length = match &focus.incident {
            Some(i) => i.end_ns.saturating_sub(i.trigger_ns()),
            None => grid.segments().first().map_or(1, |s| s.width_ns),
        };
        let width = |kind: QuietOrNot, length: i64| {
            let parts = if kind == QuietOrNot::Incident { INCIDENT_WINDOWS } else { 1 };
            (length.saturating_add(parts - 1) / parts).max(1)
        };
        let mut length = length.max(1);
        loop {
            let count: i128 = pieces.iter().map(|p| pieces_of(p, width(p.kind, length))).sum();
            if count <= MAX_WINDOWS as i128 || length > i64::MAX / 4 {
                break;
            }
            length = length.saturating_mul(2);
        }
        let mut windows: Vec<ClockWindow> =
            pieces.iter().flat_map(|p| cut(*p, width(p.kind, length))).collect();
        windows.sort_by_key(|w| w.start_ns);
        Self { windows }
    }

    /// The windows, in time order.
    #[must_use]
    pub fn windows(&self) -> &[ClockWindow] {
        &self.windows
    }

    /// The window that holds an instant.
    #[must_use]
    pub fn window_of(&self, time_ns: i64) -> Option<u32> {
        let i = self.windows.partition_point(|w| w.start_ns <= time_ns).checked_sub(1)?;
        (time_ns < self.windows[i].end_ns).then(|| u32::try_from(i).ok()).flatten()
    }
}

fn pieces_of(piece: &ClockWindow, width: i64) -> i128 {
    let length = i128::from(piece.end_ns) - i128::from(piece.start_ns);
    (length + i128::from(width) - 1) / i128::from(width)
}

fn cut(piece: ClockWindow, width: i64) -> impl Iterator<Item = ClockWindow> {
    let mut start = piece.start_ns;
    std::iter::from_fn(move || {
        (start < piece.end_ns).then(|| {
            let end = start.saturating_add(width).min(piece.end_ns);
            let window = ClockWindow { kind: piece.kind, start_ns: start, end_ns: end };
            start = end;
            window
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::focus::FocusedIncident;

    #[test]
    fn an_incident_has_eight_windows_and_quiet_time_has_windows_of_its_length() {
        let incident = FocusedIncident {
            start_ns: 60,
            end_ns: 180,
            lead_end_ns: Some(100),
            ..FocusedIncident::default()
        };
        let focus = Focus {
            incident: Some(incident),
            quiet: vec![(QuietOrNot::Normal, 0, 25), (QuietOrNot::Lead, 60, 100)],
            ..Focus::default()
        };
        let clock = Clock::new(&focus, &WindowGrid::default());
        let kinds: Vec<_> = clock.windows().iter().map(|w| (w.kind, w.start_ns, w.end_ns)).collect();
        assert_eq!(kinds[0], (QuietOrNot::Normal, 0, 25));
        assert_eq!(kinds.iter().filter(|k| k.0 == QuietOrNot::Incident).count(), 8);
        assert_eq!(clock.window_of(99), Some(1));
        assert_eq!(clock.window_of(100), Some(2));
        assert_eq!(clock.window_of(30), None);
        assert_eq!(clock.window_of(180), None);
    }
}
