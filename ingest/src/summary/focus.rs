//! Which incident is looked at, and what counts as normal.

use infra_eventlog::metadata::{Incident, PeriodKind, RunMetadata, Symptom};

use super::clock::QuietOrNot;
use super::normal::{declared_normals, quiet, without};
use crate::error::IngestError;
use crate::grid::SegmentKind;

/// What the user asked for; empty means: take it from the metadata.
#[derive(Clone, Debug, Default)]
pub struct FocusOptions {
    /// Incident to pick by name.
    pub incident: Option<String>,
    /// Incident window \[ns, end exclusive\], instead of the metadata's.
    pub incident_window: Option<(i64, i64)>,
    /// With `incident_window`: the window before this instant shows the system just before the
    /// incident \[ns\].
    pub lead_end_ns: Option<i64>,
    /// Normal period \[ns, end exclusive\], instead of the metadata's.
    pub baseline: Option<(i64, i64)>,
    /// Symptom, instead of the metadata's.
    pub symptom: Option<Symptom>,
}

/// The incident under analysis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FocusedIncident {
    /// Its name; `window` for one given by hand.
    pub id: String,
    /// First nanosecond.
    pub start_ns: i64,
    /// First nanosecond after it.
    pub end_ns: i64,
    /// The window before this instant shows the system just before the incident.
    pub lead_end_ns: Option<i64>,
    /// Which of several systems or settings it belongs to.
    pub scope: Option<String>,
    /// What was noticed.
    pub symptom: Option<Symptom>,
}

impl FocusedIncident {
    /// The instant from which on the window shows the incident \[ns since the run's origin\].
    #[must_use]
    pub fn trigger_ns(&self) -> i64 {
        self.lead_end_ns.unwrap_or(self.start_ns).clamp(self.start_ns, self.end_ns.max(self.start_ns))
    }
}

/// Which incident is looked at, and what counts as normal.
#[derive(Clone, Debug, Default)]
pub struct Focus {
    /// The incident, if one is declared or given; `None`: it is still to be found.
    pub incident: Option<FocusedIncident>,
    /// What was noticed: the user's word, else the incident's.
    pub symptom: Option<Symptom>,
    /// Other incidents of the run, by name.
    pub others: Vec<String>,
    /// Normal time to the nanosecond, without overlap: the leads of all incidents and the normal
    /// periods, less what any incident (from its trigger on), an excluded or a warm-up period
    /// covers.
    pub quiet: Vec<(QuietOrNot, i64, i64)>,
    /// What the grid covers.
    pub spans: Vec<(SegmentKind, i64, i64)>,
    /// How normal was chosen, in words.
    pub normal_origin: &'static str,
    /// Things worth telling.
    pub notes: Vec<String>,
}

