//! Small tables, an import of them, and the bundle as plain values.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;
use arrow::util::display::array_value_to_string;
use infra_eventlog::metadata::{PeriodKind, RunMetadata};
use infra_eventlog::{Run, TableKind};
use infra_ingest::import::{ImportReport, TableInputs, TableMap, import_tables};
use parquet::arrow::ArrowWriter;

pub(crate) const SECOND: i64 = 1_000_000_000;

/// One column of a test table.
#[derive(Clone)]
pub(crate) enum Column {
    Text(Vec<Option<String>>),
    Int(Vec<i64>),
    Float(Vec<Option<f64>>),
}

pub(crate) fn text(cells: &[&str]) -> Column {
    Column::Text(cells.iter().map(|c| (!c.is_empty()).then(|| (*c).to_owned())).collect())
}

pub(crate) fn int(cells: &[i64]) -> Column {
    Column::Int(cells.to_vec())
}

pub(crate) fn float(cells: &[Option<f64>]) -> Column {
    Column::Float(cells.to_vec())
}

/// A table as named columns.
pub(crate) type Table = Vec<(&'static str, Column)>;

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::Text(cells) => cells.len(),
            Self::Int(cells) => cells.len(),
            Self::Float(cells) => cells.len(),
        }
    }

    fn cell(&self, i: usize) -> String {
        match self {
            Self::Text(cells) => {
                let text = cells[i].clone().unwrap_or_default();
                let is_plain = !text.contains(['"', ',', '\n', '\r']);
                if is_plain { text } else { format!("\"{}\"", text.replace('"', "\"\"")) }
            },
            Self::Int(cells) => cells[i].to_string(),
            Self::Float(cells) => cells[i].map_or_else(String::new, |v| v.to_string()),
        }
    }

    fn array(&self) -> ArrayRef {
        match self {
            Self::Text(cells) => Arc::new(StringArray::from(cells.clone())),
            Self::Int(cells) => Arc::new(Int64Array::from(cells.clone())),
            Self::Float(cells) => Arc::new(Float64Array::from(cells.clone())),
        }
    }

    fn reordered(&self, order: &[usize]) -> Self {
        match self {
            Self::Text(cells) => Self::Text(order.iter().map(|i| cells[*i].clone()).collect()),
            Self::Int(cells) => Self::Int(order.iter().map(|i| cells[*i]).collect()),
            Self::Float(cells) => Self::Float(order.iter().map(|i| cells[*i]).collect()),
        }
    }
}

/// The table with its rows in another order.
pub(crate) fn reordered(table: &Table, order: &[usize]) -> Table {
    table.iter().map(|(name, column)| (*name, column.reordered(order))).collect()
}

/// A metrics row of the bundle, times in seconds: end, service, signal, statistic, value.
pub(crate) type Row = (i64, String, String, String, Option<f64>);

/// An imported bundle.
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) report: ImportReport,
    pub(crate) metadata: RunMetadata,
    pub(crate) rows: Vec<Row>,
}

impl Imported {
    /// Start and end of the normal periods [s].
    pub(crate) fn normal(&self) -> Vec<(i64, i64)> {
        let normal = self.metadata.periods.iter().filter(|p| p.kind == PeriodKind::Normal);
        normal.map(|p| (p.start_ns / SECOND, p.end_ns / SECOND)).collect()
    }

    /// Id, start and end of the incidents [s].
    pub(crate) fn incidents(&self) -> Vec<(&str, i64, i64)> {
        let incidents = self.metadata.incidents.iter();
        incidents.map(|i| (i.id.as_str(), i.start_ns / SECOND, i.end_ns / SECOND)).collect()
    }

    /// Ends of the edges.
    pub(crate) fn edges(&self) -> Vec<(&str, &str)> {
        self.metadata.edges.iter().map(|e| (e.from.as_str(), e.to.as_str())).collect()
    }

