//! From opened inputs to everything that the bundle will hold.

use infra_eventlog::metadata::{Period, PeriodKind};

use super::calls::CallRows;
use super::collect::Collected;
use super::filters::Filters;
use super::incidents::{self, Bins};
use super::intake::{Intake, fail_if_any};
use super::map::TableMap;
use super::metrics::MetricRows;
use super::scrapes::{Scrapes, Stamps};
use super::tally::Tally;
use super::{TableInputs, calls, edges, events, excluded, logs, metrics, periods, services, spans};
use crate::error::IngestError;

/// Reads everything, checks and settles it; nothing is written yet.
pub(super) fn assemble(inputs: &TableInputs, map: &TableMap) -> Result<(Collected, Tally), IngestError> {
    let intake = Intake::open(inputs, map)?;
    let mut tally = Tally::default();
    let mut filters = Filters::new(&inputs.filters);
    let mut collected = Collected { run_name: map.run_name.clone(), ..Collected::default() };

    let rows = metrics::read(&intake.metrics, &map.metrics, &mut filters, &mut tally)?;
    let call_rows = calls::read(&intake.calls, &map.calls, &mut filters, &mut tally)?;
    read_telemetry(&intake, map, &mut filters, &mut collected, &mut tally)?;
    if let (Some(map), Some(sheets)) = (&map.edges, intake.edges.first()) {
        collected.edges = edges::read(sheets, map, &mut filters, &mut tally)?;
    }
    if let (Some(map), Some(sheets)) = (&map.services, intake.services.first()) {
        collected.services = services::read(sheets, map, &mut filters, &mut tally)?;
    }
    let listed = map.incidents.as_ref().zip(intake.incidents.first().filter(|files| !files.is_empty()));
    let listed = listed.map(|(incidents, records)| {
        incidents::read(records, incidents, &map.metrics, &mut filters, &mut tally)
    });
    let mut declared = map.periods.clone();
    for (records, map) in intake.excluded.iter().zip(&map.excluded) {
        declared.extend(excluded::read(records, map, &mut filters, &mut tally));
    }
    fail_if_any(filters.unused().collect())?;
    if let Some(words) = filters.words() {
        tally.note(format!("only rows where {words} were imported, from inputs with such a column"));
    }

    join(rows, call_rows, map, &mut collected, &mut tally)?;
    // Which time is normal and which an incident is told by metric rows, where there are any:
    // spans and logs may be there for some minutes only.
    let Some(span) = collected.metrics.span().or_else(|| collected.span()) else {
        let mut problems = vec!["no row could be used".to_owned()];
        problems.extend(tally.into_notes());
        return Err(IngestError::Import(problems));
    };
    // Merging may leave out rows of one incident that repeat another's: windows come first.
    let covered = incidents::covered(&collected.metrics);
    collected.settle(&mut tally);
    let from_spans = edges::add_calls_of(&collected.spans, &mut collected.edges);
    if from_spans > 0 {
        tally.note(format!("dependencies that come from calls in spans: {from_spans}"));
    }
    let bins = Bins::of(&collected.metrics);
    let has_scopes = map.metrics.iter().any(|metrics| metrics.scope.is_some());
    collected.incidents = incidents::resolve(listed, &covered, &bins, has_scopes, &mut tally);
    if let Some(settle_ns) = map.incidents.as_ref().map(|i| i.settle_ns).filter(|s| *s > 0) {
        declared.extend(collected.incidents.iter().map(|i| Period {
            kind: PeriodKind::Excluded,
            start_ns: i.end_ns,
            end_ns: i.end_ns.saturating_add(settle_ns),
            lead_end_ns: None,
            scope: None,
        }));
    }
    let mut periods = periods::declared(&declared, span, &mut tally);
    if map.normal_from_rows {
        let metrics = &collected.metrics;
        periods.extend(periods::normal(metrics, &bins, &collected.incidents, &periods, &mut tally));
    }
    periods.sort_by_key(|p| (p.start_ns, p.kind, p.end_ns));
    periods.dedup();
    collected.periods = periods;
    collected.slos.clone_from(&map.slos);
    Ok((collected, tally))
}

/// Reads spans, logs and events.
fn read_telemetry(
    intake: &Intake,
    map: &TableMap,
    filters: &mut Filters<'_>,
    collected: &mut Collected,
    tally: &mut Tally,
) -> Result<(), IngestError> {
    for (sheets, map) in intake.spans.iter().zip(&map.spans) {
        spans::read(sheets, map, filters, &mut collected.spans, tally)?;
    }
    for (sheets, map) in intake.logs.iter().zip(&map.logs) {
        logs::read(sheets, map, filters, &mut collected.logs, tally)?;
    }
    for (records, map) in intake.events.iter().zip(&map.events) {
        events::read(records, map, filters, &mut collected.events, tally)?;
    }
    Ok(())
}

/// Puts metrics and calls at the times of their scrapes, which they may share.
fn join(
    rows: MetricRows,
    call_rows: CallRows,
    map: &TableMap,
    collected: &mut Collected,
    tally: &mut Tally,
) -> Result<(), IngestError> {
    let mut stamps = Stamps::default();
    rows.add_stamps(&map.metrics, &mut stamps);
    call_rows.add_stamps(&map.calls, &mut stamps);
    let scrapes: Scrapes = stamps.join(tally);
    collected.metrics = rows.join(&map.metrics, &scrapes, &collected.services, tally);
    collected.calls = call_rows.join(&map.calls, &scrapes, tally)?;
    Ok(())
}
