//! Ensembles of rankings: those that confidence counts, and the control with random parameters.

use infra_analysis::frames::ensemble::{attention, places, rankings};
use infra_analysis::ranking::ensemble::{Ranked, Scheme, members};
use infra_analysis::{Analysis, Session, SessionOptions};
use infra_simulate::{Scenario, simulate_to};

/// The contagion scenario, analysed with the options that a user gets who gives none.
fn contagion(check: impl FnOnce(&Analysis<'_>)) {
    let dir = tempfile::tempdir().unwrap();
    let run = dir.path().join("run.parquet");
    simulate_to(&run, &Scenario::named("flood", "contagion").unwrap()).unwrap();
    let session = Session::open(&run, SessionOptions::default()).unwrap();
    check(&session.analyse().unwrap());
}

fn firsts(members: &[Ranked], service: usize) -> usize {
    members.iter().filter(|m| m.order[0] == service).count()
}

#[test]
fn analytic_members_are_those_that_confidence_counts() {
    contagion(|analysis| {
        let confidence = analysis.confidence.as_ref().unwrap();
        let seed = analysis.options.seed;
        let all = members(analysis, Scheme::Analytic, seed, confidence.members).unwrap();
        let first = analysis.ranking.as_ref().unwrap().order[0];
        assert_eq!(firsts(&all, first) as f64 / all.len() as f64, confidence.agreement);
        let df = places(analysis, &all).unwrap();
        for (row, name) in df.column("service").unwrap().str().unwrap().iter().enumerate() {
            let service = analysis.case.find(name.unwrap()).unwrap();
            let at = |column: &str| df.column(column).unwrap().i64().unwrap().get(row).unwrap();
            let interval = confidence.rank_interval[service];
            assert_eq!((at("rank_low") as usize, at("rank_high") as usize), interval, "{name:?}");
        }
    });
}

#[test]
fn random_members_are_stable_and_differ_from_the_analytic_ones() {
    contagion(|analysis| {
        let eight = members(analysis, Scheme::Random, 5, 8).unwrap();
        let three = members(analysis, Scheme::Random, 5, 3).unwrap();
        for (a, b) in eight.iter().zip(&three) {
            assert_eq!((&a.scores, &a.attention), (&b.scores, &b.attention));
        }
        assert_ne!(members(analysis, Scheme::Random, 6, 3).unwrap()[0].attention, three[0].attention);
        assert_ne!(members(analysis, Scheme::Analytic, 5, 3).unwrap()[0].attention, three[0].attention);
        let (n, edges) = (analysis.case.len(), analysis.case.graph.edge_count());
        assert_eq!(rankings(analysis, &eight).unwrap().height(), 8 * n);
        assert_eq!(attention(analysis, &eight).unwrap().height(), 8 * edges);
        assert!(eight.iter().flat_map(|m| &m.attention).all(|a| (0.0..=1.0).contains(a)));
    });
}

#[test]
fn without_members_there_are_columns_and_no_rows() {
    contagion(|analysis| {
        for df in [places(analysis, &[]), rankings(analysis, &[]), attention(analysis, &[])] {
            let df = df.unwrap();
            assert!(df.height() == 0 && df.width() >= 4);
        }
        assert!(Scheme::parse("glorot").unwrap_err().to_string().contains("analytic, random"));
    });
}
