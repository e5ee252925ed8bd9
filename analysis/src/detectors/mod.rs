//! Detectors: what kind of failure it was.
//!
//! Each detector looks at the same scene and says what it sees, with rows; the verdict is the
//! first kind, in the order of the list below, that one of them claims. To add a detector, write
//! its file and add it to the list.

mod bottleneck;
mod cascade;
mod congestion;
mod coordination;
mod exhaustion;
mod localized;
mod metastable;
mod partition;
mod retries;
mod saturation;
mod several;

use crate::case::Case;
use crate::cite::Cite;
use crate::heads::HeadResult;
use crate::impact::Impact;
use crate::onset::Onset;
use crate::ranking::paths::PropagationPath;
use crate::ranking::score::Ranking;
use crate::text::Text;

pub use infra_report::Verdict;

/// What a detector looks at.
pub struct Scene<'a> {
    /// The incident.
    pub case: &'a Case<'a>,
    /// Evidence.
    pub heads: &'a [HeadResult],
    /// Onsets.
    pub onsets: &'a [Option<Onset>],
    /// Ranked causes.
    pub ranking: Option<&'a Ranking>,
    /// Ranked paths.
    pub paths: &'a [PropagationPath],
    /// Impact.
    pub impact: &'a Impact,
    /// Whether anything deviates where it would be noticed.
    pub found: bool,
}

/// What a detector saw.
#[derive(Clone, Debug)]
pub struct Detection {
    /// The kind it speaks about.
    pub kind: Verdict,
    /// Whether it holds.
    pub holds: bool,
    /// Why, or why not.
    pub why: Text,
    /// Rows that show it.
    pub cites: Vec<Cite>,
}

/// A detector; `None`: the log has nothing that it could judge by.
type Detector = fn(&Scene<'_>) -> Option<Detection>;

/// All detectors; the first that holds gives the verdict.
///
/// What sustains or multiplies a failure comes before how it spread, and how it spread before
/// what it was on a single service.
const DETECTORS: [Detector; 12] = [
    metastable::detect,
    retries::detect,
    congestion::detect,
    partition::out_of_reach,
    coordination::detect,
    saturation::detect,
    several::detect,
    cascade::detect,
    exhaustion::detect,
    partition::detect,
    bottleneck::detect,
    localized::detect,
];

/// Runs all detectors.
#[must_use]
pub fn detect(scene: &Scene<'_>) -> (Verdict, Vec<Detection>) {
    if !scene.found {
        return (Verdict::NoIncident, Vec::new());
    }
    let detections: Vec<Detection> = DETECTORS.iter().filter_map(|d| d(scene)).collect();
    let verdict = detections.iter().find(|d| d.holds).map(|d| d.kind);
    // Services failed along a dependency, but no detector can tell their order: the effect of a
    // cascade, seen too coarsely to confirm it.
    let verdict = verdict.unwrap_or(Verdict::Cascade);
    (verdict, detections)
}
