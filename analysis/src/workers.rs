//! Independent pieces of work on a fixed number of threads, results in order.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs `work` for 0..`count` on `jobs` threads, each busy with one piece at a time: no more than
/// `jobs` pieces are in memory at once. A work-stealing pool would start the next piece while one
/// waits for its inner loops.
///
/// # Panics
/// If `work` does.
#[must_use]
pub fn in_order<T: Send>(jobs: usize, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut mine = Vec::new();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= count {
                return mine;
            }
            mine.push((i, work(i)));
        }
    };
    let mut done: Vec<(usize, T)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs.clamp(1, count.max(1))).map(|_| scope.spawn(take)).collect();
        threads.into_iter().flat_map(|t| t.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    done.sort_by_key(|(i, _)| *i);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_on_any_number_of_threads() {
        let expected: Vec<usize> = (0..100).map(|i| i * i).collect();
        for jobs in [0, 1, 2, 7, 200] {
            assert_eq!(in_order(jobs, 100, |i| i * i), expected);
        }
        assert!(in_order(3, 0, |i| i).is_empty());
    }

    #[test]
    fn no_more_than_jobs_at_once() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let done = in_order(2, 50, |_| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::yield_now();
            now.fetch_sub(1, Ordering::SeqCst);
        });
        assert_eq!(done.len(), 50);
        assert!(most.into_inner() <= 2);
    }
}
