//! What is normal, what is incident, on the grid's windows.

use infra_eventlog::metadata::{Observation, RunMetadata, Symptom};
use infra_eventlog::signal::Worse;
use infra_ingest::Summary;
use infra_ingest::frames::ExcursionRow;
use infra_ingest::grid::SegmentKind;

use crate::constants::Constants;

/// Windows by what they are. Each list is ascending.
#[derive(Clone, Debug, Default)]
pub struct Periods {
    /// Windows of normal operation.
    pub normal: Vec<u32>,
    /// Windows of the incident's segment that end before its trigger.
    pub lead: Vec<u32>,
    /// Windows of the incident.
    pub incident: Vec<u32>,
    /// Windows after an incident that was found here, once all was well again.
    pub after: Vec<u32>,
    /// Whether the incident was declared (or given), rather than found here.
    pub declared: bool,
    /// The incident's name.
    pub id: String,
    /// What was noticed.
    pub symptom: Option<Symptom>,
    /// How normal was chosen, in words.
    pub normal_origin: &'static str,
}

impl Periods {
    /// Sorts the grid's windows.
    ///
    /// With a declared incident, a window that ends before its lead does is lead, not incident. Without one, everything from the first onset beyond a declared threshold (or
    /// the first critical status) to the end of the last one is the incident, everything before
    /// it is normal, and what follows is neither. A run without thresholds and statuses is
    /// searched for a clear change ([`crate::change`]).
    #[must_use]
    pub fn find(summary: &Summary, metadata: &RunMetadata, constants: &Constants) -> Self {
        let mut periods = Self { normal_origin: summary.focus.normal_origin, ..Self::default() };
        periods.symptom.clone_from(&summary.focus.symptom);
        let mut end_of_trouble = i64::MAX;
        let trigger = match &summary.focus.incident {
            Some(incident) => {
                periods.declared = true;
                periods.id.clone_from(&incident.id);
                incident.lead_end_ns
            },
            None => {
                let declared = first_trouble(summary, metadata).map(|first| (first, last_trouble(summary)));
                let found = declared.or_else(|| crate::change::find(summary, constants));
                // Trouble that is over in the instant in which it began was there all the same.
                end_of_trouble = found.map_or(i64::MAX, |f| f.1.max(f.0.saturating_add(1)));
                found.map(|f| f.0)
            },
        };
        // Normal time that was given or declared replaces what precedes the trouble.
        let given = summary.grid.segments().iter().any(|s| s.kind == SegmentKind::Normal);
        for segment in summary.grid.segments() {
            for window in segment.first_window..segment.first_window + segment.windows() {
                let Some((_, start, end)) = summary.grid.bounds(window) else { continue };
                match segment.kind {
                    SegmentKind::Normal => periods.normal.push(window),
                    SegmentKind::Incident => match trigger {
                        Some(trigger) if end <= trigger => periods.lead.push(window),
                        _ => periods.incident.push(window),
                    },
                    SegmentKind::Whole => match trigger {
                        Some(_) if start >= end_of_trouble => periods.after.push(window),
                        Some(trigger) if end > trigger => periods.incident.push(window),
                        _ if !given => periods.normal.push(window),
                        _ => {},
                    },
                }
            }
        }
        periods
    }

    /// Windows of the incident and after it, ascending.
    #[must_use]
    pub fn after_onset(&self) -> Vec<u32> {
        let mut windows = [self.incident.as_slice(), self.after.as_slice()].concat();
        windows.sort_unstable();
        windows
    }

    /// Whether anything is left to compare with normal.
    #[must_use]
    pub fn has_incident(&self) -> bool {
        !self.incident.is_empty()
    }
}

/// First instant of an excursion beyond a declared threshold that lasts or reaches a critical one,
/// else of a critical status.
///
/// An excursion lasts if it has at least two observations or is open when the log ends: the
/// value of a snapshot holds until the next one, and there is none.
fn first_trouble(summary: &Summary, metadata: &RunMetadata) -> Option<i64> {
    let critical = |e: &ExcursionRow| {
        let spec = metadata.signal(&e.signal);
        spec.critical
            .is_some_and(|limit| if spec.worse == Worse::Low { e.worst <= limit } else { e.worst >= limit })
    };
    let excursions = summary.excursions.rows().iter();
    let lasting = excursions.filter(|e| lasts(e, metadata.observation) || critical(e));
    let excursion = lasting.map(|e| e.start_ns).min();
    let critical = || {
        summary
            .transitions
            .rows()
            .iter()
            .filter(|t| t.to_severity.is_some_and(|s| s >= 2))
            .map(|t| t.time_ns)
            .min()
    };
    excursion.or_else(critical)
}

/// When the last excursion and the last critical status ended; `i64::MAX` if one is still open.
fn last_trouble(summary: &Summary) -> i64 {
    let excursions = summary.excursions.rows().iter().map(|e| e.end_ns.unwrap_or(i64::MAX)).max();
    let mut since: std::collections::BTreeMap<u32, i64> = std::collections::BTreeMap::new();
    let mut last = excursions.unwrap_or(i64::MIN);
    for change in summary.transitions.rows() {
        if change.to_severity.is_some_and(|s| s >= 2) {
            since.insert(change.service_idx, change.time_ns);
        } else if since.remove(&change.service_idx).is_some() {
            last = last.max(change.time_ns);
        }
    }
    if since.is_empty() && last > i64::MIN { last } else { i64::MAX }
}

/// Whether an excursion is more than a blip: two observations, or one that the log ends on; where
/// only changes are logged, one that was not taken back in the same instant.
pub(crate) fn lasts(excursion: &ExcursionRow, observation: Observation) -> bool {
    excursion.observations >= 2
        || excursion.end_ns.is_none_or(|end| observation == Observation::Delta && end > excursion.start_ns)
}
