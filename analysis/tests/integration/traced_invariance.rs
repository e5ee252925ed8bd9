//! What does not change the answer to an incident with spans, log lines and metrics.
//!
//! Order of rows and overlap of files change no byte: importers sort what they keep. Renaming that
//! keeps the order of names changes no score; any other changes the order in which sums are taken,
//! so scores are equal to 1e-9. Another service or other windows change what is estimated from
//! normal time: clear places stay.

use proptest::prelude::*;

use crate::telemetry::{Fault, INJECTED, LEAF, Shop, Telemetry, TimeUnit};
use crate::traced::{Answer, Folder, answer, answer_of_tables, ranked, tables_of};

const NS: TimeUnit = TimeUnit::Nanoseconds;

/// Services of the shop, by name.
const SERVICES: [&str; 10] =
    ["cart", "catalog", "checkout", "payment", "prices", "rates", "search", "session", "stock", "store"];

fn any_fault() -> impl Strategy<Value = Fault> {
    prop::sample::select(Fault::ALL.to_vec())
}

/// A table with its rows in another order; the header stays.
fn shuffled(text: &str, seed: u64) -> String {
    let (header, rows) = text.split_once('\n').unwrap();
    let mut rows: Vec<(u64, &str)> = rows.lines().map(|row| (0, row)).collect();
    let mut state = seed | 1;
    for row in &mut rows {
        // Xorshift is random enough to shuffle.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        row.0 = state;
    }
    rows.sort();
    let rows: Vec<&str> = rows.into_iter().map(|(_, row)| row).collect();
    format!("{header}\n{}\n", rows.join("\n"))
}

/// Equal up to the order of sums: names in order, paths, and scores to 1e-9 of themselves.
fn expect_close(a: &Answer, b: &Answer) -> Result<(), TestCaseError> {
    prop_assert_eq!(a.suspects(), b.suspects());
    prop_assert_eq!(&a.paths, &b.paths);
    prop_assert_eq!(a.agreement, b.agreement);
    for ((name, one), (_, other)) in a.order.iter().zip(&b.order).filter(|(a, _)| a.1 > 0.0) {
        prop_assert!((one - other).abs() <= 1e-9 * one.max(*other), "{}: {} and {}", name, one, other);
    }
    Ok(())
}

