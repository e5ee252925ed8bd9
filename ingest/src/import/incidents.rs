//! Incidents: what was noticed, and which stretch of time belongs to it.

use std::collections::{BTreeMap, BTreeSet};

use infra_eventlog::metadata::{Incident, Symptom};
use serde_json::Value;

use super::filters::Filters;
use super::map::{IncidentsMap, Layout, MetricsMap};
use super::measurements::Measurements;
use super::records::{Records, text, time};
use super::series::{translate_signal, translate_statistic};
use super::tally::{Kind, Tally, shown};

/// An incident as its record tells it; times are nanoseconds since 1970.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    id: String,
    scope: Option<String>,
    symptom: Option<Symptom>,
    /// When it was noticed, or triggered \[ns since 1970\].
    noticed: Option<i64>,
    window: Option<(i64, i64)>,
    /// Whether `window` is the incident itself, as told, rather than the data around it.
    exact: bool,
}

/// Reads the records.
pub(super) fn read(
    inputs: &[Records],
    map: &IncidentsMap,
    metrics: &[MetricsMap],
    filters: &mut Filters<'_>,
    tally: &mut Tally,
) -> Vec<Listed> {
    let mut listed = Vec::new();
    let mut seen = BTreeSet::new();
    for input in inputs {
        let filter = filters.applying(input.paths());
        for (i, record) in input.items.iter().enumerate() {
            if !filter.keeps(|column| text(record, column)) {
                continue;
            }
            let place = format!("{} record {i}", input.label);
            let Some(incident) = listed_incident(record, map, metrics, &place, tally) else { continue };
            if seen.insert((incident.scope.clone(), incident.id.clone())) {
                listed.push(incident);
            } else {
                tally.add(Kind::IncidentTwice, || format!("{} in {place}", shown(&incident.id)));
            }
        }
    }
    listed
}

fn listed_incident(
    record: &Value,
    map: &IncidentsMap,
    metrics: &[MetricsMap],
    place: &str,
    tally: &mut Tally,
) -> Option<Listed> {
    let optional = |path: &Option<String>| path.as_ref().and_then(|p| text(record, p));
    let Some(id) = text(record, &map.id) else {
        tally.add(Kind::NoIncidentId, || place.to_owned());
        return None;
    };
    let mut instant = |path: &Option<String>| match time(record, path.as_ref()?, &map.time_spec) {
        Ok(time_ns) => time_ns,
        Err(found) => {
            tally.add(Kind::IncidentTime, || {
                format!("{place}: {} is not {}", shown(&found), map.time_spec.expected())
            });
            None
        },
    };
    let (noticed, start, end) = (instant(&map.time), instant(&map.start), instant(&map.end));
    let around = |(before, after): (i64, i64)| {
        let time_ns = noticed?;
        Some((time_ns.saturating_sub(before), time_ns.saturating_add(after)))
    };
    let told = start.zip(end);
    let window = told.or_else(|| map.around.and_then(around));
    let symptom = optional(&map.service).map(|service| {
        let (signal, statistic) = translated(metrics, optional(&map.signal), optional(&map.statistic));
        Symptom { service, signal, statistic, time_ns: noticed }
    });
    Some(Listed { id, scope: optional(&map.scope), symptom, noticed, window, exact: told.is_some() })
}

/// Signal and statistic of a symptom in the words of the run.
fn translated(
    maps: &[MetricsMap],
    signal: Option<String>,
    statistic: Option<String>,
) -> (Option<String>, Option<String>) {
    // The section that lists the signal knows its words; else the first one has to do.
    let lists = |map: &&MetricsMap| signal.as_ref().is_some_and(|raw| translate_signal(map, raw).1);
    let Some(map) = maps.iter().find(lists).or(maps.first()) else { return (signal, statistic) };
    let statistic = statistic.map(|raw| translate_statistic(map, &raw));
    let Some(raw) = signal else { return (None, statistic) };
    let (ours, listed) = translate_signal(map, &raw);
    // A column of the wide layout names its statistic along with the signal.
    let implied = (listed && matches!(map.layout, Layout::Wide(_))).then(|| ours.statistic.clone());
    (Some(ours.name), statistic.or(implied))
}

/// What the rows of each incident cover: by id, then by scope.
pub(super) type Covered = BTreeMap<String, BTreeMap<String, (i64, i64)>>;

/// Gathers what the rows of each incident cover.
pub(super) fn covered(all: &Measurements) -> Covered {
    let mut windows: Vec<Option<(i64, i64)>> = vec![None; all.groups.len()];
    for row in &all.rows {
        let Some(window) = windows.get_mut(row.group as usize) else { continue };
        let (start, end) = (row.end_ns - row.interval_ns, row.end_ns);
        let (a, b) = window.unwrap_or((start, end));
        *window = Some((a.min(start), b.max(end)));
    }
    let mut covered = Covered::new();
    for (group, window) in all.groups.keys().zip(windows) {
        if let (Some(id), Some(window)) = (&group.incident, window) {
            covered.entry(id.clone()).or_default().insert(group.scope.clone(), window);
        }
    }
    covered
}

