//! The same bytes on any number of threads.

use std::fs;
use std::path::Path;
use std::process::Command;

use candle_core::{DType, Device, Tensor};
use infra_gat::weights::{analytic_conv, random_seed_model};
use infra_gat::{ConvKind, CsrGraph, SeedModelConfig, SelfLoops, candle_core};

use crate::support::{bits, edges, tensor, wave_rows};

const NODES: usize = 3000;
const EDGES: usize = 20_000;

/// Bits of outputs and attention of a graph large enough for many tasks.
fn run_all() -> Vec<u64> {
    let (src, dst) = edges(NODES, EDGES);
    let graph = CsrGraph::new(NODES, &src, &dst, SelfLoops::OnePerNode).unwrap();
    let x = tensor(&wave_rows(NODES, 33, 0.1), 33);
    let mut all = Vec::new();
    for kind in [ConvKind::Gat, ConvKind::GatV2] {
        for dtype in [DType::F32, DType::F64] {
            let config = SeedModelConfig { kind, heads: 3, ..SeedModelConfig::new(33, 17) };
            let model = random_seed_model(&config, 5, dtype, &Device::Cpu).unwrap();
            let x = x.to_dtype(dtype).unwrap();
            let result = model.forward_with_attention(&x, &graph, None).unwrap();
            all.extend(bits(&result.out));
            all.extend(bits(&result.attention1.unwrap().alpha));
        }
    }
    let graph = CsrGraph::new(NODES, &src, &dst, SelfLoops::AsGiven).unwrap();
    let conv = analytic_conv(4, DType::F64, &Device::Cpu).unwrap();
    let edge_attr: Tensor = tensor(&wave_rows(EDGES, 4, 0.7), 4);
    let x = tensor(&wave_rows(NODES, 4, 0.2), 4);
    all.extend(bits(&conv.forward(&x, &graph, Some(&edge_attr)).unwrap().out));
    all
}

#[test]
fn pools_of_one_and_four_threads_agree() {
    let run_with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(run_all)
    };
    assert_eq!(run_with(1), run_with(4));
}

const REPORT: &str = "INFRA_GAT_TEST_REPORT";

/// candle reads its number of threads from the environment, whatever the
/// pool, so this test starts itself once per number.
#[test]
fn processes_with_one_and_more_threads_agree() {
    if let Some(file) = std::env::var_os(REPORT) {
        let bytes: Vec<u8> = run_all().into_iter().flat_map(u64::to_le_bytes).collect();
        fs::write(file, bytes).unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let run_with = |threads: &str| {
        let file = folder.path().join(threads);
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "threads::processes_with_one_and_more_threads_agree", "--quiet"])
            .env(REPORT, &file)
            .env("RAYON_NUM_THREADS", threads)
            .env("CANDLE_NUM_THREADS", threads)
            .status()
            .unwrap();
        assert!(status.success());
        read(&file)
    };
    let one = run_with("1");
    assert!(one.len() > NODES * 8);
    for threads in ["2", "3", "8"] {
        assert!(one == run_with(threads), "{threads} threads give other bytes");
    }
}

fn read(file: &Path) -> Vec<u8> {
    fs::read(file).unwrap()
}
