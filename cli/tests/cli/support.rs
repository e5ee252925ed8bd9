//! A folder to work in, the program to run in it, and runs made by hand.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use tempfile::TempDir;

/// The program under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_infra-analyze");

/// A folder of its own, in which the program runs.
pub(crate) struct Folder {
    dir: TempDir,
}

/// What the program said.
#[derive(Debug)]
pub(crate) struct Said {
    /// Exit code; -1 if a signal ended it.
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Fails unless the code is the expected one and nothing panicked.
    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self.expect_calm()
    }

    /// Fails if a panic shows.
    #[track_caller]
    pub(crate) fn expect_calm(self) -> Self {
        for word in ["panicked", "internal error", "RUST_BACKTRACE"] {
            assert!(!self.err.contains(word), "{}", self.err);
        }
        assert!(self.code >= 0, "ended by a signal: {}", self.err);
        self
    }

    /// Fails unless the output holds every text; Markdown's escapes do not count.
    #[track_caller]
    pub(crate) fn says(self, texts: &[&str]) -> Self {
        let plain = self.out.replace('\\', "");
        for text in texts {
            assert!(self.out.contains(text) || plain.contains(text), "no `{text}` in:\n{}", self.out);
        }
        self
    }

    /// Fails unless there is exactly one error message that holds every text.
    #[track_caller]
    pub(crate) fn complains(self, texts: &[&str]) -> Self {
        assert_eq!(self.err.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{}", self.err);
        for text in texts {
            assert!(self.err.contains(text), "no `{text}` in:\n{}", self.err);
        }
        self
    }
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs the program with arguments split at blanks.
    #[track_caller]
    pub(crate) fn run(&self, line: &str) -> Said {
        self.run_with(&line.split_whitespace().collect::<Vec<_>>(), &[])
    }

    /// Runs the program with arguments and environment variables.
    #[track_caller]
    pub(crate) fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Said {
        self.command(BINARY, arguments, environment)
    }

    /// Runs a line of shell in which `$BIN` is the program.
    #[track_caller]
    pub(crate) fn shell(&self, line: &str) -> Said {
        self.command("sh", &["-c", line], &[("BIN", BINARY)])
    }

    fn command(&self, program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Said {
        let output = assert_cmd::Command::new(program)
            .args(arguments)
            .envs(environment.iter().copied())
            .current_dir(self.dir.path())
            .timeout(Duration::from_secs(60))
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// Simulates a built-in flood scenario to `run.parquet`.
    #[track_caller]
    pub(crate) fn simulate(&self, scenario: &str) -> PathBuf {
        self.run(&format!("simulate flood --scenario {scenario} -o run.parquet")).expect_code(0);
        self.path("run.parquet")
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        if let Some(parent) = self.path(name).parent() {
            std::fs::create_dir_all(parent).unwrap();
        }
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Names of everything in the folder, hidden files included, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.dir.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// A column by name.
pub(crate) type Columns = Vec<(String, ArrayRef)>;

pub(crate) fn ints(name: &str, values: impl IntoIterator<Item = i64>) -> (String, ArrayRef) {
    (name.to_owned(), Arc::new(Int64Array::from_iter_values(values)))
}

pub(crate) fn floats(name: &str, values: impl IntoIterator<Item = f64>) -> (String, ArrayRef) {
    (name.to_owned(), Arc::new(Float64Array::from_iter_values(values)))
}

pub(crate) fn texts<'a>(name: &str, values: impl IntoIterator<Item = Option<&'a str>>) -> (String, ArrayRef) {
    (name.to_owned(), Arc::new(StringArray::from_iter(values)))
}

/// Replaces a column, or removes it.
pub(crate) fn with(mut columns: Columns, name: &str, new: Option<(String, ArrayRef)>) -> Columns {
    let at = columns.iter().position(|(n, _)| n == name).unwrap();
    match new {
        Some(column) => columns[at] = column,
        None => drop(columns.remove(at)),
    }
    columns
}

/// Writes a Parquet file with metadata under the footer key of runs.
pub(crate) fn write_parquet(path: &Path, columns: &Columns, metadata: Option<&str>) {
    let footer = metadata.map(|text| vec![KeyValue::new("infra.run".to_owned(), text.to_owned())]);
    let properties = WriterProperties::builder().set_key_value_metadata(footer).build();
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.iter().map(|(n, a)| (n, a.clone(), true))).unwrap();
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// Metadata of [`story`]: the second service depends on the first, the third on the second.
pub(crate) fn story_metadata(names: [&str; 3]) -> String {
    serde_json::json!({
        "schema": "infra-run/1",
        "time": { "unit": "tick", "tick_ns": 1 },
        "observation": "snapshot",
        "services": names.map(|id| serde_json::json!({ "id": id })),
        "edges": [{ "from": names[1], "to": names[0] }, { "from": names[2], "to": names[1] }],
        "signals": [{ "name": "stress", "worse": "high", "baseline": 0.0, "warning": 0.5, "critical": 1.0 }],
        "event_types": [{ "name": "ALARM", "role": "alert" }],
    })
    .to_string()
}

/// Forty ticks of three services: the first fails at tick 20, the second at 23, the third never;
/// an alarm with a log line goes off at tick 24.
pub(crate) fn story(names: [&str; 3], message: &str) -> Columns {
    let mut rows: Vec<(i64, Option<usize>, f64)> = Vec::new();
    for tick in 0..40_i64 {
        for service in 0..3 {
            let onset = [20, 23, i64::MAX][service];
            let quiet = 0.01 * ((tick * 7 + service as i64) % 3) as f64;
            rows.push((tick, Some(service), if tick >= onset { 2.0 + quiet } else { quiet }));
        }
        if tick == 24 {
            rows.push((tick, None, 0.0));
        }
    }
    let n = rows.len() as i64;
    let stress: Float64Array = rows.iter().map(|r| r.1.map(|_| r.2)).collect();
    vec![
        ints("seq", 0..n),
        ints("event_id", 0..n),
        ints("time_ns", rows.iter().map(|r| r.0)),
        texts("event_type", rows.iter().map(|r| Some(if r.1.is_some() { "SAMPLE" } else { "ALARM" }))),
        texts("source", rows.iter().map(|r| Some(r.1.map_or(names[0], |_| "probe")))),
        texts("service", rows.iter().map(|r| r.1.map(|s| names[s]))),
        ("stress".to_owned(), Arc::new(stress)),
        texts("message", rows.iter().map(|r| r.1.is_none().then_some(message))),
    ]
}

/// Names that harm nobody.
pub(crate) const PLAIN: [&str; 3] = ["alpha", "beta", "gamma"];

/// A bundle with a metrics table of `PLAIN`: the first is slow in the declared incident.
pub(crate) fn metrics_bundle(folder: &Folder, name: &str) {
    let metadata = serde_json::json!({
        "schema": "infra-run/1",
        "time": { "origin": "2023-08-21T09:00:00Z" },
        "services": PLAIN.map(|id| serde_json::json!({ "id": id })),
        "edges": [{ "from": "beta", "to": "alpha" }, { "from": "gamma", "to": "beta" }],
        "incidents": [{ "id": "slow", "start_ns": 1_800_000_000_000_i64, "end_ns": 2_400_000_000_000_i64,
                        "symptom": { "service": "gamma", "signal": "latency" } }],
    });
    folder.write(&format!("{name}/run.json"), metadata.to_string().as_bytes());
    let minute = 60_000_000_000_i64;
    let rows: Vec<(i64, usize, f64)> = (1..=40)
        .flat_map(|m| (0..3).map(move |s| (m, s)))
        .map(|(m, s)| {
            let slow = if m > 30 { 0.8 } else { 0.0 };
            (m * minute, s, 0.1 * (s + 1) as f64 + 0.001 * ((m * 5 + s as i64) % 7) as f64 + slow)
        })
        .collect();
    let columns = vec![
        ints("time_ns", rows.iter().map(|r| r.0)),
        ints("interval_ns", rows.iter().map(|_| minute)),
        texts("service", rows.iter().map(|r| Some(PLAIN[r.1]))),
        texts("signal", rows.iter().map(|_| Some("latency"))),
        texts("statistic", rows.iter().map(|_| Some("mean"))),
        floats("value", rows.iter().map(|r| r.2)),
    ];
    write_parquet(&folder.path(&format!("{name}/metrics.parquet")), &columns, None);
}
