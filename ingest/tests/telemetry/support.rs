//! Small telemetry, an import of it, and the bundle as plain values.

use std::fs;
use std::path::PathBuf;
use std::rc::Rc;

use arrow::array::Array;
use infra_eventlog::batch::Rows;
use infra_eventlog::metadata::RunMetadata;
use infra_eventlog::{Run, TableKind};
use infra_ingest::import::{ImportReport, TelemetryFormat, TelemetryOptions, import_telemetry};
use serde_json::{Value, json};

/// 2024-05-01T12:00:00Z \[ns since 1970\].
pub(crate) const T0: i64 = 1_714_564_800_000_000_000;
pub(crate) const MS: i64 = 1_000_000;
pub(crate) const SECOND: i64 = 1_000_000_000;

pub(crate) struct Folder {
    dir: Rc<tempfile::TempDir>,
    pub(crate) options: TelemetryOptions,
}

pub(crate) struct Imported {
    pub(crate) report: ImportReport,
    pub(crate) metadata: RunMetadata,
    run: Run,
    /// The folder stays as long as its bundle is read.
    _dir: Rc<tempfile::TempDir>,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self { dir: Rc::new(tempfile::tempdir().unwrap()), options: TelemetryOptions::default() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    pub(crate) fn try_import(
        &self,
        format: TelemetryFormat,
        inputs: &[PathBuf],
        out: &str,
    ) -> Result<ImportReport, String> {
        import_telemetry(format, inputs, &self.options, &self.path(out)).map_err(|e| e.to_string())
    }

    #[track_caller]
    pub(crate) fn import(&self, format: TelemetryFormat, bytes: impl AsRef<[u8]>) -> Imported {
        let input = self.write("input", bytes);
        let report = self.try_import(format, &[input], "bundle").unwrap();
        let run = Run::open(&self.path("bundle")).unwrap();
        Imported { report, metadata: run.metadata().clone(), run, _dir: Rc::clone(&self.dir) }
    }

    #[track_caller]
    pub(crate) fn refused(&self, format: TelemetryFormat, bytes: impl AsRef<[u8]>) -> String {
        let input = self.write("input", bytes);
        self.try_import(format, &[input], "bundle").unwrap_err()
    }

    /// Bytes of all files of a bundle, by name.
    pub(crate) fn bytes(&self, out: &str) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = fs::read_dir(self.path(out))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap()))
            .collect();
        files.sort();
        files
    }
}

impl Imported {
    fn rows<T>(&self, kind: TableKind, columns: &[&str], row: impl Fn(&Rows, usize) -> T) -> Vec<T> {
        let Some(table) = self.run.table(kind) else { return Vec::new() };
        let mut all = Vec::new();
        for rows in table.read(columns) {
            let rows = rows.unwrap();
            all.extend((0..rows.len()).map(|i| row(&rows, i)));
        }
        all
    }

    /// Id, parent, service, start since the origin and duration \[ms\], status.
    pub(crate) fn spans(&self) -> Vec<(String, String, String, i64, i64, String)> {
        let columns = ["span_id", "parent_span_id", "service", "start_ns", "duration_ns", "status"];
        self.rows(TableKind::Spans, &columns, |rows, i| {
            let int = |name: &str| rows.require_ints(name).unwrap().value(i) / MS;
            let text = |name: &str| text(rows, name, i);
            (
                text("span_id"),
                text("parent_span_id"),
                text("service"),
                int("start_ns"),
                int("duration_ns"),
                text("status"),
            )
        })
    }

    /// End since the origin and interval \[s\], service, signal, statistic, value.
    pub(crate) fn metrics(&self) -> Vec<(i64, i64, String, String, String, Option<f64>)> {
        let columns = ["time_ns", "interval_ns", "service", "signal", "statistic", "value"];
        self.rows(TableKind::Metrics, &columns, |rows, i| {
            let int = |name: &str| rows.require_ints(name).unwrap().value(i) / SECOND;
            let text = |name: &str| text(rows, name, i);
            let values = rows.floats("value").unwrap();
            let value = values.is_valid(i).then(|| values.value(i));
            (int("time_ns"), int("interval_ns"), text("service"), text("signal"), text("statistic"), value)
        })
    }

    /// Value of a signal's statistic, the first one.
    #[track_caller]
    pub(crate) fn value(&self, signal: &str, statistic: &str) -> f64 {
        let all = self.metrics();
        let found = all.iter().find(|m| m.3 == signal && m.4 == statistic);
        found.unwrap_or_else(|| panic!("no {statistic} of {signal} in {all:?}")).5.unwrap()
    }

    /// Type, service, message.
    pub(crate) fn events(&self) -> Vec<(String, String, String)> {
        self.rows(TableKind::Events, &["event_type", "service", "message"], |rows, i| {
            (text(rows, "event_type", i), text(rows, "service", i), text(rows, "message", i))
        })
    }

    /// Severity and message.
    pub(crate) fn logs(&self) -> Vec<(String, String)> {
        self.rows(TableKind::Logs, &["severity", "message"], |rows, i| {
            (text(rows, "severity", i), text(rows, "message", i))
        })
    }

    pub(crate) fn edges(&self) -> Vec<(&str, &str)> {
        self.metadata.edges.iter().map(|e| (e.from.as_str(), e.to.as_str())).collect()
    }

    #[track_caller]
    pub(crate) fn noted(&self, what: &str) {
        assert!(self.report.notes.iter().any(|n| n.contains(what)), "{what}: {:?}", self.report.notes);
    }
}

fn text(rows: &Rows, name: &str, i: usize) -> String {
    rows.require_texts(name).unwrap().get(i).unwrap_or("").to_owned()
}

/// A span for OTLP/JSON: id and parent as numbers (0: none), start and end in ms after `T0`.
pub(crate) fn span(id: u64, parent: u64, start_ms: i64, end_ms: i64) -> Value {
    json!({
        "traceId": format!("{:032x}", 7),
        "spanId": format!("{id:016x}"),
        "parentSpanId": if parent == 0 { String::new() } else { format!("{parent:016x}") },
        "name": "op",
        "kind": 2,
        "startTimeUnixNano": (T0 + start_ms * MS).to_string(),
        "endTimeUnixNano": (T0 + end_ms * MS).to_string(),
    })
}

/// An OTLP/JSON line of one service's spans.
pub(crate) fn traces(service: &str, spans: &[Value]) -> String {
    json!({"resourceSpans": [{"resource": resource(service), "scopeSpans": [{"spans": spans}]}]}).to_string()
        + "\n"
}

/// An OTLP/JSON line of one service's metrics.
pub(crate) fn metrics(service: &str, metrics: &[Value]) -> String {
    json!({"resourceMetrics": [{"resource": resource(service), "scopeMetrics": [{"metrics": metrics}]}]})
        .to_string()
        + "\n"
}

/// An OTLP/JSON line of one service's log records.
pub(crate) fn logs(service: &str, records: &[Value]) -> String {
    json!({"resourceLogs": [{"resource": resource(service), "scopeLogs": [{"logRecords": records}]}]})
        .to_string()
        + "\n"
}

/// `name` or `name@version`.
fn resource(service: &str) -> Value {
    let (name, version) = service.split_once('@').unwrap_or((service, ""));
    let attribute = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let all = [("service.name", name), ("service.version", version)];
    let told: Vec<Value> = all.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| attribute(k, v)).collect();
    json!({ "attributes": told })
}

/// Time in seconds after `T0`, as OTLP writes it.
pub(crate) fn at(seconds: i64) -> String {
    (T0 + seconds * SECOND).to_string()
}
