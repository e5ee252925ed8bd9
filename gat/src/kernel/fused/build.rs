//! From parameters to a layer that can run: which rows are gathered, and what is in them.

use candle_core::Tensor;

use super::aggregate::{Aggregate, Scoring};
use super::dots::dots;
use super::emit::Emit;
use super::heads::{Group, groups};
use super::rows::{Matrix, Rows, Seen};
use super::single::{Score, Single};
use super::softmax::Shift;
use super::values::Values;
use crate::csr::CsrGraph;
use crate::error::Result;
use crate::kernel::{LayerAttention, LayerInput};
use crate::lanes::{Isa, LANES, Line};
use crate::ops::{Host, host};

/// Widest features that are gathered as they are. Beyond, filling rows costs more than it saves.
const MAX_SHARED: usize = 64;

/// Operands as slices.
#[derive(Clone, Copy)]
pub(super) struct Operands<'a> {
    pub(super) isa: Isa,
    pub(super) graph: &'a CsrGraph,
    /// [N, F].
    pub(super) x: &'a [f32],
    pub(super) bias: Option<&'a [f32]>,
    pub(super) edge: Option<&'a [f32]>,
}

/// A layer of several heads or channels, and whether its rows are finite.
pub(super) fn aggregate<'a>(
    operands: &Operands<'a>,
    input: &LayerInput<'_>,
) -> Result<(Aggregate<'a>, bool)> {
    let Operands { isa, graph, x, bias, edge } = *operands;
    let (heads, channels) = (input.heads, input.channels);
    let features = input.x.dims2()?.1;
    let groups = groups(heads);
    let (rows, scoring, values, finite) = match input.attention {
        LayerAttention::Static { lin, att_src, att_dst, .. } => {
            let (lin, att_src, att_dst) = (flat(lin)?, flat(att_src)?, flat(att_dst)?);
            let shared = features < heads * channels && features <= MAX_SHARED;
            let payload = if shared { features } else { heads * channels };
            let mut next = payload;
            let src = places(&groups, &mut next);
            let dst = places(&groups, &mut next);
            let ranged = src[0] / LANES;
            let mut matrix = Matrix::zeros(features, next.div_ceil(LANES), ranged);
            for feature in 0..features {
                if shared {
                    matrix.set(feature, feature, 1.0);
                } else {
                    for column in 0..payload {
                        matrix.set(feature, column, lin[column * features + feature]);
                    }
                }
            }
            for (places, att) in [(&src, &att_src), (&dst, &att_dst)] {
                for (group, &place) in groups.iter().zip(places) {
                    for head in 0..group.count {
                        for feature in 0..features {
                            let value = folded(&lin, att, group.first + head, channels, features, feature);
                            matrix.set(feature, place + head, value);
                        }
                    }
                }
            }
            let (rows, seen) = Rows::of(isa, x, graph.nodes(), &matrix);
            let values = if shared {
                Values::Shared { features, channels, projection: by_head(&lin, heads, channels, features) }
            } else {
                Values::Own { channels, head_of: heads_of_lanes(heads, channels) }
            };
            let shift = groups.iter().zip(&src);
            let shift = shift
                .map(|(group, &place)| {
                    let range = &seen.ranges[place / LANES - ranged];
                    let [low, high] = [&range.0, &range.1].map(|line| by_period(line, place % LANES, *group));
                    Shift::choose(low, high, input.negative_slope as f32, edge.is_some())
                })
                .collect();
            (rows, Scoring::Static { src, dst, shift }, values, seen.finite)
        },
        LayerAttention::Dynamic { lin_src, bias_src, lin_dst, bias_dst, att, .. } => {
            let project = |lin: &Tensor, bias: Option<&Tensor>| -> Result<(Rows, Seen)> {
                let matrix = plain(&flat(lin)?, &bias.map(flat).transpose()?, features);
                Ok(Rows::of(isa, x, graph.nodes(), &matrix))
            };
            let (rows, seen) = project(lin_src, bias_src)?;
            let (destinations, also_seen) = project(lin_dst, bias_dst)?;
            // A row that the bias alone makes.
            let matrix = plain(&[], &Some(flat(att)?), 0);
            let (att, _) = Rows::of(isa, &[], 1, &matrix);
            let values = Values::Own { channels, head_of: heads_of_lanes(heads, channels) };
            let finite = seen.finite && also_seen.finite;
            (rows, Scoring::Dynamic { destinations, att }, values, finite)
        },
    };
    let layer = Aggregate {
        graph,
        rows,
        scoring,
        values,
        emit: Emit::new(heads, channels, input.concat, bias, input.activation),
        groups,
        heads,
        channels,
        edge,
        slope: input.negative_slope as f32,
    };
    Ok((layer, finite))
}

