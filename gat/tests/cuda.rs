//! CUDA against the CPU, where there is a GPU: `cargo test -p infra-gat
//! --features cuda --test cuda -- --nocapture`. Elsewhere every test says that
//! there is no device, and passes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::path::PathBuf;

use infra_gat::candle_core::{DType, Device, Tensor};
use infra_gat::kernel::cuda::CudaKernel;
use infra_gat::kernel::{AttentionInput, AttentionKernel, CpuKernel, Scores, Want, kernel_for};
use infra_gat::verify::verify_case_in;
use infra_gat::weights::{random_gat, random_gatv2};
use infra_gat::{Conv, CsrGraph, DeviceChoice, GatConvConfig, GatError, SelfLoops};

/// The GPU, or none, which is said.
fn device() -> Option<Device> {
    let (device, warning) = DeviceChoice::Cuda.open_or_cpu();
    if let Some(warning) = warning {
        println!("no CUDA device: {warning}");
        return None;
    }
    Some(device)
}

/// Pseudo-random numbers below `limit`.
fn draw(count: usize, limit: usize, seed: u64) -> Vec<u32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize % limit) as u32
    };
    (0..count).map(|_| next()).collect()
}

/// A tensor on the CPU of numbers between -1 and 1 from a formula.
fn wave(dims: &[usize], phase: f64, dtype: DType) -> Tensor {
    let count = dims.iter().product::<usize>();
    let values: Vec<f64> = (0..count).map(|i| (i as f64 * 1.7 + phase).cos()).collect();
    Tensor::from_vec(values, dims, &Device::Cpu).unwrap().to_dtype(dtype).unwrap()
}

/// Random edges; node 0 has many, every third node few or none.
fn graph(nodes: usize, edges: usize, loops: SelfLoops) -> CsrGraph {
    let hub = if nodes > 50 { 1500 } else { 0 };
    let src = draw(edges + hub, nodes, 1);
    let mut dst = draw(edges, nodes, 2);
    dst.iter_mut().filter(|d| **d % 3 == 2).for_each(|d| *d -= 1);
    dst.extend(vec![0; hub]);
    CsrGraph::new(nodes, &src, &dst, loops).unwrap()
}

fn flat(x: &Tensor) -> Vec<f64> {
    let x = x.to_device(&Device::Cpu).unwrap().to_dtype(DType::F64).unwrap();
    x.flatten_all().unwrap().to_vec1().unwrap()
}

#[track_caller]
fn close(ours: &Tensor, expected: &Tensor, dtype: DType, what: &str) {
    assert_eq!(ours.dims(), expected.dims(), "{what}");
    let tolerance = if dtype == DType::F32 { 1e-5 } else { 1e-11 };
    let pairs = flat(ours).into_iter().zip(flat(expected));
    let most = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, |m: f64, d| if d <= m { m } else { d });
    assert!(most <= tolerance, "{what}: off by {most}");
}

#[test]
fn layers_agree_with_the_cpu() {
    let Some(device) = device() else { return };
    for (heads, channels, edge_dim) in
        [(4, 32, None), (1, 1, Some(3)), (3, 5, None), (2, 100, Some(2)), (1, 600, None), (40, 3, Some(1))]
    {
        for (nodes, edges, add_self_loops) in
            [(200, 3000, true), (60, 90, false), (1, 0, true), (7, 0, false)]
        {
            for (dtype, v2) in
                [(DType::F32, false), (DType::F32, true), (DType::F64, false), (DType::F64, true)]
            {
                let what = format!("H={heads} C={channels} D={edge_dim:?} N={nodes} {dtype:?} v2={v2}");
                let config =
                    GatConvConfig { heads, edge_dim, add_self_loops, ..GatConvConfig::new(6, channels) };
                let conv = |device: &Device| -> Conv {
                    match v2 {
                        true => random_gatv2(config.clone(), 7, dtype, device).unwrap().into(),
                        false => random_gat(config.clone(), 7, dtype, device).unwrap().into(),
                    }
                };
                let graph = graph(nodes, edges, SelfLoops::AsGiven);
                let x = wave(&[nodes, 6], 0.3, dtype);
                let edge_attr = edge_dim.map(|d| wave(&[graph.given_edges(), d], 0.7, dtype));
                let expected =
                    conv(&Device::Cpu).forward_with_attention(&x, &graph, edge_attr.as_ref()).unwrap();
                let to = |x: &Tensor| x.to_device(&device).unwrap();
                let (x, edge_attr) = (to(&x), edge_attr.as_ref().map(to));
                let layer = conv(&device);
                let ours = layer.forward_with_attention(&x, &graph, edge_attr.as_ref()).unwrap();
                close(&ours.out, &expected.out, dtype, &what);
                let (ours_alpha, alpha) = (ours.attention.unwrap(), expected.attention.unwrap());
                close(&ours_alpha.alpha, &alpha.alpha, dtype, &what);
                let again = layer.forward(&x, &graph, edge_attr.as_ref()).unwrap();
                assert_eq!(flat(&again.out), flat(&ours.out), "{what}: bytes differ from run to run");
            }
        }
    }
}