    pub(crate) fn services(&self) -> Vec<&str> {
        self.metadata.services.iter().map(|s| s.id.as_str()).collect()
    }
}

/// A folder of inputs, gone after the test.
pub(crate) struct Folder {
    dir: tempfile::TempDir,
    pub(crate) inputs: TableInputs,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), inputs: TableInputs::default() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Writes a table as Parquet, TSV or CSV, as the name says.
    pub(crate) fn table(&self, name: &str, table: &Table) -> PathBuf {
        if name.ends_with(".parquet") {
            return self.parquet(name, table);
        }
        let mark = if name.ends_with(".tsv") { "\t" } else { "," };
        let names: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
        let mut lines = vec![names.join(mark)];
        for i in 0..table.first().map_or(0, |(_, column)| column.len()) {
            let cells: Vec<String> = table.iter().map(|(_, column)| column.cell(i)).collect();
            lines.push(cells.join(mark));
        }
        self.write(name, lines.join("\n") + "\n")
    }

    fn parquet(&self, name: &str, table: &Table) -> PathBuf {
        let path = self.path(name);
        let batch = RecordBatch::try_from_iter_with_nullable(
            table.iter().map(|(name, column)| (*name, column.array(), true)),
        )
        .unwrap();
        let mut writer =
            ArrowWriter::try_new(fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        path
    }

    pub(crate) fn metrics(mut self, name: &str, table: &Table) -> Self {
        let path = self.table(name, table);
        self.inputs.metrics.push(path);
        self
    }

    pub(crate) fn edges(mut self, name: &str, table: &Table) -> Self {
        let path = self.table(name, table);
        self.inputs.edges.push(path);
        self
    }

    pub(crate) fn services(mut self, name: &str, table: &Table) -> Self {
        let path = self.table(name, table);
        self.inputs.services.push(path);
        self
    }

    pub(crate) fn incidents(mut self, name: &str, text: &str) -> Self {
        let path = self.write(name, text);
        self.inputs.incidents.push(path);
        self
    }

    /// Adds a file that is written already to the inputs of a kind.
    pub(crate) fn input(mut self, kind: &str, path: PathBuf) -> Self {
        match kind {
            "metrics" => self.inputs.metrics.push(path),
            "spans" => self.inputs.spans.push(path),
            "logs" => self.inputs.logs.push(path),
            "calls" => self.inputs.calls.push(path),
            "events" => self.inputs.events.push(path),
            "incidents" => self.inputs.incidents.push(path),
            "excluded" => self.inputs.excluded.push(path),
            other => panic!("no input kind {other}"),
        }
        self
    }

    /// Writes a table and adds it to the inputs of a kind.
    pub(crate) fn with(self, kind: &str, name: &str, table: &Table) -> Self {
        let path = self.table(name, table);
        self.input(kind, path)
    }

    /// Writes a text and adds it to the inputs of a kind.
    pub(crate) fn with_text(self, kind: &str, name: &str, text: &str) -> Self {
        let path = self.write(name, text);
        self.input(kind, path)
    }

    /// Columns of a table of `bundle`, a row a text with `|` between cells and `-` for null.
    pub(crate) fn cells(&self, table: TableKind, columns: &[&str]) -> Vec<String> {
        let run = Run::open(&self.path("bundle")).unwrap();
        assert!(run.warnings().is_empty(), "{:?}", run.warnings());
        let mut lines = Vec::new();
        for batch in run.table(table).unwrap().read(columns) {
            let batch = batch.unwrap();
            for i in 0..batch.len() {
                let cell = |name: &&str| {
                    let array = batch.batch().column_by_name(name).unwrap();
                    let is_null = array.is_null(i);
                    let text = || array_value_to_string(array, i).unwrap();
                    if is_null { "-".to_owned() } else { text() }
                };
                lines.push(columns.iter().map(cell).collect::<Vec<_>>().join("|"));
            }
        }
        lines
    }

    /// All files of a bundle.
    pub(crate) fn files(&self, name: &str) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.path(name)).unwrap().map(|entry| entry.unwrap());
        entries.map(|e| (e.file_name().to_string_lossy().into_owned(), fs::read(e.path()).unwrap())).collect()
    }

    pub(crate) fn only(mut self, column: &str, value: &str) -> Self {
        self.inputs.filters.push((column.to_owned(), value.to_owned()));
        self
    }

    /// Imports with this map, to this name.
    pub(crate) fn import_to(&self, map: &str, name: &str) -> Result<ImportReport, String> {
        let map = TableMap::parse(map, "map.toml").map_err(|e| e.to_string())?;
        import_tables(&self.inputs, &map, &self.path(name)).map_err(|e| e.to_string())
    }

    #[track_caller]
    pub(crate) fn import(&self, map: &str) -> Imported {
        let report = self.import_to(map, "bundle").unwrap();
        read(&self.path("bundle"), report)
    }

    /// The message of an import that must fail.
    #[track_caller]
    pub(crate) fn refused(&self, map: &str) -> String {
        self.import_to(map, "bundle").unwrap_err()
    }

    /// Bytes of a bundle's two files.
    pub(crate) fn bytes(&self, name: &str) -> (Vec<u8>, Vec<u8>) {
        let file = |file: &str| fs::read(self.path(name).join(file)).unwrap();
        (file("run.json"), file("metrics.parquet"))
    }
}

