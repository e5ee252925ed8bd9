//! Damaged telemetry from import to ranking: counted where it is seen, and the incident is found
//! all the same.

use serde_json::Value;

use crate::support::{Folder, Said};
use crate::telemetry::{Fault, INJECTED, Kind, Shop, Span, T0, Telemetry, TimeUnit, map};

/// The incident, told by hand: OTLP files declare none.
const FOCUS: &str = "--baseline 2024-05-01T12:00:00Z..2024-05-01T12:20:00Z \
    --incident-window 2024-05-01T12:20:00Z..2024-05-01T12:23:00Z";

/// An hour \[ns\].
const HOUR: i64 = 3_600_000_000_000;

fn shop() -> Telemetry {
    Shop::new(Fault::SlowWork).telemetry()
}

/// Imports the files named, shows what `inspect` must show, and ranks.
#[track_caller]
fn expect_injected(folder: &Folder, inputs: &str, counted: &[&str]) {
    let said = folder.run(&format!("import otlp {inputs} -o bundle")).expect_code(0);
    for what in counted {
        assert!(said.err.contains(what), "no `{what}` in:\n{}", said.err);
    }
    expect_ranked(folder, counted);
}

/// `inspect` shows the counts, and the injected service is first with a path that starts there.
#[track_caller]
fn expect_ranked(folder: &Folder, counted: &[&str]) {
    folder.run("inspect bundle").expect_code(0).says(counted);
    folder.run("validate bundle").expect_code(0);
    let ranking = ranking(&folder.run(&format!("rank bundle {FOCUS} --format json")));
    assert_eq!(ranking["ranking"][0]["service"], INJECTED, "{}", ranking["ranking"]);
    assert_eq!(ranking["paths"][0]["services"][0], INJECTED, "{}", ranking["paths"]);
}

#[track_caller]
fn ranking(said: &Said) -> Value {
    assert_eq!(said.code, 0, "{}", said.err);
    serde_json::from_str(&said.out).unwrap()
}

/// One refusal: exit code 3, one message, no bundle.
#[track_caller]
fn expect_refused(folder: &Folder, inputs: &str, why: &str) {
    folder.run(&format!("import otlp {inputs} -o bundle")).expect_code(3).complains(&[why]);
    assert!(!folder.path("bundle").exists());
}

#[test]
fn a_truncated_line() {
    let folder = Folder::new();
    let text = shop().otlp_traces();
    let lines: Vec<&str> = text.lines().collect();
    let broken = &lines[3][..lines[3].len() / 2];
    let damaged = [&lines[..3], &[broken], &lines[4..]].concat().join("\n");
    folder.write("spans.jsonl", damaged.as_bytes());
    expect_injected(
        &folder,
        "spans.jsonl",
        &["damaged lines or records, left out: 1 (first: spans.jsonl line 4: broken JSON at column"],
    );
    let alone = Folder::new();
    alone.write("spans.jsonl", broken.as_bytes());
    expect_refused(&alone, "spans.jsonl", "spans.jsonl: broken JSON: EOF");
}

#[test]
fn a_wrong_length_in_protobuf() {
    let folder = Folder::new();
    let told = shop();
    let whole = told.otlp_traces_proto();
    let tail = Telemetry { spans: told.spans[told.spans.len() - 9..].to_vec(), ..Telemetry::default() };
    let at = whole.len() - tail.otlp_traces_proto().len();
    let mut damaged = whole;
    damaged[at + 2] ^= 1;
    folder.write("spans.bin", &damaged);
    let place = format!("(first: spans.bin byte {at}: ");
    expect_injected(&folder, "spans.bin", &["damaged lines or records, left out: ", &place]);
    let alone = Folder::new();
    alone.write("spans.bin", &damaged[at..]);
    expect_refused(&alone, "spans.bin", "spans.bin: neither OTLP/JSON nor length-prefixed");
}

#[test]
fn spans_that_end_before_they_start() {
    let folder = Folder::new();
    let mut told = shop();
    let backwards = told.spans.iter_mut().filter(|s| s.id % 101 == 0);
    let count = backwards.map(|s| std::mem::swap(&mut s.start_ns, &mut s.end_ns)).count();
    folder.write("spans.jsonl", told.otlp_traces().as_bytes());
    expect_injected(
        &folder,
        "spans.jsonl",
        &[&format!("spans that end before they start, left out: {count}")],
    );
}

