//! Tables of spans to spans.

use infra_eventlog::batch::{Rows, TextColumn};

use super::attributes::AttributeColumns;
use super::cells::{Number, NumberColumn, text_column};
use super::collect::{SpanRecord, SpanSet};
use super::filters::Filters;
use super::intervals::{TimeKinds, time_of};
use super::map::{SpanLength, SpansMap};
use super::service_names::ServiceNames;
use super::sheet::Sheet;
use super::tally::{Kind, Tally, shown};
use super::times::TimeColumn;
use super::unused;
use crate::error::IngestError;

const KINDS: TimeKinds = TimeKinds::all(Kind::SpanTime);

/// Reads the span tables of one section.
pub(super) fn read(
    sheets: &[Sheet],
    map: &SpansMap,
    filters: &mut Filters<'_>,
    spans: &mut SpanSet,
    tally: &mut Tally,
) -> Result<(), IngestError> {
    let named = named_columns(map);
    let mut services = ServiceNames::new(&map.service_rules);
    for sheet in sheets {
        let filter = filters.applying(sheet.names());
        unused::note(sheet, &named, &map.ignore, &filter, tally);
        sheet.visit(&unused::columns(sheet, &named, &filter), |rows| {
            let kept = filter.mask(rows)?;
            batch(rows, &kept, map, &mut services, spans, tally)
        })?;
    }
    Ok(())
}

fn named_columns(map: &SpansMap) -> Vec<&str> {
    let mut named = vec![&map.trace_id, &map.span_id, &map.service, &map.operation, &map.start];
    named.extend(map.parent_span_id.iter().chain(&map.kind).chain(&map.status).chain(&map.attributes));
    named.push(match &map.length {
        SpanLength::End(column) | SpanLength::Duration(column, _) => column,
    });
    named.into_iter().map(String::as_str).collect()
}

fn batch(
    rows: &Rows,
    kept: &[bool],
    map: &SpansMap,
    services: &mut ServiceNames<'_>,
    spans: &mut SpanSet,
    tally: &mut Tally,
) -> Result<(), IngestError> {
    let optional = |column: &Option<String>| -> Result<Option<TextColumn>, IngestError> {
        column.as_ref().map(|c| text_column(rows, c)).transpose()
    };
    let (trace_ids, span_ids) = (text_column(rows, &map.trace_id)?, text_column(rows, &map.span_id)?);
    let parents = optional(&map.parent_span_id)?;
    let service_codes = services.codes(rows, &map.service)?;
    let operations = text_column(rows, &map.operation)?;
    let (kinds, statuses) = (optional(&map.kind)?, optional(&map.status)?);
    let starts = TimeColumn::new(rows, &map.start, &map.time_spec)?;
    let lengths = Lengths::new(rows, map)?;
    let attributes = AttributeColumns::new(rows, &map.attributes)?;
    let cell =
        |column: &'_ Option<TextColumn>, i: usize| column.as_ref().and_then(|c| c.get(i)).map(str::to_owned);
    for i in (0..rows.len()).filter(|i| kept[*i]) {
        let place = || format!("{} row {}", rows.file(), rows.first_row() + i as i64);
        let Some(start_ns) = time_of(&starts, i, &map.time_spec, KINDS, &place, tally) else { continue };
        let Some(duration_ns) = lengths.get(i, start_ns, map, &place, tally) else { continue };
        let parent = parents.as_ref().and_then(|p| p.get(i));
        let (kind, status) = (cell(&kinds, i), cell(&statuses, i));
        let (kind, attributes) = (kind.as_deref().and_then(span_kind), attributes.get(i));
        let record = SpanRecord {
            trace_id: trace_ids.get(i).unwrap_or(""),
            span_id: span_ids.get(i).unwrap_or(""),
            parent_span_id: parent.filter(|p| !map.root_values.iter().any(|root| root == p)),
            service: services.name(service_codes[i]),
            operation: operations.get(i).unwrap_or(""),
            span_kind: kind.as_deref(),
            start_ns,
            duration_ns,
            status: status.as_deref().and_then(|status| outcome(map, status)),
            attributes: attributes.as_deref(),
        };
        spans.push(record, tally, place)?;
    }
    Ok(())
}

/// What tells how long the spans of a batch took.
enum Lengths<'m> {
    Ends(TimeColumn<'m>),
    Durations(NumberColumn, i64),
}

impl<'m> Lengths<'m> {
    fn new(rows: &Rows, map: &'m SpansMap) -> Result<Self, IngestError> {
        Ok(match &map.length {
            SpanLength::End(column) => Self::Ends(TimeColumn::new(rows, column, &map.time_spec)?),
            SpanLength::Duration(column, unit) => Self::Durations(NumberColumn::new(rows, column)?, *unit),
        })
    }

    /// Duration of row `i` \[ns\], which may be negative; an unreadable one is counted.
    fn get(
        &self,
        i: usize,
        start_ns: i64,
        map: &SpansMap,
        place: &impl Fn() -> String,
        tally: &mut Tally,
    ) -> Option<i64> {
        match self {
            // Differences of times that can be read fit 64 bits.
            Self::Ends(ends) => Some(time_of(ends, i, &map.time_spec, KINDS, place, tally)? - start_ns),
            Self::Durations(numbers, unit) => match numbers.get(i) {
                // Written so that NaN is refused too.
                Number::Value(number) if (number * *unit as f64).abs() <= 4.0e18 => {
                    Some((number * *unit as f64).round() as i64)
                },
                Number::Missing => {
                    tally.add(Kind::SpanTime, place);
                    None
                },
                Number::Value(number) => {
                    tally.add(Kind::SpanTime, || format!("{}: duration {number}", place()));
                    None
                },
                Number::Bad(text) => {
                    tally.add(Kind::SpanTime, || format!("{}: duration {}", place(), shown(text)));
                    None
                },
            },
        }
    }
}

/// `SPAN_KIND_SERVER`, `Server` and `server` are the same.
fn span_kind(written: &str) -> Option<String> {
    let lower = written.trim().to_ascii_lowercase();
    let kind = lower.strip_prefix("span_kind_").unwrap_or(&lower);
    (!kind.is_empty() && kind != "unspecified").then(|| kind.to_owned())
}

fn outcome(map: &SpansMap, status: &str) -> Option<&'static str> {
    if status.trim().is_empty() {
        return None;
    }
    let is_error = map.error_values.iter().any(|value| value == status);
    Some(if is_error { "error" } else { "ok" })
}
