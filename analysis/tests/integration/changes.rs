//! Change as evidence: what it raises, and what it must leave alone.

use infra_eventlog::metadata::{EventRole, Visibility};
use infra_ingest::summary::FocusOptions;

use crate::shop::{Event, Shop};
use crate::{Told, tell};

/// The minute of the onset.
const ONSET: i64 = 120;

fn event(minute: i64, role: EventRole, service: Option<&'static str>) -> Event {
    Event { minute, role, visibility: Visibility::Observed, service, message: "release 7" }
}

fn told(events: Vec<Event>) -> Told {
    let dir = tempfile::tempdir().unwrap();
    let run = dir.path().join("shop");
    Shop { events, ..Shop::default() }.write(&run);
    tell(&run, &FocusOptions::default())
}

fn local(told: &Told, service: &str) -> f64 {
    told.ranking.ranking.iter().find(|p| p.service.plain() == service).map_or(0.0, |p| p.local)
}

fn changes(told: &Told, service: &str) -> Vec<String> {
    let cause = told.ranking.causes.iter().find(|c| c.service.plain() == service);
    cause.map_or_else(Vec::new, |c| c.changes.iter().map(|t| t.plain()).collect())
}

#[test]
fn a_release_before_onset_raises_a_service_that_deviates() {
    let (without, with) = (told(Vec::new()), told(vec![event(ONSET - 3, EventRole::Deploy, Some("db"))]));
    let ratio = local(&with, "db") / local(&without, "db");
    assert!((1.2..=1.25).contains(&ratio), "{ratio}");
    assert_eq!(local(&with, "front"), local(&without, "front"));
    let said = changes(&with, "db").join("\n");
    for part in
        ["deploy: EVENT_0 from ci at 1 h 57 min", "before its onset", "raises its evidence by 2", "[row 0]"]
    {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(with.markdown.contains("- deploy: `EVENT_0` from `ci` on `db` at"), "{}", with.markdown);
}

#[test]
fn a_release_of_a_healthy_service_moves_no_rank() {
    let (without, with) = (told(Vec::new()), told(vec![event(ONSET - 1, EventRole::Config, Some("cache"))]));
    let order = |t: &Told| t.order().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(order(&with), order(&without));
    // Its gate is nearly shut, not shut: scores agree to a millionth.
    for ((_, a), (_, b)) in with.order().iter().zip(&without.order()) {
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
    assert!(with.markdown.contains("raises nothing, as it does not deviate by itself"), "{}", with.markdown);
}

#[test]
fn what_comes_after_onset_or_long_before_is_no_change() {
    let without = told(Vec::new());
    for minute in [ONSET + 3, ONSET - 60] {
        let with = told(vec![event(minute, EventRole::Deploy, Some("db"))]);
        assert_eq!(with.order(), without.order(), "minute {minute}");
        assert!(changes(&with, "db").is_empty());
    }
}

#[test]
fn operation_counts_and_alerts_and_inner_truth_do_not() {
    let without = told(Vec::new());
    let scaled = told(vec![event(ONSET - 2, EventRole::Remediation, Some("db"))]);
    assert!(local(&scaled, "db") > local(&without, "db"));
    let alert = event(ONSET - 2, EventRole::Alert, Some("db"));
    let hidden =
        Event { visibility: Visibility::Mechanism, ..event(ONSET - 2, EventRole::Deploy, Some("db")) };
    for other in [alert, hidden] {
        assert_eq!(told(vec![other]).order(), without.order());
    }
}

#[test]
fn a_change_of_no_single_service_is_listed_and_raises_nobody() {
    let with = told(vec![event(ONSET - 2, EventRole::Deploy, None)]);
    assert_eq!(with.order(), told(Vec::new()).order());
    assert!(with.markdown.contains("on no single service at"), "{}", with.markdown);
}

#[test]
fn a_hostile_release_note_stays_text() {
    let message = "</td><script>x</script> | [a](http://e) \u{1b}[31m\n# head\n```mermaid";
    let with = told(vec![Event { message, ..event(ONSET - 2, EventRole::Deploy, Some("db")) }]);
    assert!(!with.markdown.contains("<script") && !with.markdown.contains('\u{1b}'), "{}", with.markdown);
    assert!(!with.markdown.contains("\n# head") && !with.markdown.contains("](http"), "{}", with.markdown);
    let table = infra_analysis::report::rank::to_table(&with.ranking);
    assert!(table.contains("release") || table.contains("script"), "{table}");
    assert!(!table.contains('\u{1b}') && !table.contains("\n# head"), "{table}");
}
