//! Places within layers: as near to the neighbours as the order and the distances allow.

use super::layers::Layered;
use super::order::neighbours;

/// Rounds of moving towards neighbours.
const ROUNDS: usize = 24;

/// The place of each node across its layer \[px\], from 0 on.
pub(super) fn across(graph: &Layered, order: &[Vec<usize>], breadth: f64, gap: f64) -> Vec<f64> {
    let (above, below) = neighbours(graph);
    // A stand-in is a line: it takes less room.
    let half = |v: usize| if v < graph.real { breadth / 2.0 } else { 4.0 };
    let mut at = vec![0.0; graph.layer.len()];
    for layer in order {
        settle(layer, &mut at, |_| 0.0, half, gap);
    }
    for round in 0..ROUNDS {
        let down = round % 2 == 0;
        for step in 0..order.len() {
            let layer = &order[if down { step } else { order.len() - 1 - step }];
            let before = at.clone();
            let wish = |v: usize| {
                let near = if down { &above[v] } else { &below[v] };
                let other = if down { &below[v] } else { &above[v] };
                let near = if near.is_empty() { other } else { near };
                if near.is_empty() {
                    return before[v];
                }
                near.iter().map(|n| before[*n]).sum::<f64>() / near.len() as f64
            };
            settle(layer, &mut at, wish, half, gap);
        }
    }
    let least = (0..at.len()).map(|v| at[v] - half(v)).fold(f64::INFINITY, f64::min);
    at.iter().map(|a| a - least).collect()
}

/// Moves the nodes of a layer as near to their wishes as their order and distances allow: the
/// least squares under an order, found by pooling neighbours that would overlap.
fn settle(
    layer: &[usize],
    at: &mut [f64],
    wish: impl Fn(usize) -> f64,
    half: impl Fn(usize) -> f64,
    gap: f64,
) {
    // With the distances taken off, places only have to ascend.
    let mut offsets = Vec::with_capacity(layer.len());
    let mut offset = 0.0;
    for (i, v) in layer.iter().enumerate() {
        if i > 0 {
            offset += half(layer[i - 1]) + gap + half(*v);
        }
        offsets.push(offset);
    }
    // Pools: sum of wishes, how many.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (v, offset) in layer.iter().zip(&offsets) {
        let mut pool = (wish(*v) - offset, 1);
        while let Some(last) = pools.pop() {
            if last.0 / last.1 as f64 <= pool.0 / pool.1 as f64 {
                pools.push(last);
                break;
            }
            pool = (pool.0 + last.0, pool.1 + last.1);
        }
        pools.push(pool);
    }
    let means = pools.iter().flat_map(|(sum, n)| std::iter::repeat_n(sum / *n as f64, *n));
    for ((v, offset), mean) in layer.iter().zip(&offsets).zip(means) {
        at[*v] = mean + offset;
    }
}
