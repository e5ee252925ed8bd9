//! What the metric tables say, in memory: rows of codes, and the names behind the codes.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use infra_eventlog::RunError;
use infra_eventlog::batch::Interner;
use infra_eventlog::metadata::SignalSpec;
use infra_eventlog::writer::{MetricRow, MetricWriter};

use super::collect::{MAX_ROWS, ranks};
use super::map::{Duplicates, SignalMap};
use super::tally::{Kind, Tally, shown};
use super::times::instant;
use crate::error::IngestError;

/// One measurement, about 40 bytes. Times are nanoseconds since 1970; NaN stands for null.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measurement {
    pub(super) end_ns: i64,
    pub(super) interval_ns: i64,
    pub(super) value: f64,
    pub(super) service: u32,
    pub(super) series: u32,
    pub(super) group: u32,
}

/// Where a row belongs: its scope (empty: none) and its incident (`None`: normal data).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Group {
    pub(super) scope: String,
    pub(super) incident: Option<String>,
}

/// All measurements of an import.
#[derive(Debug, Default)]
pub(super) struct Measurements {
    pub(super) rows: Vec<Measurement>,
    pub(super) services: Interner,
    /// Signal and statistic, and how duplicates merge; a row's `series` is the position.
    series: IndexMap<(String, String), Duplicates>,
    /// Scope and incident; a row's `group` is the position.
    pub(super) groups: IndexMap<Group, ()>,
    signals: BTreeMap<String, SignalSpec>,
}

impl Measurements {
    /// The code of a signal and statistic.
    pub(super) fn series(&mut self, signal: &SignalMap, statistic: &str) -> u32 {
        let spec = self.signals.entry(signal.name.clone()).or_insert_with(|| SignalSpec::named(&signal.name));
        if let Some(unit) = &signal.unit {
            spec.unit.clone_from(unit);
        }
        if let Some(worse) = signal.worse {
            spec.worse = worse;
        }
        let key = (signal.name.clone(), statistic.to_owned());
        let entry = self.series.entry(key);
        let code = entry.index();
        entry.or_insert(signal.duplicates);
        u32::try_from(code).unwrap_or(u32::MAX)
    }

    /// The code of a scope and incident.
    pub(super) fn group(&mut self, group: Group) -> u32 {
        let entry = self.groups.entry(group);
        let code = entry.index();
        entry.or_insert(());
        u32::try_from(code).unwrap_or(u32::MAX)
    }

    /// Adds a measurement.
    pub(super) fn push(&mut self, row: Measurement, file: &str) -> Result<(), IngestError> {
        if self.rows.len() == MAX_ROWS {
            let what = format!(
                "{file}: more than {MAX_ROWS} measurements in one import (hint: import fewer files, or filter with --where)"
            );
            return Err(IngestError::Import(vec![what]));
        }
        self.rows.push(row);
        Ok(())
    }

    /// Signals of the rows, by name.
    pub(super) fn signal_specs(&self) -> Vec<SignalSpec> {
        let codes: BTreeSet<u32> = self.rows.iter().map(|r| r.series).collect();
        let series = codes.iter().filter_map(|code| self.series.get_index(*code as usize));
        let used: BTreeSet<&str> = series.map(|((signal, _), _)| signal.as_str()).collect();
        self.signals.values().filter(|s| used.contains(s.name.as_str())).cloned().collect()
    }

    /// Services that have rows.
    pub(super) fn services_with_rows(&self) -> BTreeSet<&str> {
        let codes: BTreeSet<u32> = self.rows.iter().map(|r| r.service).collect();
        codes.into_iter().map(|code| self.services.name(code)).collect()
    }

    /// Earliest start of an interval, and latest end.
    pub(super) fn span(&self) -> Option<(i64, i64)> {
        let start = self.rows.iter().map(|r| r.end_ns - r.interval_ns).min()?;
        Some((start, self.rows.iter().map(|r| r.end_ns).max()?))
    }

    /// Puts rows in the order of the run (time, service, signal, statistic) and leaves one of
    /// each. Rows that are equal in all of these keep the order of the input.
    pub(super) fn settle(&mut self, tally: &mut Tally) {
        let service_rank = ranks(self.services.names());
        let series_rank = ranks(self.series.keys());
        let key =
            |r: &Measurement| (r.end_ns, service_rank[r.service as usize], series_rank[r.series as usize]);
        self.rows.sort_by_key(key);
        let rows = std::mem::take(&mut self.rows);
        let same = |a: &Measurement, b: &Measurement| {
            (a.end_ns, a.service, a.series) == (b.end_ns, b.service, b.series)
        };
        let mut settled: Vec<Measurement> = Vec::with_capacity(rows.len());
        for group in rows.chunk_by(same) {
            settled.push(self.one_of(group, tally));
        }
        self.rows = settled;
    }

    /// One row for several of the same time, service, signal and statistic.
    fn one_of(&self, rows: &[Measurement], tally: &mut Tally) -> Measurement {
        let mut first = rows[0];
        let Some(((signal, statistic), duplicates)) = self.series.get_index(first.series as usize) else {
            return first;
        };
        let example = || {
            let service = shown(self.services.name(first.service));
            format!("{statistic} of {} on {service} ending at {}", shown(signal), instant(first.end_ns))
        };
        if *duplicates == Duplicates::First {
            for row in &rows[1..] {
                let is_same = row.value == first.value || (row.value.is_nan() && first.value.is_nan());
                tally.add(if is_same { Kind::SameDuplicate } else { Kind::OtherDuplicate }, example);
            }
            return first;
        }
        rows[1..].iter().for_each(|_| tally.add(Kind::Merged, example));
        first.value = merged(rows, *duplicates);
        first
    }

    /// Moves times so that `origin_ns` becomes 0.
    pub(super) fn relative_to(&mut self, origin_ns: i64) {
        self.rows.iter_mut().for_each(|row| row.end_ns -= origin_ns);
    }

    /// Writes all rows, which are settled and relative to the run's origin.
    pub(super) fn write(&self, writer: &mut MetricWriter) -> Result<(), RunError> {
        for row in &self.rows {
            let Some(((signal, statistic), _)) = self.series.get_index(row.series as usize) else { continue };
            writer.push(&MetricRow {
                time_ns: row.end_ns,
                interval_ns: row.interval_ns,
                service: self.services.name(row.service),
                signal,
                statistic,
                value: (!row.value.is_nan()).then_some(row.value),
            })?;
        }
        Ok(())
    }
}

/// Values in ascending order before they are added up, so that the order of rows does not matter.
fn merged(rows: &[Measurement], duplicates: Duplicates) -> f64 {
    let mut values: Vec<f64> = rows.iter().map(|r| r.value).filter(|v| !v.is_nan()).collect();
    values.sort_by(f64::total_cmp);
    let Some(largest) = values.last() else { return f64::NAN };
    let sum: f64 = values.iter().sum();
    let merged = match duplicates {
        Duplicates::First | Duplicates::Max => *largest,
        Duplicates::Mean => sum / values.len() as f64,
        Duplicates::Sum => sum,
    };
    if merged.is_finite() { merged } else { f64::NAN }
}
