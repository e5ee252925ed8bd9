//! What is known about a run as a whole: the JSON under the footer key `infra.run` of a single
//! file, or the file `run.json` of a bundle.
//!
//! Only `schema` is required; whatever is left out is empty, and analysis says what it had to
//! do without. Unknown fields are ignored, so that a newer minor version can be read.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::{Place, Problem, RunError};
use crate::signal::{Worse, standard_signal};

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

/// Name, description and hash of a scenario.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScenarioInfo {
    /// Short name.
    pub name: String,
    /// One sentence that does not give the fault away.
    pub description: String,
    /// BLAKE3 of the scenario text, hex.
    pub hash: String,
}

/// How a run counts time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeInfo {
    /// `tick` or `ns`: how reports show time.
    pub unit: TimeUnit,
    /// Nanoseconds in a tick.
    pub tick_ns: i64,
    /// RFC 3339 instant of time 0, if the run has one.
    pub origin: Option<String>,
}

impl Default for TimeInfo {
    fn default() -> Self {
        Self { unit: TimeUnit::Ns, tick_ns: 1_000_000_000, origin: None }
    }
}

/// Unit in which a run's times are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// Dimensionless steps of a simulation.
    Tick,
    /// Physical time.
    #[default]
    Ns,
}

/// How complete the state rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Observation {
    /// Every service after every event.
    Snapshot,
    /// Only what changed; a value holds until the next row.
    Delta,
    /// Whenever somebody looked.
    #[default]
    Sampled,
}

/// A declared service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceInfo {
    /// Name, unique in the run.
    pub id: String,
    /// What it is (`service`, `database`, ...).
    #[serde(default)]
    pub kind: Option<String>,
    /// Layer in the system.
    #[serde(default)]
    pub tier: Option<String>,
    /// Anything else (capacity, zone, ...).
    #[serde(default)]
    pub attributes: BTreeMap<String, serde_json::Value>,
}

/// A declared dependency: `from` depends on `to`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EdgeInfo {
    /// The dependent (caller).
    pub from: String,
    /// The dependency (callee).
    pub to: String,
    /// `calls`, `reads`, ...
    #[serde(default)]
    pub kind: Option<String>,
    /// Calls per request or any relative strength.
    #[serde(default)]
    pub weight: Option<f64>,
}

/// A registered signal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignalSpec {
    /// Column name, or value of `signal` in the metrics table.
    pub name: String,
    /// Unit; `1` is dimensionless.
    #[serde(default)]
    pub unit: String,
    /// Bad direction.
    #[serde(default)]
    pub worse: Worse,
    /// Beyond it something is wrong.
    #[serde(default)]
    pub warning: Option<f64>,
    /// Beyond it the service is failing.
    #[serde(default)]
    pub critical: Option<f64>,
    /// The value when all is well.
    #[serde(default)]
    pub baseline: Option<f64>,
    /// OpenTelemetry name.
    #[serde(default)]
    pub otel: Option<String>,
}

impl SignalSpec {
    /// A signal with the registry's unit and direction, or neutral ones for a new name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let standard = standard_signal(name);
        Self {
            name: name.to_owned(),
            unit: standard.map_or("", |s| s.unit).to_owned(),
            worse: standard.map_or(Worse::High, |s| s.worse),
            otel: standard.map(|s| s.otel).filter(|o| !o.is_empty()).map(str::to_owned),
            ..Self::default()
        }
    }
}

/// A status and how bad it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StatusSpec {
    /// Name as in the `status` column.
    pub name: String,
    /// 0 well, 1 warning, 2 critical, 3 down.
    pub severity: u8,
}

/// An event type and who could have seen it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EventTypeSpec {
    /// UPPER_SNAKE_CASE name.
    pub name: String,
    /// Whether an operator could have seen it.
    #[serde(default)]
    pub visibility: Visibility,
    /// What kind of happening it is.
    #[serde(default)]
    pub role: EventRole,
}

/// Whether an operator could have seen an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Evidence: detectors and ranking may use it.
    #[default]
    Observed,
    /// A simulator's inner truth: shown in the timeline, never evidence.
    Mechanism,
}

/// What kind of happening an event type is (an addition to the design's list).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventRole {
    /// A request or a load on the system.
    Demand,
    /// Something happened to the system from outside.
    Hazard,
    /// The system reported trouble.
    Alert,
    /// Somebody, or an automaton, decided to act.
    Decision,
    /// An action was carried out.
    Remediation,
    /// Software was rolled out.
    Deploy,
    /// Configuration changed.
    Config,
    /// Everything else.
    #[default]
    State,
}

/// A service-level objective.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SloSpec {
    /// Service name, or `*` for all.
    pub service: String,
    /// Signal that it is about.
    pub signal: String,
    /// Bound that the signal must keep, in its bad direction.
    pub objective: f64,
    /// Length of the window that is judged \[ns\].
    #[serde(default)]
    pub window_ns: i64,
}

/// Somebody who acts when the sum of a signal over all services exceeds a threshold (an addition
/// to the design: without it a report cannot say that a policy had no reason to act).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ControllerSpec {
    /// Name, as in the `source` of its events.
    pub id: String,
    /// Signal that it watches.
    pub signal: String,
    /// It acts when the sum over services exceeds this.
    pub threshold: f64,
    /// What is known of its delay, in the run's time unit, as text.
    #[serde(default)]
    pub delay: String,
}

/// A labelled stretch of time, end exclusive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Period {
    /// What it is.
    pub kind: PeriodKind,
    /// First nanosecond.
    pub start_ns: i64,
    /// First nanosecond after it.
    pub end_ns: i64,
}

/// What a period holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PeriodKind {
    /// All was well.
    Normal,
    /// Something was wrong.
    Incident,
    /// Not to be used.
    Excluded,
    /// The system was still starting.
    Warmup,
}

/// A known incident, end exclusive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Name to pick it by (`--incident`).
    pub id: String,
    /// First nanosecond that belongs to it.
    pub start_ns: i64,
    /// First nanosecond after it.
    pub end_ns: i64,
    /// Rows of the window before this instant show the system just before the incident, not the
    /// incident itself; null: the whole window is the incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_end_ns: Option<i64>,
    /// What was noticed.
    #[serde(default)]
    pub symptom: Option<Symptom>,
}

/// What was noticed, where and when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Symptom {
    /// The service that violated its objective.
    pub service: String,
    /// The signal that did.
    #[serde(default)]
    pub signal: Option<String>,
    /// The statistic that did.
    #[serde(default)]
    pub statistic: Option<String>,
    /// When it was noticed.
    #[serde(default)]
    pub time_ns: Option<i64>,
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
