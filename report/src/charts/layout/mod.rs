//! A layered layout of a small directed graph (Sugiyama, Tagawa and Toda 1981).
//!
//! Cycles are broken, nodes laid on layers by the longest way from a source, long edges led
//! through the layers between, crossings reduced, and places found that keep edges short. The
//! result depends on the order of nodes and edges alone.

mod layers;
mod order;
mod place;

/// Which way layers follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Direction {
    /// Left to right.
    #[default]
    Right,
    /// Top to bottom.
    Down,
}

/// Sizes of a layout \[px\].
#[derive(Clone, Copy, Debug)]
pub(super) struct Spacing {
    /// A node's width and height.
    pub(super) node: (f64, f64),
    /// Between layers.
    pub(super) between_layers: f64,
    /// Between nodes of a layer.
    pub(super) within_layer: f64,
}

/// Where everything lies.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// A node's width and height.
    pub(super) node: (f64, f64),
    /// Which way it runs.
    pub(super) direction: Direction,
    /// Centre of each node.
    pub(super) nodes: Vec<(f64, f64)>,
    /// Points of each edge, from its origin to its end; empty for an edge from a node to itself.
    pub(super) edges: Vec<Vec<(f64, f64)>>,
    /// Extent.
    pub(super) size: (f64, f64),
}

/// Lays out `nodes` nodes and `edges` (from, to). Time O((N + E) E) for the crossings.
pub(super) fn layered(
    nodes: usize,
    edges: &[(usize, usize)],
    spacing: Spacing,
    direction: Direction,
) -> Layout {
    let layered = layers::assign(nodes, edges);
    let ordered = order::reduce_crossings(&layered);
    // Along the layers a node takes its width or its height.
    let (depth, breadth) = match direction {
        Direction::Right => spacing.node,
        Direction::Down => (spacing.node.1, spacing.node.0),
    };
    let across = place::across(&layered, &ordered, breadth, spacing.within_layer);
    let along = |layer: usize| depth / 2.0 + layer as f64 * (depth + spacing.between_layers);
    let turn = |along: f64, across: f64| match direction {
        Direction::Right => (along, across),
        Direction::Down => (across, along),
    };
    let point = |v: usize| turn(along(layered.layer[v]), across[v]);
    let half = depth / 2.0;
    let lines = edges.iter().zip(&layered.chains).map(|(_, chain)| {
        let Some(((first, last), middle)) =
            chain.split_first().zip(chain.last()).map(|((f, m), l)| ((*f, *l), m))
        else {
            return Vec::new();
        };
        let forward = layered.layer[last] > layered.layer[first];
        let side = if forward { half } else { -half };
        // Edges against the layers stand beside those along them.
        let aside = if forward { 0.0 } else { (breadth / 5.0).min(9.0) };
        let at = |v: usize, shift: f64| turn(along(layered.layer[v]) + shift, across[v] + aside);
        let mut line = vec![at(first, side)];
        for v in &middle[..middle.len().saturating_sub(1)] {
            // A long edge passes a layer straight.
            line.push(at(*v, -side));
            line.push(at(*v, side));
        }
        line.push(at(last, -side));
        line
    });
    let lines: Vec<Vec<(f64, f64)>> = lines.collect();
    let layers = layered.layer.iter().copied().max().map_or(0, |l| l + 1);
    let length = layers as f64 * depth + layers.saturating_sub(1) as f64 * spacing.between_layers;
    let most = across.iter().map(|a| a + breadth / 2.0).fold(0.0, f64::max);
    Layout {
        node: spacing.node,
        direction,
        nodes: (0..nodes).map(point).collect(),
        edges: lines,
        size: turn(length, most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACING: Spacing = Spacing { node: (100.0, 30.0), between_layers: 50.0, within_layer: 20.0 };

    fn check(nodes: usize, edges: &[(usize, usize)]) -> Layout {
        for direction in [Direction::Right, Direction::Down] {
            let layout = layered(nodes, edges, SPACING, direction);
            assert_eq!((layout.nodes.len(), layout.edges.len()), (nodes, edges.len()));
            for (i, a) in layout.nodes.iter().enumerate() {
                let inside = a.0 >= 50.0 - 1e-6 && a.0 <= layout.size.0 - 50.0 + 1e-6;
                assert!(inside && a.1 >= 15.0 - 1e-6 && a.1 <= layout.size.1 - 15.0 + 1e-6, "{layout:?}");
                for b in &layout.nodes[..i] {
                    let apart = (a.0 - b.0).abs() >= 100.0 - 1e-6 || (a.1 - b.1).abs() >= 30.0 - 1e-6;
                    assert!(apart, "two nodes at {a:?}, {b:?}");
                }
            }
            for (edge, line) in edges.iter().zip(&layout.edges) {
                assert_eq!(line.is_empty(), edge.0 == edge.1);
                assert!(line.iter().all(|p| p.0.is_finite() && p.1.is_finite()));
            }
        }
        layered(nodes, edges, SPACING, Direction::Right)
    }

    #[test]
    fn a_chain_is_a_straight_line() {
        let layout = check(3, &[(0, 1), (1, 2)]);
        assert_eq!(layout.nodes, [(50.0, 15.0), (200.0, 15.0), (350.0, 15.0)]);
        assert_eq!(layout.edges[0], [(100.0, 15.0), (150.0, 15.0)]);
    }

    #[test]
    fn cycles_loops_and_strangers_are_laid_out_too() {
        check(0, &[]);
        check(4, &[]);
        let layout = check(4, &[(0, 1), (1, 2), (2, 0), (3, 3), (1, 0)]);
        // One edge of each cycle runs against the layers: from a later node to an earlier one.
        let back =
            layout.edges.iter().filter(|line| line.first().zip(line.last()).is_some_and(|(a, b)| b.0 < a.0));
        assert_eq!(back.count(), 2);
        let complete: Vec<(usize, usize)> =
            (0..9).flat_map(|a| (0..9).filter(move |b| a != *b).map(move |b| (a, b))).collect();
        check(9, &complete);
    }

    #[test]
    fn random_graphs_never_lay_one_node_on_another() {
        let mut state = 7_u64;
        let mut draw = |n: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % n
        };
        for _ in 0..60 {
            let nodes = 1 + draw(40);
            let edges: Vec<(usize, usize)> =
                (0..draw(3 * nodes)).map(|_| (draw(nodes), draw(nodes))).collect();
            check(nodes, &edges);
        }
    }

    #[test]
    fn two_rows_that_can_be_drawn_without_crossings_are() {
        // Given crossed: 0 and 1 above 2 and 3.
        let layout = check(4, &[(0, 3), (1, 2)]);
        let y = |i: usize| layout.nodes[i].1;
        assert!((y(0) - y(3)).abs() < 1e-6 && (y(1) - y(2)).abs() < 1e-6, "{:?}", layout.nodes);
    }
}
