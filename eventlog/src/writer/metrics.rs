//! The metrics table: measurements over intervals.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::column::{Column, Numbers};
use super::names::Names;
use super::{Columns, TableWriter, dictionary};
use crate::error::RunError;

/// One row of the metrics table, borrowed from the producer.
#[derive(Clone, Copy, Debug)]
pub struct MetricRow<'a> {
    /// End of the interval \[ns since the run's origin\].
    pub time_ns: i64,
    /// Length of the interval \[ns\].
    pub interval_ns: i64,
    /// Whom it was measured on.
    pub service: &'a str,
    /// Signal name.
    pub signal: &'a str,
    /// `mean`, `p50`, `p90`, `p95`, `p99`, `sum`, `max` or `last`.
    pub statistic: &'a str,
    /// In the signal's unit.
    pub value: Option<f64>,
}

/// Writes the metrics table of a bundle.
pub type MetricWriter = TableWriter<MetricColumns>;

/// Columns of `metrics` under construction.
#[derive(Default)]
pub struct MetricColumns {
    time_ns: Numbers<i64>,
    interval_ns: Numbers<i64>,
    service: Names,
    signal: Names,
    statistic: Names,
    value: Numbers<f64>,
}

impl Columns for MetricColumns {
    type Row<'a> = MetricRow<'a>;

    fn schema(&self) -> SchemaRef {
        Arc::new(Schema::new(vec![
            Field::new("time_ns", DataType::Int64, false),
            Field::new("interval_ns", DataType::Int64, false),
            dictionary("service", false),
            dictionary("signal", false),
            dictionary("statistic", false),
            Field::new("value", DataType::Float64, true),
        ]))
    }

    fn append(&mut self, row: &MetricRow<'_>) -> Result<(), RunError> {
        self.time_ns.push(row.time_ns);
        self.interval_ns.push(row.interval_ns);
        self.service.append(row.service)?;
        self.signal.append(row.signal)?;
        self.statistic.append(row.statistic)?;
        self.value.push_option(row.value);
        Ok(())
    }

    fn take(&mut self, spent: Vec<Column>) -> Vec<Column> {
        let mut spent = spent.into_iter();
        vec![
            self.time_ns.take(spent.next()),
            self.interval_ns.take(spent.next()),
            self.service.take(spent.next()),
            self.signal.take(spent.next()),
            self.statistic.take(spent.next()),
            self.value.take(spent.next()),
        ]
    }
}
