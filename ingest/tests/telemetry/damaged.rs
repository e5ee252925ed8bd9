//! Damaged telemetry: counted with its place, left out, never a panic, never silent.

use infra_ingest::import::TelemetryFormat::{Jaeger, Otlp, Prometheus, Zipkin};

use crate::support::{Folder, span, traces};

#[test]
fn a_truncated_line_is_counted_with_its_number() {
    let good = traces("web", &[span(1, 0, 0, 50)]);
    let text = format!("{good}{}\n{}", &good[..good.len() / 2], traces("web", &[span(2, 1, 1, 2)]));
    let imported = Folder::new().import(Otlp, &text);
    assert_eq!(imported.spans().len(), 2);
    imported.noted("damaged lines or records, left out: 1 (first: input line 2: broken JSON at column");
    let mut strict = Folder::new();
    strict.options.strict = true;
    assert!(strict.refused(Otlp, &text).contains("input line 2"));
    // Also if the first line is the damaged one.
    let text = format!("{}\n{good}", &good[..good.len() / 2]);
    Folder::new().import(Otlp, text).noted("input line 1");
}

#[test]
fn spans_that_end_before_they_start_are_left_out() {
    let imported = Folder::new().import(Otlp, traces("web", &[span(1, 0, 50, 0), span(2, 1, 10, 20)]));
    assert_eq!(imported.spans().len(), 1);
    imported.noted("spans that end before they start, left out: 1");
    imported.noted("spans whose parent is not in their trace: 1");
}

#[test]
fn cycles_of_parents_are_cut_where_they_start() {
    let spans = [span(1, 3, 5, 50), span(2, 1, 6, 40), span(3, 2, 7, 30), span(4, 4, 8, 9), span(5, 1, 6, 7)];
    let imported = Folder::new().import(Otlp, traces("web", &spans));
    let parents: Vec<String> = imported.spans().into_iter().map(|s| s.1).collect();
    let id = |n: u64| if n == 0 { String::new() } else { format!("{n:016x}") };
    assert_eq!(parents, [0, 1, 1, 2, 0].map(id));
    imported.noted("cycles of parents, cut at the span that starts first: 2");
}

#[test]
fn repeated_and_contradicting_ids_leave_one_span() {
    let spans = [span(1, 0, 5, 50), span(1, 0, 5, 50), span(1, 0, 6, 50), span(2, 0, 5, 6)];
    let imported = Folder::new().import(Otlp, traces("web", &spans));
    assert_eq!(imported.spans().len(), 2);
    imported.noted("repeated spans, left out: 1");
    imported.noted("spans that contradict another with the same trace id and span id, left out: 1");
}

#[test]
fn an_hour_of_skew_is_told_and_times_are_kept() {
    let hour = 3_600_000;
    let imported = Folder::new().import(Otlp, traces("web", &[span(1, 0, hour, hour + 9), span(2, 1, 0, 9)]));
    imported.noted("(clocks disagree), times kept: 1 (largest: 3600 s");
    assert_eq!(imported.spans()[0].3, 0);
}

#[test]
fn ids_and_times_that_are_none_are_counted() {
    let mut base64 = span(1, 0, 0, 5);
    base64["spanId"] = "7uGbfsPBsXQ=".into();
    let mut beyond = span(2, 0, 0, 5);
    beyond["startTimeUnixNano"] = "18446744073709551615".into();
    let mut negative = span(3, 0, 0, 5);
    negative["endTimeUnixNano"] = (-5).into();
    let mut unset = span(4, 0, 0, 5);
    unset["startTimeUnixNano"] = "0".into();
    let spans = [base64, beyond, negative, unset, span(5, 0, 0, 5)];
    let imported = Folder::new().import(Otlp, traces("web", &spans));
    assert_eq!(imported.spans().len(), 1);
    imported.noted("damaged lines or records, left out: 2");
    imported.noted("in hex, not in base64");
}

#[test]
fn foreign_files_are_refused_with_a_reason() {
    let otlp = traces("web", &[span(1, 0, 0, 5)]);
    for (format, what) in [(Jaeger, "not Jaeger's"), (Zipkin, "not Zipkin's"), (Prometheus, "query API")] {
        assert!(Folder::new().refused(format, &otlp).contains(what));
    }
    assert!(Folder::new().refused(Otlp, "{\"data\": []}").contains("not OTLP"));
    for nothing in ["", "{", "[", "\u{feff}", "null", "[[[[", "\"text\""] {
        for format in [Otlp, Jaeger, Zipkin, Prometheus] {
            Folder::new().refused(format, nothing);
        }
    }
}

#[test]
fn bombs_and_broken_archives_are_refused() {
    let bomb = zstd::encode_all(&vec![b' '; 80 << 20][..], 19).unwrap();
    assert!(bomb.len() < 1 << 16);
    assert!(Folder::new().refused(Otlp, bomb).contains("no honest text packs that well"));
    assert!(Folder::new().refused(Otlp, [0x1f, 0x8b, 1, 2, 3]).contains("cannot be unpacked"));
}

#[test]
fn deep_nesting_does_not_overflow_the_stack() {
    let deep = format!("{{\"resourceSpans\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for format in [Otlp, Jaeger, Zipkin, Prometheus] {
        Folder::new().refused(format, &deep);
    }
}
