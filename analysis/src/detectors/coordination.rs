//! Coordination breakdown: those who should have acted together did not.
//!
//! Seen in what coordinators measure of themselves: the share of participants that an operation
//! reached (`coverage`), and the share of answers that contradict (`conflict_rate`).

use infra_eventlog::signal::Worse;

use super::{Detection, Scene, Verdict};
use crate::cite::Cite;
use crate::text::{Text, number};

/// What coordinators measure.
const SIGNALS: [&str; 3] = ["coverage", "quorum", "conflict_rate"];

pub(super) fn detect(scene: &Scene<'_>) -> Option<Detection> {
    let case = scene.case;
    let mut seen = false;
    let mut why = Text::new();
    for signal in SIGNALS {
        let spec = case.metadata.signal(signal);
        let Some(warning) = spec.warning else { continue };
        let low = spec.worse == Worse::Low;
        for service in 0..case.len() {
            let Some(series) = case.find_series(service, signal, None) else { continue };
            seen = true;
            let value = |w: &infra_ingest::frames::WindowRow| {
                if low { (w.min, w.min_row) } else { (w.max, w.max_row) }
            };
            let beyond = |v: f64| if low { v < warning } else { v > warning };
            let during = case.periods.incident.iter().filter_map(|w| series.at(*w)).map(value);
            let Some(worst) = during.reduce(|a, b| if (b.0 < a.0) == low && b.0 != a.0 { b } else { a })
            else {
                continue;
            };
            if beyond(worst.0) {
                why.name(signal).say(" of ").name(case.name(service)).say(format!(
                    " came to {}; beyond {} is a warning.",
                    number(worst.0),
                    number(warning)
                ));
                let cites = vec![Cite::row(&series.row.table, worst.1)];
                return Some(Detection { kind: Verdict::CoordinationBreakdown, holds: true, why, cites });
            }
        }
    }
    why.say("Operations reached whom they should, without contradiction.");
    seen.then_some(Detection { kind: Verdict::CoordinationBreakdown, holds: false, why, cites: Vec::new() })
}
