//! The order of nodes within layers: few crossings.

use super::layers::Layered;

/// Sweeps up and down.
const SWEEPS: usize = 16;

/// Nodes of each layer in the order in which they are drawn.
pub(super) fn reduce_crossings(graph: &Layered) -> Vec<Vec<usize>> {
    let count = graph.layer.iter().copied().max().map_or(0, |l| l + 1);
    let mut order: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (v, layer) in graph.layer.iter().enumerate() {
        order[*layer].push(v);
    }
    let (above, below) = neighbours(graph);
    let mut best = order.clone();
    let mut fewest = crossings(graph, &order);
    for sweep in 0..SWEEPS {
        let down = sweep % 2 == 0;
        for step in 1..count {
            let layer = if down { step } else { count - 1 - step };
            let beside = if down { layer - 1 } else { layer + 1 };
            let near = if down { &above } else { &below };
            let place = places(graph.layer.len(), &order[beside]);
            let mean = |v: &usize| {
                let known: Vec<f64> = near[*v].iter().map(|n| place[*n]).collect();
                (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
            };
            sort_where_known(&mut order[layer], mean);
        }
        let now = crossings(graph, &order);
        if now < fewest {
            fewest = now;
            best.clone_from(&order);
        }
    }
    best
}

/// Neighbours on the layer before, and on the layer after.
pub(super) fn neighbours(graph: &Layered) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
    let mut above = vec![Vec::new(); graph.layer.len()];
    let mut below = vec![Vec::new(); graph.layer.len()];
    for (a, b) in &graph.steps {
        below[*a].push(*b);
        above[*b].push(*a);
    }
    (above, below)
}

/// Sorts those that have a wish; the others keep their places.
fn sort_where_known(layer: &mut [usize], wish: impl Fn(&usize) -> Option<f64>) {
    let mut moving: Vec<(f64, usize)> = layer.iter().filter_map(|v| Some((wish(v)?, *v))).collect();
    let spots: Vec<usize> = (0..layer.len()).filter(|i| wish(&layer[*i]).is_some()).collect();
    // Stable: equal wishes keep their order.
    moving.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (spot, (_, v)) in spots.into_iter().zip(moving) {
        layer[spot] = v;
    }
}

fn places(nodes: usize, layer: &[usize]) -> Vec<f64> {
    let mut place = vec![0.0; nodes];
    for (i, v) in layer.iter().enumerate() {
        // From the layer's middle, so that short layers pull nobody to one side.
        place[*v] = i as f64 - layer.len() as f64 / 2.0;
    }
    place
}

fn crossings(graph: &Layered, order: &[Vec<usize>]) -> usize {
    let mut place = vec![0; graph.layer.len()];
    for layer in order {
        for (i, v) in layer.iter().enumerate() {
            place[*v] = i;
        }
    }
    let mut by_layer: Vec<Vec<(usize, usize)>> = vec![Vec::new(); order.len()];
    for (a, b) in &graph.steps {
        by_layer[graph.layer[*a]].push((place[*a], place[*b]));
    }
    let crossed = |steps: &Vec<(usize, usize)>| {
        let pairs = steps.iter().enumerate().flat_map(|(i, a)| steps[..i].iter().map(move |b| (a, b)));
        pairs.filter(|(a, b)| (a.0 < b.0 && a.1 > b.1) || (a.0 > b.0 && a.1 < b.1)).count()
    };
    by_layer.iter().map(crossed).sum()
}
