//! A batch as JSON, `infra-batch/1`; docs/schemas/ has its schema.

use serde::Serialize;

use super::model::{BATCH_SCHEMA, Batch, BatchRun, Totals};
use crate::error::RenderError;
use crate::findings::Findings;
use crate::gate::{Gate, GateOutcome, Severity};

/// The batch as JSON.
///
/// # Errors
/// [`RenderError::Json`] if a number cannot be written as JSON.
pub fn to_json(batch: &Batch) -> Result<String, RenderError> {
    crate::json::without_marks(&Document {
        schema: BATCH_SCHEMA,
        version: &batch.version,
        totals: batch.totals(),
        gates: batch.gates.iter().map(GateEntry::of).collect(),
        runs: batch.runs.iter().map(RunEntry::of).collect(),
    })
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    version: &'a str,
    totals: Totals,
    gates: Vec<GateEntry<'a>>,
    runs: Vec<RunEntry<'a>>,
}

#[derive(Serialize)]
struct GateEntry<'a> {
    name: &'a str,
    severity: Severity,
    expr: String,
}

#[derive(Serialize)]
struct RunEntry<'a> {
    name: &'a str,
    report: Option<&'a str>,
    error: Option<&'a str>,
    findings: Option<&'a Findings>,
    gates: &'a [GateOutcome],
}

impl<'a> GateEntry<'a> {
    fn of(gate: &'a Gate) -> Self {
        Self { name: &gate.name, severity: gate.severity, expr: gate.expr.to_string() }
    }
}

impl<'a> RunEntry<'a> {
    fn of(run: &'a BatchRun) -> Self {
        Self {
            name: &run.name,
            report: run.report.as_deref(),
            error: run.found.as_ref().err().map(|broken| broken.message.as_str()),
            findings: run.findings(),
            gates: &run.gates,
        }
    }
}
