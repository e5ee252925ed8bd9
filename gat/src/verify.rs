//! Replays golden data: does the engine still say what PyTorch Geometric
//! says?
//!
//! A case is a pair of files, `NAME.in.safetensors` with graph, features and
//! the parameters of a [`SeedModel`](crate::SeedModel), and
//! `NAME.out.safetensors` with what the reference made of them. The golden
//! values were computed in double precision and rounded to f32, so the replay
//! computes in f64 unless told otherwise.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ::safetensors::Dtype;
use ::safetensors::tensor::TensorView;
use candle_core::{DType, Device, Tensor};

use crate::conv::Attention;
use crate::csr::{CsrGraph, SelfLoops};
use crate::error::{GatError, Result};
use crate::files::{io_error, write_atomic};
use crate::ops::check_shape;
use crate::weights::WeightFile;

/// Largest absolute difference allowed in outputs and attention.
pub const TOLERANCE: f64 = 1e-5;

const INPUT: &str = ".in.safetensors";
const OUTPUT: &str = ".out.safetensors";

/// How one golden case went.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseResult {
    /// Name of the case: the file name without `.in.safetensors`.
    pub name: String,
    /// Number of values compared: outputs, and attention of both layers.
    pub values: usize,
    /// Largest absolute difference; infinite if a value is not finite.
    pub max_abs_error: f64,
}

impl CaseResult {
    /// Whether every value is within [`TOLERANCE`].
    pub fn passes(&self) -> bool {
        self.max_abs_error <= TOLERANCE
    }
}

/// Replays every case of a folder in f64, in order of their names.
///
/// # Errors
/// [`GatError::NoCases`] for a folder without cases; [`GatError::Io`]; those
/// of [`verify_case`].
pub fn verify_dir(dir: &Path) -> Result<Vec<CaseResult>> {
    let cases = inputs(dir)?.into_iter();
    let results = cases.map(|(name, input)| verify_case(&input, &output(dir, &name)));
    results.collect()
}

/// Replays one case in f64.
///
/// Attention is compared edge by edge: for each pair (source, destination)
/// both sides must hold the same number of entries, and each head's
/// coefficients are compared in ascending order, since the order of E' is
/// free.
///
/// # Errors
/// Those of [`load_seed_model`](crate::weights::load_seed_model) and
/// [`SeedModel::forward`](crate::SeedModel::forward);
/// [`GatError::MissingTensor`] and [`GatError::ShapeMismatch`] for a
/// malformed expected output; [`GatError::EdgeSetMismatch`] if it refers to
/// other edges.
pub fn verify_case(in_path: &Path, out_path: &Path) -> Result<CaseResult> {
    verify_case_in(in_path, out_path, DType::F64, &Device::Cpu)
}

/// Replays one case in f32 or f64, on any device.
///
/// # Errors
/// Those of [`verify_case`].
pub fn verify_case_in(in_path: &Path, out_path: &Path, dtype: DType, device: &Device) -> Result<CaseResult> {
    let ours = Replay::run(in_path, dtype, device)?;
    let golden = WeightFile::read(out_path)?;
    let mut errors = MaxError::default();
    let expected = floats(&golden, "out", ours.out.dims())?;
    errors.add_all(&values(&ours.out)?, &expected);
    let edge_index = golden.tensor("edge_index")?;
    let edges = CsrGraph::from_edge_index(ours.nodes, edge_index, SelfLoops::AsGiven)?;
    let theirs = by_endpoints(edges.src(), edges.dst());
    for (name, attention) in [("alpha1", &ours.attention1), ("alpha2", &ours.attention2)] {
        let (src, dst) = &attention.edge_index;
        let mine = by_endpoints(src, dst);
        check_edges(out_path, &mine, &theirs)?;
        let expected = floats(&golden, name, attention.alpha.dims())?;
        let alpha = values(&attention.alpha)?;
        let (_, heads) = attention.alpha.dims2()?;
        for (key, mine) in &mine {
            for head in 0..heads {
                let column = |alpha: &[f64], edges: &[usize]| {
                    let mut column: Vec<f64> = edges.iter().map(|e| alpha[e * heads + head]).collect();
                    column.sort_by(f64::total_cmp);
                    column
                };
                errors.add_all(&column(&alpha, mine), &column(&expected, &theirs[key]));
            }
        }
    }
    Ok(CaseResult { name: case_name(in_path), values: errors.values, max_abs_error: errors.max })
}

/// Computes every input of a folder in f64 and writes `NAME.out.safetensors`
/// in the golden format (f32; attention in our edge order) into `out`, which
/// is created if need be. Returns the files written, in order.
///
/// Each file is written whole or not at all.
///
/// # Errors
/// Those of [`verify_dir`], and [`GatError::Io`] for what cannot be written.
pub fn write_dir(dir: &Path, out: &Path) -> Result<Vec<PathBuf>> {
    let cases = inputs(dir)?;
    fs::create_dir_all(out).map_err(|source| io_error(out, "create", source))?;
    let mut written = Vec::with_capacity(cases.len());
    for (name, input) in cases {
        let file = output(out, &name);
        let replay = Replay::run(&input, DType::F64, &Device::Cpu)?;
        write_atomic(&file, &replay.serialize(&file)?)?;
        written.push(file);
    }
    Ok(written)
}

/// What the engine makes of an input file.
struct Replay {
    nodes: usize,
    out: Tensor,
    attention1: Attention,
    attention2: Attention,
}

