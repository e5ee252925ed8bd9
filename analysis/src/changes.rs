//! Change as evidence: what was released, configured or scaled shortly before onset.
//!
//! Most failures follow a change, and most changes break nothing. So a change adds nothing by
//! itself: it raises the evidence of a service that deviates in its own signals, by at most
//! `change_boost`, and only if it does not come after the service's onset. Alerts are no changes,
//! and a simulator's inner truth is never looked at.

use crate::case::Case;
use crate::cite::Cite;
use crate::heads::HeadResult;
use crate::onset::Onset;
use crate::ranking::explain::Explained;

/// One change before onset. Texts are untrusted.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// When \[ns since the run's origin\].
    pub time_ns: i64,
    /// `deploy`, `config`, or `remediation` for scaling and other acts of operation.
    pub role: String,
    /// Event type.
    pub event_type: String,
    /// Who recorded it.
    pub source: String,
    /// Log line, if there was one.
    pub message: Option<String>,
    /// The service that was changed; `None` if the event names none, or several.
    pub service: Option<usize>,
    /// Whether `lag_ns` is measured to the service's own onset, rather than to the incident's start.
    pub own_onset: bool,
    /// Time from the change to the onset \[ns\]; below 0 within the window of the onset.
    pub lag_ns: i64,
    /// Its rows.
    pub cite: Cite,
}

/// Changes before onset, and what they are worth.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// In the order of the log.
    pub list: Vec<Change>,
    /// How long before an onset a change counts \[ns\].
    pub lookback_ns: i64,
    /// Factor on each service's local evidence, at least 1.
    pub boost: Vec<f64>,
}

impl Changes {
    /// Changes of one service.
    pub fn of(&self, service: usize) -> impl Iterator<Item = &Change> {
        self.list.iter().filter(move |c| c.service == Some(service))
    }

    /// Sets the factors: 1 + `change_boost` times the clearest deviation (0..1) that is a changed
    /// service's own.
    pub(crate) fn weigh(&mut self, case: &Case<'_>, heads: &[HeadResult], explained: &[Explained]) {
        let c = case.constants;
        for service in self.list.iter().filter_map(|c| c.service) {
            let own = |(head, explained): (&HeadResult, &Explained)| {
                explained.own[service] * head.gate(service, c.gate_z)
            };
            let heads = heads.iter().zip(explained).filter(|(h, _)| h.weight > 0.0);
            self.boost[service] = 1.0 + c.change_boost * heads.map(own).fold(0.0, f64::max);
        }
    }
}

/// Changes within the lookback before the onset of the service they name, or before the
/// incident's start where it has none. All factors are 1 still.
#[must_use]
pub fn review(case: &Case<'_>, onsets: &[Option<Onset>]) -> Changes {
    let boost = vec![1.0; case.len()];
    let Some(incident) = Stretch::of(case, onsets) else { return Changes { boost, ..Changes::default() } };
    let lookback_ns = incident.lookback_ns(case.constants.change_windows);
    let list = case
        .summary
        .timeline
        .rows()
        .iter()
        .filter(|line| line.observed && ["deploy", "config", "remediation"].contains(&line.role.as_str()))
        .filter_map(|line| {
            let service = line.service_idx.map(|s| s as usize).filter(|s| *s < case.len());
            let onset = service.and_then(|s| onsets[s].as_ref());
            let reference = onset.map_or(incident.start_ns, |o| o.time_ns);
            // An onset is as sharp as its window.
            let until = onset.map_or(reference, |_| incident.window_end(case, reference));
            let lag_ns = reference.saturating_sub(line.time_ns);
            (line.time_ns <= until && lag_ns <= lookback_ns).then(|| Change {
                time_ns: line.time_ns,
                role: line.role.clone(),
                event_type: line.event_type.clone(),
                source: line.source.clone(),
                message: line.message.clone(),
                service,
                own_onset: onset.is_some(),
                lag_ns,
                cite: Cite::rows("events", line.seq, line.last_seq),
            })
        })
        .collect();
    Changes { list, lookback_ns, boost }
}

/// The incident's time.
struct Stretch {
    start_ns: i64,
    end_ns: i64,
    window_ns: i64,
}

impl Stretch {
    /// From the declared start, else the earliest onset, else the first window; `None` without an
    /// incident.
    fn of(case: &Case<'_>, onsets: &[Option<Onset>]) -> Option<Self> {
        let (first, last) = (*case.periods.incident.first()?, *case.periods.incident.last()?);
        let (begin, end) = (case.window_start(first), case.window_end(first));
        let declared = case.summary.focus.incident.as_ref().map(|i| i.trigger_ns());
        let earliest = || onsets.iter().flatten().map(|o| o.time_ns).min();
        Some(Self {
            start_ns: declared.or_else(earliest).unwrap_or(begin),
            end_ns: case.window_end(last),
            window_ns: end.saturating_sub(begin),
        })
    }

    fn lookback_ns(&self, windows: f64) -> i64 {
        let windows = (self.window_ns as f64 * windows).min(i64::MAX as f64) as i64;
        self.end_ns.saturating_sub(self.start_ns).max(windows)
    }

    /// Last instant of the incident's window that holds `time_ns`.
    fn window_end(&self, case: &Case<'_>, time_ns: i64) -> i64 {
        let mut ends = case.periods.incident.iter().map(|w| (case.window_start(*w), case.window_end(*w)));
        ends.find(|(start, end)| (*start..*end).contains(&time_ns)).map_or(time_ns, |(_, end)| end - 1)
    }
}