impl Focus {
    /// Resolves the options against the metadata and the log's time range.
    ///
    /// Normal is, in this order: `baseline`; the declared normal periods; all that precedes the
    /// incident, less known incidents and excluded or warm-up periods.
    ///
    /// # Errors
    /// [`IngestError::UnknownIncident`].
    pub fn resolve(
        metadata: &RunMetadata,
        options: &FocusOptions,
        time_range: Option<(i64, i64)>,
    ) -> Result<Self, IngestError> {
        let mut notes = Vec::new();
        let mut incident = pick(metadata, options, &mut notes)?;
        if let (Some(incident), Some(symptom)) = (&mut incident, &options.symptom) {
            incident.symptom = Some(symptom.clone());
        }
        let symptom = options.symptom.clone().or_else(|| incident.as_ref().and_then(|i| i.symptom.clone()));
        let others = metadata
            .incidents
            .iter()
            .map(|i| i.id.clone())
            .filter(|id| incident.as_ref().is_none_or(|i| i.id != *id))
            .collect();
        let Some((first, last)) = time_range else {
            return Ok(Self {
                incident,
                symptom,
                others,
                notes,
                normal_origin: "no rows",
                ..Self::default()
            });
        };
        let end = last.saturating_add(1);
        if let Some(i) = incident.as_ref().filter(|i| i.end_ns <= first || i.start_ns > last) {
            notes.push(format!(
                "incident `{}` lies outside the recorded time: its window holds no rows",
                i.id.escape_debug()
            ));
        }
        let mut spans = Vec::new();
        let mut normal_origin = "the log before the first deviation";
        match &incident {
            None => {
                // Excluded time is cut out; the rest is searched for an incident.
                let excluded = metadata.periods.iter().filter(|p| p.kind == PeriodKind::Excluded);
                spans.extend(
                    without(first, end, excluded.map(|p| (p.start_ns, p.end_ns)))
                        .map(|(a, b)| (SegmentKind::Whole, a, b)),
                );
                if let Some((a, b)) = options.baseline {
                    normal_origin = "the given baseline";
                    spans.insert(0, (SegmentKind::Normal, a, b));
                } else if let Some(declared) = declared_normals(metadata, incident.as_ref()) {
                    normal_origin = "the declared normal periods";
                    spans.splice(0..0, declared);
                }
            },
            Some(incident) => {
                spans.push((SegmentKind::Incident, incident.start_ns, incident.end_ns));
                if let Some((a, b)) = options.baseline {
                    normal_origin = "the given baseline";
                    spans.push((SegmentKind::Normal, a, b));
                } else if let Some(declared) = declared_normals(metadata, Some(incident)) {
                    normal_origin = "the declared normal periods";
                    spans.extend(declared);
                } else {
                    normal_origin = "all that precedes the incident, less other incidents";
                    let cut = metadata.incidents.iter().map(|i| (i.start_ns, i.end_ns)).chain(
                        metadata
                            .periods
                            .iter()
                            .filter(|p| p.kind != PeriodKind::Normal)
                            .map(|p| (p.start_ns, p.end_ns)),
                    );
                    spans.extend(
                        without(first, incident.start_ns.min(end), cut)
                            .map(|(a, b)| (SegmentKind::Normal, a, b)),
                    );
                }
            },
        }
        let quiet = incident.as_ref().map(|i| quiet(metadata, i, &spans, options.baseline.is_some()));
        let quiet = quiet.unwrap_or_default();
        Ok(Self { incident, symptom, others, quiet, spans, normal_origin, notes })
    }
}

fn pick(
    metadata: &RunMetadata,
    options: &FocusOptions,
    notes: &mut Vec<String>,
) -> Result<Option<FocusedIncident>, IngestError> {
    let declared = |i: &Incident| FocusedIncident {
        id: i.id.clone(),
        start_ns: i.start_ns,
        end_ns: i.end_ns,
        lead_end_ns: i.lead_end_ns,
        scope: i.scope.clone(),
        symptom: i.symptom.clone(),
    };
    if let Some(asked) = &options.incident {
        let known = || metadata.incidents.iter().map(|i| i.id.clone()).collect();
        let found = metadata.incidents.iter().find(|i| i.id == *asked);
        let mut incident = found
            .map(declared)
            .ok_or_else(|| IngestError::UnknownIncident { asked: asked.clone(), known: known() })?;
        if let Some((start, end)) = options.incident_window {
            (incident.start_ns, incident.end_ns, incident.lead_end_ns) = (start, end, options.lead_end_ns);
        }
        return Ok(Some(incident));
    }
    if let Some((start_ns, end_ns)) = options.incident_window {
        let symptom = None;
        return Ok(Some(FocusedIncident {
            id: "window".to_owned(),
            start_ns,
            end_ns,
            lead_end_ns: options.lead_end_ns,
            scope: None,
            symptom,
        }));
    }
    if let Some(first) = metadata.incidents.iter().min_by_key(|i| (i.start_ns, i.id.clone())) {
        if metadata.incidents.len() > 1 {
            notes.push(format!(
                "the run declares {} incidents; `{}`, the first, is analysed (choose with --incident)",
                metadata.incidents.len(),
                first.id.escape_debug()
            ));
        }
        return Ok(Some(declared(first)));
    }
    let period =
        metadata.periods.iter().filter(|p| p.kind == PeriodKind::Incident).min_by_key(|p| p.start_ns);
    Ok(period.map(|p| FocusedIncident {
        id: "incident".to_owned(),
        start_ns: p.start_ns,
        end_ns: p.end_ns,
        lead_end_ns: None,
        scope: p.scope.clone(),
        symptom: None,
    }))
}

