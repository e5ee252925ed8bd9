//! The one error type of the crate.
//!
//! A message says what, where and what to do; the data sits in fields. No
//! error of this crate leaves anything half-done: layers are immutable, and
//! files are written beside their target and renamed.

use std::path::PathBuf;

use candle_core::DType;

/// Shorthand for results of this crate.
pub type Result<T, E = GatError> = std::result::Result<T, E>;

/// What can go wrong in the graph attention engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GatError {
    /// An edge names a node that does not exist. The graph is not built;
    /// drop or correct the edge and build again.
    #[error("edge {edge}: node {node} is out of range (the graph has {nodes} nodes, 0-based)")]
    NodeOutOfRange {
        /// Position of the edge in the given list.
        edge: usize,
        /// The offending endpoint.
        node: i64,
        /// Number of nodes of the graph.
        nodes: usize,
    },

    /// The two rows of `edge_index` differ in length. The graph is not built.
    #[error("edge_index: {src} sources but {dst} targets")]
    EdgeIndexLengths {
        /// Length of row 0.
        src: usize,
        /// Length of row 1.
        dst: usize,
    },

    /// Nodes or edges do not fit the 32-bit indices. The graph is not built;
    /// split it.
    #[error("{what}: {found} is more than the {limit} that 32-bit indices allow")]
    TooLarge {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },

    /// A setting is outside its range. Nothing is built; correct the setting.
    #[error("{option} = {value}: expected {expected}")]
    InvalidConfig {
        /// Name of the setting, as in PyTorch Geometric.
        option: &'static str,
        /// The rejected value.
        value: String,
        /// What is accepted.
        expected: &'static str,
    },

    /// A tensor has the wrong shape. The layer stays usable.
    #[error("{what}: expected shape {expected}, found {found:?}")]
    ShapeMismatch {
        /// The tensor, by name.
        what: String,
        /// The shape wanted, with the meaning of each axis.
        expected: String,
        /// The shape found.
        found: Vec<usize>,
    },

    /// A tensor has the wrong element type. The layer stays usable; convert
    /// the tensor, or load the weights in the other type.
    #[error("{what}: expected {expected}, found {found:?}")]
    DTypeMismatch {
        /// The tensor, by name.
        what: String,
        /// The types accepted.
        expected: &'static str,
        /// The type found.
        found: DType,
    },

    /// An input holds NaN or an infinity. The layer stays usable; the caller
    /// decides what a missing value means, the engine does not guess.
    #[error("{what}: element {index} is {value}; every element must be finite")]
    NonFinite {
        /// The tensor, by name.
        what: String,
        /// Position of the first such element, row by row.
        index: usize,
        /// The element.
        value: f64,
    },

    /// Finite inputs gave a result outside the range of the element type. The
    /// layer stays usable; scale the features, or compute in f64.
    #[error("{what} of node {node} left the range of {dtype:?}; scale the features or compute in f64")]
    Overflow {
        /// Which quantity overflowed.
        what: &'static str,
        /// The destination node concerned.
        node: usize,
        /// The element type computed in.
        dtype: DType,
    },

    /// The layer has edge parameters, but no edge features came. The layer
    /// stays usable.
    #[error("the layer has edge_dim = {edge_dim}, but no edge_attr was given")]
    MissingEdgeAttr {
        /// Width of the features that the layer wants.
        edge_dim: usize,
    },

    /// Edge features came to a layer without edge parameters. The layer stays
    /// usable; build it with `edge_dim`.
    #[error("edge_attr of shape {found:?} was given to a layer without edge_dim")]
    UnexpectedEdgeAttr {
        /// Shape of the features found.
        found: Vec<usize>,
    },

    /// The device asked for cannot be used. Nothing was computed; the caller
    /// may go on with another device.
    #[error("device {device} is not available: {reason} (hint: {hint})")]
    DeviceUnavailable {
        /// Name of the device asked for.
        device: &'static str,
        /// Why not.
        reason: String,
        /// What to do.
        hint: &'static str,
    },

    /// A device has too little free memory. Nothing was computed; the caller may
    /// go on with the CPU or with a smaller graph.
    #[error("device {device}: {needed} bytes are needed and {free} are free (hint: use the device cpu)")]
    DeviceMemory {
        /// Name of the device.
        device: &'static str,
        /// Bytes that the call takes, its operands not counted.
        needed: u64,
        /// Bytes that are free.
        free: u64,
    },

    /// A weight file lacks a tensor. Nothing is loaded.
    #[error("{}: no tensor `{name}` (found {})", file.display(), list(found))]
    MissingTensor {
        /// The weight file.
        file: PathBuf,
        /// The name looked for.
        name: String,
        /// The names there are, sorted.
        found: Vec<String>,
    },

    /// A weight file's metadata lack a key or hold an unusable value. Nothing
    /// is loaded.
    #[error("{}: metadata `{key}` is {}: expected {expected}", file.display(), found.as_deref().unwrap_or("absent"))]
    InvalidMetadata {
        /// The weight file.
        file: PathBuf,
        /// The metadata key.
        key: &'static str,
        /// The value found.
        found: Option<String>,
        /// What is accepted.
        expected: &'static str,
    },

    /// A file is no safetensors file, or is damaged. Nothing is loaded.
    #[error("{}: not a readable safetensors file", file.display())]
    Safetensors {
        /// The file.
        file: PathBuf,
        /// What the reader says.
        #[source]
        source: Box<safetensors::SafeTensorError>,
    },

    /// A file could not be read or written. A file that was to be written is
    /// left as it was.
    #[error("{}: cannot {action}", file.display())]
    Io {
        /// The file or folder.
        file: PathBuf,
        /// What was tried: read, write, list.
        action: &'static str,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },

    /// A folder holds no golden case, so that replaying it proves nothing.
    #[error("{}: no *.in.safetensors file", dir.display())]
    NoCases {
        /// The folder.
        dir: PathBuf,
    },

    /// A golden case refers to other edges than the engine. Its values cannot
    /// be compared; other cases can.
    #[error("{}: attention refers to {found} edges ({found_example}), ours to {ours} ({ours_example})", file.display())]
    EdgeSetMismatch {
        /// The expected-output file.
        file: PathBuf,
        /// Number of edges in the file.
        found: usize,
        /// An edge that only the file has, or `none`.
        found_example: String,
        /// Number of edges of the engine.
        ours: usize,
        /// An edge that only the engine has, or `none`.
        ours_example: String,
    },

    /// candle refused an operation, out of memory for example. The layer
    /// stays usable.
    #[error("tensor operation failed")]
    Candle(#[source] Box<candle_core::Error>),
}

impl From<candle_core::Error> for GatError {
    fn from(source: candle_core::Error) -> Self {
        Self::Candle(Box::new(source))
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".into() } else { names.join(", ") }
}
