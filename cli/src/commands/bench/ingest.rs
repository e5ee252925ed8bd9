//! `bench ingest`: statistics of every service and signal of a log.

use std::path::{Path, PathBuf};

use infra_eventlog::run::Table;
use infra_ingest::statistics::{Crossing, Statistics, StatisticsOptions, TimeColumn, statistics};
use serde_json::{Value, json};

use super::case::{Case, MIB, Measured, Outcome, Suite, Target};
use super::clock::timed;
use super::log::{self, SIGNALS};
use crate::exit::CliError;

pub(super) struct Ingest;

/// Name, what it is, rows of a part, parts, whether only if named.
type Row = (&'static str, &'static str, u64, usize, bool);

static ROWS: [Row; 3] = [
    ("5m", "200 services, 6 signals, 5 M rows", 5_000_000, 1, false),
    ("50m", "200 services, 6 signals, 50 M rows in one file", 50_000_000, 1, true),
    ("500m", "200 services, 6 signals, 500 M rows: a part of 10 M read 50 times", 10_000_000, 50, true),
];

impl Suite for Ingest {
    fn name(&self) -> &'static str {
        "ingest"
    }

    fn cases(&self) -> Vec<Case> {
        let case = |(name, size, _, _, only_named): &Row| Case {
            name,
            size,
            unit: "rows",
            target: Target { peak_bytes: Some(700 * MIB), ..Target::default() },
            only_named: *only_named,
        };
        ROWS.iter().map(case).collect()
    }

    fn prepare(&self, case: &Case, scratch: &Path) -> anyhow::Result<Option<PathBuf>> {
        let path = scratch.join(format!("ingest-{}.parquet", case.name));
        log::write(&path, row(case)?.2)?;
        Ok(Some(path))
    }

    fn measure(&self, case: &Case, input: Option<&Path>, _scratch: &Path) -> anyhow::Result<Outcome> {
        let input = input.ok_or_else(|| CliError::Internal("no input".to_owned()))?;
        let table = Table::of_files(&vec![input.to_owned(); row(case)?.3])?;
        let groups = table.groups(&[]);
        let ends = groups.iter().filter_map(|group| table.range_of(group, "time_ns")).map(|range| range.1);
        let horizon = ends.fold(1.0, f64::max) + 1.0;
        let options = StatisticsOptions {
            time: TimeColumn::Int("time_ns".to_owned()),
            ..options(SIGNALS.map(str::to_owned).to_vec(), horizon)
        };
        let (found, seconds) = timed(|| statistics(&table, &options, &|_, _| {}))?;
        Ok(Outcome::Measured(Measured { work: found.rows, seconds, bytes: None }))
    }
}

fn row(case: &Case) -> anyhow::Result<&'static Row> {
    let row = ROWS.iter().find(|row| row.0 == case.name);
    row.ok_or_else(|| CliError::Internal(format!("no case {}", case.name)).into())
}

/// What all peers compute: moments and the 95th percentile by service and signal, the first time
/// with stress above 0.8, mean stress by service and a hundredth of the time, rows by event type.
fn options(signals: Vec<String>, horizon: f64) -> StatisticsOptions {
    StatisticsOptions {
        time: TimeColumn::Float("time".to_owned()),
        service: "service".to_owned(),
        event_type: Some("event_type".to_owned()),
        signals,
        time_range: None,
        windows: Some((100, 0.0, horizon)),
        windowed: 0,
        crossing: Some(Crossing { signal: 0, threshold: 0.8, above: true }),
        memory: None,
        threads: 0,
    }
}

/// Takes the statistics of a log that other programs read, too: columns `time` 0..1000, `service`,
/// `event_type` and six signals; one line of JSON with a digest that is compared.
///
/// # Errors
/// Those of the pass.
pub(super) fn peer(file: &Path, threads: usize) -> anyhow::Result<String> {
    let table = Table::foreign(file)?;
    let schema = table.parts().first().map(|part| part.schema().clone());
    let fixed = ["seq", "time", "event_type", "source", "service"];
    let fields = schema.iter().flat_map(|schema| schema.fields().iter());
    let signals = fields.map(|f| f.name().clone()).filter(|n| !fixed.contains(&n.as_str())).collect();
    let options = StatisticsOptions { threads, ..options(signals, 1_000.0) };
    let (found, seconds) = timed(|| statistics(&table, &options, &|_, _| {}))?;
    Ok(format!("{}\n", json!({ "seconds": [seconds], "digest": digest(&found) })))
}

/// The sums that the peers' script compares.
fn digest(found: &Statistics) -> Value {
    let mut sums = vec![0.0; 4 * found.services.first().map_or(0, |s| s.signals.len())];
    let (mut first, mut windows, mut window_sum) = (0.0, 0, 0.0);
    for service in &found.services {
        for (signal, sums) in service.signals.iter().zip(sums.chunks_exact_mut(4)) {
            sums[0] += signal.moments.mean;
            sums[1] += signal.moments.max;
            sums[2] += signal.sketch.quantile(0.95).unwrap_or(0.0);
            sums[3] += signal.moments.std().unwrap_or(0.0);
        }
        first += service.first_crossing.unwrap_or(0.0);
        windows += service.windows.len();
        window_sum += service.windows.iter().map(|w| w.1).sum::<f64>();
    }
    let counts: serde_json::Map<String, Value> =
        found.event_types.iter().map(|(name, n)| (name.clone(), (*n).into())).collect();
    json!({
        "services": found.services.len(),
        "a_sum": sums,
        "first_sum": first,
        "b_rows": windows,
        "b_sum": window_sum,
        "c": counts,
    })
}
