//! Units as metrics name them, and ours: seconds, bytes, ratios, counts.

/// Factor to our unit, and our unit's name.
pub(super) fn to_ours(unit: &str) -> (f64, &str) {
    match unit {
        "s" | "seconds" => (1.0, "s"),
        "ms" | "milliseconds" => (1e-3, "s"),
        "us" | "µs" | "microseconds" => (1e-6, "s"),
        "ns" | "nanoseconds" => (1e-9, "s"),
        "min" => (60.0, "s"),
        "h" => (3600.0, "s"),
        "By" | "B" | "bytes" => (1.0, "By"),
        "KiBy" => (1024.0, "By"),
        "MiBy" => (1_048_576.0, "By"),
        "GiBy" => (1_073_741_824.0, "By"),
        "kBy" => (1e3, "By"),
        "MBy" => (1e6, "By"),
        "%" | "percent" => (0.01, "1"),
        "1" | "ratio" => (1.0, "1"),
        other => (1.0, other),
    }
}
