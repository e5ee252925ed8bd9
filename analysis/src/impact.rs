//! Impact: who was hurt, for how long, and when it was seen, mitigated and over.

use infra_ingest::summary::WatchedPeak;

use crate::analyse::affected;
use crate::case::Case;
use crate::cite::Cite;
use crate::heads::HeadResult;
use crate::onset::Onset;

/// A point in time and the rows that show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// When \[ns since the run's origin\].
    pub time_ns: i64,
    /// Rows that show it.
    pub cite: Option<Cite>,
}

/// What an incident cost. Times are from the earliest onset; `None`: it did not happen in the log
/// or the log does not tell.
#[derive(Clone, Debug, Default)]
pub struct Impact {
    /// Services with an onset, earliest first.
    pub affected: Vec<usize>,
    /// Services observed at all.
    pub observed: usize,
    /// Earliest onset.
    pub onset: Option<Moment>,
    /// First alert at or after the onset, else the first critical status.
    pub detected: Option<Moment>,
    /// First of two consecutive windows without impact that follow impact.
    pub mitigated: Option<Moment>,
    /// Return to well of the last affected service.
    pub recovered: Option<Moment>,
    /// Bad customer minutes, where error ratio or latency were measured \[min\].
    pub bad_customer_minutes: Option<f64>,
    /// Extra failed requests over all affected services' callers' view, at the symptom.
    pub failed_requests: Option<f64>,
    /// Extra seconds of waiting at the symptom \[s\].
    pub waiting_s: Option<f64>,
    /// Largest sum of each watched signal over services: controller number, value, when.
    pub system_peaks: Vec<(usize, f64, Moment)>,
}

impl Impact {
    /// Time from onset to a moment \[ns\].
    #[must_use]
    pub fn since_onset(&self, moment: Option<&Moment>) -> Option<i64> {
        Some(moment?.time_ns.saturating_sub(self.onset.as_ref()?.time_ns))
    }
}

/// Measures the impact of a case.
#[must_use]
pub fn measure(case: &Case<'_>, heads: &[HeadResult], onsets: &[Option<Onset>]) -> Impact {
    let affected = affected(case, onsets);
    let onset = affected
        .first()
        .and_then(|i| onsets[*i].as_ref())
        .map(|o| Moment { time_ns: o.time_ns, cite: Some(o.cite.clone()) });
    let mut impact = Impact {
        observed: case.summary.services.rows().iter().filter(|s| s.rows > 0).count(),
        affected,
        system_peaks: system_peaks(case),
        ..Impact::default()
    };
    if let Some(onset) = &onset {
        impact.detected = detected(case, onset.time_ns);
        (impact.mitigated, impact.recovered) = recovery(case, heads, &impact.affected, onset.time_ns);
    }
    impact.onset = onset;
    let at_symptom = |name: &str| {
        let head = heads.iter().find(|h| h.name == name)?;
        let symptom = crate::ranking::score::symptom_service(case, case.periods.symptom.as_ref());
        let entries = || case.graph.entries().into_iter().map(infra_graph::NodeId::index).collect::<Vec<_>>();
        let noticed = symptom.map_or_else(entries, |s| vec![s]);
        Some(noticed.iter().map(|i| head.excess(*i)).sum::<f64>())
    };
    impact.waiting_s = at_symptom("latency");
    impact.failed_requests = at_symptom("errors");
    impact.bad_customer_minutes = bad_customer_minutes(case, &impact.affected);
    impact
}

fn detected(case: &Case<'_>, onset_ns: i64) -> Option<Moment> {
    let alert = case
        .summary
        .timeline
        .rows()
        .iter()
        .find(|t| t.observed && t.role == "alert" && t.time_ns >= onset_ns)
        .map(|t| Moment { time_ns: t.time_ns, cite: Some(Cite::rows("events", t.seq, t.last_seq)) });
    alert.or_else(|| {
        let critical = case
            .summary
            .transitions
            .rows()
            .iter()
            .find(|t| t.time_ns >= onset_ns && t.to_severity.is_some_and(|s| s >= 2))?;
        Some(Moment { time_ns: critical.time_ns, cite: Some(Cite::row("events", critical.seq)) })
    })
}

