//! The graph crate's cases (`infra_graph::measure`) under criterion.
//!
//! `cargo bench -p infra-graph`; a name after `--` picks cases. Each sample measures with the
//! case's own clock, so that making the workload is not counted; the large cases are left to
//! `measure` itself.

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use infra_graph::measure::CASES;

fn graph(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("graph");
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    for case in CASES.iter().filter(|case| !case.name.ends_with("-1m")) {
        group.bench_function(case.name, |bencher| {
            bencher.iter_custom(|rounds| {
                let seconds = |_| case.measure().map_or(f64::NAN, |measured| measured.seconds);
                Duration::try_from_secs_f64((0..rounds).map(seconds).sum()).unwrap_or(Duration::MAX)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, graph);
criterion_main!(benches);
