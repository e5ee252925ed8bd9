//! Bad input: typed errors that name what is wrong, never a panic.

use std::fs;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use infra_gat::weights::{WeightFile, analytic_conv, load_seed_model, random_gat, random_gatv2};
use infra_gat::{CsrGraph, GatConv, GatConvConfig, GatError, SeedModel, SelfLoops, Stack, candle_core};

use crate::support::{tensor, wave_rows};

fn config() -> GatConvConfig {
    GatConvConfig { heads: 2, ..GatConvConfig::new(3, 4) }
}

fn conv(dtype: DType) -> GatConv {
    random_gat(config(), 1, dtype, &Device::Cpu).unwrap()
}

fn graph() -> CsrGraph {
    CsrGraph::new(3, &[0, 1], &[1, 2], SelfLoops::AsGiven).unwrap()
}

fn x() -> Tensor {
    tensor(&wave_rows(3, 3, 0.0), 3)
}

/// The result is an error with this message.
#[track_caller]
pub(crate) fn check<T>(result: Result<T, GatError>, expected: &str) -> GatError {
    let error = result.err().expect("an error");
    assert_eq!(error.to_string(), expected);
    error
}

#[test]
fn shapes_name_both_sides() {
    check(
        conv(DType::F64).forward(&tensor(&wave_rows(3, 2, 0.0), 2), &graph(), None),
        "x: expected shape [nodes, in_channels] = [3, 3], found [3, 2]",
    );
    check(
        conv(DType::F64).forward(&tensor(&wave_rows(4, 3, 0.0), 3), &graph(), None),
        "x: expected shape [nodes, in_channels] = [3, 3], found [4, 3]",
    );
    let config = GatConvConfig { edge_dim: Some(1), ..config() };
    let conv = random_gat(config, 1, DType::F64, &Device::Cpu).unwrap();
    check(
        conv.forward(&x(), &graph(), Some(&tensor(&wave_rows(3, 1, 0.0), 1))),
        "edge_attr: expected shape [edges, edge_dim] = [2, 1], found [3, 1]",
    );
    let rank1 = Tensor::new(&[0_u32, 1], &Device::Cpu).unwrap();
    check(
        CsrGraph::from_edge_index(2, &rank1, SelfLoops::AsGiven),
        "edge_index: expected shape [2, E], found [2]",
    );
}

#[test]
fn edge_features_come_exactly_if_the_layer_reads_them() {
    let edge_attr = tensor(&wave_rows(2, 1, 0.0), 1);
    check(
        conv(DType::F64).forward(&x(), &graph(), Some(&edge_attr)),
        "edge_attr of shape [2, 1] was given to a layer without edge_dim",
    );
    let config = GatConvConfig { edge_dim: Some(1), ..config() };
    let conv = random_gatv2(config, 1, DType::F64, &Device::Cpu).unwrap();
    check(conv.forward(&x(), &graph(), None), "the layer has edge_dim = 1, but no edge_attr was given");
}

#[test]
fn nan_and_infinity_are_named_with_their_place() {
    for (bad, shown) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf"), (f64::NEG_INFINITY, "-inf")] {
        let mut features = wave_rows(3, 3, 0.0);
        features[1][2] = bad;
        for dtype in [DType::F32, DType::F64] {
            let x = tensor(&features, 3).to_dtype(dtype).unwrap();
            check(
                conv(dtype).forward(&x, &graph(), None),
                &format!("x: element 5 is {shown}; every element must be finite"),
            );
        }
        let analytic = analytic_conv(1, DType::F64, &Device::Cpu).unwrap();
        let edge_attr = tensor(&[vec![0.0], vec![bad]], 1);
        check(
            analytic.forward(&tensor(&wave_rows(3, 1, 0.0), 1), &graph(), Some(&edge_attr)),
            &format!("edge_attr: element 1 is {shown}; every element must be finite"),
        );
        let mut weights = conv(DType::F64).weights().clone();
        weights.bias = Some(Tensor::new(vec![bad; 8], &Device::Cpu).unwrap());
        check(
            GatConv::new(config(), weights),
            &format!("bias: element 0 is {shown}; every element must be finite"),
        );
    }
}

#[test]
fn overflow_is_an_error_and_no_nan() {
    let graph = graph();
    let huge = Tensor::full(3e38_f32, (3, 3), &Device::Cpu).unwrap();
    let error = conv(DType::F32).forward(&huge, &graph, None).unwrap_err();
    assert!(matches!(error, GatError::Overflow { dtype: DType::F32, .. }), "{error}");
    // The same numbers fit f64.
    let wide = huge.to_dtype(DType::F64).unwrap();
    conv(DType::F64).forward(&wide, &graph, None).unwrap();
}

