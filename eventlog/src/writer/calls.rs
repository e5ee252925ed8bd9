//! The calls table: calls between services per interval.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Builder, Int64Builder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::names::Names;
use super::{Columns, TableWriter, dictionary};
use crate::error::RunError;

/// One row of the calls table, borrowed from the producer.
#[derive(Clone, Copy, Debug, Default)]
pub struct CallRow<'a> {
    /// End of the interval \[ns since the run's origin\].
    pub time_ns: i64,
    /// Length of the interval \[ns\].
    pub interval_ns: i64,
    /// Who called.
    pub caller: &'a str,
    /// Who was called.
    pub callee: &'a str,
    /// Number of calls; `None`: not known.
    pub calls: Option<f64>,
    /// Number of failed calls.
    pub failed: Option<f64>,
    /// Mean or median seconds per call, as the caller saw it \[s\].
    pub latency: Option<f64>,
    /// Mean or median seconds per call, as the callee saw it \[s\].
    pub callee_latency: Option<f64>,
}

/// Writes the calls table of a bundle.
pub type CallWriter = TableWriter<CallColumns>;

/// Columns of `calls` under construction.
#[derive(Default)]
pub struct CallColumns {
    time_ns: Int64Builder,
    interval_ns: Int64Builder,
    caller: Names,
    callee: Names,
    calls: Float64Builder,
    failed: Float64Builder,
    latency: Float64Builder,
    callee_latency: Float64Builder,
}

impl Columns for CallColumns {
    type Row<'a> = CallRow<'a>;

    fn schema(&self) -> SchemaRef {
        Arc::new(Schema::new(vec![
            Field::new("time_ns", DataType::Int64, false),
            Field::new("interval_ns", DataType::Int64, false),
            dictionary("caller", false),
            dictionary("callee", false),
            Field::new("calls", DataType::Float64, true),
            Field::new("failed", DataType::Float64, true),
            Field::new("latency", DataType::Float64, true),
            Field::new("callee_latency", DataType::Float64, true),
        ]))
    }

    fn append(&mut self, row: &CallRow<'_>) -> Result<(), RunError> {
        self.time_ns.append_value(row.time_ns);
        self.interval_ns.append_value(row.interval_ns);
        self.caller.append(row.caller)?;
        self.callee.append(row.callee)?;
        self.calls.append_option(row.calls);
        self.failed.append_option(row.failed);
        self.latency.append_option(row.latency);
        self.callee_latency.append_option(row.callee_latency);
        Ok(())
    }

    fn take(&mut self) -> Result<Vec<ArrayRef>, RunError> {
        Ok(vec![
            Arc::new(self.time_ns.finish()),
            Arc::new(self.interval_ns.finish()),
            self.caller.take()?,
            self.callee.take()?,
            Arc::new(self.calls.finish()),
            Arc::new(self.failed.finish()),
            Arc::new(self.latency.finish()),
            Arc::new(self.callee_latency.finish()),
        ])
    }
}
