//! Raw scores of a block of edges: what is gathered before any softmax.

use std::ops::Range;

use super::heads::Group;
use super::rows::Rows;
use crate::csr::CsrGraph;
use crate::lanes::{LANES, Lanes, prefetch};

/// How many edges ahead rows are asked for.
const AHEAD: usize = 16;
/// Lines of a row that are asked for ahead; the processor streams the rest.
const LINES_AHEAD: usize = 4;

/// Static attention: the source's part of a score lies in its row.
#[derive(Clone, Copy)]
pub(super) struct Static<'a> {
    pub(super) graph: &'a CsrGraph,
    pub(super) rows: &'a Rows,
    /// What edges add, [E', H].
    pub(super) edge: Option<&'a [f32]>,
    pub(super) heads: usize,
    /// Place in the row of the group's first head.
    pub(super) at: usize,
    pub(super) group: Group,
}

impl Static<'_> {
    /// Writes `period` scores a slot. Reading the rows here, many at a time and nothing else to
    /// wait for, also brings them near for the sums that follow.
    #[inline(always)]
    pub(super) fn gather(&self, slots: Range<usize>, raw: &mut [f32]) {
        match (self.group.count, self.group.period) {
            (1, _) => self.copy::<1>(&slots, raw),
            (2, _) => self.copy::<2>(&slots, raw),
            (4, _) => self.copy::<4>(&slots, raw),
            (8, _) => self.copy::<8>(&slots, raw),
            (count, period) => {
                for (row, to) in self.rows_of(&slots).zip(raw.chunks_exact_mut(period)) {
                    to[..count].copy_from_slice(&row[..count]);
                }
            },
        }
        if let Some(edge) = self.edge {
            for (slot, to) in slots.zip(raw.chunks_exact_mut(self.group.period)) {
                let first = self.graph.slot_edge()[slot] as usize * self.heads + self.group.first;
                for (to, add) in to.iter_mut().zip(&edge[first..][..self.group.count]) {
                    *to += add;
                }
            }
        }
    }

    #[inline(always)]
    fn copy<const COUNT: usize>(&self, slots: &Range<usize>, raw: &mut [f32]) {
        for (row, to) in self.rows_of(slots).zip(raw.chunks_exact_mut(COUNT)) {
            for (to, from) in to.iter_mut().zip(&row[..COUNT]) {
                *to = *from;
            }
        }
    }

    /// Scores of the sources of some slots, rows some edges ahead being asked for.
    #[inline(always)]
    fn rows_of(&self, slots: &Range<usize>) -> impl Iterator<Item = &[f32]> {
        let sources = self.graph.slot_src();
        let (lines, width) = (self.rows.lines(), self.rows.width);
        let (line, lane) = (self.at / LANES, self.at % LANES);
        slots.clone().map(move |slot| {
            if let Some(&ahead) = sources.get(slot + AHEAD) {
                for l in 0..width.min(LINES_AHEAD) {
                    prefetch(lines, ahead as usize * width + l);
                }
                if line >= LINES_AHEAD {
                    prefetch(lines, ahead as usize * width + line);
                }
            }
            &lines[sources[slot] as usize * width + line].0[lane..]
        })
    }
}

/// Dynamic attention: a score is a product with both rows.
#[derive(Clone, Copy)]
pub(super) struct Dynamic<'a> {
    pub(super) graph: &'a CsrGraph,
    /// Sources' projections.
    pub(super) rows: &'a Rows,
    /// Destinations' projections.
    pub(super) destinations: &'a Rows,
    /// Attention vectors, as a row.
    pub(super) att: &'a Rows,
    /// What edges add, [E', H·C].
    pub(super) edge: Option<&'a [f32]>,
    pub(super) width: usize,
    pub(super) channels: usize,
    pub(super) group: Group,
    pub(super) slope: f32,
}

