//! Metric tables to measurements, long and wide.

use std::collections::BTreeMap;

use infra_eventlog::batch::{Interner, Rows, TextColumn};

use super::cells::{Number, NumberColumn, text_column};
use super::filters::{Filters, RowFilter};
use super::map::{Interval, Layout, MetricsMap, Stamp};
use super::measurements::{Group, Measurement, Measurements};
use super::series::SeriesNames;
use super::service_rule;
use super::sheet::Sheet;
use super::tally::{Kind, Tally, shown};
use super::times::{TimeCell, TimeColumn};
use crate::error::IngestError;

/// Adds a problem for every column of the map that the metric tables lack.
pub(super) fn check(sheets: &[Sheet], map: &MetricsMap, problems: &mut Vec<String>) {
    for sheet in sheets {
        sheet.require(&map.time, "[metrics] time", problems);
        sheet.require(&map.service, "[metrics] service", problems);
        if let Interval::Column(column, _) = &map.interval {
            sheet.require(column, "[metrics.interval] column", problems);
        }
        if let Layout::Long { signal, statistic, value, .. } = &map.layout {
            sheet.require(signal, "[metrics] signal", problems);
            sheet.require(value, "[metrics] value", problems);
            statistic.iter().for_each(|s| sheet.require(s, "[metrics] statistic", problems));
        }
    }
    // These may be in some of the tables only, but not in none.
    let somewhere = |column: &str| sheets.iter().any(|s| s.has(column));
    let mut anywhere = |column: &str, key: &str| {
        if let Some(sheet) = sheets.first().filter(|_| !somewhere(column)) {
            sheet.require(column, key, problems);
        }
    };
    map.incident.iter().for_each(|c| anywhere(c, "[metrics] incident"));
    map.scope.iter().for_each(|c| anywhere(c, "[metrics] scope"));
    if let Layout::Wide(columns) = &map.layout {
        columns.keys().for_each(|c| anywhere(c, "[metrics.columns]"));
    }
}

/// Reads all metric tables.
pub(super) fn read(
    sheets: &[Sheet],
    map: &MetricsMap,
    filters: &mut Filters<'_>,
    tally: &mut Tally,
) -> Result<Measurements, IngestError> {
    let mut all = Measurements::default();
    let mut reader = Reader {
        map,
        series: SeriesNames::new(map),
        raw_services: Interner::default(),
        services: Vec::new(),
    };
    for sheet in sheets {
        let mut filter = filters.applying(sheet.names());
        if !filter.is_empty() && map.fallback_scope && !filter.matches_any(sheet)? {
            tally.note(format!(
                "{}: no row matches --where; all of it is used ([metrics] fallback_scope)",
                sheet.label()
            ));
            filter = RowFilter::default();
        }
        note_unused_columns(sheet, map, &filter, tally);
        let columns = columns(sheet, map, &filter);
        let before = all.rows.len();
        sheet.visit(&columns, |rows| {
            let kept = filter.mask(rows)?;
            reader.batch(sheet, rows, &kept, &mut all, tally)
        })?;
        if all.rows.len() == before {
            tally.note(format!("{}: no row was used", sheet.label()));
        }
    }
    reader.series.note_unlisted(tally);
    Ok(all)
}

fn note_unused_columns(sheet: &Sheet, map: &MetricsMap, filter: &RowFilter<'_>, tally: &mut Tally) {
    let named = named_columns(map);
    let unused = sheet.names().iter().filter(|n| {
        !named.contains(&n.as_str()) && !map.ignore.contains(n) && !filter.columns().any(|c| c == n.as_str())
    });
    let unused: Vec<String> = unused.map(|n| shown(n)).collect();
    if !unused.is_empty() {
        tally.note(format!("{}: columns not used: {}", sheet.label(), unused.join(", ")));
    }
}

/// Columns that the map names.
fn named_columns(map: &MetricsMap) -> Vec<&str> {
    let mut named = vec![map.time.as_str(), map.service.as_str()];
    named.extend(map.incident.as_deref());
    named.extend(map.scope.as_deref());
    if let Interval::Column(column, _) = &map.interval {
        named.push(column);
    }
    match &map.layout {
        Layout::Long { signal, statistic, value, .. } => {
            named.extend([signal.as_str(), value.as_str()]);
            named.extend(statistic.as_deref());
        },
        Layout::Wide(columns) => named.extend(columns.keys().map(String::as_str)),
    }
    named
}

/// Columns of the sheet that are read, each once.
fn columns<'a>(sheet: &Sheet, map: &'a MetricsMap, filter: &'a RowFilter<'_>) -> Vec<&'a str> {
    let mut columns: Vec<&str> = named_columns(map).into_iter().chain(filter.columns()).collect();
    columns.retain(|column| sheet.has(column));
    columns.sort_unstable();
    columns.dedup();
    columns
}

struct Reader<'m> {
    map: &'m MetricsMap,
    series: SeriesNames<'m>,
    /// Services as the tables spell them.
    raw_services: Interner,
    /// Code of the service behind each spelling; `None`: a blank name.
    services: Vec<Option<u32>>,
}