/// A layer of one head and one channel, and whether its rows are finite.
pub(super) fn single<'a>(operands: &Operands<'a>, input: &LayerInput<'_>) -> Result<(Single<'a>, bool)> {
    let Operands { isa, graph, x, bias, edge } = *operands;
    let (values, destinations, score, finite) = match input.attention {
        LayerAttention::Static { lin, att_src, att_dst, .. } => {
            let (lin, src, dst) = (flat(lin)?, flat(att_src)?[0], flat(att_dst)?[0]);
            let (values, seen) = dots(isa, x, graph.nodes(), &lin, 0.0);
            let destinations: Vec<f32> = values.iter().map(|v| v * dst).collect();
            let parts = [seen.low * src, seen.high * src];
            let [low, high] = [parts[0].min(parts[1]), parts[0].max(parts[1])].map(|v| Line([v; LANES]));
            let shift = Shift::choose(low, high, input.negative_slope as f32, edge.is_some());
            (values, destinations, Score::Static { factor: src, shift }, seen.finite)
        },
        LayerAttention::Dynamic { lin_src, bias_src, lin_dst, bias_dst, att, .. } => {
            let first = |bias: Option<&Tensor>| -> Result<f32> {
                Ok(bias.map(flat).transpose()?.map_or(0.0, |b| b[0]))
            };
            let (values, seen) = dots(isa, x, graph.nodes(), &flat(lin_src)?, first(bias_src)?);
            let (destinations, also) = dots(isa, x, graph.nodes(), &flat(lin_dst)?, first(bias_dst)?);
            let factor = flat(att)?[0];
            (values, destinations, Score::Dynamic { factor }, seen.finite && also.finite)
        },
    };
    let slope = input.negative_slope as f32;
    let activation = input.activation;
    let bias = bias.and_then(|bias| bias.first().copied()).unwrap_or(0.0);
    let layer = Single { graph, values, destinations, score, edge, slope, bias, activation };
    Ok((layer, finite))
}

/// The elements of a small tensor.
fn flat(x: &Tensor) -> Result<Vec<f32>> {
    let x = host(x)?;
    let x = Host::<f32>::new(&x)?;
    Ok(x.slice()?.to_vec())
}

/// Places of the groups' scores in a row from `next` on: no group across two lines.
fn places(groups: &[Group], next: &mut usize) -> Vec<usize> {
    groups
        .iter()
        .map(|group| {
            if *next % LANES + group.count > LANES {
                *next = next.next_multiple_of(LANES);
            }
            let place = *next;
            *next += group.count;
            place
        })
        .collect()
}

/// A group's columns of a line, from `lane` on, repeated by the group's period.
fn by_period(line: &Line, lane: usize, group: Group) -> Line {
    Line(std::array::from_fn(|i| line.0[(lane + (i % group.period).min(group.count - 1)).min(LANES - 1)]))
}

/// What feature `feature` of a node adds to `att · (W x)` of a head.
fn folded(lin: &[f32], att: &[f32], head: usize, channels: usize, features: usize, feature: usize) -> f32 {
    let columns = head * channels..(head + 1) * channels;
    columns.map(|column| lin[column * features + feature] * att[column]).sum()
}

/// A matrix of W [O, F] and a bias.
fn plain(lin: &[f32], bias: &Option<Vec<f32>>, features: usize) -> Matrix {
    let columns = lin.len().checked_div(features).unwrap_or_else(|| bias.as_ref().map_or(0, Vec::len));
    let lines = columns.div_ceil(LANES);
    let mut matrix = Matrix::zeros(features, lines, lines);
    for column in 0..columns {
        for feature in 0..features {
            matrix.set(feature, column, lin[column * features + feature]);
        }
        if let Some(bias) = bias {
            matrix.set_bias(column, bias[column]);
        }
    }
    matrix
}

/// W by head, [H, F, lines of C].
fn by_head(lin: &[f32], heads: usize, channels: usize, features: usize) -> Vec<Line> {
    let lines = channels.div_ceil(LANES);
    let mut projection = vec![Line::default(); heads * features * lines];
    for head in 0..heads {
        for feature in 0..features {
            for channel in 0..channels {
                let line = (head * features + feature) * lines + channel / LANES;
                projection[line].0[channel % LANES] = lin[(head * channels + channel) * features + feature];
            }
        }
    }
    projection
}

/// The head, within its group, that each lane of a row belongs to; padding belongs to the last.
fn heads_of_lanes(heads: usize, channels: usize) -> Vec<[u32; LANES]> {
    let head = |column: usize| ((column / channels).min(heads - 1) % LANES) as u32;
    (0..(heads * channels).div_ceil(LANES))
        .map(|line| std::array::from_fn(|lane| head(line * LANES + lane)))
        .collect()
}