impl Replay {
    fn run(file: &Path, dtype: DType, device: &Device) -> Result<Self> {
        let case = WeightFile::read(file)?;
        let config = case.seed_model_config()?;
        let model = case.seed_model(dtype, device)?;
        let float = |name| -> Result<Tensor> { Ok(case.tensor(name)?.to_dtype(dtype)?.to_device(device)?) };
        let x = float("x")?;
        let &[nodes, _] = x.dims() else {
            return Err(GatError::ShapeMismatch {
                what: case.label("x"),
                expected: "[N, in_channels]".into(),
                found: x.dims().to_vec(),
            });
        };
        let loops = if config.add_self_loops { SelfLoops::OnePerNode } else { SelfLoops::AsGiven };
        let graph = CsrGraph::from_edge_index(nodes, case.tensor("edge_index")?, loops)?;
        let edge_attr = config.edge_dim.map(|_| float("edge_attr")).transpose()?;
        let result = model.forward_with_attention(&x, &graph, edge_attr.as_ref())?;
        let missing = || candle_core::Error::Msg("the model kept no attention".into());
        Ok(Self {
            nodes,
            out: result.out,
            attention1: result.attention1.ok_or_else(missing)?,
            attention2: result.attention2.ok_or_else(missing)?,
        })
    }

    /// The bytes of the output file.
    fn serialize(&self, file: &Path) -> Result<Vec<u8>> {
        let (src, dst) = &self.attention1.edge_index;
        let nodes = src.iter().chain(dst).map(|&node| i64::from(node));
        let edge_index: Vec<u8> = nodes.flat_map(i64::to_le_bytes).collect();
        let single = |x: &Tensor| -> Result<Vec<u8>> {
            let values = values(x)?.into_iter().map(|value| value as f32);
            Ok(values.flat_map(f32::to_le_bytes).collect())
        };
        let out = single(&self.out)?;
        let alpha1 = single(&self.attention1.alpha)?;
        let alpha2 = single(&self.attention2.alpha)?;
        let damaged = |source| GatError::Safetensors { file: file.to_path_buf(), source: Box::new(source) };
        let view =
            |dtype, dims: &[usize], bytes| TensorView::new(dtype, dims.to_vec(), bytes).map_err(damaged);
        let attention = [&self.attention1.alpha, &self.attention2.alpha];
        let tensors = [
            ("out", view(Dtype::F32, self.out.dims(), &out)?),
            ("edge_index", view(Dtype::I64, &[2, src.len()], &edge_index)?),
            ("alpha1", view(Dtype::F32, attention[0].dims(), &alpha1)?),
            ("alpha2", view(Dtype::F32, attention[1].dims(), &alpha2)?),
        ];
        ::safetensors::serialize(tensors, None).map_err(damaged)
    }
}

/// Largest difference so far. NaN on either side must not pass for agreement.
#[derive(Default)]
struct MaxError {
    values: usize,
    max: f64,
}

impl MaxError {
    fn add_all(&mut self, ours: &[f64], expected: &[f64]) {
        self.values += ours.len();
        for (ours, expected) in ours.iter().zip(expected) {
            let error = (ours - expected).abs();
            self.max = if error.is_nan() { f64::INFINITY } else { self.max.max(error) };
        }
    }
}

/// Positions of the edges with the same endpoints.
type ByEndpoints = BTreeMap<(u32, u32), Vec<usize>>;

fn by_endpoints(src: &[u32], dst: &[u32]) -> ByEndpoints {
    let mut groups = ByEndpoints::new();
    for (edge, (&s, &d)) in src.iter().zip(dst).enumerate() {
        groups.entry((s, d)).or_default().push(edge);
    }
    groups
}

/// Both sides must hold the same edges, each equally often.
fn check_edges(file: &Path, ours: &ByEndpoints, found: &ByEndpoints) -> Result<()> {
    let count = |groups: &ByEndpoints| groups.values().map(Vec::len).sum();
    let only_in = |a: &ByEndpoints, b: &ByEndpoints| {
        let often = |key| b.get(key).map_or(0, Vec::len);
        let extra = a.iter().find(|(key, edges)| edges.len() > often(*key));
        extra.map(|((src, dst), _)| format!("{src} -> {dst}"))
    };
    let (theirs_only, ours_only) = (only_in(found, ours), only_in(ours, found));
    if theirs_only.is_none() && ours_only.is_none() {
        return Ok(());
    }
    Err(GatError::EdgeSetMismatch {
        file: file.to_path_buf(),
        found: count(found),
        found_example: theirs_only.unwrap_or_else(|| "none".into()),
        ours: count(ours),
        ours_example: ours_only.unwrap_or_else(|| "none".into()),
    })
}

fn floats(file: &WeightFile, name: &str, shape: &[usize]) -> Result<Vec<f64>> {
    let tensor = file.tensor(name)?;
    check_shape(&file.label(name), tensor, shape, "shape of our result")?;
    values(tensor)
}

fn values(x: &Tensor) -> Result<Vec<f64>> {
    Ok(x.to_dtype(DType::F64)?.flatten_all()?.to_vec1()?)
}

/// Names and input files of a folder's cases, sorted by name.
fn inputs(dir: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let unlistable = |source| io_error(dir, "list", source);
    let mut cases = BTreeMap::new();
    for entry in fs::read_dir(dir).map_err(unlistable)? {
        let path = entry.map_err(unlistable)?.path();
        let file_name = path.file_name().unwrap_or_default().to_string_lossy();
        if file_name.ends_with(INPUT) {
            cases.insert(case_name(&path), path);
        }
    }
    if cases.is_empty() {
        let dir = dir.to_path_buf();
        return Err(GatError::NoCases { dir });
    }
    Ok(cases)
}

fn case_name(in_path: &Path) -> String {
    let file_name = in_path.file_name().unwrap_or_default().to_string_lossy();
    file_name.strip_suffix(INPUT).unwrap_or(&file_name).into()
}

fn output(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}{OUTPUT}"))
}
