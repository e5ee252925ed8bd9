//! Metric tables to measurements, long and wide.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use infra_eventlog::batch::{Interner, Rows, TextColumn};
use infra_eventlog::metadata::ServiceInfo;

use super::cells::text_column;
use super::filters::{Filters, RowFilter};
use super::intervals::{IntervalColumns, Stamped, TimeKinds};
use super::map::{Layout, MetricsMap};
use super::measurements::{Group, Measurement, Measurements};
use super::scrapes::{Scrapes, Stamps};
use super::series::SeriesNames;
use super::service_rule;
use super::sheet::Sheet;
use super::tally::{Kind, Tally, shown};
use super::unused;
use crate::error::IngestError;

/// The rows of all metric tables, their stamps not yet joined.
pub(super) struct MetricRows {
    all: Measurements,
    /// Rows of each section of the map.
    sections: Vec<Range<usize>>,
}

const KINDS: TimeKinds = TimeKinds {
    missing: Kind::NoTime,
    unreadable: Kind::BadTime,
    interval: Kind::BadInterval,
    negative_interval: Kind::NegativeInterval,
};

/// Reads all metric tables, section by section.
pub(super) fn read(
    sections: &[Vec<Sheet>],
    maps: &[MetricsMap],
    filters: &mut Filters<'_>,
    tally: &mut Tally,
) -> Result<MetricRows, IngestError> {
    let mut rows = MetricRows { all: Measurements::default(), sections: Vec::new() };
    for (sheets, map) in sections.iter().zip(maps) {
        let start = rows.all.rows.len();
        let mut reader = Reader {
            map,
            series: SeriesNames::new(map),
            raw_services: Interner::default(),
            services: Vec::new(),
        };
        for sheet in sheets {
            reader.sheet(sheet, filters, &mut rows.all, tally)?;
        }
        reader.series.note_unlisted(tally);
        rows.sections.push(start..rows.all.rows.len());
    }
    Ok(rows)
}

impl MetricRows {
    /// Adds the stamps of sections that join them.
    pub(super) fn add_stamps(&self, maps: &[MetricsMap], stamps: &mut Stamps) {
        for (range, map) in self.sections.iter().zip(maps) {
            let rows = self.all.rows.get(range.clone()).unwrap_or_default();
            let stamp = |r: &Measurement| Stamped::of(&map.clock, r.end_ns, r.interval_ns).stamp_ns;
            stamps.extend(&map.clock, rows.iter().map(stamp));
        }
    }

    /// Puts every row at the time of its scrape; `declared` are services that the map's
    /// `known_services` counts as known beside those of its other sections.
    pub(super) fn join(
        mut self,
        maps: &[MetricsMap],
        scrapes: &Scrapes,
        declared: &BTreeMap<String, ServiceInfo>,
        tally: &mut Tally,
    ) -> Measurements {
        let mut known: BTreeSet<u32> =
            declared.keys().filter_map(|service| self.all.services.find(service)).collect();
        let mut doubtful: Vec<Range<usize>> = Vec::new();
        for (range, map) in self.sections.into_iter().zip(maps) {
            let rows = self.all.rows.get_mut(range.clone()).unwrap_or_default();
            for row in rows.iter_mut() {
                let stamped = Stamped::of(&map.clock, row.end_ns, row.interval_ns);
                row.end_ns = stamped.bounds(&map.clock, scrapes).map_or(row.end_ns, |(_, end)| end);
            }
            if map.known_services {
                doubtful.push(range);
            } else {
                known.extend(rows.iter().map(|row| row.service));
            }
        }
        for range in doubtful.into_iter().rev() {
            let unknown = self.all.rows[range.clone()].iter().filter(|row| !known.contains(&row.service));
            unknown.for_each(|row| {
                tally.add(Kind::UnknownService, || shown(self.all.services.name(row.service)))
            });
            let mut at = 0;
            self.all.rows.retain(|row| {
                let is_doubtful = range.contains(&at);
                at += 1;
                !is_doubtful || known.contains(&row.service)
            });
        }
        self.all
    }
}

/// Columns that the map names.
fn named_columns(map: &MetricsMap) -> Vec<&str> {
    let mut named: Vec<&str> = map.clock.columns().chain([map.service.as_str()]).collect();
    named.extend(map.incident.as_deref());
    named.extend(map.scope.as_deref());
    match &map.layout {
        Layout::Long { signal, statistic, value, .. } => {
            named.extend([signal.as_str(), value.as_str()]);
            named.extend(statistic.as_deref());
        },
        Layout::Wide(columns) => named.extend(columns.keys().map(String::as_str)),
    }
    named
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
    fn sheet(
        &mut self,
        sheet: &Sheet,
        filters: &mut Filters<'_>,
        all: &mut Measurements,
        tally: &mut Tally,
    ) -> Result<(), IngestError> {
        let map = self.map;
        let mut filter = filters.applying(sheet.names());
        if !filter.is_empty() && map.fallback_scope && !filter.matches_any(sheet)? {
            tally.note(format!(
                "{}: no row matches --where; all of it is used ({} fallback_scope)",
                sheet.label(),
                map.source.section
            ));
            filter = RowFilter::default();
        }
        let named = named_columns(map);
        unused::note(sheet, &named, &map.ignore, &filter, tally);
        let columns = unused::columns(sheet, &named, &filter);
        let before = all.rows.len();
        sheet.visit(&columns, |rows| {
            let kept = filter.mask(rows)?;
            self.batch(sheet, rows, &kept, all, tally)
        })?;
        if all.rows.len() == before {
            tally.note(format!("{}: no row was used", sheet.label()));
        }
        Ok(())
    }

    fn batch(
        &mut self,
        sheet: &Sheet,
        rows: &Rows,
        kept: &[bool],
        all: &mut Measurements,
        tally: &mut Tally,
    ) -> Result<(), IngestError> {
        let map = self.map;
        let intervals = IntervalColumns::new(rows, &map.clock, KINDS)?;
        let services = self.services(rows, all)?;
        let groups = self.groups(sheet, rows, all)?;
        let values = self.series.batch(rows, all)?;
        for i in (0..rows.len()).filter(|i| kept[*i]) {
            let place = || format!("{} row {}", rows.file(), rows.first_row() + i as i64);
            let Some(stamp_ns) = intervals.stamp(i, &place, tally) else { continue };
            let Some(service) = services[i] else {
                tally.add(Kind::NoService, place);
                continue;
            };
            let Some(stamped) = intervals.interval(i, stamp_ns, &place, tally) else { continue };
            let Some((start_ns, end_ns)) = stamped.bounds(&map.clock, &Scrapes::default()) else { continue };
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
            self.services.push(service.map(|s| all.services.code(&s)));
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
