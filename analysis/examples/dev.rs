#![allow(clippy::all, missing_docs, clippy::print_stdout, clippy::unwrap_used)]
use infra_ingest::summary::FocusOptions;
use infra_ingest::{OpenOptions, RunLog, summarise};
use std::path::Path;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    match args[1].as_str() {
        "sim" => {
            let s = infra_simulate_dev(&args[2]);
            let _ = s;
        },
        "import" => {
            let d = Path::new(&args[2]);
            let p = |n: &str| vec![d.join(n)];
            let inputs = infra_ingest::import::TableInputs {
                metrics: vec![d.join("normal_metrics.parquet"), d.join("issue_metrics.parquet")],
                edges: p("call_graph.parquet"),
                services: p("components.parquet"),
                incidents: p("cases.json"),
                filters: vec![],
            };
            let map = infra_ingest::import::TableMap::load(Path::new("datasets/maps/petshop.toml")).unwrap();
            let r = infra_ingest::import::import_tables(&inputs, &map, Path::new(&args[3])).unwrap();
            println!("{r:?}");
        },
        "report" => {
            let log = RunLog::open(Path::new(&args[2]), &OpenOptions::default()).unwrap();
            let f = FocusOptions { incident: args.get(3).cloned(), ..Default::default() };
            let s = summarise(log.run(), &f).unwrap();
            let c = infra_analysis::Constants::default();
            let a = infra_analysis::analyse(log.run().metadata(), &s, &c, Default::default()).unwrap();
            let p =
                infra_analysis::report::Provenance { run: log.run().name().to_owned(), ..Default::default() };
            println!(
                "{}",
                infra_analysis::report::to_markdown(&infra_analysis::report::build(&a, p), None).unwrap()
            );
        },
        "eval" => {
            let labels: serde_json::Value =
                serde_json::from_str(&std::fs::read_to_string(&args[3]).unwrap()).unwrap();
            let log = RunLog::open(Path::new(&args[2]), &OpenOptions::default()).unwrap();
            let mut c = infra_analysis::Constants::default();
            for kv in &args[4..] {
                let (k, v) = kv.split_once('=').unwrap();
                c.set(k, v.parse().unwrap()).unwrap();
            }
            let (mut n, mut t1, mut t3, mut mrr) = (0, 0, 0, 0.0);
            let mut by: std::collections::BTreeMap<String, (i32, i32)> = Default::default();
            for l in labels.as_array().unwrap() {
                let id = l["case"].as_str().unwrap();
                let want = l["root_cause"].as_str().unwrap();
                let f = FocusOptions { incident: Some(id.to_owned()), ..Default::default() };
                let s = summarise(log.run(), &f).unwrap();
                let a = infra_analysis::analyse(log.run().metadata(), &s, &c, Default::default()).unwrap();
                let names: Vec<&str> =
                    a.ranking.iter().flat_map(|r| r.order.iter().map(|i| a.case.name(*i))).collect();
                let pos = names.iter().position(|x| *x == want).map_or(999, |p| p + 1);
                n += 1;
                t1 += (pos == 1) as i32;
                t3 += (pos <= 3) as i32;
                mrr += 1.0 / pos as f64;
                let sig = a.case.periods.symptom.as_ref().and_then(|s| s.signal.clone()).unwrap_or_default();
                let e = by.entry(sig.clone()).or_default();
                e.0 += 1;
                e.1 += (pos == 1) as i32;
                if pos == 999 {
                    let sy = infra_analysis::ranking::score::symptom_service(
                        &a.case,
                        a.case.periods.symptom.as_ref(),
                    );
                    for h in &a.heads {
                        println!(
                            "   {} {:?} normal {} lead {} inc {}",
                            h.name,
                            sy.map(|s| &h.findings[s]),
                            a.case.periods.normal.len(),
                            a.case.periods.lead.len(),
                            a.case.periods.incident.len()
                        );
                    }
                }
                let conf = a.confidence.as_ref().map(|c| c.agreement).unwrap_or(0.0);
                let sy =
                    infra_analysis::ranking::score::symptom_service(&a.case, a.case.periods.symptom.as_ref())
                        .unwrap();
                let w = a.case.find(want).unwrap();
                let top = |h: &infra_analysis::heads::HeadResult| {
                    (0..a.case.len()).map(|i| h.z(i)).fold(0.0, f64::max)
                };
                println!(
                    "ZZ sym {} {:?} want z {:?} max {:?}",
                    a.heads.iter().map(|h| format!("{:.2}", h.z(sy))).collect::<Vec<_>>().join(","),
                    a.case.periods.symptom.as_ref().map(|s| s.statistic.clone()),
                    a.heads.iter().map(|h| format!("{:.2}", h.z(w))).collect::<Vec<_>>().join(","),
                    a.heads.iter().map(|h| format!("{:.2}", top(h))).collect::<Vec<_>>().join(",")
                );
                if pos > 1 {
                    for x in [want, names.first().unwrap_or(&want)] {
                        let w = a.case.find(x).unwrap();
                        let r = a.ranking.as_ref();
                        println!(
                            "   WHY {x} local {:?} absorbed {:?}",
                            r.map(|r| r.local[w]),
                            r.map(|r| r.absorbed[w])
                        );
                        for (k, h) in a.heads.iter().enumerate() {
                            println!(
                                "      {} w {} {:?} own {:?} gate {:?} deps {:?} callers {:?}",
                                h.name,
                                h.weight,
                                h.findings[w].as_ref().map(|f| (f.z, f.excess, f.normal, f.observed)),
                                a.explained.get(k).map(|x| x.own[w]),
                                a.explained.get(k).map(|x| x.gate[w]),
                                a.case
                                    .dependencies(w)
                                    .map(|d| (a.case.name(d), h.z(d), h.excess(d)))
                                    .collect::<Vec<_>>(),
                                a.case.dependents(w).map(|d| a.case.name(d)).collect::<Vec<_>>()
                            );
                        }
                    }
                }
                println!(
                    "{pos:>3} {conf:.2} {:?} {id} {sig} want {want} got {:?}",
                    a.verdict,
                    &names[..names.len().min(3)]
                );
            }
            println!(
                "n {n} top1 {:.3} top3 {:.3} mrr {:.3} by {by:?}",
                t1 as f64 / n as f64,
                t3 as f64 / n as f64,
                mrr / n as f64
            );
        },
        _ => {},
    }
}
fn infra_simulate_dev(n: &str) {
    let s = infra_simulate::Scenario::named("flood", n).unwrap();
    infra_simulate::simulate_to(Path::new(&format!("/tmp/{n}.parquet")), &s).unwrap();
}
