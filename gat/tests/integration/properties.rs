//! Invariants on small random graphs.

use candle_core::{DType, Device, Tensor};
use infra_gat::weights::{analytic_conv, random_gat, random_gatv2};
use infra_gat::{Attention, Conv, CsrGraph, GatConvConfig, SelfLoops, Stack, candle_core};
use proptest::prelude::*;

use crate::support::{Rows, bits, dense_gat, max_difference, rows, tensor, wave_rows};

const F: usize = 3;
const D: usize = 2;

/// A graph, features of its nodes and edges, and what to build on it.
#[derive(Clone, Debug)]
struct Case {
    nodes: usize,
    src: Vec<u32>,
    dst: Vec<u32>,
    x: Rows,
    edge_attr: Rows,
    heads: usize,
    concat: bool,
    loops: bool,
    gatv2: bool,
    seed: u64,
}

impl Case {
    fn graph(&self) -> CsrGraph {
        CsrGraph::new(self.nodes, &self.src, &self.dst, SelfLoops::AsGiven).unwrap()
    }

    fn conv(&self) -> Conv {
        let config = GatConvConfig {
            heads: self.heads,
            concat: self.concat,
            edge_dim: Some(D),
            add_self_loops: self.loops,
            ..GatConvConfig::new(F, 2)
        };
        if self.gatv2 {
            random_gatv2(config, self.seed, DType::F64, &Device::Cpu).unwrap().into()
        } else {
            random_gat(config, self.seed, DType::F64, &Device::Cpu).unwrap().into()
        }
    }

    fn run(&self) -> (Rows, Attention) {
        let (x, edge_attr) = (tensor(&self.x, F), tensor(&self.edge_attr, D));
        let conv = self.conv();
        let result = conv.forward_with_attention(&x, &self.graph(), Some(&edge_attr)).unwrap();
        let plain = conv.forward(&x, &self.graph(), Some(&edge_attr)).unwrap();
        assert!(plain.attention.is_none());
        assert_eq!(bits(&plain.out), bits(&result.out), "attention changes nothing");
        (rows(&result.out), result.attention.unwrap())
    }
}

fn case() -> impl Strategy<Value = Case> {
    (1_usize..7, 0_usize..20).prop_flat_map(|(nodes, edges)| {
        let node = 0..nodes as u32;
        let feature = -3.0..3.0;
        let settings = (1_usize..4, any::<bool>(), any::<bool>(), any::<bool>(), any::<u64>());
        let table = move |n, width| prop::collection::vec(prop::collection::vec(feature.clone(), width), n);
        (
            prop::collection::vec(node.clone(), edges),
            prop::collection::vec(node, edges),
            table(nodes, F),
            table(edges, D),
            settings,
        )
            .prop_map(move |(src, dst, x, edge_attr, settings)| {
                let (heads, concat, loops, gatv2, seed) = settings;
                Case { nodes, src, dst, x, edge_attr, heads, concat, loops, gatv2, seed }
            })
    })
}

