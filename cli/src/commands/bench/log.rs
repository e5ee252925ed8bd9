//! Large logs in this program's own format, made from nothing.

use std::path::Path;

use infra_eventlog::metadata::{RunMetadata, SignalSpec};
use infra_eventlog::writer::{EventRow, EventWriter};

/// Signals of the log.
pub(super) const SIGNALS: [&str; 6] = ["stress", "resource", "load", "latency", "error_rate", "queue_depth"];
/// Services of the log.
const SERVICES: u64 = 200;

/// Writes a log of `rows` rows: services drift, telemetry is rounded as scrapers round it.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(path: &Path, rows: u64) -> anyhow::Result<()> {
    let mut metadata = RunMetadata::new("bench");
    metadata.signals = SIGNALS.iter().map(|name| SignalSpec::named(name)).collect();
    let names: Vec<String> = (0..SERVICES).map(|i| format!("service-{i:03}")).collect();
    let types: Vec<String> = (0..12).map(|i| format!("EVENT_{i:02}")).collect();
    let mut writer = EventWriter::single_file(path, &metadata)?;
    let mut state = 11_u64;
    let mut draw = || {
        // SplitMix64 (Steele, Lea and Flood 2014), the upper 53 bits.
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    };
    for seq in 0..rows {
        let service = (draw() * SERVICES as f64) as usize;
        let noise = draw();
        let base = 0.1 + 0.45 * (service as f64 / SERVICES as f64);
        let wave = 0.15 * (seq as f64 / rows as f64 * 16.0 + service as f64).sin();
        let stress = (base + wave + 0.3 * (noise - 0.5)).clamp(0.0, 1.0);
        let rounded = |value: f64, digits: f64| Some((value * digits).round() / digits);
        let error = if draw() < 0.7 { 0.0 } else { 0.2 * stress * stress * noise };
        let signals = [
            rounded(stress, 1e4),
            rounded(1.0 - 0.6 * stress + 0.02 * draw(), 1e4),
            rounded(100.0 * (0.5 + stress) * (0.5 + noise), 1e2),
            rounded(0.02 * (1.0 + 4.0 * stress * stress) * (0.5 + draw()), 1e5),
            rounded(error, 1e5),
            rounded(40.0 * (stress - 0.3).max(0.0) * noise, 1.0),
        ];
        let kind = (draw() * draw() * 12.0) as usize;
        writer.push(&EventRow {
            event_id: seq as i64,
            cause_id: None,
            time_ns: seq as i64 * 20_000,
            event_type: &types[kind.min(11)],
            source: &names[service],
            service: Some(&names[service]),
            status: None,
            signals: &signals,
            message: None,
            attributes: None,
        })?;
    }
    writer.finish()?;
    Ok(())
}
