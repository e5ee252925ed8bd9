//! What is normal, what is incident, on the grid's windows.

use infra_eventlog::metadata::{RunMetadata, Symptom};
use infra_ingest::Summary;
use infra_ingest::grid::SegmentKind;

use crate::constants::Constants;
use crate::trouble;

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
    /// When other trouble begins after an incident that was found here \[ns since the run's origin\].
    pub later_ns: Option<i64>,
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
    /// With a declared incident, a window that ends before its lead does is lead, not incident.
    /// Without one, the incident is the first trouble (module `trouble`), everything before it is
    /// normal, and what follows is neither. A run without thresholds and statuses is searched for a
    /// clear change ([`crate::change`]).
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
                let width = summary.grid.segments().first().map_or(1, |s| s.width_ns);
                let calm_ns = (width as f64 * constants.calm_windows) as i64;
                let trouble = trouble::find(summary, metadata, calm_ns);
                periods.later_ns = trouble.and_then(|(_, later)| later);
                let declared = trouble.map(|(t, _)| (t.start_ns, t.end_ns));
                let found = declared.or_else(|| crate::change::find(summary, constants));
                end_of_trouble = found.map_or(i64::MAX, |f| f.1);
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
