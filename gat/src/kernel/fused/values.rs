//! What a layer sums for each head, and how that becomes an output row.

use super::accumulate::Edges;
use super::emit::Emit;
use super::heads::Group;
use crate::lanes::{LANES, Lanes, Line, load_at};

/// What is summed.
pub(super) enum Values {
    /// All heads sum the same features, which are projected afterwards:
    /// sum_j alpha_j (W x_j) = W (sum_j alpha_j x_j). Rows are narrower, and reading rows in random
    /// order is what limits the speed.
    Shared {
        /// Features summed, F.
        features: usize,
        /// Channels of a head, C.
        channels: usize,
        /// [H, F, lines of C] lines.
        projection: Vec<Line>,
    },
    /// Each head sums its own channels of the row.
    Own {
        /// Channels of a head, C.
        channels: usize,
        /// For each lane of the row, the head within its group.
        head_of: Vec<[u32; LANES]>,
    },
}

impl Values {
    /// Floats that [`sum`](Self::sum) needs to work.
    pub(super) fn room(&self) -> usize {
        match self {
            Self::Shared { features, .. } => LANES * features.next_multiple_of(LANES),
            Self::Own { head_of, .. } => head_of.len() * LANES,
        }
    }

    /// One destination's output from its edges' weights, which need not sum to 1. Returns the
    /// reciprocal of each head's sum of weights.
    #[inline(always)]
    pub(super) fn sum<S: Lanes>(
        &self,
        group: Group,
        edges: &Edges<'_>,
        emit: &Emit,
        sums: &mut [f32],
        out: &mut [f32],
        finite: &mut S,
    ) -> [f32; LANES] {
        match self {
            Self::Shared { features, channels, projection } => {
                let lines = features.div_ceil(LANES);
                let mut totals = [0.0; LANES];
                edges.heads::<S>((0, group.count), (0, lines), sums, &mut totals);
                let inverse = inverse(S::load(&totals)).to_array();
                let out_lines = channels.div_ceil(LANES);
                for head in 0..group.count {
                    let number = group.first + head;
                    let sums = &sums[head * lines * LANES..][..*features];
                    let projection = &projection[number * features * out_lines..][..features * out_lines];
                    for line in 0..out_lines {
                        // Two sums, so that additions need not wait for each other.
                        let mut y = [S::splat(0.0); 2];
                        for (f, (sum, row)) in sums.iter().zip(projection.chunks_exact(out_lines)).enumerate()
                        {
                            y[f % 2] = S::splat(*sum).mul_add(S::load(&row[line].0), y[f % 2]);
                        }
                        let y = y[0].add(y[1]).mul(S::splat(inverse[head]));
                        let channel = line * LANES;
                        emit.put(
                            out,
                            (number * channels, channel),
                            (channels - channel).min(LANES),
                            y,
                            finite,
                        );
                    }
                }
                inverse
            },
            Self::Own { channels, head_of } if channels.is_multiple_of(LANES) => {
                let per_head = channels / LANES;
                let mut totals = [0.0; LANES];
                for head in 0..group.count {
                    let number = group.first + head;
                    edges.heads::<S>((head, 1), (number * per_head, per_head), sums, &mut totals[head..]);
                    let inverse = inverse(S::splat(totals[head]));
                    for line in 0..per_head {
                        let y = load_at::<S>(sums, line * LANES).mul(inverse);
                        emit.put(out, (number * channels, line * LANES), LANES, y, finite);
                    }
                }
                debug_assert!(head_of.len() >= per_head);
                inverse(S::load(&totals)).to_array()
            },
            Self::Own { channels, head_of } => {
                let columns = group.first * channels..(group.first + group.count) * channels;
                let lines = columns.start / LANES..columns.end.div_ceil(LANES);
                let mut line = lines.start;
                let mut reciprocals = S::splat(0.0);
                while line < lines.end {
                    let here = &head_of[line..];
                    let done = if lines.end - line >= 2 {
                        let sums = edges.by_lane::<S, 2>(line, here);
                        reciprocals = inverse(sums.weight);
                        for (l, sum) in sums.lines.into_iter().enumerate() {
                            let y = sum.mul(reciprocals.permute(&here[l]));
                            self.put_columns(
                                (line + l) * LANES,
                                columns.end,
                                y,
                                *channels,
                                emit,
                                out,
                                finite,
                            );
                        }
                        2
                    } else {
                        let sums = edges.by_lane::<S, 1>(line, here);
                        reciprocals = inverse(sums.weight);
                        let y = sums.lines[0].mul(reciprocals.permute(&here[0]));
                        self.put_columns(line * LANES, columns.end, y, *channels, emit, out, finite);
                        1
                    };
                    line += done;
                }
                reciprocals.to_array()
            },
        }
    }

    /// Emits a line of columns, which may belong to several heads.
    #[inline(always)]
    #[allow(clippy::too_many_arguments)] // A line and where it goes.
    fn put_columns<S: Lanes>(
        &self,
        column: usize,
        end: usize,
        values: S,
        channels: usize,
        emit: &Emit,
        out: &mut [f32],
        finite: &mut S,
    ) {
        let count = (end - column).min(LANES);
        if emit.is_side_by_side() {
            emit.put(out, (column, 0), count, values, finite);
            return;
        }
        for (lane, value) in values.to_array().into_iter().take(count).enumerate() {
            let channel = (column + lane) % channels;
            emit.put(out, (column + lane - channel, channel), 1, S::splat(value), finite);
        }
    }
}

/// 1 / (sum of weights), finite where there are none. PyTorch Geometric adds 1e-16 to sums of at
/// least 1, which f32 does not see; sums shifted by a bound may be smaller than that.
#[inline(always)]
fn inverse<S: Lanes>(weights: S) -> S {
    S::splat(1.0).div(weights.max(S::splat(f32::MIN_POSITIVE)))
}