/// First of two consecutive windows without impact, and the return to well of the last affected
/// service. Impact is a value beyond its band and its declared warning, if it has one, or a critical
/// status; well is neither that nor any status above severity 0. Both hold until the next observation.
fn recovery(
    case: &Case<'_>,
    heads: &[HeadResult],
    affected: &[usize],
    onset_ns: i64,
) -> (Option<Moment>, Option<Moment>) {
    // What came before the onset (a single observation, a warning) was no impact of this incident.
    let mut windows = case.periods.after_onset();
    windows.retain(|w| case.window_end(*w) > onset_ns);
    let mut impact = vec![false; windows.len()];
    let mut unwell = vec![false; windows.len()];
    for &service in affected {
        for head in heads {
            let Some(finding) = head.findings[service].as_ref().filter(|f| f.onset_ns.is_some()) else {
                continue;
            };
            let Some((series, flip)) = measured(case, service, head.name) else { continue };
            let worse_is_high = finding.band >= finding.normal;
            // Where the log declares what is a warning, less than that hurts nobody.
            let declared = case.metadata.signal(&series.row.signal).warning;
            let warning = declared.map_or(finding.band, |w| if flip { 1.0 - w } else { w });
            let edge = if worse_is_high { finding.band.max(warning) } else { finding.band.min(warning) };
            let mut held = false;
            for (k, window) in windows.iter().enumerate() {
                if let Some(row) = series.at(*window) {
                    let value = if flip { 1.0 - row.last } else { row.last };
                    // The edge of the band counts as beyond it, as a declared warning does.
                    let slack = (finding.band - finding.normal).abs() * 1e-9;
                    held = if worse_is_high { value >= edge - slack } else { value <= edge + slack };
                }
                impact[k] |= held;
                unwell[k] |= held;
            }
        }
        mark_statuses(case, service, &windows, &mut impact, &mut unwell);
    }
    let moment = |k: usize| Moment {
        time_ns: case.window_start(windows[k]),
        cite: shown(case, heads, affected, windows[k]),
    };
    let Some(first) = impact.iter().position(|i| *i) else { return (None, None) };
    let quiet = (first + 1..windows.len().saturating_sub(1)).find(|k| !impact[*k] && !impact[*k + 1]);
    let recovered = unwell.iter().rposition(|u| *u).filter(|k| k + 1 < windows.len()).map(|k| moment(k + 1));
    (quiet.map(moment), recovered)
}

/// The latest row in a window of a series that says how an affected service fares.
fn shown(case: &Case<'_>, heads: &[HeadResult], affected: &[usize], window: u32) -> Option<Cite> {
    let rows = affected.iter().flat_map(|&service| {
        heads.iter().filter_map(move |head| {
            let (series, _) = measured(case, service, head.name)?;
            Some((series.at(window)?.last_row, series.row.table.as_str()))
        })
    });
    rows.max().map(|(row, table)| Cite::row(table, row))
}

/// The series behind a head's findings, and whether it counts what is well instead of what is not.
fn measured<'a>(case: &Case<'a>, service: usize, head: &str) -> Option<(crate::case::SeriesView<'a>, bool)> {
    let of = |signal: &str| case.find_series(service, signal, None);
    match head {
        "queue" => of("load").or_else(|| of("queue_depth")).map(|s| (s, false)),
        "errors" => of("error_rate").map(|s| (s, false)).or_else(|| of("availability").map(|s| (s, true))),
        "latency" => crate::heads::latency_series(case, service).map(|s| (s, false)),
        name => of(name).map(|s| (s, false)),
    }
}

/// Marks the windows that a service ends in a critical status (impact) or in any but well.
fn mark_statuses(case: &Case<'_>, service: usize, windows: &[u32], impact: &mut [bool], unwell: &mut [bool]) {
    let mut changes = case
        .summary
        .transitions
        .rows()
        .iter()
        .filter(|t| t.service_idx as usize == service)
        .map(|t| (t.time_ns, t.to_severity.unwrap_or(0)))
        .peekable();
    let mut severity = 0;
    for (k, window) in windows.iter().enumerate() {
        while let Some((_, next)) = changes.next_if(|(time, _)| *time < case.window_end(*window)) {
            severity = next;
        }
        impact[k] |= severity >= 2;
        unwell[k] |= severity >= 1;
    }
}

/// Mesh specification, section 10, generalised: per service and window,
/// (error ratio + min(max(0, (latency - 0.5 s) / 2 s), 2) * 0.5) * window minutes.
fn bad_customer_minutes(case: &Case<'_>, affected: &[usize]) -> Option<f64> {
    let mut total = None;
    for &service in affected {
        let errors = case.find_series(service, "error_rate", None).map(|s| (s, false));
        let errors = errors.or_else(|| case.find_series(service, "availability", None).map(|s| (s, true)));
        let latency = crate::heads::latency_series(case, service);
        if errors.is_none() && latency.is_none() {
            continue;
        }
        let sum: &mut f64 = total.get_or_insert(0.0);
        for &window in &case.periods.incident {
            let error = errors
                .and_then(|(s, flip)| s.at(window).map(|w| if flip { 1.0 - w.mean() } else { w.mean() }));
            let slow =
                latency.and_then(|s| s.at(window)).map_or(0.0, |w| ((w.mean() - 0.5) / 2.0).clamp(0.0, 2.0));
            let minutes = (case.window_end(window) - case.window_start(window)) as f64 / 60e9;
            *sum += (error.unwrap_or(0.0).clamp(0.0, 1.0) + slow * 0.5) * minutes;
        }
    }
    total
}

/// The largest sum over services of each signal that a controller watches, after any event.
fn system_peaks(case: &Case<'_>) -> Vec<(usize, f64, Moment)> {
    let moment = |p: &WatchedPeak| Moment { time_ns: p.time_ns, cite: Some(Cite::row("events", p.seq)) };
    case.summary.watched_peaks.iter().map(|p| (p.controller, p.total, moment(p))).collect()
}
