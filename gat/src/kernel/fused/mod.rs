//! A whole layer in f32 on the CPU, in two passes over memory.
//!
//! The first pass projects nodes into rows of whole cache lines. The second runs over
//! destinations, a block of some hundred edges at a time: it gathers scores (and with them the
//! rows), takes the softmax, sums the rows weighted, and writes the finished output row. Nothing
//! is stored per edge unless attention is wanted. Every destination is computed by one thread in
//! one order, and all arithmetic is that of [`crate::lanes`]: the same bits on any number of
//! threads and any instruction set.
//!
//! Why rows of x rather than of W x where x is narrower: reading rows in random order limits the
//! speed, and sum_j alpha_j (W x_j) = W (sum_j alpha_j x_j).

mod accumulate;
mod aggregate;
mod build;
mod dots;
mod emit;
mod heads;
mod rows;
mod scores;
mod single;
mod softmax;
mod tasks;
mod values;

use candle_core::Device;

use super::{LayerAttention, LayerInput, LayerResult, Want};
use crate::csr::CsrGraph;
use crate::error::Result;
use crate::lanes::{Isa, run_on};
use crate::ops::{Host, from_host, host};
use aggregate::Run;
use single::RunSingle;

/// Runs a layer on f32 operands that were checked; `None` if an input, a score or a result is not
/// finite, which the plain kernel then names.
pub(super) fn layer(graph: &CsrGraph, input: &LayerInput<'_>, want: Want) -> Result<Option<LayerResult>> {
    layer_on(Isa::best(), graph, input, want)
}

fn layer_on(isa: Isa, graph: &CsrGraph, input: &LayerInput<'_>, want: Want) -> Result<Option<LayerResult>> {
    let width = if input.concat { input.heads * input.channels } else { input.channels };
    let x = host(input.x)?;
    let x = Host::<f32>::new(&x)?;
    let x = x.slice()?;
    let bias = input.bias.map(host).transpose()?;
    let bias = bias.as_ref().map(Host::<f32>::new).transpose()?;
    let bias = bias.as_ref().map(Host::slice).transpose()?;
    let edge = match input.attention {
        LayerAttention::Static { edge, .. } | LayerAttention::Dynamic { edge, .. } => edge,
    };
    let edge = edge.map(host).transpose()?;
    let edge = edge.as_ref().map(Host::<f32>::new).transpose()?;
    let edge = edge.as_ref().map(Host::slice).transpose()?;
    let mut out = tasks::zeros(graph.nodes() * width);
    let mut by_slot = match want {
        Want::Output => Vec::new(),
        Want::OutputAndAttention => tasks::zeros(graph.edges() * input.heads),
    };
    let operands = build::Operands { isa, graph, x, bias, edge };
    let finite = if (input.heads, input.channels) == (1, 1) {
        let (single, finite) = build::single(&operands, input)?;
        let tasks = tasks::split(graph, &mut out, width, &mut by_slot, 1);
        finite && tasks::all_finite(tasks, |task| run_on(isa, RunSingle { layer: &single, task }))
    } else {
        let (layer, finite) = build::aggregate(&operands, input)?;
        let tasks = tasks::split(graph, &mut out, width, &mut by_slot, input.heads);
        finite && tasks::all_finite(tasks, |task| run_on(isa, Run { layer: &layer, task }))
    };
    if !finite {
        return Ok(None);
    }
    let alpha = (want == Want::OutputAndAttention).then(|| in_edge_order(graph, &by_slot, input.heads));
    Ok(Some(LayerResult {
        out: from_host(out, &[graph.nodes(), width], &Device::Cpu)?,
        alpha: alpha
            .map(|alpha| from_host(alpha, &[graph.edges(), input.heads], &Device::Cpu))
            .transpose()?,
    }))
}

