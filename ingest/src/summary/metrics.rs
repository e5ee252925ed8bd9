//! The metrics table, reduced to series by window.

use infra_eventlog::Run;
use infra_eventlog::batch::Interner;
use infra_eventlog::check::RowChecker;
use infra_eventlog::schema::TableKind;

use super::Services;
use super::series::SeriesStore;
use crate::error::IngestError;

const COLUMNS: &[&str] = &["time_ns", "interval_ns", "service", "signal", "statistic", "value"];

/// Reads the metrics table. A measurement belongs to the window in which its interval starts.
pub(super) fn read(
    run: &Run,
    services: &mut Services,
    store: &mut SeriesStore,
    notes: &mut Vec<String>,
) -> Result<(), IngestError> {
    let Some(table) = run.table(TableKind::Metrics) else { return Ok(()) };
    let mut checker = RowChecker::new(TableKind::Metrics);
    let mut signals = Interner::default();
    let mut statistics = Interner::default();
    for rows in table.read(COLUMNS) {
        let rows = rows?;
        checker.check(&rows);
        let time = rows.require_ints("time_ns")?;
        let interval = rows.require_ints("interval_ns")?;
        let service = rows.require_texts("service")?.intern(rows.len(), &mut services.names);
        let signal = rows.require_texts("signal")?.intern(rows.len(), &mut signals);
        let statistic = rows.require_texts("statistic")?.intern(rows.len(), &mut statistics);
        services.grow();
        // Codes of the store, for the names of this batch.
        let signal_codes: Vec<u32> = signals.names().map(|n| store.name(n)).collect();
        let statistic_codes: Vec<u32> = statistics.names().map(|n| store.name(n)).collect();
        let values = rows.floats("value");
        for i in 0..rows.len() {
            let (Some(service), Some(signal), Some(statistic)) = (service[i], signal[i], statistic[i]) else {
                continue; // nulls: the checker lists them
            };
            services.rows[service as usize] += 1;
            let key =
                (service, signal_codes[signal as usize], statistic_codes[statistic as usize], "metrics");
            let series = store.series(key);
            let start = time.value(i).saturating_sub(interval.value(i).max(0));
            let value = values.filter(|v| !arrow::array::Array::is_null(*v, i)).map(|v| v.value(i));
            store.add(series, start, rows.first_row() + i as i64, value);
        }
        if store.len() > super::series::MAX_SERIES {
            break; // finish() tells
        }
    }
    checker.finish()?;
    if checker.non_finite() > 0 {
        notes.push(format!("metrics: {} NaN or infinite values read as null", checker.non_finite()));
    }
    Ok(())
}