impl Dynamic<'_> {
    /// Writes `period` scores a slot of one destination. Sums over channels fold pairwise within
    /// lines and lines in ascending order.
    #[inline(always)]
    pub(super) fn score<S: Lanes>(&self, node: usize, slots: Range<usize>, raw: &mut [f32]) {
        let sources = self.graph.slot_src();
        let lines = self.rows.lines();
        let width = self.rows.width;
        for (slot, to) in slots.zip(raw.chunks_exact_mut(self.group.period)) {
            if let Some(&ahead) = sources.get(slot + AHEAD) {
                for l in 0..width.min(LINES_AHEAD) {
                    prefetch(lines, ahead as usize * width + l);
                }
            }
            let edge = self
                .edge
                .map(|edge| &edge[self.graph.slot_edge()[slot] as usize * self.width..][..self.width]);
            let source = sources[slot] as usize;
            if self.channels.is_multiple_of(LANES) {
                self.whole_lines::<S>(node, source, edge, to);
            } else if LANES.is_multiple_of(self.channels) {
                self.parts_of_lines::<S>(node, source, edge, to);
            } else {
                self.across_lines::<S>(node, source, edge, to);
            }
        }
    }

    /// `att * LeakyReLU(source + destination + edge)` of one line.
    #[inline(always)]
    fn products<S: Lanes>(&self, node: usize, source: usize, edge: Option<&[f32]>, line: usize) -> S {
        let mut sum =
            S::load(&self.rows.row(source)[line].0).add(S::load(&self.destinations.row(node)[line].0));
        if let Some(edge) = edge {
            let mut lanes = [0.0; LANES];
            let here = &edge[line * LANES..self.width.min((line + 1) * LANES)];
            lanes[..here.len()].copy_from_slice(here);
            sum = sum.add(S::load(&lanes));
        }
        sum.leaky(S::splat(self.slope)).mul(S::load(&self.att.row(0)[line].0))
    }

    #[inline(always)]
    fn whole_lines<S: Lanes>(&self, node: usize, source: usize, edge: Option<&[f32]>, to: &mut [f32]) {
        let per_head = self.channels / LANES;
        for (head, to) in to.iter_mut().take(self.group.count).enumerate() {
            let first = (self.group.first + head) * per_head;
            let mut sum = S::splat(0.0);
            for line in first..first + per_head {
                sum = sum.add(self.products::<S>(node, source, edge, line));
            }
            *to = sum.fold_add(1).to_array()[0];
        }
    }

    #[inline(always)]
    fn parts_of_lines<S: Lanes>(&self, node: usize, source: usize, edge: Option<&[f32]>, to: &mut [f32]) {
        let per_line = LANES / self.channels;
        let first = self.group.first / per_line;
        for (line, to) in to[..self.group.count].chunks_mut(per_line).enumerate() {
            let mut x = self.products::<S>(node, source, edge, first + line);
            if self.channels >= 2 {
                x = x.add(x.swap::<1>());
            }
            if self.channels >= 4 {
                x = x.add(x.swap::<2>());
            }
            if self.channels >= 8 {
                x = x.add(x.swap::<4>());
            }
            let lanes = x.to_array();
            for (to, lane) in to.iter_mut().zip(lanes.iter().step_by(self.channels)) {
                *to = *lane;
            }
        }
    }

    #[inline(always)]
    fn across_lines<S: Lanes>(&self, node: usize, source: usize, edge: Option<&[f32]>, to: &mut [f32]) {
        to.fill(0.0);
        let columns = self.group.first * self.channels..(self.group.first + self.group.count) * self.channels;
        for line in columns.start / LANES..columns.end.div_ceil(LANES) {
            let lanes = self.products::<S>(node, source, edge, line).to_array();
            for (lane, value) in lanes.into_iter().enumerate() {
                let column = line * LANES + lane;
                if columns.contains(&column) {
                    to[column / self.channels - self.group.first] += value;
                }
            }
        }
    }
}
