//! What is known about a run as a whole: the JSON under the footer key `infra.run` of a single
//! file, or the file `run.json` of a bundle.
//!
//! Only `schema` is required; whatever is left out is empty, and analysis says what it had to
//! do without. Unknown fields are ignored, so that a newer minor version can be read.

mod incident;
mod origin;
mod registry;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::{Place, Problem, RunError};

pub use incident::{Incident, Period, PeriodKind, Symptom};
pub use origin::{Observation, ScenarioInfo, TimeInfo, TimeUnit};
pub use registry::{
    ControllerSpec, EdgeInfo, EventRole, EventTypeSpec, ServiceInfo, SignalSpec, SloSpec, StatusSpec,
    Visibility,
};

/// The version that this crate writes.
pub const SCHEMA: &str = "infra-run/1";
/// Footer key of the metadata in a single-file run.
pub const FOOTER_KEY: &str = "infra.run";
/// Larger metadata is refused \[bytes\].
pub const MAX_METADATA_BYTES: u64 = 64 << 20;

/// Metadata of one run. Times are nanoseconds since the run's origin.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunMetadata {
    /// `infra-run/1`, possibly with a minor version (`infra-run/1.2`).
    pub schema: String,
    /// Hash of scenario, seed and producer version for simulated runs; any text otherwise.
    #[serde(default)]
    pub run_id: String,
    /// Program and version that wrote the run.
    #[serde(default)]
    pub producer: String,
    /// Which world made it (`flood`, ...); empty for imported runs.
    #[serde(default)]
    pub world: String,
    /// The scenario's name and hash, never its text: the text names the faults.
    #[serde(default)]
    pub scenario: ScenarioInfo,
    /// Seed of a simulated run.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Unit and origin of time.
    #[serde(default)]
    pub time: TimeInfo,
    /// How state rows relate to events.
    #[serde(default)]
    pub observation: Observation,
    /// Declared services.
    #[serde(default)]
    pub services: Vec<ServiceInfo>,
    /// Declared dependencies: `from` depends on `to`.
    #[serde(default)]
    pub edges: Vec<EdgeInfo>,
    /// Registered signals.
    #[serde(default)]
    pub signals: Vec<SignalSpec>,
    /// The run's status list.
    #[serde(default)]
    pub statuses: Vec<StatusSpec>,
    /// The run's event types.
    #[serde(default)]
    pub event_types: Vec<EventTypeSpec>,
    /// Objectives.
    #[serde(default)]
    pub slos: Vec<SloSpec>,
    /// Automata or people that act on the system when a signal crosses a threshold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controllers: Vec<ControllerSpec>,
    /// Labelled stretches of time.
    #[serde(default)]
    pub periods: Vec<Period>,
    /// Known incidents.
    #[serde(default)]
    pub incidents: Vec<Incident>,
    /// Problems that the producer met and counted (an importer's skipped rows, say).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl RunMetadata {
    /// Metadata of a run that so far has only a name.
    #[must_use]
    pub fn new(run_id: &str) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            run_id: run_id.to_owned(),
            producer: concat!("infra-analyze ", env!("CARGO_PKG_VERSION")).to_owned(),
            ..Self::default()
        }
    }

    /// Reads metadata and checks it. Returns it with warnings (a newer minor version).
    ///
    /// # Errors
    /// [`RunError::NewerSchema`] for a newer major version, [`RunError::Invalid`] with every
    /// problem otherwise. `file` is named in the messages.
    pub fn parse(json: &str, file: &str) -> Result<(Self, Vec<String>), RunError> {
        let place = |inside: &str| Place::new(file, inside);
        let invalid = |what: String| {
            RunError::Invalid(vec![
                Problem::new(place("metadata"), what)
                    .hint("metadata is a JSON object with at least \"schema\": \"infra-run/1\""),
            ])
        };
        let value: serde_json::Value =
            serde_json::from_str(json).map_err(|e| invalid(format!("broken JSON: {e}")))?;
        let schema = value
            .get("schema")
            .and_then(|s| s.as_str())
            .ok_or_else(|| invalid("no text field `schema`".to_owned()))?
            .to_owned();
        let mut warnings = Vec::new();
        match version(&schema) {
            None => return Err(invalid(format!("schema `{schema}` is no infra-run version"))),
            Some((1, 0)) => {},
            Some((1, minor)) => warnings.push(format!(
                "{file}: written as infra-run/1.{minor}, newer than this version knows; unknown fields are ignored"
            )),
            Some((0, _)) => return Err(invalid(format!("schema `{schema}` was never published"))),
            Some(_) => return Err(RunError::NewerSchema { file: file.to_owned(), found: schema }),
        }
        // Read again from the text, so that the message carries line and column.
        let metadata: Self = serde_json::from_str(json).map_err(|e| invalid(e.to_string()))?;
        let problems = metadata.problems(file);
        if problems.is_empty() { Ok((metadata, warnings)) } else { Err(RunError::Invalid(problems)) }
    }

    /// Everything in the metadata that contradicts itself.
    #[must_use]
    pub fn problems(&self, file: &str) -> Vec<Problem> {
        let mut found = Vec::new();
        let mut problem =
            |inside: String, what: String| found.push(Problem::new(Place::new(file, inside), what));
        unique("services", self.services.iter().map(|s| s.id.as_str()), &mut problem);
        unique("signals", self.signals.iter().map(|s| s.name.as_str()), &mut problem);
        unique("statuses", self.statuses.iter().map(|s| s.name.as_str()), &mut problem);
        unique("event_types", self.event_types.iter().map(|s| s.name.as_str()), &mut problem);
        unique("incidents", self.incidents.iter().map(|s| s.id.as_str()), &mut problem);
        for (i, edge) in self.edges.iter().enumerate() {
            if edge.from.is_empty() || edge.to.is_empty() {
                problem(format!("edges[{i}]"), "an end without a name".to_owned());
            }
        }
        for (i, status) in self.statuses.iter().enumerate() {
            if status.severity > 3 {
                problem(format!("statuses[{i}]"), format!("severity {} is beyond 3", status.severity));
            }
        }
        let spans = self
            .periods
            .iter()
            .enumerate()
            .map(|(i, p)| (format!("periods[{i}]"), p.start_ns, p.end_ns))
            .chain(
                self.incidents
                    .iter()
                    .enumerate()
                    .map(|(i, p)| (format!("incidents[{i}]"), p.start_ns, p.end_ns)),
            );
        for (inside, start, end) in spans {
            if end <= start {
                problem(inside, format!("ends at {end}, not after its start {start}"));
            }
        }
        if self.time.tick_ns <= 0 {
            problem("time.tick_ns".to_owned(), format!("{} is not positive", self.time.tick_ns));
        }
        found
    }

    /// Severity of a status name: from the run's list, else by the names that people use.
    #[must_use]
    pub fn severity(&self, status: &str) -> Option<u8> {
        self.statuses.iter().find(|s| s.name == status).map(|s| s.severity).or_else(|| {
            if !self.statuses.is_empty() {
                return None;
            }
            match status.to_ascii_lowercase().as_str() {
                "ok" | "up" | "healthy" | "normal" | "well" | "nominal" => Some(0),
                "warning" | "warn" | "degraded" | "stressed" => Some(1),
                "critical" | "error" | "overloaded" | "failing" => Some(2),
                "down" | "failed" | "dead" | "offline" | "collapsed" => Some(3),
                _ => None,
            }
        })
    }

    /// The registered signal of that name, else the registry's.
    #[must_use]
    pub fn signal(&self, name: &str) -> SignalSpec {
        self.signals.iter().find(|s| s.name == name).cloned().unwrap_or_else(|| SignalSpec::named(name))
    }

    /// The event type of that name; unknown ones are observed state.
    #[must_use]
    pub fn event_type(&self, name: &str) -> EventTypeSpec {
        self.event_types
            .iter()
            .find(|t| t.name == name)
            .cloned()
            .unwrap_or_else(|| EventTypeSpec { name: name.to_owned(), ..EventTypeSpec::default() })
    }
}

