//! Moments and quantile sketches: `cargo bench --workspace --bench statistics`.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use infra_ingest::statistics::{Moments, Sketch};

fn series(c: &mut Criterion) {
    let values: Vec<f64> = (0..100_000_u64).map(|i| (i * 7_919 % 100_003) as f64 / 1e3).collect();
    let mut group = c.benchmark_group("series of 100,000");
    group.throughput(Throughput::Elements(values.len() as u64));
    group.bench_function("moments", |b| b.iter(|| Moments::of(&values)));
    group.bench_function("sketch", |b| {
        b.iter(|| {
            let mut sketch = Sketch::default();
            sketch.extend(&values);
            sketch.quantile(0.95)
        });
    });
    group.finish();
}

criterion_group!(benches, series);
criterion_main!(benches);
