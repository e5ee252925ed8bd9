//! The kernel behind the layers: checked, exchangeable, exact in the extremes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use candle_core::{DType, Device, Tensor};
use infra_gat::kernel::{AttentionInput, AttentionKernel, AttentionResult, CpuKernel, Scores, Want};
use infra_gat::weights::{analytic_conv, random_gat, random_gatv2};
use infra_gat::{Conv, CsrGraph, GatConvConfig, SelfLoops, candle_core};

use crate::errors::check;
use crate::support::{Rows, max_difference, rows, tensor, wave_rows};

#[test]
fn huge_scores_stay_exact() {
    // Three edges into node 0 with scores 1e4 + {0, ln 2, ln 5}: the offset
    // cancels in the softmax, and would overflow without the maximum.
    let graph = CsrGraph::new(4, &[1, 2, 3], &[0, 0, 0], SelfLoops::AsGiven).unwrap();
    let x = tensor(&wave_rows(4, 1, 0.0), 1);
    for (dtype, tolerance) in [(DType::F64, 1e-11), (DType::F32, 1e-3)] {
        for offset in [1e4, -1e4, 0.0] {
            let conv = analytic_conv(1, dtype, &Device::Cpu).unwrap();
            let scores: Rows = [1.0_f64, 2.0, 5.0].iter().map(|w| vec![offset + w.ln()]).collect();
            let scores = tensor(&scores, 1).to_dtype(dtype).unwrap();
            let x = x.to_dtype(dtype).unwrap();
            let result = conv.forward_with_attention(&x, &graph, Some(&scores)).unwrap();
            let alpha = rows(&result.attention.unwrap().alpha);
            let expected = vec![vec![0.125], vec![0.25], vec![0.625]];
            assert!(max_difference(&alpha, &expected) < tolerance, "{dtype:?} {offset} {alpha:?}");
        }
    }
    // So far apart that only one edge is left: no NaN from 0 * anything.
    let conv = analytic_conv(1, DType::F64, &Device::Cpu).unwrap();
    let scores = tensor(&[vec![1e4], vec![-1e4], vec![0.0]], 1);
    let out = conv.forward(&x, &graph, Some(&scores)).unwrap().out;
    assert_eq!(rows(&out)[0], rows(&x)[1]);
}

#[test]
fn a_kernel_checks_its_operands() {
    let graph = CsrGraph::new(3, &[0, 1], &[1, 2], SelfLoops::AsGiven).unwrap();
    let zeros = |shape: &[usize]| Tensor::zeros(shape, DType::F64, &Device::Cpu).unwrap();
    let (values, good, bad) = (zeros(&[3, 2, 4]), zeros(&[3, 2]), zeros(&[3, 1]));
    let attend = |values, dst, edge| {
        let scores = Scores::Additive { src: &good, dst, edge };
        let input = AttentionInput { values, scores, negative_slope: 0.2 };
        CpuKernel.attend(&graph, &input, Want::Output)
    };
    assert!(attend(&values, &good, None).is_ok());
    check(attend(&values, &bad, None), "destination scores: expected shape [N, H] = [3, 2], found [3, 1]");
    check(attend(&values, &good, Some(&good)), "edge scores: expected shape [E, H] = [2, 2], found [3, 2]");
    check(
        attend(&zeros(&[3, 0, 4]), &good, None),
        "values: expected shape [N, H, C] with at least one head and one channel, found [3, 0, 4]",
    );
}

/// Counts calls and leaves the work to the plain kernel.
#[derive(Debug, Default)]
struct Counting(AtomicUsize);

impl AttentionKernel for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }

    fn attend(
        &self,
        graph: &CsrGraph,
        input: &AttentionInput<'_>,
        want: Want,
    ) -> infra_gat::Result<AttentionResult> {
        self.0.fetch_add(1, Ordering::Relaxed);
        CpuKernel.attend(graph, input, want)
    }
}

#[test]
fn another_kernel_takes_the_place_of_the_plain_one() {
    let kernel = Arc::new(Counting::default());
    let graph = CsrGraph::new(2, &[0], &[1], SelfLoops::AsGiven).unwrap();
    let x = tensor(&wave_rows(2, 3, 0.0), 3);
    let config = GatConvConfig::new(3, 2);
    let gat: Conv = random_gat(config.clone(), 1, DType::F64, &Device::Cpu).unwrap().into();
    let gatv2: Conv = random_gatv2(config, 1, DType::F64, &Device::Cpu).unwrap().into();
    for (calls, conv) in [(1, gat), (2, gatv2)] {
        let conv = conv.with_kernel(kernel.clone());
        conv.forward(&x, &graph, None).unwrap();
        assert_eq!(kernel.0.load(Ordering::Relaxed), calls);
    }
}
