//! What is normal, what is incident, on the grid's windows.

use infra_eventlog::metadata::Symptom;
use infra_ingest::Summary;
use infra_ingest::grid::SegmentKind;

/// Windows by what they are. Each list is ascending.
#[derive(Clone, Debug, Default)]
pub struct Periods {
    /// Windows of normal operation.
    pub normal: Vec<u32>,
    /// Windows of the incident's segment that end before its trigger.
    pub lead: Vec<u32>,
    /// Windows of the incident.
    pub incident: Vec<u32>,
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
    /// With a declared incident, a window that ends at or before the symptom's time is lead, not
    /// incident. Without one, everything from the first onset beyond a declared threshold (or
    /// the first critical status) on is the incident, and everything before it is normal.
    #[must_use]
    pub fn find(summary: &Summary) -> Self {
        let mut periods = Self { normal_origin: summary.focus.normal_origin, ..Self::default() };
        let trigger = match &summary.focus.incident {
            Some(incident) => {
                periods.declared = true;
                periods.id.clone_from(&incident.id);
                periods.symptom.clone_from(&incident.symptom);
                incident.symptom.as_ref().and_then(|s| s.time_ns)
            },
            None => first_trouble(summary),
        };
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
                        Some(trigger) if end > trigger => periods.incident.push(window),
                        _ => {
                            let _ = start;
                            periods.normal.push(window);
                        },
                    },
                }
            }
        }
        periods
    }

    /// Whether anything is left to compare with normal.
    #[must_use]
    pub fn has_incident(&self) -> bool {
        !self.incident.is_empty()
    }
}

/// First instant of a lasting excursion beyond a declared threshold, else of a critical status.
///
/// An excursion lasts if it has at least two observations or is open when the log ends: the
/// value of a snapshot holds until the next one, and there is none.
fn first_trouble(summary: &Summary) -> Option<i64> {
    let lasting = summary.excursions.rows().iter().filter(|e| e.observations >= 2 || e.end_ns.is_none());
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