#[test]
fn element_types_are_not_mixed() {
    check(
        conv(DType::F32).forward(&x(), &graph(), None),
        "x: expected F32, as the layer's weights, found F64",
    );
    let float_edges = Tensor::zeros((2, 1), DType::F32, &Device::Cpu).unwrap();
    check(
        CsrGraph::from_edge_index(2, &float_edges, SelfLoops::AsGiven),
        "edge_index: expected I64 or U32, found F32",
    );
    let error = random_gat(config(), 1, DType::F16, &Device::Cpu).unwrap_err();
    assert!(matches!(error, GatError::DTypeMismatch { found: DType::F16, .. }), "{error}");
    assert!(analytic_conv(2, DType::F16, &Device::Cpu).is_err());
}

#[test]
fn settings_and_layers_that_do_not_fit_are_refused() {
    let none = GatConvConfig { heads: 0, ..config() };
    check(random_gat(none, 1, DType::F64, &Device::Cpu), "heads = 0: expected 1 to 1048576");
    assert!(analytic_conv(0, DType::F64, &Device::Cpu).is_err());
    assert!(analytic_conv(usize::MAX, DType::F64, &Device::Cpu).is_err());
    check(
        Stack::new(conv(DType::F64), 2),
        "output of a stacked layer: expected shape [N, in_channels] = [N, 3], found [8]",
    );
    check(
        Stack::new(analytic_conv(1, DType::F64, &Device::Cpu).unwrap(), 0),
        "depth = 0: expected at least 1",
    );
    check(
        SeedModel::new(conv(DType::F64), conv(DType::F64)),
        "layer 2: expected shape [in_channels, width of the output] = [8, 1], found [3, 8]",
    );
    let mut weights = conv(DType::F64).weights().clone();
    weights.bias = None;
    check(
        GatConv::new(config(), weights),
        "bias: expected shape [width of the output] = [8] (the settings ask for it), found []",
    );
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn load(file: &Path) -> Result<SeedModel, GatError> {
    load_seed_model(file, DType::F32, &Device::Cpu)
}

/// A copy of a golden input with one text of its header replaced by another
/// of the same length.
fn edited(folder: &Path, from: &str, to: &str) -> PathBuf {
    assert_eq!(from.len(), to.len());
    let mut bytes = fs::read(golden("gat_small.in.safetensors")).unwrap();
    let at = bytes.windows(from.len()).position(|text| text == from.as_bytes()).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    let file = folder.join("w.safetensors");
    fs::write(&file, bytes).unwrap();
    file
}

#[test]
fn a_weight_file_is_checked_name_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |message: &str| format!("{}: {message}", folder.path().join("w.safetensors").display());
    let file = edited(folder.path(), "gat2.att_dst", "gat2.att_xyz");
    check(
        load(&file),
        &at("no tensor `gat2.att_dst` (found edge_index, gat1.att_dst, gat1.att_src, gat1.bias, \
             gat1.lin.weight, gat2.att_src, gat2.att_xyz, gat2.bias, gat2.lin.weight, x)"),
    );
    let file = edited(folder.path(), "\"shape\":[8]", "\"shape\":[ ]").clone();
    let error = load(&file).unwrap_err();
    assert!(matches!(error, GatError::Safetensors { .. }), "{error}");
    let file = edited(folder.path(), "\"shape\":[8,3]", "\"shape\":[3,8]");
    check(load(&file), &at("gat1.lin.weight: expected shape the settings' shape = [8, 8], found [3, 8]"));
}

#[test]
fn metadata_are_checked_key_by_key() {
    let folder = tempfile::tempdir().unwrap();
    let at = |message: &str| format!("{}: {message}", folder.path().join("w.safetensors").display());
    let file = edited(folder.path(), "\"kind\":\"gat\"", "\"kind\":\"gcn\"");
    check(load(&file), &at("metadata `kind` is gcn: expected gat or gatv2"));
    let file = edited(folder.path(), "\"heads\":\"2\"", "\"heads\":\"x\"");
    check(load(&file), &at("metadata `heads` is x: expected a whole number"));
    let file = edited(folder.path(), "\"concat\"", "\"konkat\"");
    check(load(&file), &at("metadata `concat` is absent: expected true or false"));
    let file = edited(folder.path(), "\"heads\":\"2\"", "\"heads\":\"3\"");
    check(load(&file), &at("gat1.lin.weight: expected shape the settings' shape = [12, 3], found [8, 3]"));
}

#[test]
fn damaged_and_missing_files_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w.safetensors");
    let whole = fs::read(golden("gatv2_small.in.safetensors")).unwrap();
    for length in [0, 7, 8, 100, whole.len() - 1] {
        fs::write(&file, &whole[..length]).unwrap();
        let error = WeightFile::read(&file).unwrap_err();
        assert!(matches!(error, GatError::Safetensors { .. }), "{length}: {error}");
    }
    fs::remove_file(&file).unwrap();
    let error = WeightFile::read(&file).unwrap_err();
    assert!(matches!(error, GatError::Io { action: "read", .. }), "{error}");
}
