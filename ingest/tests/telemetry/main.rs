//! Telemetry in, bundle out: each format, its mapping, and what damaged input does.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod damaged;
mod jaeger;
mod order;
mod otlp;
mod prometheus;
mod proto;
mod support;
mod zipkin;
