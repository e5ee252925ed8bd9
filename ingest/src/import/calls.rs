//! Tables of calls between services; several tables add up to one row for each interval and edge.

use std::collections::BTreeMap;

use infra_eventlog::batch::Rows;

use super::cells::{NumberColumn, number, text_column};
use super::collect::{CallRecord, CallSet};
use super::filters::Filters;
use super::intervals::{IntervalColumns, Stamped, TimeKinds};
use super::map::{CallEnds, CallNumber, CallsMap};
use super::scrapes::{Scrapes, Stamps};
use super::service_names::ServiceNames;
use super::sheet::Sheet;
use super::tally::{Kind, Tally, shown};
use super::unused;
use crate::error::IngestError;

const KINDS: TimeKinds = TimeKinds::all(Kind::CallTime);

/// Calls, failed, latency, latency of the callee; `None`: not told.
type Numbers = [Option<f64>; 4];

/// One row of one table.
struct RawCalls {
    stamped: Stamped,
    caller: String,
    callee: String,
    numbers: Numbers,
}

/// The rows of all tables of calls, by section, their stamps not yet joined.
#[derive(Default)]
pub(super) struct CallRows {
    sections: Vec<Vec<RawCalls>>,
}

/// Reads all tables of calls, section by section.
pub(super) fn read(
    sections: &[Vec<Sheet>],
    maps: &[CallsMap],
    filters: &mut Filters<'_>,
    tally: &mut Tally,
) -> Result<CallRows, IngestError> {
    let mut all = CallRows::default();
    for (sheets, map) in sections.iter().zip(maps) {
        let named = named_columns(map);
        let mut services = ServiceNames::new(&map.service_rules);
        let mut found = Vec::new();
        for sheet in sheets {
            let filter = filters.applying(sheet.names());
            unused::note(sheet, &named, &map.ignore, &filter, tally);
            sheet.visit(&unused::columns(sheet, &named, &filter), |rows| {
                let kept = filter.mask(rows)?;
                batch(rows, &kept, map, &mut services, &mut found, tally)
            })?;
        }
        all.sections.push(found);
    }
    Ok(all)
}

impl CallRows {
    /// Adds the stamps of sections that join them.
    pub(super) fn add_stamps(&self, maps: &[CallsMap], stamps: &mut Stamps) {
        for (rows, map) in self.sections.iter().zip(maps) {
            stamps.extend(&map.clock, rows.iter().map(|row| row.stamped.stamp_ns));
        }
    }

    /// Puts what several tables tell of one interval and edge into one row each.
    pub(super) fn join(
        self,
        maps: &[CallsMap],
        scrapes: &Scrapes,
        tally: &mut Tally,
    ) -> Result<CallSet, IngestError> {
        let mut joined: BTreeMap<(i64, i64, String, String), Numbers> = BTreeMap::new();
        for (rows, map) in self.sections.into_iter().zip(maps) {
            for row in rows {
                let Some((start_ns, end_ns)) = row.stamped.bounds(&map.clock, scrapes) else { continue };
                let key = (end_ns, end_ns - start_ns, row.caller, row.callee);
                let edge = format!("{} to {}", shown(&key.2), shown(&key.3));
                let known = joined.entry(key).or_default();
                for (known, number) in known.iter_mut().zip(row.numbers) {
                    merge(known, number, &edge, tally);
                }
            }
        }
        let mut calls = CallSet::default();
        for ((end_ns, interval_ns, caller, callee), [calls_made, failed, latency, callee_latency]) in &joined
        {
            let record = CallRecord {
                end_ns: *end_ns,
                interval_ns: *interval_ns,
                caller,
                callee,
                calls: *calls_made,
                failed: *failed,
                latency: *latency,
                callee_latency: *callee_latency,
            };
            calls.push(record, tally, || format!("{} to {}", shown(caller), shown(callee)))?;
        }
        Ok(calls)
    }
}

