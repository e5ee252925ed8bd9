//! The section `[calls]`: calls between two services by interval.

use super::clock::{Clock, NUMERIC_UNITS, read_clock};
use super::rules::read_service_rules;
use super::section::{Problems, Section};
use super::source::{Source, read_source};
use crate::import::service_rule::ServiceRule;

/// How tables of calls are read.
#[derive(Clone, Debug)]
pub(in crate::import) struct CallsMap {
    pub(in crate::import) source: Source,
    pub(in crate::import) clock: Clock,
    pub(in crate::import) ends: CallEnds,
    pub(in crate::import) service_rules: Vec<ServiceRule>,
    /// Columns of the numbers, by [`CallNumber`].
    pub(in crate::import) numbers: Vec<(CallNumber, String)>,
    /// What a latency is multiplied with to give seconds.
    pub(in crate::import) latency_scale: f64,
    pub(in crate::import) ignore: Vec<String>,
}

/// Columns that name caller and callee.
#[derive(Clone, Debug)]
pub(in crate::import) enum CallEnds {
    /// One column each.
    Columns(String, String),
    /// One column with both names and what stands between them.
    Joined(String, String),
}

/// What is told about the calls of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum CallNumber {
    Calls,
    Failed,
    Latency,
    CalleeLatency,
}

impl CallNumber {
    const ALL: [Self; 4] = [Self::Calls, Self::Failed, Self::Latency, Self::CalleeLatency];

    /// The key that names its column.
    pub(in crate::import) const fn key(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Failed => "failed",
            Self::Latency => "latency",
            Self::CalleeLatency => "callee_latency",
        }
    }
}

pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> CallsMap {
    let source = read_source(&mut section, problems);
    let offset = section.offset();
    let clock = read_clock(&mut section, problems);
    let ends = read_ends(&mut section, problems);
    let numbers = CallNumber::ALL.into_iter();
    let numbers: Vec<(CallNumber, String)> =
        numbers.filter_map(|number| Some((number, section.text(number.key(), problems)?))).collect();
    if numbers.is_empty() {
        let what = "tells nothing about the calls (hint: give calls, failed, latency or callee_latency)";
        problems.add(offset, format!("{} {what}", source.section));
    }
    let unit = section.choice("latency_unit", NUMERIC_UNITS, problems);
    let map = CallsMap {
        source,
        clock,
        ends,
        service_rules: read_service_rules(&mut section, problems),
        numbers,
        latency_scale: unit.map_or(1.0, |ns| ns as f64 / 1e9),
        ignore: section.texts("ignore", problems),
    };
    section.finish(problems);
    map
}

/// `caller` and `callee`, or `edge` and `edge_separator`.
fn read_ends(section: &mut Section<'_>, problems: &mut Problems) -> CallEnds {
    if section.has("edge") && (section.has("caller") || section.has("callee")) {
        let key = section.key("edge");
        problems.add(section.offset_of("edge"), format!("{key}: caller and callee are given too"));
    }
    if section.has("edge") {
        let (edge, separator) = ("edge", "edge_separator");
        return CallEnds::Joined(section.required(edge, problems), section.required(separator, problems));
    }
    CallEnds::Columns(section.required("caller", problems), section.required("callee", problems))
}