#[test]
fn views_at_odd_places_are_read_where_they_are() {
    let Some(device) = device() else { return };
    let graph = graph(100, 800, SelfLoops::OnePerNode);
    let long = wave(&[100 * 64 + 1], 0.2, DType::F32);
    let odd = |x: &Tensor| x.narrow(0, 1, 100 * 64).unwrap().reshape((100, 2, 32)).unwrap();
    let att = wave(&[1, 2, 32], 0.9, DType::F32);
    let run = |long: &Tensor, att: &Tensor| {
        let values = odd(long);
        let scores = Scores::Dynamic { dst: &values, edge: None, att };
        let input = AttentionInput { values: &values, scores, negative_slope: 0.2 };
        kernel_for(long.device()).attend(&graph, &input, Want::OutputAndAttention).unwrap()
    };
    let expected = run(&long, &att);
    let ours = run(&long.to_device(&device).unwrap(), &att.to_device(&device).unwrap());
    close(&ours.out, &expected.out, DType::F32, "out");
    close(&ours.alpha.unwrap(), &expected.alpha.unwrap(), DType::F32, "alpha");
}

#[test]
fn what_leaves_the_range_is_named_as_on_the_cpu() {
    let Some(device) = device() else { return };
    let graph = CsrGraph::new(5, &[0, 1, 2, 3], &[4, 2, 3, 4], SelfLoops::AsGiven).unwrap();
    let values = wave(&[5, 1, 4], 0.0, DType::F32);
    let scores = Tensor::new(&[[3e38_f32], [1.0], [3e38], [3e38], [3e38]], &Device::Cpu).unwrap();
    let to = |x: &Tensor, device: &Device| x.to_device(device).unwrap();
    let error = |device: &Device| {
        let (values, src) = (to(&values, device), to(&scores, device));
        let scores = Scores::Additive { src: &src, dst: &src, edge: None };
        let input = AttentionInput { values: &values, scores, negative_slope: 0.2 };
        kernel_for(device).attend(&graph, &input, Want::Output).unwrap_err()
    };
    assert_eq!(error(&device).to_string(), error(&Device::Cpu).to_string());
    assert!(matches!(error(&device), GatError::Overflow { what: "attention score", node: 3, .. }));

    let conv = random_gat(GatConvConfig::new(3, 2), 1, DType::F32, &device).unwrap();
    let x = Tensor::new(&[[0_f32, 0., 0.], [0., 0., f32::NAN], [f32::INFINITY, 0., 0.]], &device).unwrap();
    let graph = CsrGraph::new(3, &[], &[], SelfLoops::AsGiven).unwrap();
    let error = conv.forward(&x, &graph, None).unwrap_err();
    assert!(matches!(error, GatError::NonFinite { index: 5, value, .. } if value.is_nan()), "{error}");
}

#[test]
fn what_does_not_fit_is_refused_with_its_bytes() {
    let Some(device) = device() else { return };
    let (edges, heads) = (1_000_000, 1_000_000); // attention alone: 4 TB
    let graph = CsrGraph::new(1, &vec![0; edges], &vec![0; edges], SelfLoops::AsGiven).unwrap();
    let values = Tensor::zeros((1, heads, 1), DType::F32, &device).unwrap();
    let part = Tensor::zeros((1, heads), DType::F32, &device).unwrap();
    let scores = Scores::Additive { src: &part, dst: &part, edge: None };
    let input = AttentionInput { values: &values, scores, negative_slope: 0.2 };
    let error = CudaKernel.attend(&graph, &input, Want::OutputAndAttention).unwrap_err();
    let GatError::DeviceMemory { needed, free, .. } = error else { panic!("{error}") };
    assert!(needed > 4_000_000_000_000 && free < needed, "{needed} {free}");
}

#[test]
fn golden_cases_hold_on_the_device() {
    let Some(device) = device() else { return };
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let input = entry.unwrap().path();
        let Some(name) = input.to_str().and_then(|p| p.strip_suffix(".in.safetensors")) else { continue };
        let output = PathBuf::from(format!("{name}.out.safetensors"));
        let result = verify_case_in(&input, &output, DType::F64, &device).unwrap();
        assert!(result.passes(), "{}: off by {}", result.name, result.max_abs_error);
        cases += 1;
    }
    println!("{cases} golden cases on {device:?}");
    assert!(cases > 0);
}

#[test]
fn operands_on_the_cpu_are_computed_there() {
    let graph = CsrGraph::new(2, &[0], &[1], SelfLoops::AsGiven).unwrap();
    let values = wave(&[2, 1, 3], 0.0, DType::F64);
    let part = wave(&[2, 1], 0.0, DType::F64);
    let scores = Scores::Additive { src: &part, dst: &part, edge: None };
    let input = AttentionInput { values: &values, scores, negative_slope: 0.2 };
    let ours = CudaKernel.attend(&graph, &input, Want::Output).unwrap();
    let expected = CpuKernel.attend(&graph, &input, Want::Output).unwrap();
    assert_eq!(flat(&ours.out), flat(&expected.out));
}
