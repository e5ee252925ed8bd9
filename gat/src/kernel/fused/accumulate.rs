//! The weighted sum of one destination's gathered rows.

use crate::lanes::{LANES, Lanes, Line, load_at, store_at};

/// One destination's edges: where their rows are, and their weights.
#[derive(Clone, Copy)]
pub(super) struct Edges<'a> {
    /// Sources.
    pub(super) sources: &'a [u32],
    /// `period` weights an edge, room for a whole vector behind the last.
    pub(super) weights: &'a [f32],
    /// Places of an edge's weights.
    pub(super) period: usize,
    /// Rows of all nodes.
    pub(super) lines: &'a [Line],
    /// Lines of a row.
    pub(super) width: usize,
}

/// Weighted sums of some lines, and the sum of the weights.
#[derive(Clone, Copy)]
pub(super) struct Sums<S, const LINES: usize> {
    pub(super) lines: [S; LINES],
    pub(super) weight: S,
}

impl Edges<'_> {
    /// Sums lines `line..line + LINES` of the rows, once for each of the heads `head..head + HEADS`
    /// with its own weights.
    #[inline(always)]
    pub(super) fn by_head<S: Lanes, const HEADS: usize, const LINES: usize>(
        &self,
        head: usize,
        line: usize,
    ) -> [Sums<S, LINES>; HEADS] {
        let zero = S::splat(0.0);
        let mut sums = [Sums { lines: [zero; LINES], weight: zero }; HEADS];
        for (&source, weights) in self.sources.iter().zip(self.weights.chunks_exact(self.period)) {
            let row = &self.lines[source as usize * self.width + line..][..LINES];
            let row: [S; LINES] = std::array::from_fn(
                #[inline(always)]
                |l| S::load(&row[l].0),
            );
            for (sums, weight) in sums.iter_mut().zip(&weights[head..head + HEADS]) {
                let weight = S::splat(*weight);
                sums.weight = sums.weight.add(weight);
                for (sum, row) in sums.lines.iter_mut().zip(row) {
                    *sum = row.mul_add(weight, *sum);
                }
            }
        }
        sums
    }

    /// For each of the heads `head..head + heads` the weighted sum of `lines` lines of the rows from
    /// `line` on: `to` gets `lines` lines a head, `totals` the sum of its weights.
    #[inline(always)]
    pub(super) fn heads<S: Lanes>(
        &self,
        heads: (usize, usize),
        lines: (usize, usize),
        to: &mut [f32],
        totals: &mut [f32],
    ) {
        let ((head, heads), (line, lines)) = (heads, lines);
        let mut done = 0;
        while done < heads {
            let left = heads - done;
            let to = &mut to[done * lines * LANES..];
            let totals = &mut totals[done..];
            let mut l = 0;
            while l < lines {
                let (head, line) = (head + done, line + l);
                // Up to eight running sums: enough to hide the latency of an addition.
                l += match (left, lines - l) {
                    (4.., 2..) => put(self.by_head::<S, 4, 2>(head, line), lines, l, to, totals),
                    (4.., _) => put(self.by_head::<S, 4, 1>(head, line), lines, l, to, totals),
                    (2.., 4..) => put(self.by_head::<S, 2, 4>(head, line), lines, l, to, totals),
                    (2.., 2..) => put(self.by_head::<S, 2, 2>(head, line), lines, l, to, totals),
                    (2.., _) => put(self.by_head::<S, 2, 1>(head, line), lines, l, to, totals),
                    (_, 4..) => put(self.by_head::<S, 1, 4>(head, line), lines, l, to, totals),
                    (_, 2..) => put(self.by_head::<S, 1, 2>(head, line), lines, l, to, totals),
                    (..) => put(self.by_head::<S, 1, 1>(head, line), lines, l, to, totals),
                };
            }
            done += match left {
                4.. => 4,
                2.. => 2,
                _ => 1,
            };
        }
    }

    /// The weighted sum of lines `line..line + LINES` of the rows, each lane weighted by the head
    /// that `head_of` names for it, and the sum of weights, lane by head.
    #[inline(always)]
    pub(super) fn by_lane<S: Lanes, const LINES: usize>(
        &self,
        line: usize,
        head_of: &[[u32; LANES]],
    ) -> Sums<S, LINES> {
        let head_of = &head_of[..LINES];
        let zero = S::splat(0.0);
        let mut sums = Sums { lines: [zero; LINES], weight: zero };
        for (edge, &source) in self.sources.iter().enumerate() {
            let row = &self.lines[source as usize * self.width + line..][..LINES];
            let weights = load_at::<S>(self.weights, edge * self.period);
            sums.weight = sums.weight.add(weights);
            for l in 0..LINES {
                sums.lines[l] = S::load(&row[l].0).mul_add(weights.permute(&head_of[l]), sums.lines[l]);
            }
        }
        sums
    }
}

/// Stores sums and returns how many lines they had.
#[inline(always)]
fn put<S: Lanes, const HEADS: usize, const LINES: usize>(
    sums: [Sums<S, LINES>; HEADS],
    lines: usize,
    line: usize,
    to: &mut [f32],
    totals: &mut [f32],
) -> usize {
    for (head, sums) in sums.into_iter().enumerate() {
        totals[head] = sums.weight.to_array()[0];
        for (l, sum) in sums.lines.into_iter().enumerate() {
            store_at(sum, to, (head * lines + line + l) * LANES);
        }
    }
    LINES
}
