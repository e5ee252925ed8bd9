//! The rolling window over telemetry events (specification, section 4).

use std::collections::VecDeque;

/// The last events of any type.
#[derive(Clone, Debug)]
pub struct Window {
    size: usize,
    events: VecDeque<(f64, f64, bool)>,
    failed: usize,
    sorted: Vec<f64>,
}

impl Window {
    /// An empty window over `size` events, at least one.
    #[must_use]
    pub fn new(size: usize) -> Self {
        Self { size: size.max(1), events: VecDeque::new(), failed: 0, sorted: Vec::new() }
    }

    /// Takes an event in: its time \[s\], its latency \[s\], its status.
    pub fn push(&mut self, time: f64, latency: f64, status: u16) {
        if self.events.len() == self.size
            && let Some((_, _, failed)) = self.events.pop_front()
        {
            self.failed -= usize::from(failed);
        }
        let failed = status >= 500;
        self.failed += usize::from(failed);
        self.events.push_back((time, latency, failed));
    }

    /// Events in the window.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// 95th percentile of the latencies above 0, linear between neighbours \[s\]; 0 without any.
    pub fn p95_latency(&mut self) -> f64 {
        self.sorted.clear();
        self.sorted.extend(self.events.iter().map(|e| e.1).filter(|latency| *latency > 0.0));
        self.sorted.sort_by(f64::total_cmp);
        p95(&self.sorted)
    }

    /// Events per second between the first and the last \[1/s\]; 0 without a span.
    #[must_use]
    pub fn throughput(&self) -> f64 {
        let ends = self.events.front().zip(self.events.back());
        let span = ends.map_or(0.0, |(first, last)| last.0 - first.0);
        if span > 0.0 { self.events.len() as f64 / span } else { 0.0 }
    }

    /// Standard deviation of the failure flag: 0 when all or none fail. It measures no runs of
    /// failures.
    #[must_use]
    pub fn error_clustering(&self) -> f64 {
        let mean = self.error_rate();
        (mean * (1.0 - mean)).sqrt()
    }

    /// Share of events that failed, 0..1.
    #[must_use]
    pub fn error_rate(&self) -> f64 {
        if self.events.is_empty() { 0.0 } else { self.failed as f64 / self.events.len() as f64 }
    }
}

/// 95th percentile of sorted values, linear between neighbours; 0 without any.
#[must_use]
pub fn p95(sorted: &[f64]) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let h = 0.95 * last as f64;
    let i = h.floor() as usize;
    let next = sorted.get(i + 1).copied().unwrap_or(sorted[i]);
    sorted[i] + (next - sorted[i]) * (h - i as f64)
}