/// The answer with other names in it.
fn renamed(mut told: Answer, rename: impl Fn(&str) -> String) -> Answer {
    told.order.iter_mut().for_each(|(name, _)| *name = rename(name));
    told.paths.iter_mut().flatten().for_each(|name| *name = rename(name));
    told
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, failure_persistence: None, ..ProptestConfig::default() })]

    /// To the last byte.
    #[test]
    fn shuffled_rows_of_every_table_change_nothing(fault in any_fault(), seed in any::<u64>()) {
        let tables = tables_of(&Shop::new(fault).telemetry(), NS);
        let mixed: Vec<String> = (0..).zip(&tables).map(|(k, t)| shuffled(t, seed ^ k)).collect();
        prop_assert_eq!(answer_of_tables(NS, &tables).json, answer_of_tables(NS, &mixed).json);
    }

    /// To the last byte: a span that two files hold is one span.
    #[test]
    fn span_files_that_overlap_change_nothing(fault in any_fault(), cut in 0.0_f64..1.0, overlap in 0.0_f64..0.5) {
        let [metrics, spans, logs] = tables_of(&Shop::new(fault).telemetry(), NS);
        let rows: Vec<&str> = spans.lines().collect();
        let at = |share: f64| 1 + ((rows.len() - 1) as f64 * share.min(1.0)) as usize;
        let part = |rows: &[&str]| [&[rows_header(&spans)], rows].concat().join("\n") + "\n";
        let parts = [part(&rows[1..at(cut + overlap)]), part(&rows[at(cut)..])];
        let [first, second] = parts;
        let split = answer_of_tables(NS, &[metrics.clone(), first, second, logs.clone()]);
        prop_assert_eq!(answer_of_tables(NS, &[metrics, spans, logs]).json, split.json);
    }

    /// To the last byte, in OTLP: collectors write spans when they end, not as a tree.
    #[test]
    fn the_order_of_a_traces_spans_changes_nothing(fault in any_fault(), seed in any::<u64>()) {
        use infra_ingest::import::TelemetryFormat::Otlp;
        let told = Shop::new(fault).telemetry();
        let mut mixed = told.clone();
        mixed.spans.sort_by_key(|s| (s.trace, s.id.wrapping_mul(seed | 1), s.id));
        let [one, other] = [told, mixed].map(|told| {
            let folder = Folder::new();
            ranked(&folder.telemetry(Otlp, &[("t", told.otlp_traces().as_bytes())]))
        });
        prop_assert_eq!(one.json, other.json);
    }

    /// Scores to 1e-9.
    #[test]
    fn arbitrary_names_rename_the_answer(fault in any_fault(), places in Just((0..10_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let rename = |name: &str| match SERVICES.iter().position(|s| *s == name) {
            Some(k) => format!("{} \"{}\"", (b'a' + places[k] as u8) as char, name.len()),
            None => format!("m-{name}"),
        };
        let told = Shop::new(fault).telemetry();
        expect_close(&renamed(answer(&told), rename), &answer(&told.renamed(rename)))?;
    }
}

/// To the last byte but the names themselves.
#[test]
fn names_of_the_same_order_rename_the_answer() {
    for fault in Fault::ALL {
        let told = Shop::new(fault).telemetry();
        let rename = |name: &str| format!("tenant-{name}");
        let (plain, other) = (answer(&told), answer(&told.renamed(rename)));
        let plain = renamed(plain, rename);
        assert_eq!(
            (&plain.order, &plain.paths, plain.agreement),
            (&other.order, &other.paths, other.agreement)
        );
    }
}

/// Services far behind the first differ by noise alone, and a network with one more service in it
/// weighs that a little otherwise; who has a twentieth of the first one's score keeps the place.
const CLEAR: f64 = 0.05;

#[test]
fn a_healthy_leaf_keeps_the_order_of_the_others() {
    for fault in Fault::ALL {
        let without = answer(&Shop::new(fault).telemetry());
        let with = answer(&Shop { healthy_leaf: true, ..Shop::new(fault) }.telemetry());
        assert_eq!(with.names()[0], INJECTED);
        assert!(with.names().contains(&LEAF) && !with.above(CLEAR).contains(&LEAF), "{:?}", with.order);
        expect_same_clear_places(&without, &with);
        // Which of several equal callers the first path runs through is such noise, too.
        assert_eq!(ends(&without), ends(&with), "{fault:?}");
    }
}

/// Windows half as long are twice as many: the scales of normal time are estimated anew, and
/// heads trust `n / (n + shrink_n)` of what n normal windows show. Clear places stay, the first
/// score to 1 %; noise does not, nor which of several equal callers a path runs through.
#[test]
fn metric_windows_split_in_two_keep_clear_places() {
    for fault in Fault::ALL {
        let told = Shop::new(fault).telemetry();
        let (whole, halves) = (answer(&told), answer(&told.with_split_windows()));
        assert_eq!(whole.names()[0], INJECTED, "{fault:?}");
        expect_same_clear_places(&whole, &halves);
        assert_eq!((ends(&whole), whole.agreement), (ends(&halves), halves.agreement), "{fault:?}");
        let (one, other) = (whole.order[0].1, halves.order[0].1);
        assert!((one - other).abs() <= 0.01 * one, "{fault:?}: {one} and {other}");
    }
}

/// Metrics alone, as many monitoring systems have nothing else.
#[test]
fn metric_windows_split_in_two_keep_clear_places_without_traces() {
    let told = Shop::new(Fault::SlowWork).telemetry();
    // Few traces of normal time tell who calls whom, and no more.
    let few = Telemetry { spans: told.spans[..400].to_vec(), lines: Vec::new(), ..told };
    let halves = few.clone().with_split_windows();
    let (whole, halves) = (answer(&few), answer(&halves));
    assert_eq!(whole.names()[0], INJECTED);
    expect_same_clear_places(&whole, &halves);
}

/// Services that both answers place clearly stand in the same order.
#[track_caller]
fn expect_same_clear_places(a: &Answer, b: &Answer) {
    let (mut one, mut other) = (a.above(CLEAR), b.above(CLEAR));
    one.retain(|name| b.above(CLEAR).contains(name));
    other.retain(|name| one.contains(name));
    assert_eq!(one, other, "{:?}\n{:?}", a.order, b.order);
}

/// Where the first path begins and ends.
fn ends(told: &Answer) -> Option<(&str, &str)> {
    told.paths.first().map(|path| (path[0].as_str(), path[path.len() - 1].as_str()))
}

fn rows_header(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
