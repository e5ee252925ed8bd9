//! When each service left its band.
//!
//! Onset = first instant of the first run of at least two observations beyond the baseline band
//! (or of one that the log ends on). Declared thresholds are seen observation by observation;
//! bands from normal behaviour window by window.

use crate::case::Case;
use crate::cite::Cite;
use crate::heads::HeadResult;

/// When and by which signal a service left its band.
#[derive(Clone, Debug, PartialEq)]
pub struct Onset {
    /// When \[ns since the run's origin\].
    pub time_ns: i64,
    /// Head that saw it.
    pub head: &'static str,
    /// Row that shows it.
    pub cite: Cite,
}

/// Onset of each service: the earliest over the heads in which it deviates clearly.
#[must_use]
pub fn onsets(case: &Case<'_>, heads: &[HeadResult]) -> Vec<Option<Onset>> {
    (0..case.len())
        .map(|service| {
            heads
                .iter()
                .filter(|h| h.peak_gate(service, case.constants.gate_z) > case.constants.confirmed_gate * 0.5)
                .filter_map(|h| {
                    let finding = h.findings[service].as_ref()?;
                    Some(Onset { time_ns: finding.onset_ns?, head: h.name, cite: finding.onset.clone()? })
                })
                // The stress head is exact; heads of equal time keep their order.
                .min_by_key(|o| o.time_ns)
        })
        .collect()
}
