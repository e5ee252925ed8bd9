//! The calls table: calls between services per interval.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::column::{Column, Numbers};
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
    time_ns: Numbers<i64>,
    interval_ns: Numbers<i64>,
    caller: Names,
    callee: Names,
    calls: Numbers<f64>,
    failed: Numbers<f64>,
    latency: Numbers<f64>,
    callee_latency: Numbers<f64>,
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
        self.time_ns.push(row.time_ns);
        self.interval_ns.push(row.interval_ns);
        self.caller.append(row.caller)?;
        self.callee.append(row.callee)?;
        self.calls.push_option(row.calls);
        self.failed.push_option(row.failed);
        self.latency.push_option(row.latency);
        self.callee_latency.push_option(row.callee_latency);
        Ok(())
    }

    fn take(&mut self, spent: Vec<Column>) -> Vec<Column> {
        let mut spent = spent.into_iter();
        vec![
            self.time_ns.take(spent.next()),
            self.interval_ns.take(spent.next()),
            self.caller.take(spent.next()),
            self.callee.take(spent.next()),
            self.calls.take(spent.next()),
            self.failed.take(spent.next()),
            self.latency.take(spent.next()),
            self.callee_latency.take(spent.next()),
        ]
    }
}
