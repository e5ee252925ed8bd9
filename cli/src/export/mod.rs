//! Results as files for other tools: frames, the graph, telemetry. The frames themselves are
//! those of `infra_analysis::frames`.

pub(crate) mod folder;
pub(crate) mod graph;
pub(crate) mod otlp;
pub(crate) mod tables;
