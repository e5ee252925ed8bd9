//! `server_ops.jsonl`: one operation on one server.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::golden::{
    GoldenDraw, GoldenSnapshot, GoldenState, lines, malformed, number_of, scenario, tape, used_up,
};
use crate::systems::{Cure, Server, ServerSpec, Snapshot, applicable, apply_chaos, apply_remedy};
use crate::verify::{Check, VerifyError};

#[derive(Debug, Deserialize)]
struct Row {
    server: String,
    #[serde(rename = "type")]
    kind: String,
    services: Vec<String>,
    op: Operation,
    before: Option<GoldenState>,
    draws: Vec<GoldenDraw>,
    after: GoldenState,
    result: Option<bool>,
    metrics: GoldenSnapshot,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Operation {
    Init,
    Simulate { traffic: f64 },
    Chaos { name: String, effect: Value },
    Remediate { action: String },
}

pub(super) fn server_ops(path: &Path, check: &mut Check) -> Result<(), VerifyError> {
    for (place, row) in lines::<Row>(path)? {
        check.case();
        let spec = ServerSpec {
            name: row.server.clone(),
            kind: row.kind.clone(),
            services: row.services.clone(),
            cpu_capacity: None,
            memory_capacity: None,
            is_primary: None,
        };
        let mut tape = tape(&row.draws);
        let mut chaos = Vec::new();
        let before = || malformed(path, format!("{place}: no usable state `before`"));
        let mut server = match (&row.before, &row.op) {
            (_, Operation::Init) => Server::new(&mut tape),
            (Some(state), _) => state.server(&spec, &mut chaos).ok_or_else(before)?,
            (None, _) => return Err(before()),
        };
        let mut result = None;
        match &row.op {
            Operation::Init => {},
            Operation::Simulate { traffic } => {
                server.drift(*traffic, &mut tape);
                server.suffer(&mut tape);
            },
            Operation::Chaos { name, effect } => {
                let config = json!({"chaos_scenarios": [{"name": name, "effect": effect}]});
                let scenario = scenario(&config, path)?;
                if let Some(definition) = scenario.chaos_scenarios.first() {
                    let number = number_of(name, &mut chaos);
                    apply_chaos(&mut server, &spec, number, &definition.effect, &mut tape);
                }
            },
            Operation::Remediate { action } => {
                let cure = Cure::new(action, None);
                let success = applicable(&server, &cure);
                if success {
                    apply_remedy(&mut server, &cure, false, &mut tape);
                }
                result = Some(success);
            },
        }
        check.same(&place, "result", row.result, result);
        row.after.compare(check, &place, &spec, &chaos, &server);
        let mut snapshot = Snapshot::default();
        snapshot.publish(&server);
        row.metrics.compare(check, &place, &spec, &snapshot);
        used_up(check, &place, &tape);
    }
    Ok(())
}
