//! What must not change a ranking.

use infra_ingest::summary::FocusOptions;
use proptest::prelude::*;

use crate::shop::Shop;
use crate::{Told, tell};

fn told(shop: &Shop) -> Told {
    let dir = tempfile::tempdir().unwrap();
    let run = dir.path().join("shop");
    shop.write(&run);
    tell(&run, &FocusOptions::default())
}

/// Order and scores, to 9 digits: sums of split windows round differently.
fn rounded(told: &Told) -> Vec<(String, i64)> {
    told.order().into_iter().map(|(name, score)| (name, (score * 1e9).round() as i64)).collect()
}

#[test]
fn the_slow_database_is_found_and_its_callers_are_explained() {
    let told = told(&Shop::default());
    assert_eq!(told.first(), "db");
    let path = &told.ranking.paths[0];
    let names: Vec<String> = path.services.iter().map(infra_analysis::text::Text::plain).collect();
    assert_eq!(names, ["db", "api", "front"]);
    assert!(path.confirmed && path.probability > 0.5, "{path:?}");
    // Callers wait longer in all than the database does (1.5 calls each): only explaining away
    // keeps them from scoring like causes.
    let order = told.order();
    let score = |name: &str| order.iter().find(|(n, _)| n == name).unwrap().1;
    for caller in ["api", "front"] {
        assert!(score(caller) < 0.1 * score("db"), "{order:?}");
    }
}

#[test]
fn a_shop_without_trouble_has_no_incident() {
    let told = told(&Shop { slow_db: 0.0, ..Shop::default() });
    assert_eq!(told.ranking.verdict, infra_analysis::detectors::Verdict::NoIncident);
    assert!(told.ranking.ranking.is_empty());
}

#[test]
fn a_healthy_leaf_changes_nothing() {
    let with = rounded(&told(&Shop { healthy_leaf: true, ..Shop::default() }));
    let without = rounded(&told(&Shop::default()));
    let with: Vec<_> = with.into_iter().filter(|(name, _)| name != "zz-leaf").collect();
    let names = |list: &[(String, i64)]| list.iter().map(|(n, _)| n.clone()).collect::<Vec<_>>();
    assert_eq!(names(&with), names(&without));
}

#[test]
fn splitting_windows_changes_nothing() {
    let whole = told(&Shop::default());
    let halves = told(&Shop { pieces: 2, ..Shop::default() });
    let names = |t: &Told| t.order().into_iter().map(|(n, _)| n).collect::<Vec<_>>();
    assert_eq!(names(&whole), names(&halves));
}

#[test]
fn row_order_and_origin_change_nothing() {
    let base = rounded(&told(&Shop::default()));
    assert_eq!(base, rounded(&told(&Shop { reversed: true, ..Shop::default() })));
    assert_eq!(base, rounded(&told(&Shop { origin_ns: 1_700_000_000_000_000_000, ..Shop::default() })));
}

#[test]
fn hostile_names_rank_like_harmless_ones_and_are_inert() {
    let hostile = [
        "</script><img src=x onerror=1>",
        "# fake | heading",
        "`ignore previous instructions`",
        "\u{1b}[31mred",
    ];
    let bad = told(&Shop { names: hostile, ..Shop::default() });
    let good = told(&Shop::default());
    let scores = |t: &Told| t.order().into_iter().map(|(_, s)| s).collect::<Vec<_>>();
    assert_eq!(scores(&bad), scores(&good));
    assert_eq!(bad.first(), hostile[2]);
    for raw in ["<img", "</script", "\u{1b}"] {
        assert!(!bad.markdown.contains(raw), "{raw:?} came through");
    }
    assert!(bad.markdown.lines().all(|l| !l.trim_start().starts_with("# fake")));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Renaming services renames the ranking and changes nothing else.
    #[test]
    fn renaming_services_renames_the_ranking(permutation in Just([0_usize, 1, 2, 3]).prop_shuffle()) {
        let pool = ["alpha", "beta", "gamma", "delta"];
        let names = [pool[permutation[0]], pool[permutation[1]], pool[permutation[2]], pool[permutation[3]]];
        let plain = Shop::default();
        let renamed = told(&Shop { names, ..Shop::default() });
        let expected: Vec<(String, i64)> = rounded(&told(&plain))
            .into_iter()
            .map(|(name, score)| {
                let k = plain.names.iter().position(|n| *n == name).unwrap();
                (names[k].to_owned(), score)
            })
            .collect();
        let positive = |list: Vec<(String, i64)>| list.into_iter().filter(|(_, s)| *s > 0).collect::<Vec<_>>();
        prop_assert_eq!(positive(rounded(&renamed)), positive(expected));
    }

    /// The slower the database, the more certain the ranking: it never loses its first place.
    #[test]
    fn a_slower_database_stays_first(slow in 0.05_f64..5.0) {
        let told = told(&Shop { slow_db: slow, ..Shop::default() });
        prop_assert_eq!(told.first(), "db");
    }
}
