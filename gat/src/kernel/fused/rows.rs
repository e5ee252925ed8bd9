//! Rows of floats in whole cache lines, and linear maps that fill them.

use rayon::prelude::*;

use super::tasks::zeros;
use crate::lanes::{Isa, LANES, Lanes, Line, Work, run_on};

/// Nodes that a thread projects at a time.
const NODES_PER_TASK: usize = 4_096;

/// One row a node, padded with zeros to whole lines.
pub(super) struct Rows {
    lines: Vec<Line>,
    /// Lines of a row.
    pub(super) width: usize,
}

impl Rows {
    /// The rows of `x` [N, F] mapped by `matrix`.
    pub(super) fn of(isa: Isa, x: &[f32], nodes: usize, matrix: &Matrix) -> (Self, Seen) {
        let width = matrix.lines;
        let mut rows = Self { lines: zeros(nodes * width), width };
        let seen = matrix.fill(isa, x, &mut rows);
        (rows, seen)
    }

    /// All lines.
    #[inline(always)]
    pub(super) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The row of a node.
    #[inline(always)]
    pub(super) fn row(&self, node: usize) -> &[Line] {
        &self.lines[node * self.width..][..self.width]
    }
}

/// What was seen while rows were filled.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// Whether everything is finite, the features included.
    pub(super) finite: bool,
    /// Smallest and largest value of each column from the matrix's `ranged` line on.
    pub(super) ranges: Vec<(Line, Line)>,
}

impl Seen {
    fn both(mut self, other: Self) -> Self {
        self.finite &= other.finite;
        for (a, b) in self.ranges.iter_mut().zip(&other.ranges) {
            for lane in 0..LANES {
                a.0.0[lane] = a.0.0[lane].min(b.0.0[lane]);
                a.1.0[lane] = a.1.0[lane].max(b.1.0[lane]);
            }
        }
        self
    }
}

/// A matrix that maps F features to whole lines, feature by feature.
pub(super) struct Matrix {
    /// [F, V] lines.
    weights: Vec<Line>,
    /// [V] lines, added first.
    bias: Vec<Line>,
    features: usize,
    lines: usize,
    /// Ranges are wanted of columns from this line on.
    ranged: usize,
}

impl Matrix {
    /// A matrix of zeros; ranges are wanted of columns from line `ranged` on.
    pub(super) fn zeros(features: usize, lines: usize, ranged: usize) -> Self {
        let (weights, bias) = (vec![Line::default(); features * lines], vec![Line::default(); lines]);
        Self { weights, bias, features, lines, ranged }
    }

    /// Sets what feature `feature` adds to column `column`.
    pub(super) fn set(&mut self, feature: usize, column: usize, value: f32) {
        self.weights[feature * self.lines + column / LANES].0[column % LANES] = value;
    }

    /// Sets what column `column` starts with.
    pub(super) fn set_bias(&mut self, column: usize, value: f32) {
        self.bias[column / LANES].0[column % LANES] = value;
    }

    /// The rows of `x` [N, F] mapped. Each column sums in ascending order of features.
    fn fill(&self, isa: Isa, x: &[f32], rows: &mut Rows) -> Seen {
        let chunk = NODES_PER_TASK * self.lines;
        let fill = |(i, lines): (usize, &mut [Line])| {
            let nodes = lines.len() / self.lines;
            let start = i * NODES_PER_TASK;
            let x = &x[start * self.features..][..nodes * self.features];
            run_on(isa, Fill { matrix: self, x, out: lines })
        };
        if rows.lines.len() <= chunk {
            return fill((0, &mut rows.lines));
        }
        let none = || Seen {
            finite: true,
            ranges: vec![
                (Line([f32::INFINITY; LANES]), Line([f32::NEG_INFINITY; LANES]));
                self.lines - self.ranged
            ],
        };
        rows.lines.par_chunks_mut(chunk).enumerate().map(fill).reduce(none, Seen::both)
    }

    /// Maps one node's features into registers, `COUNT` lines from `line` on.
    #[inline(always)]
    fn apply<S: Lanes, const NODES: usize, const COUNT: usize>(
        &self,
        x: &[f32],
        line: usize,
    ) -> [[S; COUNT]; NODES] {
        let bias: [S; COUNT] = std::array::from_fn(|c| S::load(&self.bias[line + c].0));
        let mut sums = [bias; NODES];
        for feature in 0..self.features {
            let weights = &self.weights[feature * self.lines + line..][..COUNT];
            let weights: [S; COUNT] = std::array::from_fn(|c| S::load(&weights[c].0));
            for (node, sums) in sums.iter_mut().enumerate() {
                let x = S::splat(x[node * self.features + feature]);
                for c in 0..COUNT {
                    sums[c] = x.mul_add(weights[c], sums[c]);
                }
            }
        }
        sums
    }
}

/// Maps some nodes.
struct Fill<'a> {
    matrix: &'a Matrix,
    x: &'a [f32],
    out: &'a mut [Line],
}

impl Work for Fill<'_> {
    type Output = Seen;

    #[inline(always)]
    fn run<S: Lanes>(self) -> Seen {
        let Fill { matrix, x, out } = self;
        let (features, lines) = (matrix.features, matrix.lines);
        let nodes = out.len() / lines;
        let mut finite = S::splat(0.0);
        let mut node = 0;
        while node + 4 <= nodes {
            let (x, out) = (&x[node * features..], &mut out[node * lines..]);
            let mut line = 0;
            while line + 2 <= lines {
                put(matrix.apply::<S, 4, 2>(x, line), out, lines, line, &mut finite);
                line += 2;
            }
            if line < lines {
                put(matrix.apply::<S, 4, 1>(x, line), out, lines, line, &mut finite);
            }
            node += 4;
        }
        for node in node..nodes {
            let (x, out) = (&x[node * features..], &mut out[node * lines..]);
            for line in 0..lines {
                put(matrix.apply::<S, 1, 1>(x, line), out, lines, line, &mut finite);
            }
        }
        // A loop, not a closure: closures are not compiled for the instruction set.
        let mut ranges = Vec::with_capacity(lines - matrix.ranged);
        for line in matrix.ranged..lines {
            ranges.push(range::<S>(out, lines, line));
        }
        Seen { finite: is_zero(finite), ranges }
    }
}

/// Smallest and largest of each lane of a line over all rows.
#[inline(always)]
fn range<S: Lanes>(rows: &[Line], lines: usize, line: usize) -> (Line, Line) {
    let zero = S::splat(0.0);
    // The smallest, negated.
    let (mut low, mut high) = (S::splat(f32::NEG_INFINITY), S::splat(f32::NEG_INFINITY));
    for row in rows.chunks_exact(lines) {
        let value = S::load(&row[line].0);
        high = value.max(high);
        low = zero.sub(value).max(low);
    }
    (Line(zero.sub(low).to_array()), Line(high.to_array()))
}

#[inline(always)]
fn put<S: Lanes, const NODES: usize, const COUNT: usize>(
    sums: [[S; COUNT]; NODES],
    out: &mut [Line],
    lines: usize,
    line: usize,
    finite: &mut S,
) {
    for (node, sums) in sums.into_iter().enumerate() {
        for (c, sum) in sums.into_iter().enumerate() {
            sum.store(&mut out[node * lines + line + c].0);
            *finite = sum.mul_add(S::splat(0.0), *finite);
        }
    }
}

/// Whether all lanes are zero: NaN once anything not finite was multiplied by zero.
#[inline(always)]
pub(super) fn is_zero<S: Lanes>(x: S) -> bool {
    x.to_array().iter().all(|v| *v == 0.0)
}
