//! Layers: cycles broken, every edge led from layer to layer.

/// A graph on layers, with stand-ins where an edge passes one.
#[derive(Clone, Debug, Default)]
pub(super) struct Layered {
    /// Layer of each node, stand-ins after the real ones.
    pub(super) layer: Vec<usize>,
    /// Number of real nodes.
    pub(super) real: usize,
    /// For each edge the nodes that it passes, from its origin to its end; empty for a loop.
    pub(super) chains: Vec<Vec<usize>>,
    /// Neighbouring pairs of all chains, each from the lower layer to the next.
    pub(super) steps: Vec<(usize, usize)>,
}

/// Puts nodes on layers.
pub(super) fn assign(nodes: usize, edges: &[(usize, usize)]) -> Layered {
    let reversed = against_the_flow(nodes, edges);
    let forward: Vec<(usize, usize)> = edges
        .iter()
        .zip(&reversed)
        .filter(|((a, b), _)| a != b)
        .map(|((a, b), back)| if *back { (*b, *a) } else { (*a, *b) })
        .collect();
    let mut layer = longest_way(nodes, &forward);
    let mut chains = Vec::with_capacity(edges.len());
    let mut steps = Vec::new();
    for ((a, b), back) in edges.iter().zip(&reversed) {
        if a == b {
            chains.push(Vec::new());
            continue;
        }
        let (low, high) = if *back { (*b, *a) } else { (*a, *b) };
        let mut chain = vec![low];
        for between in layer[low] + 1..layer[high] {
            chain.push(layer.len());
            layer.push(between);
        }
        chain.push(high);
        steps.extend(chain.windows(2).map(|pair| (pair[0], pair[1])));
        if *back {
            chain.reverse();
        }
        chains.push(chain);
    }
    steps.sort_unstable();
    steps.dedup();
    Layered { layer, real: nodes, chains, steps }
}

/// Edges to turn around so that no cycle is left: those that lead back to a node on the way down
/// from the sources, or from the first node where there is no source.
fn against_the_flow(nodes: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    let mut next: Vec<Vec<(usize, usize)>> = vec![Vec::new(); nodes];
    let mut incoming = vec![0; nodes];
    for (e, (a, b)) in edges.iter().enumerate().filter(|(_, (a, b))| a != b) {
        next[*a].push((*b, e));
        incoming[*b] += 1;
    }
    let sources = (0..nodes).filter(|v| incoming[*v] == 0);
    let mut reversed = vec![false; edges.len()];
    // 0 unseen, 1 on the way, 2 done.
    let mut state = vec![0_u8; nodes];
    for start in sources.chain(0..nodes) {
        if state[start] != 0 {
            continue;
        }
        state[start] = 1;
        let mut way = vec![(start, 0)];
        while let Some((v, place)) = way.last_mut() {
            let Some((to, edge)) = next[*v].get(*place).copied() else {
                state[*v] = 2;
                way.pop();
                continue;
            };
            *place += 1;
            match state[to] {
                0 => {
                    state[to] = 1;
                    way.push((to, 0));
                },
                1 => reversed[edge] = true,
                _ => {},
            }
        }
    }
    reversed
}

/// The longest way from a source; sources stand just before what they lead to.
fn longest_way(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut incoming = vec![0; nodes];
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for (a, b) in edges {
        incoming[*b] += 1;
        next[*a].push(*b);
    }
    let is_source: Vec<bool> = incoming.iter().map(|n| *n == 0).collect();
    let mut layer = vec![0; nodes];
    let mut ready: Vec<usize> = (0..nodes).filter(|v| is_source[*v]).collect();
    let mut done = 0;
    while done < ready.len() {
        let v = ready[done];
        done += 1;
        for to in &next[v] {
            layer[*to] = layer[*to].max(layer[v] + 1);
            incoming[*to] -= 1;
            if incoming[*to] == 0 {
                ready.push(*to);
            }
        }
    }
    for v in (0..nodes).filter(|v| is_source[*v]) {
        if let Some(nearest) = next[v].iter().map(|to| layer[*to]).min() {
            layer[v] = nearest - 1;
        }
    }
    layer
}
