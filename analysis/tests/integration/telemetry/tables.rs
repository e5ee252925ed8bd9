//! Telemetry as CSV, and the map that tells what its columns mean.

use std::fmt::Write as _;

use super::{Kind, Telemetry};

/// How times are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeUnit {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
    Rfc3339,
}

impl TimeUnit {
    pub(crate) const ALL: [Self; 5] =
        [Self::Seconds, Self::Milliseconds, Self::Microseconds, Self::Nanoseconds, Self::Rfc3339];

    const fn name(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Microseconds => "us",
            Self::Nanoseconds => "ns",
            Self::Rfc3339 => "rfc3339",
        }
    }

    /// The instant to the last digit.
    fn write(self, time_ns: i64) -> String {
        let unit_ns: i64 = match self {
            Self::Seconds => 1_000_000_000,
            Self::Milliseconds => 1_000_000,
            Self::Microseconds => 1_000,
            Self::Nanoseconds => 1,
            Self::Rfc3339 => {
                return jiff::Timestamp::from_nanosecond(i128::from(time_ns)).unwrap().to_string();
            },
        };
        let digits = unit_ns.ilog10() as usize;
        match time_ns % unit_ns {
            0 => (time_ns / unit_ns).to_string(),
            rest => format!("{}.{rest:0digits$}", time_ns / unit_ns),
        }
    }
}

/// The map of all three tables.
pub(crate) fn map(unit: TimeUnit) -> String {
    let unit = unit.name();
    format!(
        r#"schema = "infra-map/1"
[metrics]
layout = "long"
time = "t"
time_unit = "{unit}"
stamp = "end"
interval = {{ column = "length", unit = "s" }}
service = "service"
signal = "metric"
statistic = "agg"
value = "value"
signals.cpu = {{}}
signals.requests = {{}}
signals.latency = {{}}
[spans]
trace_id = "trace"
span_id = "span"
parent_span_id = "parent"
service = "service"
operation = "operation"
kind = "kind"
status = "status"
error_values = ["error"]
start = "start"
end = "end"
time_unit = "{unit}"
[logs]
time = "at"
time_unit = "{unit}"
service = "service"
severity = "severity"
trace_id = "trace"
span_id = "span"
message = "message"
"#
    )
}

impl Telemetry {
    /// Header and rows of the metrics table.
    pub(crate) fn metrics_csv(&self, unit: TimeUnit) -> String {
        let mut text = "t,length,service,metric,agg,value\n".to_owned();
        for m in &self.metrics {
            let (time, length) = (unit.write(m.end_ns), m.interval_ns / 1_000_000_000);
            let service = quoted(&m.service);
            let _ = writeln!(text, "{time},{length},{service},{},{},{}", m.signal, m.statistic, m.value);
        }
        text
    }

    /// Header and rows of the spans table.
    pub(crate) fn spans_csv(&self, unit: TimeUnit) -> String {
        let mut text = "trace,span,parent,service,operation,kind,status,start,end\n".to_owned();
        for s in &self.spans {
            let parent = s.parent.map_or_else(String::new, |id| format!("{id:016x}"));
            let kind = if s.kind == Kind::Server { "server" } else { "client" };
            let status = if s.failed { "error" } else { "" };
            let (start, end) = (unit.write(s.start_ns), unit.write(s.end_ns));
            let (service, operation) = (quoted(&s.service), quoted(&s.operation));
            let (trace, id) = (s.trace, s.id);
            let _ = writeln!(
                text,
                "{trace:032x},{id:016x},{parent},{service},{operation},{kind},{status},{start},{end}"
            );
        }
        text
    }

    /// Header and rows of the table of log lines.
    pub(crate) fn logs_csv(&self, unit: TimeUnit) -> String {
        let mut text = "at,service,severity,trace,span,message\n".to_owned();
        for l in &self.lines {
            let (at, service, message) = (unit.write(l.time_ns), quoted(&l.service), quoted(&l.message));
            let _ =
                writeln!(text, "{at},{service},{},{:032x},{:016x},{message}", l.severity, l.trace, l.span);
        }
        text
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
