//! Tables of log lines to log lines.

use infra_eventlog::batch::{Rows, TextColumn};

use super::attributes::AttributeColumns;
use super::cells::text_column;
use super::collect::{LogRecord, LogSet};
use super::filters::Filters;
use super::intervals::{TimeKinds, time_of};
use super::map::LogsMap;
use super::service_names::ServiceNames;
use super::sheet::Sheet;
use super::tally::{Kind, Tally};
use super::times::TimeColumn;
use super::unused;
use crate::error::IngestError;

const KINDS: TimeKinds = TimeKinds::all(Kind::LogTime);

/// Reads the log tables of one section.
pub(super) fn read(
    sheets: &[Sheet],
    map: &LogsMap,
    filters: &mut Filters<'_>,
    logs: &mut LogSet,
    tally: &mut Tally,
) -> Result<(), IngestError> {
    let named = named_columns(map);
    let mut services = ServiceNames::new(&map.service_rules);
    for sheet in sheets {
        let filter = filters.applying(sheet.names());
        unused::note(sheet, &named, &map.ignore, &filter, tally);
        sheet.visit(&unused::columns(sheet, &named, &filter), |rows| {
            let kept = filter.mask(rows)?;
            batch(rows, &kept, map, &mut services, logs, tally)
        })?;
    }
    Ok(())
}

fn named_columns(map: &LogsMap) -> Vec<&str> {
    let mut named = vec![&map.time, &map.service, &map.message];
    named.extend(map.severity.iter().chain(&map.trace_id).chain(&map.span_id).chain(&map.attributes));
    named.into_iter().map(String::as_str).collect()
}

fn batch(
    rows: &Rows,
    kept: &[bool],
    map: &LogsMap,
    services: &mut ServiceNames<'_>,
    logs: &mut LogSet,
    tally: &mut Tally,
) -> Result<(), IngestError> {
    let optional = |column: &Option<String>| -> Result<Option<TextColumn>, IngestError> {
        column.as_ref().map(|c| text_column(rows, c)).transpose()
    };
    let times = TimeColumn::new(rows, &map.time, &map.time_spec)?;
    let service_codes = services.codes(rows, &map.service)?;
    let severities = optional(&map.severity)?;
    let (trace_ids, span_ids) = (optional(&map.trace_id)?, optional(&map.span_id)?);
    let messages = text_column(rows, &map.message)?;
    let attributes = AttributeColumns::new(rows, &map.attributes)?;
    for i in (0..rows.len()).filter(|i| kept[*i]) {
        let place = || format!("{} row {}", rows.file(), rows.first_row() + i as i64);
        let Some(time_ns) = time_of(&times, i, &map.time_spec, KINDS, &place, tally) else { continue };
        let line = messages.get(i).map(|text| map.wrapping.unwrap(text));
        let severity = filled(&severities, i).or_else(|| line.as_ref()?.severity.as_deref());
        let attributes = attributes.get(i);
        let record = LogRecord {
            time_ns,
            service: services.name(service_codes[i]),
            severity,
            trace_id: filled(&trace_ids, i),
            span_id: filled(&span_ids, i),
            message: line.as_ref().map(|line| line.message.as_ref()),
            attributes: attributes.as_deref(),
        };
        logs.push(record, tally, place)?;
    }
    Ok(())
}

/// A cell that is neither null nor blank.
fn filled(column: &Option<TextColumn>, i: usize) -> Option<&str> {
    column.as_ref()?.get(i).filter(|text| !text.trim().is_empty())
}