#[cfg(test)]
mod tests {
    use infra_eventlog::metadata::Period;

    use super::*;

    fn metadata() -> RunMetadata {
        let mut metadata = RunMetadata::new("x");
        for (id, start_ns, end_ns) in [("b", 50, 60), ("a", 20, 30)] {
            metadata.incidents.push(Incident { id: id.into(), start_ns, end_ns, ..Incident::default() });
        }
        metadata
    }

    #[test]
    fn normal_is_what_precedes_less_other_incidents() {
        let options = FocusOptions { incident: Some("b".into()), ..FocusOptions::default() };
        let focus = Focus::resolve(&metadata(), &options, Some((0, 99))).unwrap();
        assert_eq!(
            focus.spans,
            [(SegmentKind::Incident, 50, 60), (SegmentKind::Normal, 0, 20), (SegmentKind::Normal, 30, 50)]
        );
        assert_eq!(focus.others, ["a"]);
    }

    #[test]
    fn a_given_window_keeps_its_lead_and_is_no_part_of_its_own_normal() {
        let mut metadata = RunMetadata::new("x");
        let normal = infra_eventlog::metadata::Period {
            kind: PeriodKind::Normal,
            start_ns: 0,
            end_ns: 100,
            lead_end_ns: None,
            scope: None,
        };
        metadata.periods.push(normal);
        let options = FocusOptions {
            incident_window: Some((40, 60)),
            lead_end_ns: Some(45),
            ..FocusOptions::default()
        };
        let focus = Focus::resolve(&metadata, &options, Some((0, 99))).unwrap();
        assert_eq!(focus.incident.as_ref().unwrap().lead_end_ns, Some(45));
        let grid = crate::grid::WindowGrid::new(&focus.spans, 10);
        let segments: Vec<_> = grid.segments().iter().map(|s| (s.kind, s.start_ns, s.end_ns)).collect();
        let (normal, incident) = (SegmentKind::Normal, SegmentKind::Incident);
        assert_eq!(segments, [(normal, 0, 40), (incident, 40, 60), (normal, 60, 100)]);
    }

    #[test]
    fn an_incident_is_held_against_normal_time_of_its_own_scope() {
        let mut metadata = metadata();
        metadata.incidents[0].scope = Some("two".into());
        for (scope, start_ns) in [("one", 0), ("two", 10)] {
            metadata.periods.push(Period {
                kind: PeriodKind::Normal,
                start_ns,
                end_ns: start_ns + 5,
                lead_end_ns: None,
                scope: Some(scope.into()),
            });
        }
        let normals = |incident: &str| {
            let options = FocusOptions { incident: Some(incident.into()), ..FocusOptions::default() };
            let focus = Focus::resolve(&metadata, &options, Some((0, 99))).unwrap();
            focus.spans.iter().filter(|s| s.0 == SegmentKind::Normal).map(|s| s.1).collect::<Vec<_>>()
        };
        assert_eq!(normals("b"), [10]);
        assert_eq!(normals("a"), [0, 10]); // no scope: all there is
    }

    #[test]
    fn the_first_incident_is_the_default_and_unknown_ones_are_named() {
        let focus = Focus::resolve(&metadata(), &FocusOptions::default(), Some((0, 99))).unwrap();
        assert_eq!(focus.incident.unwrap().id, "a");
        let options = FocusOptions { incident: Some("z".into()), ..FocusOptions::default() };
        let error = Focus::resolve(&metadata(), &options, Some((0, 99))).unwrap_err().to_string();
        assert_eq!(error, "no incident `z` in this run (it has b, a)");
    }
}