/// The intervals of all rows, each once, by end.
pub(super) struct Bins {
    bins: Vec<(i64, i64)>,
    longest_ns: i64,
}

impl Bins {
    /// Gathers the intervals; rows must be settled (in time order).
    pub(super) fn of(all: &Measurements) -> Self {
        let mut bins: Vec<(i64, i64)> =
            all.rows.iter().map(|r| (r.end_ns, r.end_ns - r.interval_ns)).collect();
        bins.sort_unstable();
        bins.dedup();
        let longest_ns = bins.iter().map(|(end, start)| end - start).max().unwrap_or(0);
        Self { bins, longest_ns }
    }

    /// Whether there are no metric rows.
    pub(super) fn is_empty(&self) -> bool {
        self.bins.is_empty()
    }

    /// Start of the first and end of the last interval that overlaps `[start, end)`.
    pub(super) fn around(&self, (start_ns, end_ns): (i64, i64)) -> Option<(i64, i64)> {
        let first = self.bins.partition_point(|(end, _)| *end <= start_ns);
        let latest = end_ns.saturating_add(self.longest_ns);
        let near = self.bins[first..].iter().take_while(|(end, _)| *end <= latest);
        let overlapping = near.filter(|(_, start)| *start < end_ns);
        overlapping.fold(None, |found: Option<(i64, i64)>, (end, start)| {
            let (a, b) = found.unwrap_or((*start, *end));
            Some((a.min(*start), b.max(*end)))
        })
    }
}

/// All incidents of the run, in time order; times are still nanoseconds since 1970.
///
/// `listed` is `None` without an incidents input: then every incident of a row counts.
pub(super) fn resolve(
    listed: Option<Vec<Listed>>,
    covered: &Covered,
    bins: &Bins,
    has_scopes: bool,
    tally: &mut Tally,
) -> Vec<Incident> {
    let listed = listed.unwrap_or_else(|| from_rows(covered));
    note_unlisted(&listed, covered, tally);
    let mut times_listed: BTreeMap<String, usize> = BTreeMap::new();
    for incident in &listed {
        *times_listed.entry(incident.id.clone()).or_default() += 1;
    }
    let mut incidents = Vec::new();
    let mut used = BTreeSet::new();
    for incident in listed {
        let is_shared = times_listed.get(&incident.id).is_some_and(|n| *n > 1);
        let Some((start_ns, end_ns)) = window(&incident, covered, bins, has_scopes, tally) else { continue };
        let Listed { id, scope, symptom, noticed, exact, .. } = incident;
        // A window of data around the trigger begins before the incident does.
        let lead_end_ns = noticed.filter(|t| !exact && *t > start_ns);
        // The same id in several scopes is several incidents.
        let id = if is_shared { format!("{}/{id}", scope.clone().unwrap_or_default()) } else { id };
        if used.insert(id.clone()) {
            incidents.push(Incident { id, start_ns, end_ns, lead_end_ns, scope, symptom });
        } else {
            tally.add(Kind::IncidentTwice, || shown(&id));
        }
    }
    incidents.sort_by(|a, b| (a.start_ns, &a.id).cmp(&(b.start_ns, &b.id)));
    incidents
}

fn from_rows(covered: &Covered) -> Vec<Listed> {
    let incidents = covered.iter().flat_map(|(id, scopes)| scopes.keys().map(move |scope| (id, scope)));
    incidents
        .map(|(id, scope)| Listed {
            id: id.clone(),
            scope: Some(scope.clone()),
            symptom: None,
            noticed: None,
            window: None,
            exact: false,
        })
        .collect()
}

fn note_unlisted(listed: &[Listed], covered: &Covered, tally: &mut Tally) {
    let ids: BTreeSet<&str> = listed.iter().map(|l| l.id.as_str()).collect();
    for id in covered.keys().filter(|id| !ids.contains(id.as_str())) {
        tally.add(Kind::UnlistedIncident, || shown(id));
    }
}

/// From the start of an incident's first interval to the end of its last.
fn window(
    incident: &Listed,
    covered: &Covered,
    bins: &Bins,
    has_scopes: bool,
    tally: &mut Tally,
) -> Option<(i64, i64)> {
    let by_rows = || {
        let scopes = covered.get(&incident.id)?;
        match &incident.scope {
            Some(scope) if has_scopes => scopes.get(scope).copied(),
            _ => scopes.values().copied().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))),
        }
    };
    let (found, told) = match incident.window {
        Some(told) => (bins.around(told), Some(told)),
        None => (by_rows(), None),
    };
    if found.is_none() && !bins.is_empty() {
        tally.add(Kind::IncidentWithoutRows, || shown(&incident.id));
    }
    let window = found.or(told)?;
    if window.1 <= window.0 {
        tally.add(Kind::IncidentWindow, || shown(&incident.id));
        return None;
    }
    Some(window)
}