/// A span in normal time that belongs to none of the shop's traces.
fn stranger(id: u64, parent: u64) -> Span {
    Span {
        trace: 1,
        id,
        parent: Some(parent),
        service: "crawler".to_owned(),
        operation: "follow".to_owned(),
        kind: Kind::Server,
        start_ns: T0 + id as i64 * 1_000,
        end_ns: T0 + 300_000_000_000 - id as i64 * 1_000,
        failed: false,
    }
}

#[test]
fn cycles_of_parents() {
    let folder = Folder::new();
    let mut told = shop();
    told.spans.extend([stranger(1, 2), stranger(2, 3), stranger(3, 1), stranger(4, 4)]);
    folder.write("spans.jsonl", told.otlp_traces().as_bytes());
    expect_injected(&folder, "spans.jsonl", &["cycles of parents, cut at the span that starts first: 2"]);
}

#[test]
fn a_trace_of_a_hundred_thousand_spans() {
    let folder = Folder::new();
    let told = shop();
    // Each the child of the one before: as deep as it is long.
    let spans = (1..=100_000).map(|id| Span { parent: (id > 1).then(|| id - 1), ..stranger(id, 0) });
    let deep = Telemetry { spans: spans.collect(), ..Telemetry::default() };
    folder.write("deep.bin", &deep.otlp_traces_proto());
    folder.write("spans.jsonl", told.otlp_traces().as_bytes());
    expect_injected(&folder, "deep.bin spans.jsonl", &[]);
    let spans = (100_000 + told.spans.len()).to_string();
    folder.run("inspect bundle --format json").expect_code(0).says(&[&spans]);
}

#[test]
fn repeated_and_contradicting_ids() {
    let folder = Folder::new();
    let mut told = shop();
    let picked: Vec<Span> = told.spans.iter().filter(|s| s.id % 97 == 0).cloned().collect();
    let later = |s: &Span| Span { start_ns: s.start_ns + 1_000, ..s.clone() };
    told.spans.extend(picked.iter().cloned().chain(picked.iter().map(later)));
    folder.write("spans.jsonl", told.otlp_traces().as_bytes());
    let count = picked.len();
    expect_injected(
        &folder,
        "spans.jsonl",
        &[
            &format!("repeated spans, left out: {count}"),
            &format!("spans that contradict another with the same trace id and span id, left out: {count}"),
        ],
    );
}

#[test]
fn an_hour_of_skew_on_one_service() {
    let folder = Folder::new();
    let mut told = shop();
    for span in told.spans.iter_mut().filter(|s| s.service == "store") {
        span.start_ns += HOUR;
        span.end_ns += HOUR;
    }
    told.lines.iter_mut().filter(|l| l.service == "store").for_each(|line| line.time_ns += HOUR);
    folder.write("spans.jsonl", told.otlp_traces().as_bytes());
    folder.write("logs.jsonl", told.otlp_logs().as_bytes());
    expect_injected(
        &folder,
        "spans.jsonl logs.jsonl",
        &["(clocks disagree), times kept: ", "(largest: 3599.99"],
    );
}

#[test]
fn text_among_the_numbers_of_a_metrics_table() {
    let folder = Folder::new();
    let told = shop();
    let unit = TimeUnit::Rfc3339;
    let metrics = told.metrics_csv(unit);
    let damaged: Vec<String> = (0..)
        .zip(metrics.lines())
        .map(|(k, row)| {
            let (rest, _) = row.rsplit_once(',').unwrap();
            if k > 0 && k % 100 == 0 { format!("{rest},n/a") } else { row.to_owned() }
        })
        .collect();
    let count = damaged.iter().filter(|row| row.ends_with("n/a")).count();
    for (name, text) in [
        ("metrics.csv", damaged.join("\n")),
        ("spans.csv", told.spans_csv(unit)),
        ("logs.csv", told.logs_csv(unit)),
        ("map.toml", map(unit)),
    ] {
        folder.write(name, text.as_bytes());
    }
    let line =
        "import tables --metrics metrics.csv --spans spans.csv --logs logs.csv --config map.toml -o bundle";
    folder.run(line).expect_code(0);
    let counted = format!("texts in number columns, read as null: {count} (first: metrics.csv row 99");
    expect_ranked(&folder, &[&counted]);
}
