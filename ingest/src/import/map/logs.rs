//! The section `[logs]`: tables of log lines.

use super::clock::required_time_spec;
use super::rules::read_service_rules;
use super::section::{Problems, Section};
use super::source::{Source, read_source};
use crate::import::service_rule::ServiceRule;
use crate::import::times::TimeSpec;

/// How log tables are read: column names.
#[derive(Clone, Debug)]
pub(in crate::import) struct LogsMap {
    pub(in crate::import) source: Source,
    pub(in crate::import) time: String,
    pub(in crate::import) time_spec: TimeSpec,
    pub(in crate::import) service: String,
    pub(in crate::import) service_rules: Vec<ServiceRule>,
    pub(in crate::import) severity: Option<String>,
    pub(in crate::import) trace_id: Option<String>,
    pub(in crate::import) span_id: Option<String>,
    pub(in crate::import) message: String,
    pub(in crate::import) wrapping: Wrapping,
    pub(in crate::import) attributes: Vec<String>,
    pub(in crate::import) ignore: Vec<String>,
}

/// What may stand around the line that a service wrote.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct Wrapping {
    /// Keys of nested JSON objects, from the outside in.
    pub(in crate::import) message_json: Vec<String>,
    /// Keys of those objects that tell the severity; the innermost object counts.
    pub(in crate::import) severity_json: Vec<String>,
    /// Words among the first of a line that tell its severity.
    pub(in crate::import) severity_words: Vec<String>,
}

pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> LogsMap {
    let map = LogsMap {
        source: read_source(&mut section, problems),
        time: section.required("time", problems),
        time_spec: required_time_spec(&mut section, problems),
        service: section.required("service", problems),
        service_rules: read_service_rules(&mut section, problems),
        severity: section.text("severity", problems),
        trace_id: section.text("trace_id", problems),
        span_id: section.text("span_id", problems),
        message: section.required("message", problems),
        wrapping: Wrapping {
            message_json: section.texts("message_json", problems),
            severity_json: section.texts("severity_json", problems),
            severity_words: section.texts("severity_words", problems),
        },
        attributes: section.texts("attributes", problems),
        ignore: section.texts("ignore", problems),
    };
    section.finish(problems);
    map
}