impl Reader<'_> {
    fn batch(
        &mut self,
        sheet: &Sheet,
        rows: &Rows,
        kept: &[bool],
        all: &mut Measurements,
        tally: &mut Tally,
    ) -> Result<(), IngestError> {
        let map = self.map;
        let times = TimeColumn::new(rows, &map.time, &map.time_spec)?;
        let intervals = match &map.interval {
            Interval::Column(column, _) => Some(NumberColumn::new(rows, column)?),
            Interval::Fixed(_) => None,
        };
        let services = self.services(rows, all)?;
        let groups = self.groups(sheet, rows, all)?;
        let values = self.series.batch(rows, all)?;
        for i in (0..rows.len()).filter(|i| kept[*i]) {
            let place = || format!("{} row {}", rows.file(), rows.first_row() + i as i64);
            let Some(time_ns) = time(map, &times, i, &place, tally) else { continue };
            let Some(service) = services[i] else {
                tally.add(Kind::NoService, place);
                continue;
            };
            let Some(interval_ns) = interval(map, intervals.as_ref(), i, &place, tally) else { continue };
            let Some((start_ns, end_ns)) = bounds(map, time_ns, interval_ns) else {
                tally.add(Kind::BadTime, place);
                continue;
            };
            let row = Measurement {
                end_ns,
                interval_ns: end_ns - start_ns,
                value: f64::NAN,
                service,
                series: 0,
                group: groups[i],
            };
            values.each(i, &place, tally, |series, value| {
                all.push(Measurement { series, value, ..row }, rows.file())
            })?;
        }
        Ok(())
    }

    fn services(&mut self, rows: &Rows, all: &mut Measurements) -> Result<Vec<Option<u32>>, IngestError> {
        let raw = text_column(rows, &self.map.service)?.intern(rows.len(), &mut self.raw_services);
        for code in self.services.len()..self.raw_services.len() {
            let name = self.raw_services.name(u32::try_from(code).unwrap_or(u32::MAX));
            let service =
                (!name.trim().is_empty()).then(|| service_rule::apply(&self.map.service_rules, name));
            self.services.push(service.map(|s| all.services.code(s)));
        }
        Ok(raw.into_iter().map(|code| self.services[code? as usize]).collect())
    }

    /// Scope and incident of each row.
    fn groups(&self, sheet: &Sheet, rows: &Rows, all: &mut Measurements) -> Result<Vec<u32>, IngestError> {
        let column = |name: &Option<String>| -> Result<Option<TextColumn>, IngestError> {
            name.as_deref().filter(|n| sheet.has(n)).map(|n| text_column(rows, n)).transpose()
        };
        let (mut scopes, mut incidents) = (Interner::default(), Interner::default());
        let codes = |column: Option<TextColumn>, names: &mut Interner| match column {
            Some(column) => column.intern(rows.len(), names),
            None => vec![None; rows.len()],
        };
        let scope = codes(column(&self.map.scope)?, &mut scopes);
        let incident = codes(column(&self.map.incident)?, &mut incidents);
        let mut known: BTreeMap<(Option<u32>, Option<u32>), u32> = BTreeMap::new();
        let group = |pair: (Option<u32>, Option<u32>)| {
            *known.entry(pair).or_insert_with(|| {
                let scope = pair.0.map_or("", |code| scopes.name(code)).to_owned();
                let incident = pair.1.map(|code| incidents.name(code)).filter(|name| !name.trim().is_empty());
                all.group(Group { scope, incident: incident.map(str::to_owned) })
            })
        };
        Ok(scope.into_iter().zip(incident).map(group).collect())
    }
}

fn time(
    map: &MetricsMap,
    times: &TimeColumn<'_>,
    i: usize,
    place: &impl Fn() -> String,
    tally: &mut Tally,
) -> Option<i64> {
    match times.get(i) {
        TimeCell::At(time_ns) => Some(rounded(time_ns, map.time_round_ns)),
        TimeCell::Missing => {
            tally.add(Kind::NoTime, place);
            None
        },
        TimeCell::Bad(text) => {
            tally.add(Kind::BadTime, || {
                format!("{}: {} is not {}", place(), shown(&text), map.time_spec.expected())
            });
            None
        },
    }
}

/// The nearest multiple of `step_ns`.
fn rounded(time_ns: i64, step_ns: i64) -> i64 {
    if step_ns <= 0 {
        return time_ns;
    }
    time_ns.saturating_add(step_ns / 2).div_euclid(step_ns).saturating_mul(step_ns)
}

fn interval(
    map: &MetricsMap,
    intervals: Option<&NumberColumn>,
    i: usize,
    place: &impl Fn() -> String,
    tally: &mut Tally,
) -> Option<i64> {
    let (column, factor) = match (&map.interval, intervals) {
        (Interval::Column(_, factor), Some(column)) => (column, *factor as f64),
        (Interval::Fixed(interval_ns), _) => return Some(*interval_ns),
        (Interval::Column(..), None) => return None,
    };
    match column.get(i) {
        Number::Value(number) if number < 0.0 => {
            tally.add(Kind::NegativeInterval, || format!("{}: {number}", place()))
        },
        // Written so that NaN is refused too; the bound keeps start and end within 64 bits.
        Number::Value(number) if number * factor <= 4.0e18 => return Some((number * factor).round() as i64),
        Number::Value(number) => tally.add(Kind::BadInterval, || format!("{}: {number}", place())),
        Number::Missing => tally.add(Kind::BadInterval, place),
        Number::Bad(text) => tally.add(Kind::BadInterval, || format!("{}: {}", place(), shown(text))),
    }
    None
}

/// Start and end of a measurement, if both can be told.
fn bounds(map: &MetricsMap, time_ns: i64, interval_ns: i64) -> Option<(i64, i64)> {
    let (start, end) = match map.stamp {
        Stamp::Start => (time_ns, time_ns.checked_add(interval_ns)?),
        Stamp::End => (time_ns.checked_sub(interval_ns)?, time_ns),
    };
    // Differences of such times fit 64 bits.
    let fits = |t: i64| t.unsigned_abs() <= i64::MAX as u64 / 2;
    (fits(start) && fits(end)).then_some((start, end))
}