/// Reads a bundle back through the strict reader.
fn read(path: &Path, report: ImportReport) -> Imported {
    let run = Run::open(path).unwrap();
    assert!(run.warnings().is_empty(), "{:?}", run.warnings());
    let mut rows = Vec::new();
    let columns = ["time_ns", "service", "signal", "statistic", "value"];
    for batch in run.table(TableKind::Metrics).unwrap().read(&columns) {
        let batch = batch.unwrap();
        let times = batch.require_ints("time_ns").unwrap();
        let [service, signal, statistic] =
            ["service", "signal", "statistic"].map(|name| batch.require_texts(name).unwrap());
        let values = batch.floats("value").unwrap();
        for i in 0..batch.len() {
            let name = |column: &infra_eventlog::batch::TextColumn| column.get(i).unwrap().to_owned();
            let value = arrow::array::Array::is_valid(values, i).then(|| values.value(i));
            rows.push((times.value(i) / SECOND, name(&service), name(&signal), name(&statistic), value));
        }
    }
    Imported { report, metadata: run.metadata().clone(), rows }
}

/// A row for comparisons.
pub(crate) fn row(
    end_s: i64,
    service: &str,
    signal: &str,
    statistic: &str,
    value: impl Into<Option<f64>>,
) -> Row {
    (end_s, service.to_owned(), signal.to_owned(), statistic.to_owned(), value.into())
}

/// The head of a long map with Unix seconds and a minute's interval.
pub(crate) const LONG: &str = r#"schema = "infra-map/1"
normal = "rows_without_incident"
[metrics]
layout = "long"
time = "t"
time_unit = "s"
stamp = "end"
interval = "60s"
service = "service"
signal = "metric"
statistic = "agg"
value = "value"
signals.latency = {}
"#;

/// The same head without any signal, for maps with `[metrics.signals.NAME]` of their own.
pub(crate) fn long_without_signals() -> String {
    LONG.replace("signals.latency = {}\n", "")
}

/// A long table of one signal on one service: times, and values that count up from 1.
pub(crate) fn series(times: &[i64]) -> Table {
    let n = times.len();
    vec![
        ("t", int(times)),
        ("service", text(&vec!["web"; n])),
        ("metric", text(&vec!["latency"; n])),
        ("agg", text(&vec!["p50"; n])),
        ("value", float(&(1..=n).map(|v| Some(v as f64)).collect::<Vec<_>>())),
    ]
}
