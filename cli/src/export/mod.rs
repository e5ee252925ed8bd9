//! Results for other tools: frames with names joined, the raw events, the graph, telemetry.

pub(crate) mod edges;
pub(crate) mod events;
pub(crate) mod folder;
pub(crate) mod frames;
pub(crate) mod graph;
pub(crate) mod otlp;
pub(crate) mod ranking;
pub(crate) mod tables;
