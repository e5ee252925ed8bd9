//! What our own run of a scenario gives, in the tables of the golden data.

use serde_json::Value;

use crate::error::SimulateError;
use crate::flood::{FloodOutcome, FloodScenario, IntentRow, MetricRow, Recorder, Role, TraceRow, run_flood};
use crate::scenario::{Format, Scenario};

/// A value of ours. Numbers are compared as numbers, everything else as text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Absent,
    Text(String),
    Number(f64),
}

pub(super) type Cells = Vec<Vec<Cell>>;

pub(super) struct Played {
    pub(super) metrics: Cells,
    pub(super) trace: Cells,
    pub(super) intents: Cells,
    pub(super) end: Cells,
}

impl Played {
    pub(super) fn new(scenario: &str, name: &str) -> Result<Self, SimulateError> {
        let scenario = Scenario::parse(scenario, Format::Json, name)?.flood()?;
        let mut recorder = Recorder::default();
        let outcome = run_flood(&scenario, &mut recorder)?;
        Ok(Self {
            metrics: recorder.metrics.iter().map(metric).collect(),
            trace: recorder.trace.iter().map(trace).collect(),
            intents: recorder.intents.iter().map(intent).collect(),
            end: end_state(&scenario, &outcome),
        })
    }
}

fn metric(row: &MetricRow) -> Vec<Cell> {
    vec![
        int(row.time),
        word(&row.event_type),
        word(&row.source),
        word(&row.service_id),
        Cell::Number(row.stress_level),
        Cell::Number(row.resource_level),
    ]
}

fn trace(row: &TraceRow) -> Vec<Cell> {
    vec![
        int(row.seq),
        int(row.time),
        word(&row.event_type),
        word(&row.source),
        word(&row.agent_id),
        word(row.role),
        Cell::Number(row.stress_level),
        Cell::Number(row.resource_level),
        row.load.map_or(Cell::Absent, Cell::Number),
    ]
}

fn intent(row: &IntentRow) -> Vec<Cell> {
    let payload = |key: &str| row.payload.get(key).and_then(Value::as_f64).map_or(Cell::Absent, Cell::Number);
    vec![
        int(row.seq),
        int(row.time),
        word(&row.agent_id),
        word(&row.event_type),
        payload("intensity"),
        payload("delta_stress"),
        payload("desired_delay"),
        payload("budget_release"),
        row.scheduled_time.map_or(Cell::Absent, int),
    ]
}

fn end_state(scenario: &FloodScenario, outcome: &FloodOutcome) -> Cells {
    let mut table = vec![
        vec![word("time"), int(outcome.time)],
        vec![word("events_processed"), Cell::Number(outcome.events as f64)],
    ];
    table.extend(
        outcome
            .left_over
            .iter()
            .map(|left| vec![word("left"), int(left.tick), word(&left.event_type), word(&left.source)]),
    );
    let mut loads: Vec<_> = outcome.loads.iter().collect();
    loads.sort_by(|a, b| a.0.cmp(&b.0));
    table.extend(loads.into_iter().map(|(id, load)| vec![word("load"), word(id), Cell::Number(*load)]));
    let mut agents: Vec<_> = scenario.agents.iter().zip(&outcome.agents).collect();
    agents.sort_by(|a, b| a.0.id.cmp(&b.0.id));
    table.extend(agents.into_iter().map(|(agent, state)| {
        let flag = match agent.role {
            Role::Citizen(_) => Cell::Absent,
            _ => word(&state.flag.to_string()),
        };
        vec![
            word("agent"),
            word(&agent.id),
            word(agent.role.name()),
            Cell::Number(state.stress),
            Cell::Number(state.resource),
            word(&agent.is_active.to_string()),
            flag,
        ]
    }));
    table
}

fn word(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// Ticks of golden data are far below 2^53.
fn int(number: i64) -> Cell {
    Cell::Number(number as f64)
}