/// Of two numbers that contradict each other the smaller one counts, whichever came first.
fn merge(known: &mut Option<f64>, number: Option<f64>, edge: &str, tally: &mut Tally) {
    match (*known, number) {
        (None, _) => *known = number,
        (Some(_), None) => {},
        (Some(a), Some(b)) => {
            let kind = if a == b { Kind::SameCalls } else { Kind::OtherCalls };
            tally.add(kind, || edge.to_owned());
            *known = Some(a.min(b));
        },
    }
}

fn named_columns(map: &CallsMap) -> Vec<&str> {
    let mut named: Vec<&str> = map.clock.columns().collect();
    match &map.ends {
        CallEnds::Columns(caller, callee) => named.extend([caller.as_str(), callee.as_str()]),
        CallEnds::Joined(edge, _) => named.push(edge),
    }
    named.extend(map.numbers.iter().map(|(_, column)| column.as_str()));
    named
}

fn batch(
    rows: &Rows,
    kept: &[bool],
    map: &CallsMap,
    services: &mut ServiceNames<'_>,
    found: &mut Vec<RawCalls>,
    tally: &mut Tally,
) -> Result<(), IngestError> {
    let intervals = IntervalColumns::new(rows, &map.clock, KINDS)?;
    let ends = ends(rows, &map.ends, services, tally)?;
    let columns = map.numbers.iter().map(|(which, column)| {
        let scale = match which {
            CallNumber::Calls | CallNumber::Failed => 1.0,
            CallNumber::Latency | CallNumber::CalleeLatency => map.latency_scale,
        };
        Ok((*which, column.as_str(), scale, NumberColumn::new(rows, column)?))
    });
    let columns = columns.collect::<Result<Vec<_>, IngestError>>()?;
    for i in (0..rows.len()).filter(|i| kept[*i]) {
        let place = || format!("{} row {}", rows.file(), rows.first_row() + i as i64);
        let Some((caller, callee)) = ends[i] else { continue };
        let Some(stamp_ns) = intervals.stamp(i, &place, tally) else { continue };
        let Some(stamped) = intervals.interval(i, stamp_ns, &place, tally) else { continue };
        let mut numbers = Numbers::default();
        for (which, column, scale, cells) in &columns {
            let value = number(cells.get(i), *scale, column, &place, tally);
            if value < 0.0 {
                tally.add(Kind::NegativeCalls, || format!("{}, column {}: {value}", place(), shown(column)));
            }
            numbers[*which as usize] = Some(value).filter(|value| *value >= 0.0);
        }
        let (caller, callee) = (services.name(caller).to_owned(), services.name(callee).to_owned());
        found.push(RawCalls { stamped, caller, callee, numbers });
    }
    Ok(())
}

/// Codes of caller and callee of each row; `None` where they cannot be told apart.
type Ends = Vec<Option<(Option<u32>, Option<u32>)>>;

fn ends(
    rows: &Rows,
    ends: &CallEnds,
    services: &mut ServiceNames<'_>,
    tally: &mut Tally,
) -> Result<Ends, IngestError> {
    match ends {
        CallEnds::Columns(caller, callee) => {
            let (callers, callees) = (services.codes(rows, caller)?, services.codes(rows, callee)?);
            Ok(callers.into_iter().zip(callees).map(Some).collect())
        },
        CallEnds::Joined(edge, separator) => {
            let edges = text_column(rows, edge)?;
            let split = |i: usize| {
                let text = edges.get(i).unwrap_or("");
                let parts = text.split_once(separator.as_str());
                // With two separators in it nobody knows where the caller ends.
                let Some((caller, callee)) = parts.filter(|(_, rest)| !rest.contains(separator.as_str()))
                else {
                    tally.add(Kind::CallEdge, || {
                        format!("{} row {}: {}", rows.file(), rows.first_row() + i as i64, shown(text))
                    });
                    return None;
                };
                Some((Some(services.code(caller)), Some(services.code(callee))))
            };
            Ok((0..rows.len()).map(split).collect())
        },
    }
}
