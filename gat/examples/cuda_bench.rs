//! How fast attention is on the GPU, beside what its memory can do:
//!
//! ```text
//! cargo run --release -p infra-gat --features cuda --example cuda_bench -- [N E H C RUNS]
//! ```
//!
//! Prints one line of JSON. Times are medians in milliseconds; bandwidths are
//! GB/s, the copy's counting what is read and written, attention's counting
//! the rows gathered (E·H·C), score parts and indices per edge, and outputs.
//! `gat_share_of_copy` is the aim: 0.6 for the default sizes.
//! `benches/peers/gat_cuda_peer.py` measures PyTorch Geometric on the same
//! graph.

#![allow(clippy::print_stdout, reason = "the result of a benchmark")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::error::Error;
use std::time::Instant;

use infra_gat::candle_core::{DType, Tensor};
use infra_gat::kernel::{AttentionInput, Scores, Want, kernel_for};
use infra_gat::weights::random_gat;
use infra_gat::{CsrGraph, DeviceChoice, GatConvConfig, SelfLoops};

fn main() -> Result<(), Box<dyn Error>> {
    let given = std::env::args().skip(1).map(|arg| arg.parse()).collect::<Result<Vec<usize>, _>>()?;
    let size = |at: usize, default| given.get(at).copied().unwrap_or(default).max(1);
    let (n, e, h, c) = (size(0, 1_000_000), size(1, 20_000_000), size(2, 4), size(3, 32));
    let runs = size(4, 20);
    let device = DeviceChoice::Cuda.open()?;

    let (src, dst) = (draw(e, n, 1), draw(e, n, 2));
    let started = Instant::now();
    let graph = CsrGraph::new(n, &src, &dst, SelfLoops::AsGiven)?;
    let build = started.elapsed().as_secs_f64() * 1e3;
    let uniform = |dims: &[usize]| Tensor::rand(-1_f32, 1_f32, dims, &device);
    let (values, to) = (uniform(&[n, h, c])?, uniform(&[n, h, c])?);
    let (src_part, dst_part, att) = (uniform(&[n, h])?, uniform(&[n, h])?, uniform(&[1, h, c])?);
    let kernel = kernel_for(&device);
    let attend = |scores: Scores<'_>, want: Want| -> Result<(), Box<dyn Error>> {
        let input = AttentionInput { values: &values, scores, negative_slope: 0.2 };
        kernel.attend(&graph, &input, want)?;
        Ok(device.synchronize()?)
    };
    let additive = Scores::Additive { src: &src_part, dst: &dst_part, edge: None };
    let dynamic = Scores::Dynamic { dst: &to, edge: None, att: &att };

    let started = Instant::now();
    attend(additive, Want::Output)?; // compiles, and copies the graph
    let first = started.elapsed().as_secs_f64() * 1e3;
    let gat = median(runs, || attend(additive, Want::Output))?;
    let gat_alpha = median(runs, || attend(additive, Want::OutputAndAttention))?;
    let gatv2 = median(runs, || attend(dynamic, Want::Output))?;

    let config = GatConvConfig { heads: h, add_self_loops: false, ..GatConvConfig::new(h * c, c) };
    let layer = random_gat(config, 1, DType::F32, &device)?;
    let x = values.reshape((n, h * c))?;
    let layer = median(runs, || {
        layer.forward(&x, &graph, None)?;
        Ok(device.synchronize()?)
    })?;

    let block = Tensor::zeros(256 << 20, DType::F32, &device)?; // 1 GiB
    let copy = median(runs, || {
        block.copy()?;
        Ok(device.synchronize()?)
    })?;
    let copied = 2.0 * 4.0 * block.elem_count() as f64 / copy / 1e6;
    let (n_, e_, h_, c_) = (n as f64, e as f64, h as f64, c as f64);
    let moved = 4.0 * (e_ * h_ * c_ + e_ * h_ + e_ + n_ * (h_ * c_ + h_ + 1.0));
    let reached = moved / gat / 1e6;
    println!(
        "{{\"nodes\":{n},\"edges\":{e},\"heads\":{h},\"channels\":{c},\"runs\":{runs},\
         \"csr_build_ms\":{build:.1},\"first_call_ms\":{first:.1},\"gat_ms\":{gat:.3},\
         \"gat_alpha_ms\":{gat_alpha:.3},\"gatv2_ms\":{gatv2:.3},\"gat_layer_ms\":{layer:.3},\
         \"copy_gb_s\":{copied:.0},\"gat_gb_s\":{reached:.0},\"gat_share_of_copy\":{:.3}}}",
        reached / copied
    );
    Ok(())
}

/// Pseudo-random numbers below `limit`: the peer draws the same.
fn draw(count: usize, limit: usize, seed: u64) -> Vec<u32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize % limit) as u32
    };
    (0..count).map(|_| next()).collect()
}

/// Median milliseconds of `runs` calls, after two to warm up.
fn median(runs: usize, mut call: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    call()?;
    call()?;
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let started = Instant::now();
        call()?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}
