//! Where trouble begins and ends in a run that declares no incident.
//!
//! Trouble is a lasting excursion beyond a declared threshold, one that reaches a critical
//! threshold, or a critical status. What follows after a calm longer than the trouble before it is
//! another incident: the first that reaches a critical threshold or status is analysed, else the first.

use std::collections::BTreeMap;

use infra_eventlog::metadata::{Observation, RunMetadata};
use infra_eventlog::signal::Worse;
use infra_ingest::Summary;
use infra_ingest::frames::ExcursionRow;
use infra_ingest::grid::SegmentKind;

/// A stretch of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// Whose; row of the services frame.
    pub(crate) service: u32,
    /// First instant \[ns since the run's origin\].
    pub(crate) start_ns: i64,
    /// First instant after it; `i64::MAX`: not over when the log ends.
    pub(crate) end_ns: i64,
    /// Whether a critical threshold or status was reached.
    pub(crate) is_critical: bool,
}

/// The trouble to analyse, and when the next begins, if there is more.
pub(crate) fn find(
    summary: &Summary,
    metadata: &RunMetadata,
    calm_ns: i64,
) -> Option<(Trouble, Option<i64>)> {
    let mut excursions = outside_normal(summary, excursions(summary, metadata));
    let statuses = outside_normal(summary, critical_statuses(summary));
    // Statuses repeat what signals say, often later; by themselves they begin nothing if signals do.
    let seeds = if excursions.is_empty() { statuses.clone() } else { excursions.clone() };
    let first = seeds.iter().map(|t| t.start_ns).min()?;
    excursions.extend(statuses.into_iter().filter(|t| t.start_ns >= first));
    let episodes = episodes(excursions, calm_ns);
    let chosen = episodes.iter().position(|t| t.is_critical).unwrap_or(0);
    let later = episodes.get(chosen + 1).map(|t| t.start_ns);
    Some((*episodes.get(chosen)?, later))
}

/// All trouble outside declared normal time, by its start.
pub(crate) fn all(summary: &Summary, metadata: &RunMetadata) -> Vec<Trouble> {
    let mut all = excursions(summary, metadata);
    all.extend(critical_statuses(summary));
    let mut all = outside_normal(summary, all);
    all.sort_by_key(|t| (t.start_ns, t.end_ns, t.service));
    all
}

/// Whether an excursion is more than a blip: two observations, or one that the log ends on (the
/// value of a snapshot holds until the next one, and there is none); where only changes are logged,
/// one that was not taken back in the same instant.
pub(crate) fn lasts(excursion: &ExcursionRow, observation: Observation) -> bool {
    excursion.observations >= 2
        || excursion.end_ns.is_none_or(|end| observation == Observation::Delta && end > excursion.start_ns)
}

fn excursions(summary: &Summary, metadata: &RunMetadata) -> Vec<Trouble> {
    let critical = |e: &ExcursionRow| {
        let spec = metadata.signal(&e.signal);
        let beyond = |limit: f64| if spec.worse == Worse::Low { e.worst <= limit } else { e.worst >= limit };
        spec.critical.is_some_and(beyond)
    };
    let trouble = |e: &ExcursionRow| {
        let is_critical = critical(e);
        (is_critical || lasts(e, metadata.observation)).then_some(Trouble {
            service: e.service_idx,
            start_ns: e.start_ns,
            end_ns: e.end_ns.unwrap_or(i64::MAX),
            is_critical,
        })
    };
    summary.excursions.rows().iter().filter_map(trouble).collect()
}

/// What is normal by declaration is no trouble: what begins there counts from the end of it.
fn outside_normal(summary: &Summary, all: Vec<Trouble>) -> Vec<Trouble> {
    let normal = summary.grid.segments().iter().filter(|s| s.kind == SegmentKind::Normal);
    let normal: Vec<(i64, i64)> = normal.map(|s| (s.start_ns, s.end_ns)).collect();
    let clip = |mut trouble: Trouble| {
        let around = normal.iter().find(|(start, end)| (*start..*end).contains(&trouble.start_ns));
        trouble.start_ns = around.map_or(trouble.start_ns, |(_, end)| *end);
        (around.is_none() || trouble.end_ns > trouble.start_ns).then_some(trouble)
    };
    all.into_iter().filter_map(clip).collect()
}

/// From a status of severity 2 or more to the service's next one below.
fn critical_statuses(summary: &Summary) -> Vec<Trouble> {
    let mut since: BTreeMap<u32, i64> = BTreeMap::new();
    let mut all = Vec::new();
    let span = |service, start_ns, end_ns| Trouble { service, start_ns, end_ns, is_critical: true };
    for change in summary.transitions.rows() {
        if change.to_severity.is_some_and(|s| s >= 2) {
            since.entry(change.service_idx).or_insert(change.time_ns);
        } else if let Some(start) = since.remove(&change.service_idx) {
            all.push(span(change.service_idx, start, change.time_ns));
        }
    }
    all.extend(since.into_iter().map(|(service, start)| span(service, start, i64::MAX)));
    all
}

/// Joins what overlaps, and what follows after a calm of at most `calm_ns` or no longer than the
/// trouble before it.
fn episodes(mut all: Vec<Trouble>, calm_ns: i64) -> Vec<Trouble> {
    all.sort_by_key(|t| (t.start_ns, t.end_ns));
    let mut episodes: Vec<Trouble> = Vec::new();
    for trouble in all {
        match episodes.last_mut() {
            Some(open) if is_near(open, &trouble, calm_ns) => {
                open.end_ns = open.end_ns.max(trouble.end_ns);
                open.is_critical |= trouble.is_critical;
            },
            _ => episodes.push(trouble),
        }
    }
    // Trouble that is over in the instant in which it began was there all the same.
    for episode in &mut episodes {
        episode.end_ns = episode.end_ns.max(episode.start_ns.saturating_add(1));
    }
    episodes
}

fn is_near(open: &Trouble, next: &Trouble, calm_ns: i64) -> bool {
    let calm = next.start_ns.saturating_sub(open.end_ns);
    calm <= calm_ns.max(open.end_ns.saturating_sub(open.start_ns))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(start_ns: i64, end_ns: i64, is_critical: bool) -> Trouble {
        Trouble { service: 0, start_ns, end_ns, is_critical }
    }

    #[test]
    fn a_long_calm_parts_incidents_and_a_short_one_does_not() {
        let all = vec![trouble(100, 110, true), trouble(115, 116, false), trouble(200, 201, false)];
        let joined = episodes(all, 10);
        assert_eq!(joined, [trouble(100, 116, true), trouble(200, 201, false)]);
    }

    #[test]
    fn a_calm_no_longer_than_the_trouble_before_is_part_of_it() {
        assert_eq!(episodes(vec![trouble(0, 50, false), trouble(90, 95, false)], 10).len(), 1);
    }

    #[test]
    fn an_instant_is_an_incident() {
        assert_eq!(episodes(vec![trouble(5, 5, true)], 10), [trouble(5, 6, true)]);
    }
}
