//! Golden data made with PyTorch Geometric (see `tests/golden/README.md`).

use std::fs;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device};
use infra_gat::verify::{TOLERANCE, verify_case_in, verify_dir, write_dir};
use infra_gat::weights::{WeightFile, load_seed_model};
use infra_gat::{CsrGraph, GatError, SelfLoops, candle_core};

use crate::support::{max_difference, rows};

fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Names of the cases, from the index that came with the data.
fn names() -> Vec<String> {
    let index = fs::read_to_string(dir().join("index.json")).unwrap();
    let names = index.lines().filter_map(|line| {
        let name = line.trim().strip_prefix("\"name\": \"")?;
        Some(name.trim_end_matches("\",").to_owned())
    });
    names.collect()
}

fn pair(name: &str) -> (PathBuf, PathBuf) {
    let file = |side| dir().join(format!("{name}.{side}.safetensors"));
    (file("in"), file("out"))
}

#[test]
fn every_case_agrees_in_f64() {
    let results = verify_dir(&dir()).unwrap();
    assert_eq!(results.len(), names().len());
    for result in &results {
        // f64 leaves only the rounding of the golden values to f32.
        assert!(result.max_abs_error < 1e-7, "{result:?}");
    }
}

#[test]
fn every_case_agrees_in_f32() {
    for name in names() {
        let (input, output) = pair(&name);
        let result = verify_case_in(&input, &output, DType::F32, &Device::Cpu).unwrap();
        assert!(result.passes(), "{result:?}, tolerance {TOLERANCE}");
    }
}

/// The replay allows any order of edges; ours is PyTorch Geometric's own, so
/// repeated edges with different features can be told apart here.
#[test]
fn attention_comes_in_the_order_of_the_reference() {
    for name in names() {
        let (input, output) = pair(&name);
        let (case, golden) = (WeightFile::read(&input).unwrap(), WeightFile::read(&output).unwrap());
        let loops = match case.metadata("add_self_loops") {
            Some("false") => SelfLoops::AsGiven,
            _ => SelfLoops::OnePerNode,
        };
        let float = |name: &str| case.tensor(name).unwrap().to_dtype(DType::F64).unwrap();
        let x = float("x");
        let edge_index = case.tensor("edge_index").unwrap();
        let graph = CsrGraph::from_edge_index(x.dims()[0], edge_index, loops).unwrap();
        let model = load_seed_model(&input, DType::F64, &Device::Cpu).unwrap();
        let edge_attr = case.metadata("edge_dim").map(|_| float("edge_attr"));
        let ours = model.forward_with_attention(&x, &graph, edge_attr.as_ref()).unwrap();
        let edge_index = golden.tensor("edge_index").unwrap().to_vec2::<i64>().unwrap();
        for (alpha, attention) in [("alpha1", ours.attention1), ("alpha2", ours.attention2)] {
            let attention = attention.unwrap();
            let wide = |nodes: &[u32]| nodes.iter().map(|&node| i64::from(node)).collect::<Vec<_>>();
            assert_eq!(wide(&attention.edge_index.0), edge_index[0], "{name}");
            assert_eq!(wide(&attention.edge_index.1), edge_index[1], "{name}");
            let error = max_difference(&rows(&attention.alpha), &rows(golden.tensor(alpha).unwrap()));
            assert!(error < 1e-7, "{name} {alpha}: {error}");
        }
    }
}

#[test]
fn written_results_replay_and_leave_nothing_else_behind() {
    let out = tempfile::tempdir().unwrap();
    let written = write_dir(&dir(), out.path()).unwrap();
    assert_eq!(written.len(), names().len());
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), written.len());
    for name in names() {
        let ours = out.path().join(format!("{name}.out.safetensors"));
        let (input, output) = pair(&name);
        let again = verify_case_in(&input, &ours, DType::F64, &Device::Cpu).unwrap();
        assert!(again.max_abs_error < 1e-7, "{again:?}");
        let (ours, golden) = (WeightFile::read(&ours).unwrap(), WeightFile::read(&output).unwrap());
        assert!(ours.names().eq(golden.names()));
        for tensor in golden.names() {
            let (ours, golden) = (ours.tensor(tensor).unwrap(), golden.tensor(tensor).unwrap());
            assert_eq!((ours.dims(), ours.dtype()), (golden.dims(), golden.dtype()), "{tensor}");
        }
    }
}

/// A comparison that cannot fail compares nothing.
#[test]
fn the_outputs_of_another_case_are_not_accepted() {
    let (input, _) = pair("gat_small");
    let compare = |name: &str| {
        let (_, output) = pair(name);
        verify_case_in(&input, &output, DType::F64, &Device::Cpu)
    };
    // The same sizes, other edges.
    let error = compare("gatv2_small").unwrap_err();
    assert!(matches!(error, GatError::EdgeSetMismatch { .. }), "{error}");
    // Another number of nodes.
    let error = compare("gat_medium").unwrap_err();
    assert!(matches!(error, GatError::ShapeMismatch { .. }), "{error}");
}

#[test]
fn one_changed_weight_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = pair("gat_small");
    let mut bytes = fs::read(&input).unwrap();
    // The last byte belongs to x: sign and upper exponent of its last element.
    let at = bytes.len() - 1;
    bytes[at] ^= 0x40;
    let changed = folder.path().join("gat_small.in.safetensors");
    fs::write(&changed, bytes).unwrap();
    let result = verify_case_in(&changed, &output, DType::F64, &Device::Cpu);
    assert!(result.map_or(true, |result| !result.passes()));
}

#[test]
fn a_folder_without_cases_proves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let error = verify_dir(folder.path()).unwrap_err();
    assert!(matches!(error, GatError::NoCases { .. }), "{error}");
    let error = verify_dir(&folder.path().join("absent")).unwrap_err();
    assert!(matches!(error, GatError::Io { action: "list", .. }), "{error}");
}
