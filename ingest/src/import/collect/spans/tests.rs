//! A trace of a million spans: one chain, closed to a cycle.

use super::*;

#[test]
fn a_million_spans_in_one_trace_settle_without_recursion() {
    let n: i64 = 1_000_000;
    let mut set = SpanSet::default();
    let mut tally = Tally::default();
    for i in 0..n {
        let (id, parent) = (format!("{i:016x}"), format!("{:016x}", (i + n - 1) % n));
        let span = SpanRecord {
            trace_id: "t",
            span_id: &id,
            parent_span_id: Some(&parent),
            service: if i % 2 == 0 { "a" } else { "b" },
            operation: "op",
            start_ns: i * 10,
            duration_ns: 5,
            ..SpanRecord::default()
        };
        set.push(span, &mut tally, String::new).unwrap();
    }
    set.settle(&mut tally);
    assert_eq!(set.len(), 1_000_000);
    assert_eq!(set.rows.iter().filter(|s| s.is_cut).count(), 1);
    assert!(set.rows[0].is_cut);
    let calls: Vec<(&str, &str, u64)> = set.calls().collect();
    assert_eq!(calls, [("a", "b", 500_000), ("b", "a", 499_999)]);
    assert!(tally.counted().any(|n| n.starts_with("cycles of parents") && n.contains(": 1 (first")));
}
