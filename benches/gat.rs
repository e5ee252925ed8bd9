//! The fused layer: `cargo bench -p infra-gat`.
#![allow(clippy::expect_used)] // A bench that cannot run should say so.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use infra_gat::ConvKind;
use infra_gat::measure::{Problem, Size};

fn network(c: &mut Criterion) {
    let mut group = c.benchmark_group("seed model");
    group.sample_size(20);
    for (name, kind, nodes, edges) in [
        ("gat 10", ConvKind::Gat, 10, 20),
        ("gat 30k", ConvKind::Gat, 30_000, 120_000),
        ("gatv2 30k", ConvKind::GatV2, 30_000, 120_000),
    ] {
        let size = Size { nodes, edges, in_channels: 8, hidden: 8, heads: 2, kind };
        let problem = Problem::random(size, 1).expect("a problem");
        group.throughput(Throughput::Elements(edges as u64));
        group.bench_function(name, |b| b.iter(|| problem.run().expect("a result")));
    }
    group.finish();
}

criterion_group!(benches, network);
criterion_main!(benches);
