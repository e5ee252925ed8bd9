//! Whole comparisons.

use super::model::Judgement;
use super::testing::{findings, input, with_path, with_recovery, with_suspect};
use super::{Conclusion, Gate, Input, Named, Side, compare, to_html, to_markdown};
use crate::findings::Findings;
use crate::verdict::Verdict;

fn run(findings: Findings) -> Named<Side> {
    Named { name: "run".to_owned(), what: Side::Run(Box::new(input("run", findings))) }
}

fn spread(siblings: impl IntoIterator<Item = Findings>) -> Named<Vec<Input>> {
    let what = siblings.into_iter().enumerate().map(|(i, f)| input(&format!("{i}"), f)).collect();
    Named { name: "seeds".to_owned(), what }
}

fn concluded(base: Findings, candidate: Findings, siblings: Option<&Named<Vec<Input>>>) -> Conclusion {
    compare(&run(base), &run(candidate), siblings, "0").conclusion
}

#[test]
fn without_a_spread_every_change_counts() {
    assert_eq!(concluded(with_recovery(5), with_recovery(5), None), Conclusion::Same);
    assert_eq!(concluded(with_recovery(5), with_recovery(6), None), Conclusion::Worse);
    assert_eq!(concluded(with_recovery(6), with_recovery(5), None), Conclusion::Better);
    assert_eq!(concluded(with_suspect("a"), with_suspect("b"), None), Conclusion::Different);
    // Too few siblings are as good as none.
    let few = spread((0..4).map(with_recovery));
    assert_eq!(concluded(with_recovery(1), with_recovery(2), Some(&few)), Conclusion::Worse);
}

#[test]
fn what_siblings_show_too_is_no_change() {
    let siblings = spread((0..20).map(with_recovery));
    assert_eq!(concluded(with_recovery(3), with_recovery(17), Some(&siblings)), Conclusion::WithinSpread);
    assert_eq!(concluded(with_recovery(3), with_recovery(90), Some(&siblings)), Conclusion::Worse);
    assert_eq!(concluded(with_recovery(90), with_recovery(3), Some(&siblings)), Conclusion::Better);
}

#[test]
fn the_end_of_incidents_is_better_and_their_beginning_worse() {
    let calm = || Findings { verdict: Verdict::NoIncident, ..findings() };
    let failed = || with_path(&[("db", 0), ("web", 5)]);
    assert_eq!(concluded(failed(), calm(), None), Conclusion::Better);
    assert_eq!(concluded(calm(), failed(), None), Conclusion::Worse);
}

#[test]
fn gates_trip_on_what_they_are_for() {
    let trips = |a, b| {
        let model = compare(&run(a), &run(b), None, "0");
        [model.trips(Gate::Worse), model.trips(Gate::Changed)]
    };
    assert_eq!(trips(with_recovery(5), with_recovery(6)), [true, true]);
    assert_eq!(trips(with_recovery(6), with_recovery(5)), [false, true]);
    assert_eq!(trips(with_suspect("a"), with_suspect("b")), [false, true]);
    assert_eq!(trips(with_suspect("a"), with_suspect("a")), [false, false]);
    let folder = |names: &[&str]| {
        let runs = names.iter().map(|n| input(n, with_suspect("a"))).collect();
        Named { name: "folder".to_owned(), what: Side::Folder(runs) }
    };
    let lost = compare(&folder(&["a", "b"]), &folder(&["a"]), None, "0");
    assert_eq!(lost.unpaired.base, ["b"]);
    assert_eq!([lost.trips(Gate::Worse), lost.trips(Gate::Changed)], [false, true]);
}

#[test]
fn a_path_with_another_timing_is_told_hop_by_hop() {
    let second = 1_000_000_000;
    let base = with_path(&[("db", 0), ("api", second), ("web", 2 * second)]);
    let candidate = with_path(&[("db", 0), ("api", second), ("web", 9 * second)]);
    let model = compare(&run(base), &run(candidate), None, "0");
    let lag = model.pairs[0].figures.iter().find(|f| f.id.hop == Some(2)).unwrap();
    assert_eq!((lag.difference, lag.judgement), (Some(7e9), Judgement::Unknown));
    let text = to_markdown(&model).unwrap();
    assert!(text.contains("onset after the one before, at `web` | 1 tick | 8 ticks | +7 ticks"), "{text}");
}

#[test]
fn names_are_inert_in_both_formats() {
    let hostile = "</td><script>x</script>|`# [a](javascript:1)\n## Fake\u{1b}[2J\u{202e}";
    let base = with_path(&[("db", 0), ("web", 5)]);
    let mut candidate = with_path(&[(hostile, 0), ("web", 5)]);
    candidate.scenario = hostile.to_owned();
    candidate.provenance.run = hostile.to_owned();
    let mut model = compare(&run(base), &run(candidate), None, "0");
    model.candidate = hostile.to_owned();
    let [markdown, html] = [to_markdown(&model).unwrap(), to_html(&model).unwrap()];
    for text in [&markdown, &html] {
        for raw in ["<script", "</td><s", "\u{1b}", "\u{202e}", "](javascript"] {
            assert!(!text.contains(raw) || raw == "](javascript" && *text == html, "{raw:?} in:\n{text}");
        }
    }
    assert!(!markdown.lines().any(|l| l.trim_start().starts_with("## Fake")), "{markdown}");
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    let rows = markdown.lines().filter(|l| l.starts_with('|'));
    assert!(rows.clone().count() > 10 && rows.clone().all(|l| cells(l) == 7), "{markdown}");
    // Nothing is loaded or run, and the policy forbids it too.
    for word in ["http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'", "<style>"] {
        assert!(html.contains(word), "{html}");
    }
    for word in ["src=", "href=", " style=", "onload", "@import", "url("] {
        assert!(!html.contains(word), "{word} in {html}");
    }
}
