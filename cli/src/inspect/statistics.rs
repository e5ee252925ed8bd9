//! Statistics of every signal of every service, as a table and as JSON.

use comfy_table::CellAlignment;
use infra_eventlog::Run;
use infra_eventlog::schema::TableKind;
use infra_eventlog::signal::Worse;
use infra_ingest::IngestError;
use infra_ingest::statistics::{
    Crossing, RELATIVE_ERROR, SignalStatistics, Statistics, StatisticsOptions, TimeColumn, statistics,
};
use infra_report::Clock;
use serde_json::{Value, json};

use crate::terminal::{self, Progress};

/// What was found, and in which terms to tell it.
pub(crate) struct Found {
    signals: Vec<String>,
    /// The signal whose first crossing is told, and its threshold.
    watched: Option<(String, f64)>,
    statistics: Statistics,
}

/// Takes the statistics of a run's events.
///
/// # Errors
/// Those of [`statistics`].
pub(crate) fn take(run: &Run, memory: Option<u64>) -> Result<Found, IngestError> {
    let metadata = run.metadata();
    let Some(table) = run.table(TableKind::Events) else {
        let statistics = Statistics::default();
        return Ok(Found { signals: Vec::new(), watched: None, statistics });
    };
    let signals = table.signal_columns();
    // The first signal that has a threshold is the one that is watched.
    let warning = |name: &String| metadata.signal(name).warning;
    let crossing = signals.iter().enumerate().find_map(|(signal, name)| {
        let above = metadata.signal(name).worse != Worse::Low;
        Some(Crossing { signal, threshold: warning(name)?, above })
    });
    let options = StatisticsOptions {
        time: TimeColumn::Int("time_ns".to_owned()),
        service: "service".to_owned(),
        event_type: Some("event_type".to_owned()),
        signals: signals.clone(),
        time_range: None,
        windows: None,
        windowed: 0,
        crossing,
        memory,
        threads: 0,
    };
    let progress = Progress::new("reading", "bytes");
    let statistics = statistics(table, &options, &|done, all| progress.show(done, all))?;
    drop(progress);
    let watched = crossing.map(|c| (signals[c.signal].clone(), c.threshold));
    Ok(Found { signals, watched, statistics })
}

/// Aligned columns for people.
pub(crate) fn to_text(found: &Found, clock: &Clock) -> String {
    let header = ["service", "signal", "count", "nulls", "mean", "std", "p95", "min", "max"];
    let mut table = terminal::table(header);
    for service in &found.statistics.services {
        for (name, signal) in found.signals.iter().zip(&service.signals) {
            if signal.moments.count == 0 {
                continue;
            }
            table.add_row([
                terminal::safe(&service.service).into_owned(),
                terminal::safe(name).into_owned(),
                signal.moments.count.to_string(),
                signal.nulls.to_string(),
                number(Some(signal.moments.mean)),
                number(signal.moments.std()),
                number(signal.sketch.quantile(0.95)),
                number(Some(signal.moments.min)),
                number(Some(signal.moments.max)),
            ]);
        }
    }
    for column in 2..header.len() {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = format!("{}\n", table.trim_fmt());
    if let Some((signal, threshold)) = &found.watched {
        let crossed = found.statistics.services.iter().filter_map(|s| Some((s, s.first_crossing?)));
        for (service, time) in crossed {
            text.push_str(&format!(
                "{} first beyond {} {threshold} at {}\n",
                terminal::safe(&service.service),
                terminal::safe(signal),
                clock.at(time as i64)
            ));
        }
    }
    for (event_type, rows) in &found.statistics.event_types {
        text.push_str(&format!("{rows} rows of {}\n", terminal::safe(event_type)));
    }
    if found.statistics.services.iter().flat_map(|s| &s.signals).any(|s| !s.sketch.is_exact()) {
        text.push_str(&format!("percentiles of long series are within {:.2} %\n", 100.0 * RELATIVE_ERROR));
    }
    text
}

/// Six digits are enough for people; JSON has them all.
fn number(value: Option<f64>) -> String {
    value.map_or_else(
        || "-".to_owned(),
        |v| {
            let size = v.abs();
            if size != 0.0 && !(1e-3..1e6).contains(&size) { format!("{v:.4e}") } else { format!("{v:.4}") }
        },
    )
}

/// The same as JSON, `infra-statistics/1`.
pub(crate) fn to_json(found: &Found) -> Value {
    let signal = |(name, signal): (&String, &SignalStatistics)| {
        let moments = &signal.moments;
        let any = moments.count > 0;
        json!({
            "signal": name,
            "count": moments.count,
            "nulls": signal.nulls,
            "mean": any.then_some(moments.mean),
            "std": moments.std(),
            "p95": signal.sketch.quantile(0.95),
            "p95_is_exact": signal.sketch.is_exact(),
            "min": any.then_some(moments.min),
            "max": any.then_some(moments.max),
        })
    };
    let services: Vec<Value> = found
        .statistics
        .services
        .iter()
        .map(|service| {
            json!({
                "service": service.service,
                "rows": service.rows,
                "first_crossing_ns": service.first_crossing.map(|t| t as i64),
                "signals": found.signals.iter().zip(&service.signals).map(signal).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "schema": "infra-statistics/1",
        "rows": found.statistics.rows,
        "relative_error_of_p95": RELATIVE_ERROR,
        "watched": found.watched.as_ref().map(|(signal, threshold)| json!({ "signal": signal, "threshold": threshold })),
        "event_types": found.statistics.event_types.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "services": services,
    })
}
