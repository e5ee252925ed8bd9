//! The section `[spans]`: traces as tables of spans.

use super::clock::{NUMERIC_UNITS, required_choice, required_time_spec};
use super::rules::read_service_rules;
use super::section::{Problems, Section};
use super::source::{Source, read_source};
use crate::import::service_rule::ServiceRule;
use crate::import::times::TimeSpec;

/// How span tables are read: column names.
#[derive(Clone, Debug)]
pub(in crate::import) struct SpansMap {
    pub(in crate::import) source: Source,
    pub(in crate::import) trace_id: String,
    pub(in crate::import) span_id: String,
    pub(in crate::import) parent_span_id: Option<String>,
    /// Values of `parent_span_id` that say that there is none.
    pub(in crate::import) root_values: Vec<String>,
    pub(in crate::import) service: String,
    pub(in crate::import) service_rules: Vec<ServiceRule>,
    pub(in crate::import) operation: String,
    pub(in crate::import) kind: Option<String>,
    pub(in crate::import) status: Option<String>,
    /// Values of `status` that mean an error; every other one means none.
    pub(in crate::import) error_values: Vec<String>,
    pub(in crate::import) start: String,
    /// Of start and end.
    pub(in crate::import) time_spec: TimeSpec,
    pub(in crate::import) length: SpanLength,
    /// Further columns to keep.
    pub(in crate::import) attributes: Vec<String>,
    pub(in crate::import) ignore: Vec<String>,
}

/// What tells how long a span took.
#[derive(Clone, Debug)]
pub(in crate::import) enum SpanLength {
    /// Column of its end.
    End(String),
    /// Column of its duration, in units of this many nanoseconds.
    Duration(String, i64),
}

pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> SpansMap {
    let source = read_source(&mut section, problems);
    let offset = section.offset();
    let has_root_values = section.has("root_values");
    let root_values = section.texts("root_values", problems);
    let map = SpansMap {
        source,
        trace_id: section.required("trace_id", problems),
        span_id: section.required("span_id", problems),
        parent_span_id: section.text("parent_span_id", problems),
        root_values: if has_root_values { root_values } else { vec![String::new()] },
        service: section.required("service", problems),
        service_rules: read_service_rules(&mut section, problems),
        operation: section.required("operation", problems),
        kind: section.text("kind", problems),
        status: section.text("status", problems),
        error_values: section.texts("error_values", problems),
        start: section.required("start", problems),
        time_spec: required_time_spec(&mut section, problems),
        length: read_length(&mut section, problems),
        attributes: section.texts("attributes", problems),
        ignore: section.texts("ignore", problems),
    };
    if map.status.is_some() == map.error_values.is_empty() {
        problems.add(offset, format!("{} and error_values go together", section.key("status")));
    }
    section.finish(problems);
    map
}

/// `end`, or `duration` with its unit.
fn read_length(section: &mut Section<'_>, problems: &mut Problems) -> SpanLength {
    let offset = section.offset();
    let end = section.text("end", problems);
    if section.has("duration") == end.is_some() {
        problems.add(offset, format!("{} or duration: one of them is needed", section.key("end")));
    }
    match (end, section.text("duration", problems)) {
        (None, Some(duration)) => {
            let unit = required_choice(section, "duration_unit", NUMERIC_UNITS, problems);
            SpanLength::Duration(duration, unit.unwrap_or(1))
        },
        (end, _) => SpanLength::End(end.unwrap_or_default()),
    }
}