/// Attention by slot, [E', H], in the order of edges.
fn in_edge_order(graph: &CsrGraph, by_slot: &[f32], heads: usize) -> Vec<f32> {
    let mut alpha = vec![0.0; by_slot.len()];
    for (row, &edge) in by_slot.chunks_exact(heads).zip(graph.slot_edge()) {
        let first = edge as usize * heads;
        alpha[first..first + heads].copy_from_slice(row);
    }
    alpha
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Tensor};
    use proptest::prelude::*;

    use super::*;
    use crate::csr::SelfLoops;
    use crate::kernel::{Activation, AttentionInput, AttentionKernel, CpuKernel, Scores};
    use crate::ops::{head_dot, linear, mean_of_heads};

    /// A layer's size and how its scores are made.
    #[derive(Clone, Copy, Debug)]
    struct Shape {
        nodes: usize,
        edges: usize,
        features: usize,
        heads: usize,
        channels: usize,
        dynamic: bool,
        edge_terms: bool,
        concat: bool,
        scale: f32,
        slope: f64,
    }

    fn shape() -> impl Strategy<Value = Shape> {
        let sizes = (1_usize..60, 0_usize..900, 1_usize..40, 1_usize..20, 1_usize..40);
        let scale = prop::sample::select(vec![0.1_f32, 1.0, 30.0]);
        let slope = prop::sample::select(vec![0.2, 0.0, 1.0, 1.5, -0.3]);
        (sizes, any::<[bool; 3]>(), scale, slope).prop_map(|(sizes, flags, scale, slope)| {
            let (nodes, edges, features, heads, channels) = sizes;
            let [dynamic, edge_terms, concat] = flags;
            Shape { nodes, edges, features, heads, channels, dynamic, edge_terms, concat, scale, slope }
        })
    }

    /// Numbers between -1 and 1 that look random.
    fn wave(dims: &[usize], phase: f32) -> Tensor {
        let count = dims.iter().product::<usize>();
        let values: Vec<f32> = (0..count).map(|i| (i as f32 * 1.7 + phase).cos()).collect();
        Tensor::from_vec(values, dims, &Device::Cpu).unwrap()
    }

    fn flat(x: &Tensor) -> Vec<f64> {
        x.to_dtype(DType::F64).unwrap().flatten_all().unwrap().to_vec1().unwrap()
    }

    struct Layer {
        shape: Shape,
        graph: CsrGraph,
        x: Tensor,
        lin: Tensor,
        lin_dst: Tensor,
        a: Tensor,
        b: Tensor,
        edge: Option<Tensor>,
        bias: Tensor,
    }

    impl Layer {
        fn new(shape: Shape) -> Self {
            let Shape { nodes, edges, features, heads, channels, .. } = shape;
            // Every third edge goes into node 0, node 1 gets none but perhaps by chance.
            let end = |i: usize, by: usize| (i * i * by + i) % nodes;
            let src: Vec<u32> = (0..edges).map(|i| end(i, 7) as u32).collect();
            let dst: Vec<u32> = (0..edges).map(|i| if i % 3 == 0 { 0 } else { end(i, 3) as u32 }).collect();
            let graph = CsrGraph::new(nodes, &src, &dst, SelfLoops::AsGiven).unwrap();
            let edge = match (shape.edge_terms, shape.dynamic) {
                (false, _) => None,
                (true, false) => Some(wave(&[edges, heads], 0.3)),
                (true, true) => Some(wave(&[edges, heads, channels], 0.3)),
            };
            let width = heads * channels;
            Self {
                shape,
                graph,
                x: (wave(&[nodes, features], 0.0) * f64::from(shape.scale)).unwrap(),
                lin: wave(&[width, features], 0.5),
                lin_dst: wave(&[width, features], 0.9),
                a: wave(&[1, heads, channels], 1.5),
                b: wave(&[1, heads, channels], 2.5),
                edge,
                bias: wave(&[if shape.concat { width } else { channels }], 3.5),
            }
        }

        fn input(&self) -> LayerInput<'_> {
            let edge = self.edge.as_ref();
            let attention = if self.shape.dynamic {
                LayerAttention::Dynamic {
                    lin_src: &self.lin,
                    bias_src: None,
                    lin_dst: &self.lin_dst,
                    bias_dst: None,
                    att: &self.a,
                    edge,
                }
            } else {
                LayerAttention::Static { lin: &self.lin, att_src: &self.a, att_dst: &self.b, edge }
            };
            LayerInput {
                x: &self.x,
                attention,
                heads: self.shape.heads,
                channels: self.shape.channels,
                negative_slope: self.shape.slope,
                concat: self.shape.concat,
                bias: Some(&self.bias),
                activation: Activation::Relu,
            }
        }

        /// Output and attention by the plain kernel, step by step in f64.
        fn plain(&self) -> (Vec<f64>, Vec<f64>) {
            let wide = |t: &Tensor| t.to_dtype(DType::F64).unwrap();
            let Shape { nodes, heads, channels, .. } = self.shape;
            let x = wide(&self.x);
            let h = linear(&x, &wide(&self.lin), None).unwrap();
            let edge = self.edge.as_ref().map(wide);
            let values = h.reshape((nodes, heads, channels)).unwrap();
            let (src, dst, att) = if self.shape.dynamic {
                let dst = linear(&x, &wide(&self.lin_dst), None).unwrap();
                (h.clone(), dst.reshape((nodes, heads, channels)).unwrap(), wide(&self.a))
            } else {
                (head_dot(&h, &wide(&self.a)).unwrap(), head_dot(&h, &wide(&self.b)).unwrap(), wide(&self.a))
            };
            let scores = if self.shape.dynamic {
                Scores::Dynamic { dst: &dst, edge: edge.as_ref(), att: &att }
            } else {
                Scores::Additive { src: &src, dst: &dst, edge: edge.as_ref() }
            };
            let input = AttentionInput { values: &values, scores, negative_slope: self.shape.slope };
            let result = CpuKernel.attend(&self.graph, &input, Want::OutputAndAttention).unwrap();
            let out = if self.shape.concat {
                result.out.reshape((nodes, heads * channels)).unwrap()
            } else {
                mean_of_heads(&result.out).unwrap()
            };
            let out = out.broadcast_add(&wide(&self.bias)).unwrap().relu().unwrap();
            (flat(&out), flat(&result.alpha.unwrap()))
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]

        #[test]
        fn every_instruction_set_gives_the_same_bits_and_the_plain_kernels_numbers(shape in shape()) {
            let layer = Layer::new(shape);
            let input = layer.input();
            let (out, alpha) = layer.plain();
            let mut bits: Option<Vec<u64>> = None;
            for isa in Isa::all() {
                for want in [Want::Output, Want::OutputAndAttention] {
                    let got = layer_on(isa, &layer.graph, &input, want).unwrap().expect("finite");
                    let values = flat(&got.out);
                    let here: Vec<u64> = values.iter().map(|v| v.to_bits()).collect();
                    prop_assert_eq!(bits.get_or_insert_with(|| here.clone()), &here, "{:?} {:?}", isa, want);
                    // Scores grow with the scale, and so do their rounding errors.
                    let wide = f64::from(shape.scale) * (shape.features * shape.channels) as f64;
                    let tolerance = 2e-6 * (1.0 + wide) * (1.0 + f64::from(shape.scale));
                    for (a, b) in values.iter().zip(&out) {
                        prop_assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{} {} {:?}", a, b, isa);
                    }
                    if let Some(got) = got.alpha {
                        for (a, b) in flat(&got).iter().zip(&alpha) {
                            prop_assert!((a - b).abs() <= tolerance, "alpha {} {} {:?}", a, b, isa);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_not_finite_is_left_to_the_plain_kernel() {
        let shape = Shape {
            nodes: 5,
            edges: 20,
            features: 3,
            heads: 2,
            channels: 4,
            dynamic: false,
            edge_terms: false,
            concat: true,
            scale: 1.0,
            slope: 0.2,
        };
        for bad in [f32::NAN, f32::INFINITY, 1e38] {
            let mut layer = Layer::new(shape);
            let mut values = vec![0.5_f32; 15];
            values[7] = bad;
            layer.x = Tensor::from_vec(values, (5, 3), &Device::Cpu).unwrap();
            layer.a = (layer.a * 1e3).unwrap();
            assert!(layer_on(Isa::best(), &layer.graph, &layer.input(), Want::Output).unwrap().is_none());
        }
    }
}
