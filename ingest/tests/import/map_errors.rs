//! Messages about the map itself.

use infra_ingest::import::TableMap;

use crate::support::LONG;

#[track_caller]
fn check(map: &str, expected: &str) {
    assert_eq!(TableMap::parse(map, "map.toml").unwrap_err().to_string(), expected);
}

#[test]
fn broken_toml_tells_line_and_column() {
    check("schema = \"infra-map/1\"\n[metrics\n", "map.toml:2:9: not TOML: unclosed table, expected `]`");
}

#[test]
fn an_empty_map_tells_what_it_needs() {
    check("", "map.toml:1: schema is missing\nmap.toml:1: [metrics], [spans] or [logs] is missing");
    check(
        "schema = \"infra-map/2\"\nmetrics = 3\n",
        "map.toml:1: schema is \"infra-map/2\"; this version reads \"infra-map/1\"\nmap.toml:2: metrics: expected a section",
    );
}

#[test]
fn all_problems_are_told_in_line_order_with_hints() {
    let map = r#"schema = "infra-map/1"
normal = "all"
[metrics]
layout = "lng"
tme = "t"
time_unit = "sec"
stamp = "begin"
interval = "5"
service = 7
signal = "s"
value = "v"
[metrics.signals.up]
scale = "0.01"
name = "availability"
[metrics.statistics]
Average = "average"
[[slos]]
signal = "latency"
[edges]
layout = "matrix"
"#;
    check(
        map,
        r#"map.toml:2: normal: expected "rows_without_incident"
map.toml:3: [metrics] time is missing
map.toml:4: [metrics] layout: expected "long" or "wide" (hint: did you mean "long"?)
map.toml:5: [metrics]: unknown key `tme` (hint: did you mean `time`?)
map.toml:6: [metrics] time_unit: expected "rfc3339" or "s" or "ms" or "us" or "ns" (hint: did you mean "s"?)
map.toml:7: [metrics] stamp: expected "start" or "end"
map.toml:8: [metrics] interval: expected a duration such as "300s", "5m" or "250ms"
map.toml:9: [metrics] service: expected a text in quotes, not empty
map.toml:13: [metrics.signals.up] scale: expected a finite number
map.toml:14: [metrics.signals.up]: unknown key `name` (known here: as, duplicates, scale, statistic, unit, worse)
map.toml:16: [metrics.statistics] Average: no statistic `average` (known: mean, p50, p90, p95, p99, sum, max, last)
map.toml:17: [[slos]] objective is missing
map.toml:19: [edges] direction is missing ("row_depends_on_column" or "column_depends_on_row")"#,
    );
}

#[test]
fn contradictions_are_told() {
    let wide = r#"schema = "infra-map/1"
[metrics]
layout = "wide"
time = "t"
time_unit = "s"
time_format = "%s"
stamp = "end"
interval = { column = "d", unit = "h" }
service = "s"
service_rule = [{ replicas = true, keep_before = "-" }]
[metrics.columns.a]
signal = "latency"
[metrics.columns.b]
signal = "latency"
[incidents]
id = "id"
after = "5m"
[[periods]]
kind = "normal"
start = 10
end = "yesterday"
"#;
    check(
        wide,
        r#"map.toml:2: [metrics.columns]: `a` and `b` both give mean of `latency` (hint: duplicates = "mean", "max" or "sum" merges them)
map.toml:6: [metrics] time_format: time_unit is given too; one of them suffices
map.toml:8: [metrics.interval] unit: expected "s" or "ms" or "us" or "ns"
map.toml:10: [[metrics.service_rule]]: one rule an entry, in the order in which they apply
map.toml:15: [incidents] before and after need time
map.toml:20: [[periods]] start: cannot read `10` as a time (RFC 3339)
map.toml:21: [[periods]] end: cannot read `yesterday` as a time (RFC 3339)"#,
    );
}

#[test]
fn incidents_need_something_that_tells_their_window() {
    check(
        &format!(
            "{LONG}[incidents]\nid = \"id\"\nstart = \"a\"\n[[periods]]\nkind = \"normal\"\nstart = 9\nend = 3\n"
        ),
        "map.toml:14: [incidents] start and end go together\nmap.toml:17: [[periods]] ends before it starts",
    );
    check(
        &format!("{LONG}[incidents]\nid = \"id\"\n"),
        "map.toml:14: [incidents] nothing tells an incident's window (hint: give start and end, or time with before and after, or [metrics] incident)",
    );
}

#[test]
fn a_map_that_cannot_be_read_is_named() {
    let missing = TableMap::load(std::path::Path::new("no/such/map.toml")).unwrap_err().to_string();
    assert!(missing.starts_with("no/such/map.toml: cannot be read: "), "{missing}");
}
