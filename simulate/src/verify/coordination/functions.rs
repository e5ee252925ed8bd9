//! Deterministic functions (specification, section 3).

use serde::Deserialize;
use serde_json::json;

use super::super::{Check, Table, VerifyError};
use super::cells::{Cells, class};
use super::json::{Cases, compare};
use crate::coordination::beat::is_slow;
use crate::coordination::registry::{self, Actual, Record};
use crate::coordination::schedule::Schedule;
use crate::coordination::statistics::{mean, p95_exclusive, percentile, standard_deviation};

pub(super) fn processing_time(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    for row in table.rows() {
        let base_ms = class(&row, "class")?.traits().processing_ms;
        let ours = registry::processing_ms(base_ms, row.get("payload_weight")?, row.get("queue_depth")?);
        Cells::new(row, check).real("processing_ms", ours)?;
    }
    Ok(())
}

pub(super) fn confidence(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    for row in table.rows() {
        let age_us = age_us(row.get("heartbeat_age_s")?);
        let ours = registry::confidence(row.get("reliability")?, row.get("drift_coefficient")?, age_us);
        Cells::new(row, check).real("confidence", ours)?;
    }
    Ok(())
}

pub(super) fn send_schedule(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    for row in table.rows() {
        let actual = Actual {
            latency_ms: row.get("latency_rtt_ms")?,
            drift: row.get("drift_coefficient")?,
            reliability: row.get("reliability")?,
        };
        let base_ms = class(&row, "class")?.traits().processing_ms;
        let record = Record::new(actual, base_ms, row.get("queue_depth")?);
        let (now_us, target_us) = (row.get("now_us")?, row.get("target_us")?);
        let ours = Schedule::new(&record, row.get("payload_weight")?, now_us, target_us);
        let age_us = age_us(row.get("heartbeat_age_s")?);
        let confidence = registry::confidence(record.reliability, record.drift, age_us);
        let is_skipped = ours.send.is_none();
        let mut cells = Cells::new(row, check);
        cells.real("network_ms", ours.network_ms)?;
        cells.real("processing_ms", ours.processing_ms)?;
        cells.real("buffer_ms", ours.buffer_ms)?;
        cells.real("lead_ms", ours.lead_ms)?;
        cells.text("status", ours.status())?;
        cells.exact("send_at_us", ours.send.map(|send| send.at_us))?;
        cells.exact("bucket", ours.send.map(|send| send.bucket))?;
        cells.real("confidence", (!is_skipped).then_some(confidence))?;
        cells.real("would_need_ms", is_skipped.then_some(ours.lead_ms))?;
        cells.real("available_ms", is_skipped.then_some(ours.available_ms))?;
    }
    Ok(())
}

/// An age in whole microseconds, so that less than ten seconds stays less.
fn age_us(seconds: f64) -> u64 {
    (seconds * 1e6).floor() as u64
}

pub(super) fn impedance_score(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    for row in table.rows() {
        let latency_ms = row.get("latency_rtt_ms")?;
        let ours = registry::impedance_score(latency_ms, row.get("processing_ms")?, row.get("queue_depth")?);
        let mut cells = Cells::new(row, check);
        cells.real("score", ours)?;
        cells.flag("flag_degraded", is_slow(ours))?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct Samples {
    samples: Vec<f64>,
}

pub(super) fn statistics(cases: &Cases, check: &mut Check) -> Result<(), VerifyError> {
    for case in cases.iter() {
        check.case();
        let Samples { samples } = case.read()?;
        let mut sorted = samples.clone();
        sorted.sort_by(f64::total_cmp);
        let ours = json!({
            "samples": samples,
            "mean": mean(&samples),
            "p95_exclusive": p95_exclusive(&sorted),
            "p50_linear": percentile(&sorted, 50.0),
            "p99_linear": percentile(&sorted, 99.0),
            "std_sample": standard_deviation(&samples),
        });
        compare(&case.place(), "", case.value, &ours, check);
    }
    Ok(())
}
