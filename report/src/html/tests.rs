//! The page of a small incident, of a hostile one, and of none.

use super::*;
use crate::charts::tests::incident;
use crate::cite::{Cite, citations};
use crate::exhibits::Excerpt;
use crate::findings::{CauseFinding, FINDINGS_SCHEMA, Findings, ImpactFindings};
use crate::model::{
    Cause, Context, DetectionView, Fact, GraphView, HopView, InterventionsView, Method, PathView, Provenance,
    REPORT_SCHEMA, ServiceEffect, Summary, Timeline, TimelineEntry,
};
use crate::text::Text;
use crate::verdict::Verdict;

const HOSTILE: &str = "</script><img src=x onerror=alert(1)> [rows 0-3] {{ 7 * 7 }} \u{202e}'\"";

/// A report whose every name from the log is `name`.
fn model(name: &str) -> ReportModel {
    let cite = Cite::rows("events", 9, 14);
    let named = |words: &str| {
        let mut text = Text::words(words);
        text.name(name).cite(&cite);
        text
    };
    let provenance =
        Provenance { run: name.to_owned(), options: vec![name.to_owned()], ..Provenance::default() };
    ReportModel {
        schema: REPORT_SCHEMA,
        title: Text::untrusted(name),
        summary: Summary {
            verdict: "cascade",
            verdict_id: Verdict::Cascade,
            story: vec![named("It **started** at ")],
            facts: vec![Fact { label: "Most probable cause", value: Text::untrusted(name) }],
        },
        context: Context { facts: vec![Fact { label: "Services", value: Text::words("3 services") }] },
        impact: vec![],
        world: None,
        timeline: Timeline {
            entries: vec![TimelineEntry {
                time: "t=3".into(),
                time_ns: 3,
                what: named("alert from "),
                message: Text::untrusted(name),
                visibility: "mechanism",
                cite: "[row 70]".into(),
            }],
            omitted: 2,
        },
        services: vec![ServiceEffect {
            service: Text::untrusted(name),
            onset: "t=3".into(),
            effects: vec![named("latency ")],
            status: "critical".into(),
        }],
        services_omitted: 0,
        interventions: InterventionsView { summary: vec![Text::words("None.")], entries: vec![] },
        before: vec![named("deploy: ")],
        graph: GraphView {
            caption: Text::words("Edges run in the direction of failure."),
            mermaid: String::new(),
            omitted: String::new(),
            causes: vec![Cause {
                rank: 1,
                service: Text::untrusted(name),
                score: 2.5,
                rank_interval: (1, 2),
                evidence: vec![named("latency: ")],
                faint: None,
                explained_by: vec![],
                changes: vec![],
                cites: vec![cite.clone()],
            }],
            causes_omitted: 0,
            paths: vec![PathView {
                standing: "confirmed",
                probability: 0.8,
                hops: vec![HopView {
                    service: Text::untrusted(name),
                    onset: "t=3".into(),
                    attention: "0.80".into(),
                    deviation: 1.0,
                    cite: "[metrics 4]".into(),
                }],
            }],
            aside: None,
            baselines: vec![],
        },
        characterization: vec![DetectionView { kind: "cascade", holds: true, why: named("because of ") }],
        counter_evidence: vec![Text::words("none")],
        lessons: vec!["Who checks? *(to be written by a person)*"],
        findings: findings(name, provenance.clone()),
        method: Method {
            text: vec![],
            constants: vec!["a = 1".into()],
            missing: vec![],
            notes: vec![Text::untrusted(name)],
            limits: vec!["A limit."],
            provenance,
        },
    }
}

fn findings(name: &str, provenance: Provenance) -> Findings {
    Findings {
        schema: FINDINGS_SCHEMA.into(),
        incident: String::new(),
        world: String::new(),
        scenario: String::new(),
        run_seed: None,
        time: crate::TimeScale::default(),
        recorded_ns: None,
        verdict: Verdict::Cascade,
        confidence: None,
        agreement: None,
        causes: vec![CauseFinding {
            rank: 1,
            service: name.to_owned(),
            score: 2.5,
            rank_interval: (1, 2),
            cites: vec![],
        }],
        paths: vec![],
        affected: 0,
        onsets: vec![],
        reachable: None,
        observed: 3,
        impact: ImpactFindings::default(),
        slos: vec![],
        detectors: vec![],
        provenance,
    }
}