/// Major and minor of `infra-run/MAJOR[.MINOR]`.
fn version(schema: &str) -> Option<(u32, u32)> {
    let rest = schema.strip_prefix("infra-run/")?;
    let (major, minor) = rest.split_once('.').unwrap_or((rest, "0"));
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn unique<'a>(field: &str, names: impl Iterator<Item = &'a str>, problem: &mut impl FnMut(String, String)) {
    let mut seen = BTreeSet::new();
    for (i, name) in names.enumerate() {
        if name.is_empty() {
            problem(format!("{field}[{i}]"), "an empty name".to_owned());
        } else if !seen.insert(name) {
            problem(format!("{field}[{i}]"), format!("`{}` is listed twice", name.escape_debug()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_schema_is_required() {
        let (metadata, warnings) = RunMetadata::parse(r#"{"schema":"infra-run/1"}"#, "r").unwrap();
        assert!(warnings.is_empty() && metadata.services.is_empty());
    }

    #[test]
    fn newer_minor_warns_and_newer_major_is_refused() {
        let (_, warnings) = RunMetadata::parse(r#"{"schema":"infra-run/1.4","new":1}"#, "r").unwrap();
        assert_eq!(warnings.len(), 1);
        let error = RunMetadata::parse(r#"{"schema":"infra-run/2"}"#, "r").unwrap_err();
        assert!(matches!(error, RunError::NewerSchema { .. }));
    }

    #[test]
    fn contradictions_are_all_listed() {
        let json = r#"{"schema":"infra-run/1","services":[{"id":"a"},{"id":"a"},{"id":""}],
            "periods":[{"kind":"normal","start_ns":5,"end_ns":5}],"time":{"tick_ns":0}}"#;
        let RunError::Invalid(problems) = RunMetadata::parse(json, "r").unwrap_err() else {
            panic!("wrong kind");
        };
        assert_eq!(problems.len(), 4, "{problems:?}");
    }

    #[test]
    fn round_trips() {
        let mut metadata = RunMetadata::new("x");
        metadata.signals.push(SignalSpec::named("latency"));
        metadata.edges.push(EdgeInfo { from: "a".into(), to: "b".into(), ..EdgeInfo::default() });
        let json = serde_json::to_string(&metadata).unwrap();
        assert_eq!(RunMetadata::parse(&json, "r").unwrap().0, metadata);
    }
}
