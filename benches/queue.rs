//! The event queue on the hold model: `cargo bench -p infra-simulate`.
#![allow(clippy::expect_used)] // A bench that cannot run should say so.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use infra_simulate::kernel::{EventQueue, draw};

/// Events taken and scheduled anew in one iteration.
const HELD: u64 = 10_000;

fn hold(c: &mut Criterion) {
    let mut group = c.benchmark_group("hold");
    group.throughput(Throughput::Elements(HELD));
    for pending in [10_u64, 1_000, 30_000] {
        let mut queue = EventQueue::new(1 << 20);
        let mut drawn = 0;
        let mut delay = || {
            drawn += 1;
            (draw(1, 0, 0, drawn) >> 44) as i64
        };
        for event in 0..pending {
            queue.push(delay(), 0, event).expect("room");
        }
        group.bench_with_input(BenchmarkId::from_parameter(pending), &pending, |b, _| {
            b.iter(|| {
                for _ in 0..HELD {
                    if let Some((key, event)) = queue.pop() {
                        queue.push(key.at + delay(), 0, event).expect("room");
                    }
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, hold);
criterion_main!(benches);
