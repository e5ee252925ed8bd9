//! Decision tables: the detector and the rolling window.

use super::{Check, RELATIVE, Table, VerifyError};
use crate::queue::{Anomaly, Detector, DetectorSettings, Window};

/// Tolerance of figures shown with one decimal.
const SHOWN: f64 = 0.05;

pub(super) fn detector(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    let mut sequence = String::new();
    let mut detector = Detector::new(DetectorSettings::default());
    for row in table.rows() {
        let place = row.place();
        if sequence != row.text("sequence")? {
            row.text("sequence")?.clone_into(&mut sequence);
            let gradient = row.get("gradient_threshold")?;
            detector = Detector::new(DetectorSettings { gradient, ..DetectorSettings::default() });
            check.case();
        }
        check.real(&place, "previous_p95", row.get("previous_p95")?, detector.previous_p95(), 0.0, RELATIVE);
        let dq_dt = row.get("dq_dt")?;
        let (state, anomalies) =
            detector.judge(row.get("p95_latency")?, row.get("queue_depth")?, row.get("max_queue")?, dq_dt);
        check.same(&place, "state", row.text("state")?, state.name());
        let names: Vec<&str> = anomalies.iter().map(|a| a.name()).collect();
        check.same(&place, "anomalies", row.text("anomalies")?, names.join("|").as_str());
        for anomaly in anomalies {
            let mut shown = |column: &str, ours: f64| -> Result<(), VerifyError> {
                if let Some(golden) = row.optional::<f64>(column)? {
                    // Rounding is no error of ours.
                    let near = (golden - ours).abs() <= SHOWN + 1e-9;
                    check.same(&place, &format!("{column}: {ours} rounds to {golden}"), true, near);
                }
                Ok(())
            };
            match anomaly {
                Anomaly::LatencyGradient { growth } => shown("growth_pct", 100.0 * growth)?,
                Anomaly::QueueDivergence { dq_dt, pressure } => {
                    shown("message_dq_dt", dq_dt)?;
                    shown("message_load_pct", 100.0 * pressure)?;
                },
            }
        }
    }
    Ok(())
}

pub(super) fn rolling(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    let mut stream = String::new();
    let mut window = Window::new(1);
    for row in table.rows() {
        let place = row.place();
        if stream != row.text("stream")? {
            row.text("stream")?.clone_into(&mut stream);
            window = Window::new(row.get("window_size")?);
            check.case();
        }
        window.push(row.get("timestamp")?, row.get("latency")?, row.get("status_code")?);
        check.same(&place, "events_in_window", row.get::<usize>("events_in_window")?, window.len());
        for (column, ours) in [
            ("p95_latency", window.p95_latency()),
            ("throughput_sec", window.throughput()),
            ("error_clustering", window.error_clustering()),
        ] {
            check.real(&place, column, row.get(column)?, ours, 1e-12, RELATIVE);
        }
    }
    Ok(())
}
