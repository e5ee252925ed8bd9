//! The log writer: how fast rows of a world of seven services reach the disk.

use std::fmt::Write;
use std::path::Path;

use infra_eventlog::metadata::{RunMetadata, SignalSpec};
use infra_eventlog::writer::{EventRow, EventWriter};

use super::{MeasureError, Measured, clock};
use crate::kernel::RandomSource;

/// Rows of the log, in a measurement.
const ROWS: u64 = 4_000_000;
/// Whom the log is about.
const SERVICES: [&str; 7] =
    ["frontend", "checkout", "payments", "inventory", "orders-db", "cache", "recommendations"];
/// States of a service, as error ratios grow.
const STATUSES: [&str; 3] = ["healthy", "degraded", "down"];

/// Writes `ROWS` rows of twelve columns: each tick an event with its payload, then the state of
/// every service with a latency that never repeats and an error ratio that mostly is zero.
pub(super) fn measure(path: &Path) -> Result<Measured, MeasureError> {
    let (rows, seconds) = clock::timed(|| log(path, ROWS))?;
    Ok(Measured { work: rows, seconds })
}

fn log(path: &Path, rows: u64) -> Result<u64, MeasureError> {
    let mut metadata = RunMetadata::new("measure");
    metadata.signals = vec![SignalSpec::named("latency"), SignalSpec::named("error_rate")];
    let mut writer = EventWriter::single_file(path, &metadata)?;
    let random = RandomSource::new(1);
    let mut attributes = String::new();
    let (mut row, mut event) = (0, 0_i64);
    while row < rows {
        let time_ns = event * 1_000_000_000;
        let cause_id = (event > 0).then(|| event - 1);
        attributes.clear();
        // Writing into a String does not fail.
        let _ = write!(attributes, "{{\"demand\":{}}}", random.bits(0, 0, row) % 1_000);
        let own = EventRow {
            event_id: event,
            cause_id,
            time_ns,
            event_type: "TICK",
            source: "clock",
            attributes: Some(&attributes),
            ..EventRow::default()
        };
        writer.push(&own)?;
        row += 1;
        for (service, name) in (0..).zip(SERVICES) {
            let failing = random.uniform(1, service, row) < 0.05;
            let error_rate = if failing { random.uniform(2, service, row) } else { 0.0 };
            let latency = 0.05 + random.uniform(3, service, row);
            writer.push(&EventRow {
                source: name,
                service: Some(name),
                status: Some(STATUSES[(error_rate * 2.999) as usize]),
                signals: &[Some(latency), Some(error_rate)],
                attributes: None,
                event_type: "STATE",
                ..own
            })?;
            row += 1;
        }
        event += 1;
    }
    writer.finish()?;
    Ok(row)
}

#[cfg(test)]
mod tests {
    use infra_eventlog::{Run, TableKind};

    use super::*;

    #[test]
    fn the_log_is_a_run_of_twelve_columns() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("rows.parquet");
        assert_eq!(log(&path, 800).unwrap(), 800);
        let run = Run::open(&path).unwrap();
        let events = run.table(TableKind::Events).unwrap();
        assert_eq!((events.rows(), events.parts()[0].schema().fields().len()), (800, 12));
    }
}
