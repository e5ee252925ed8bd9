//! Ranges of destinations that threads take: balanced by edges, each with its own part of the
//! results.

use std::mem::MaybeUninit;
use std::ops::Range;

use rayon::prelude::*;

use crate::csr::CsrGraph;

/// Nodes plus edges of a task. Only speed depends on it.
const WORK_PER_TASK: usize = 16_384;

/// A range of nodes and the parts of two results that belong to it.
pub(super) struct Task<'a> {
    pub(super) nodes: Range<usize>,
    /// Rows of these nodes.
    pub(super) out: &'a mut [f32],
    /// Attention of these nodes' slots; empty if not wanted.
    pub(super) alpha: &'a mut [f32],
}

/// Cuts results of `width` floats a node and `heads` floats a slot (or none) into tasks.
pub(super) fn split<'a>(
    graph: &CsrGraph,
    mut out: &'a mut [f32],
    width: usize,
    mut alpha: &'a mut [f32],
    heads: usize,
) -> Vec<Task<'a>> {
    let starts = graph.row_start();
    let work_before = |node: usize| starts.get(node).map_or(0, |&s| s as usize) + node;
    let total = work_before(graph.nodes());
    let keeps_alpha = !alpha.is_empty();
    let mut tasks = Vec::with_capacity(total / WORK_PER_TASK + 1);
    let mut first = 0;
    while first < graph.nodes() {
        let target = work_before(first) + WORK_PER_TASK;
        let end = if target >= total {
            graph.nodes()
        } else {
            first_node_with(work_before, target, first, graph.nodes())
        };
        let slots = if keeps_alpha { (starts[end] - starts[first]) as usize * heads } else { 0 };
        let (out_here, out_rest) = out.split_at_mut((end - first) * width);
        let (alpha_here, alpha_rest) = alpha.split_at_mut(slots);
        (out, alpha) = (out_rest, alpha_rest);
        tasks.push(Task { nodes: first..end, out: out_here, alpha: alpha_here });
        first = end;
    }
    tasks
}

/// The first node after `first` before which at least `target` work lies.
fn first_node_with(work_before: impl Fn(usize) -> usize, target: usize, first: usize, nodes: usize) -> usize {
    let (mut low, mut high) = (first + 1, nodes);
    while low < high {
        let middle = low.midpoint(high);
        if work_before(middle) < target { low = middle + 1 } else { high = middle }
    }
    low
}

/// Runs all tasks; whether all said that their results are finite. A single task runs here, so
/// that small graphs start no threads.
pub(super) fn all_finite<T: Send>(tasks: Vec<T>, run: impl Fn(T) -> bool + Send + Sync) -> bool {
    if tasks.len() <= 1 {
        return tasks.into_iter().all(run);
    }
    // Not short-circuited: which tasks ran would depend on timing (though nothing shows it).
    tasks.into_par_iter().with_max_len(1).map(&run).reduce(|| true, |a, b| a && b)
}

/// Bytes that a thread clears at a time.
const BYTES_PER_CLEARING: usize = 1 << 18;

/// A vector of zeros, on large pages where the system offers them: random reads of a table that
/// is much larger than the cache are otherwise bound by address translation. Large vectors are
/// cleared by all threads, since the first touch of memory is what costs.
pub(super) fn zeros<T: Copy + Default + Send>(len: usize) -> Vec<T> {
    let mut vector: Vec<T> = Vec::with_capacity(len);
    let memory = &mut vector.spare_capacity_mut()[..len];
    advise_large_pages(memory);
    let clear = |part: &mut [MaybeUninit<T>]| {
        for place in part {
            place.write(T::default());
        }
    };
    let chunk = BYTES_PER_CLEARING / size_of::<T>().max(1);
    if len <= chunk {
        clear(memory)
    } else {
        memory.par_chunks_mut(chunk).for_each(clear)
    }
    // SAFETY: the first `len` elements were just written.
    #[allow(unsafe_code)]
    unsafe {
        vector.set_len(len);
    }
    vector
}

/// Asks for large pages behind a fresh allocation; does nothing for small ones.
fn advise_large_pages<T>(memory: &mut [T]) {
    #[cfg(target_os = "linux")]
    {
        const LARGE: usize = 1 << 21;
        let bytes = std::mem::size_of_val(memory);
        if bytes < 2 * LARGE {
            return;
        }
        let start = memory.as_mut_ptr() as usize;
        let aligned = start.next_multiple_of(LARGE);
        let end = (start + bytes) / LARGE * LARGE;
        if aligned < end {
            // SAFETY: the range lies inside `memory`, which is ours; the advice changes no
            // content, and a refusal (an old kernel) is harmless.
            #[allow(unsafe_code)]
            unsafe {
                libc::madvise(aligned as *mut libc::c_void, end - aligned, libc::MADV_HUGEPAGE);
            }
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = memory;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csr::SelfLoops;

    #[test]
    fn tasks_cover_every_node_once_and_carry_their_parts() {
        let nodes = 50_000_usize;
        // Node 7 has most edges.
        let dst: Vec<u32> = (0..90_000).map(|e| if e % 2 == 0 { 7 } else { e % nodes as u32 }).collect();
        let src = vec![0_u32; dst.len()];
        let graph = CsrGraph::new(nodes, &src, &dst, SelfLoops::AsGiven).unwrap();
        let (mut out, mut alpha) = (vec![0.0; nodes * 3], vec![0.0; dst.len() * 2]);
        let tasks = split(&graph, &mut out, 3, &mut alpha, 2);
        assert!(tasks.len() > 3);
        let mut next = 0;
        for task in &tasks {
            assert_eq!(task.nodes.start, next);
            assert_eq!(task.out.len(), task.nodes.len() * 3);
            let slots = graph.row_start()[task.nodes.end] - graph.row_start()[task.nodes.start];
            assert_eq!(task.alpha.len(), slots as usize * 2);
            next = task.nodes.end;
        }
        assert_eq!(next, nodes);
    }
}
