//! Golden data as tables of texts, whichever file they come from.

use std::path::Path;

use serde_json::Value;

use crate::verify::{VerifyError, read};

/// A table of texts; an absent value is the empty text.
pub(super) type Texts = Vec<Vec<String>>;

/// One scenario with what its run must give.
#[derive(Debug, Default)]
pub(super) struct Case {
    pub(super) scenario: String,
    pub(super) metrics: Texts,
    /// Lines of `jsonl` files have no trace.
    pub(super) trace: Option<Texts>,
    pub(super) intents: Texts,
    pub(super) end: Texts,
}

const INTENT_COLUMNS: [&str; 4] = ["intensity", "delta_stress", "desired_delay", "budget_release"];

impl Case {
    pub(super) fn from_files(dir: &Path, stem: &str) -> Result<Self, VerifyError> {
        let path = |ending: &str| dir.join(format!("{stem}.{ending}"));
        let end = path("final.json");
        let malformed = |why| VerifyError::Malformed { path: end.clone(), why };
        let parsed: Value = serde_json::from_str(&read(&end)?).map_err(|e| malformed(e.to_string()))?;
        Ok(Self {
            scenario: read(&path("scenario.json"))?,
            metrics: csv(&read(&path("metrics.csv"))?),
            trace: Some(csv(&read(&path("trace.csv"))?)),
            intents: csv(&read(&path("intents.csv"))?),
            end: end_state(&parsed).ok_or_else(|| malformed("a key is missing".to_owned()))?,
        })
    }

    pub(super) fn from_json_line(line: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
        Self::from_value(&value).ok_or_else(|| "a key is missing".to_owned())
    }

    fn from_value(value: &Value) -> Option<Self> {
        Some(Self {
            scenario: value.get("scenario")?.to_string(),
            metrics: rows(value.get("metrics")?, |row| Some(row.as_array()?.iter().map(text).collect()))?,
            trace: None,
            intents: rows(value.get("intents")?, intent)?,
            end: end_state(value.get("final")?)?,
        })
    }
}

/// Rows of a CSV file without its header. Golden names hold no commas or quotes.
fn csv(text: &str) -> Texts {
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn rows(value: &Value, row: impl Fn(&Value) -> Option<Vec<String>>) -> Option<Texts> {
    value.as_array()?.iter().map(row).collect()
}

/// An intent in the order of the CSV columns.
fn intent(value: &Value) -> Option<Vec<String>> {
    let payload = value.get("payload")?;
    let mut row = fields(value, &["seq", "time", "agent_id", "event_type"])?;
    row.extend(INTENT_COLUMNS.iter().map(|key| payload.get(key).map_or_else(String::new, text)));
    row.push(text(value.get("scheduled_time")?));
    Some(row)
}

/// The final state as rows that each begin with what they are.
fn end_state(value: &Value) -> Option<Texts> {
    let mut table = vec![
        vec!["time".to_owned(), text(value.get("time")?)],
        vec!["events_processed".to_owned(), text(value.get("events_processed")?)],
    ];
    for left in value.get("events_left")?.as_array()? {
        table.push(tagged("left", fields(left, &["time", "event_type", "source"])?));
    }
    // Maps come in the order of their keys, whatever order the file has.
    for (id, load) in
        value.get("service_loads")?.as_object()?.iter().collect::<std::collections::BTreeMap<_, _>>()
    {
        table.push(tagged("load", vec![id.clone(), text(load)]));
    }
    for (id, agent) in value.get("agents")?.as_object()?.iter().collect::<std::collections::BTreeMap<_, _>>()
    {
        let mut row = vec![id.clone()];
        row.extend(fields(agent, &["role", "stress_level", "resource_level", "is_active"])?);
        let flag = agent.get("overload_reported").or_else(|| agent.get("intervention_pending"));
        row.push(flag.map_or_else(String::new, text));
        table.push(tagged("agent", row));
    }
    Some(table)
}

fn fields(value: &Value, keys: &[&str]) -> Option<Vec<String>> {
    keys.iter().map(|key| value.get(key).map(text)).collect()
}

fn tagged(tag: &str, mut row: Vec<String>) -> Vec<String> {
    row.insert(0, tag.to_owned());
    row
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