/// A page with the rows of every citation, as whoever holds the run adds them.
fn page(name: &str) -> String {
    let model = model(name);
    let mut exhibits = incident([name; 3]);
    exhibits.excerpts = citations(&model)
        .into_iter()
        .map(|cite| Excerpt {
            cite,
            columns: vec!["seq".into(), "message".into()],
            rows: vec![vec!["9".into(), name.to_owned()]; 8],
            omitted: 4,
        })
        .collect();
    to_html(&model, &exhibits).unwrap()
}

/// Values of an attribute, in order.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    page.match_indices(&start).map(|(at, _)| page[at + start.len()..].split('"').next().unwrap()).collect()
}

/// The page without what is raw text: style, script and data.
fn markup(page: &str) -> String {
    let mut out = String::new();
    let mut rest = page;
    while let Some(at) = ["<style>", "<script"].iter().filter_map(|tag| rest.find(tag)).min() {
        out.push_str(&rest[..at]);
        let end = if rest[at..].starts_with("<style>") { "</style>" } else { "</script>" };
        rest = &rest[at + rest[at..].find(end).unwrap() + end.len()..];
    }
    out + rest
}

#[test]
fn every_citation_leads_to_its_rows_and_back() {
    let page = page("payment");
    let ids = values(&page, "id");
    for anchor in ["rows-events-9-14", "rows-events-70-70", "rows-metrics-4-4"] {
        assert_eq!(ids.iter().filter(|id| **id == anchor).count(), 1, "{anchor}");
    }
    for target in values(&page, "href") {
        let id = target.strip_prefix('#').expect("a link that leaves the page");
        assert!(ids.contains(&id), "{target} leads nowhere");
    }
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), ids.len(), "an id is there twice");
    // Six places cite the same rows: story, timeline, effect, change, cause, detection.
    let places = ids.iter().filter(|id| id.starts_with("cite-")).count();
    assert_eq!(page.matches("href=\"#rows-").count(), places);
    assert!(places >= 8, "{places}");
    assert!(page.contains("… 4 more rows"));
}

#[test]
fn the_policy_names_the_one_style_and_the_one_script() {
    let page = page("payment");
    let policy = values(&page, "content")[0];
    assert!(policy.starts_with("default-src &#39;none&#39;; style-src &#39;sha256-"), "{policy}");
    let between = |start: &str, end: &str| {
        let from = page.find(start).unwrap() + start.len();
        &page[from..from + page[from..].find(end).unwrap()]
    };
    let expected = policy::content(between("<style>", "</style>"), between("<script>", "</script>"));
    assert_eq!(policy.replace("&#39;", "'"), expected);
    assert_eq!((page.matches("<style").count(), page.matches("<script").count()), (1, 2));
    // What the policy would forbid is not there.
    for attribute in ["style", "onclick", "onload", "onerror", "src"] {
        assert!(values(&markup(&page), attribute).is_empty(), "{attribute}");
    }
}

#[test]
fn hostile_text_is_inert() {
    let (harmless, hostile) = (markup(&page("payment")), markup(&page(HOSTILE)));
    let tags = |page: &str| -> Vec<String> {
        page.match_indices('<')
            .map(|(at, _)| page[at..].split([' ', '>']).next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(tags(&harmless), tags(&hostile));
    for raw in ["<img", "{{ 49", "49 }}", "\u{202e}"] {
        assert!(!hostile.contains(raw), "{raw}");
    }
    assert!(hostile.contains("&lt;/script&gt;&lt;img src=x") && hostile.contains("{{ 7 * 7 }}"));
    // A name that looks like a citation is none.
    assert!(!hostile.contains("rows-events-0-3"));
}

#[test]
fn places_for_people_are_shown_as_such() {
    let page = page("payment");
    assert!(page.contains("<ul class=\"blanks\">"));
    assert!(page.contains("<li>Who checks? <em>(to be written by a person)</em></li>"));
}

#[test]
fn a_page_without_pictures_is_a_page() {
    let page = to_html(&model("payment"), &Exhibits::default()).unwrap();
    assert!(!page.contains("<svg") && !page.contains("href=\"#spread\"") && page.contains("</html>"));
    // Without excerpts, citations are text.
    assert!(page.contains("<span class=\"cite\">[rows 9-14]</span>") && !page.contains("href=\"#rows"));
    let ids = values(&page, "id");
    assert!(values(&page, "href").iter().all(|t| ids.contains(&&t[1..])));
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    assert_eq!(page("payment"), page("payment"));
}