/// The elements of `list` in the order of `order`.
fn reordered<T: Clone>(list: &[T], order: &[usize]) -> Vec<T> {
    order.iter().map(|&at| list[at].clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn attention_into_a_node_sums_to_one(case in case()) {
        let (_, attention) = case.run();
        let alpha = rows(&attention.alpha);
        let mut sums = vec![vec![0.0; case.heads]; case.nodes];
        for (&d, alpha) in attention.edge_index.1.iter().zip(&alpha) {
            for (sum, alpha) in sums[d as usize].iter_mut().zip(alpha) {
                prop_assert!((0.0..=1.0 + 1e-12).contains(alpha));
                *sum += alpha;
            }
        }
        for (node, sums) in sums.iter().enumerate() {
            let expected = f64::from(attention.edge_index.1.contains(&(node as u32)));
            for sum in sums {
                prop_assert!((sum - expected).abs() < 1e-12, "node {node}: {sum}");
            }
        }
    }

    #[test]
    fn the_order_of_edges_does_not_matter(case in case(), order in any::<u64>()) {
        let mut shuffled: Vec<usize> = (0..case.src.len()).collect();
        shuffled.sort_by_key(|&edge| (edge as u64 + 1).wrapping_mul(order | 1) >> 7);
        let other = Case {
            src: reordered(&case.src, &shuffled),
            dst: reordered(&case.dst, &shuffled),
            edge_attr: reordered(&case.edge_attr, &shuffled),
            ..case.clone()
        };
        let (out, attention) = case.run();
        let (other_out, other_attention) = other.run();
        prop_assert!(max_difference(&out, &other_out) < 1e-12);
        if !case.loops {
            let alpha = reordered(&rows(&attention.alpha), &shuffled);
            prop_assert!(max_difference(&alpha, &rows(&other_attention.alpha)) < 1e-12);
        }
    }

    #[test]
    fn renaming_nodes_renames_the_output(case in case(), shift in 0_u32..7) {
        let n = case.nodes as u32;
        // Reversed and rotated: neither order nor offset survives.
        let rename = |node: u32| (2 * n - 1 - node + shift) % n;
        let mut x = case.x.clone();
        for node in 0..n {
            x[rename(node) as usize] = case.x[node as usize].clone();
        }
        let renamed = Case {
            src: case.src.iter().map(|&node| rename(node)).collect(),
            dst: case.dst.iter().map(|&node| rename(node)).collect(),
            x,
            ..case.clone()
        };
        let (out, _) = case.run();
        let (renamed_out, _) = renamed.run();
        let back: Rows = (0..n).map(|node| renamed_out[rename(node) as usize].clone()).collect();
        prop_assert!(max_difference(&out, &back) < 1e-12);
    }

    #[test]
    fn the_kernel_agrees_with_dense_matrices(case in case(), slope in -0.5..1.5_f64) {
        let config = GatConvConfig {
            heads: case.heads,
            negative_slope: slope,
            add_self_loops: false,
            bias: false,
            ..GatConvConfig::new(F, 2)
        };
        let conv = random_gat(config, case.seed, DType::F64, &Device::Cpu).unwrap();
        let out = conv.forward(&tensor(&case.x, F), &case.graph(), None).unwrap().out;
        let dense = dense_gat(conv.weights(), &case.x, &case.graph(), slope);
        prop_assert!(max_difference(&rows(&out), &dense) < 1e-12);
    }

    #[test]
    fn f32_follows_f64(case in case()) {
        let config = GatConvConfig { heads: case.heads, ..GatConvConfig::new(F, 2) };
        let run = |dtype| {
            let conv = random_gatv2(config.clone(), case.seed, dtype, &Device::Cpu).unwrap();
            let x = tensor(&case.x, F).to_dtype(dtype).unwrap();
            rows(&conv.forward(&x, &case.graph(), None).unwrap().out)
        };
        prop_assert!(max_difference(&run(DType::F32), &run(DType::F64)) < 1e-4);
    }

    #[test]
    fn analytic_attention_is_the_softmax_of_edge_features(case in case()) {
        let conv = analytic_conv(D, DType::F64, &Device::Cpu).unwrap();
        let x: Rows = case.x.iter().map(|row| row[..D].to_vec()).collect();
        let edge_attr = tensor(&case.edge_attr, D);
        let result = conv
            .forward_with_attention(&tensor(&x, D), &case.graph(), Some(&edge_attr))
            .unwrap();
        let alpha = rows(&result.attention.unwrap().alpha);
        let mut out = vec![vec![0.0; D]; case.nodes];
        for head in 0..D {
            for (edge, &d) in case.dst.iter().enumerate() {
                let rivals = (0..case.dst.len()).filter(|&e| case.dst[e] == d);
                let total: f64 = rivals.map(|e| case.edge_attr[e][head].exp()).sum();
                let expected = case.edge_attr[edge][head].exp() / total;
                prop_assert!((alpha[edge][head] - expected).abs() < 1e-12);
                out[d as usize][head] += expected * x[case.src[edge] as usize][head];
            }
        }
        prop_assert!(max_difference(&rows(&result.out), &out) < 1e-12);
    }
}

#[test]
fn without_edges_only_the_bias_is_left() {
    for concat in [true, false] {
        let config = GatConvConfig { heads: 2, concat, add_self_loops: false, ..GatConvConfig::new(F, 2) };
        let zero_bias = random_gat(config.clone(), 1, DType::F64, &Device::Cpu).unwrap();
        let mut weights = zero_bias.weights().clone();
        let width = zero_bias.config().out_width();
        let bias: Vec<f64> = (0..width).map(|i| i as f64 - 1.5).collect();
        weights.bias = Some(Tensor::new(bias.as_slice(), &Device::Cpu).unwrap());
        let conv = infra_gat::GatConv::new(config, weights).unwrap();
        let graph = CsrGraph::new(3, &[], &[], SelfLoops::AsGiven).unwrap();
        let result = conv.forward_with_attention(&tensor(&wave_rows(3, F, 0.0), F), &graph, None).unwrap();
        assert_eq!(rows(&result.out), vec![bias; 3]);
        assert_eq!(result.attention.unwrap().alpha.dims(), [0, 2]);
    }
}

#[test]
fn without_nodes_the_output_is_empty() {
    let graph = CsrGraph::new(0, &[], &[], SelfLoops::OnePerNode).unwrap();
    for dtype in [DType::F32, DType::F64] {
        let conv = random_gatv2(GatConvConfig::new(F, 2), 1, dtype, &Device::Cpu).unwrap();
        let x = Tensor::zeros((0, F), dtype, &Device::Cpu).unwrap();
        assert_eq!(conv.forward(&x, &graph, None).unwrap().out.dims(), [0, 2]);
    }
}

/// An added self-loop's features are the mean over the node's other incoming
/// edges, zeros without any; given self-loops do not count.
#[test]
fn self_loop_features_are_the_mean_of_incoming_ones() {
    let given = Case {
        nodes: 3,
        src: vec![1, 0, 2],
        dst: vec![0, 0, 0],
        x: wave_rows(3, F, 0.3),
        edge_attr: vec![vec![1.0, 2.0], vec![100.0, 100.0], vec![3.0, -4.0]],
        heads: 2,
        concat: true,
        loops: true,
        gatv2: false,
        seed: 4,
    };
    let explicit = Case {
        src: vec![1, 2, 0, 1, 2],
        dst: vec![0, 0, 0, 1, 2],
        edge_attr: vec![vec![1.0, 2.0], vec![3.0, -4.0], vec![2.0, -1.0], vec![0.0; D], vec![0.0; D]],
        loops: false,
        ..given.clone()
    };
    for gatv2 in [false, true] {
        let given = Case { gatv2, ..given.clone() };
        let explicit = Case { gatv2, ..explicit.clone() };
        let ((out, attention), (explicit_out, explicit_attention)) = (given.run(), explicit.run());
        assert_eq!(out, explicit_out);
        assert_eq!(attention.edge_index, explicit_attention.edge_index);
        assert_eq!(bits(&attention.alpha), bits(&explicit_attention.alpha));
    }
}

/// A chain 0 <- 1 <- 2 whose end keeps everything: after two steps all of
/// node 0's walk has arrived at node 2.
#[test]
fn a_stack_walks_one_edge_a_layer() {
    let graph = CsrGraph::new(3, &[1, 2, 2], &[0, 1, 2], SelfLoops::AsGiven).unwrap();
    let x = tensor(&[vec![0.0], vec![0.0], vec![1.0]], 1);
    let edge_attr = tensor(&[vec![-1.0], vec![2.0], vec![0.5]], 1);
    let conv = analytic_conv(1, DType::F64, &Device::Cpu).unwrap();
    let stack = Stack::new(conv, 2).unwrap();
    let steps = stack.forward_with_attention(&x, &graph, Some(&edge_attr)).unwrap();
    assert_eq!(rows(&steps[0].out), [[0.0], [1.0], [1.0]]);
    assert_eq!(rows(&steps[1].out), [[1.0], [1.0], [1.0]]);
    let last = stack.forward(&x, &graph, Some(&edge_attr)).unwrap();
    assert_eq!(bits(&last), bits(&steps[1].out));
}
