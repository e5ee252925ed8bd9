//! From the scenario tree to a checked [`MeshScenario`]. Every problem is collected.

use super::connected::Connected;
use super::scenario::{MeshScenario, Source};
use super::{Case, Catalogue, Difficulty, Extra, FIELDS, FaultKind, Op, SECONDS_PER_TICK, Script, Service};
use crate::scenario::{
    Flaws, HEADER_KEYS, Header, Mode, Node, Table, Value, did_you_mean, read_header, shorten,
};

/// Keys at the top of a mesh scenario besides the header's.
const TOP_KEYS: [&str; 6] = ["task", "difficulty", "connected", "ticks", "script", "mechanism"];
const CONNECTED_KEYS: [&str; 11] = [
    "services",
    "depth",
    "out_degree_max",
    "faults",
    "fault_type",
    "fault_service",
    "fault_speed",
    "decoys",
    "warmup",
    "halt_after",
    "noise",
];
/// The field of the error ratio.
const ERROR_RATE: &str = "http_server_error_rate";
/// Ticks of a golden case of a task.
const TASK_TICKS: i64 = 30;
/// Ticks after the warm-up of a connected mesh.
const CONNECTED_TICKS: i64 = 30;
/// More ticks are refused.
const MAX_TICKS: i64 = 100_000;
/// More services are refused.
const MAX_SERVICES: u64 = 100_000;
/// More state rows are refused: they would fill a disk.
const MAX_STATE_ROWS: i64 = 200_000_000;

/// Whether a text without a world is a golden case.
pub(super) fn resembles(keys: &std::collections::BTreeMap<String, Node>) -> bool {
    keys.contains_key("service_order")
}

/// Reads a mesh scenario. What is returned is valid only if `flaws` stayed empty.
pub(super) fn read(document: &Node, default_name: &str, flaws: &mut Flaws) -> Option<MeshScenario> {
    let top = Table::open(document, "", flaws)?;
    if top.node("service_order").is_some() {
        return case(document, default_name, flaws);
    }
    let known: Vec<&str> = HEADER_KEYS.into_iter().chain(TOP_KEYS).collect();
    top.only(&known, flaws);
    let mut header = read_header(&top, default_name, flaws);
    if let Some(tick) = top.optional::<f64>("tick", flaws) {
        let what = format!("{tick:?} seconds; a tick of the mesh world lasts {SECONDS_PER_TICK} seconds");
        top.check("tick", tick == SECONDS_PER_TICK as f64, what, flaws);
    }
    header.tick_ns = SECONDS_PER_TICK * 1_000_000_000;
    no_switches(&top, &header, flaws);
    let source = source(&top, &mut header, flaws)?;
    let usual = match &source {
        Source::Episode(difficulty) => difficulty.max_ticks(),
        Source::Connected(connected) => connected.warmup.saturating_add(CONNECTED_TICKS),
        Source::Task(_) | Source::Case(_) => TASK_TICKS,
    };
    let ticks: i64 = top.or("ticks", usual, flaws);
    let what = format!("{ticks} ticks; expected 1 to {MAX_TICKS}");
    top.check("ticks", (1..=MAX_TICKS).contains(&ticks), what, flaws);
    if let Source::Connected(connected) = &source {
        let rows = ticks.saturating_mul(i64::try_from(connected.services).unwrap_or(i64::MAX));
        let what = format!("{rows} state rows; at most {MAX_STATE_ROWS} are written");
        top.check("ticks", rows <= MAX_STATE_ROWS, what, flaws);
    }
    let script = script(&top, flaws);
    let scenario =
        MeshScenario { header, source, ticks, script, mechanism: top.or("mechanism", true, flaws) };
    if flaws.0.is_empty() {
        targets(&top, &scenario, flaws);
    }
    Some(scenario)
}

/// A golden case: its own keys, read as they are.
fn case(document: &Node, default_name: &str, flaws: &mut Flaws) -> Option<MeshScenario> {
    let json = document.value.to_json();
    let case = match Case::from_json(&json) {
        Ok(case) => case,
        Err(error) => {
            flaws.add("", document.line, format!("no mesh case: {error}"));
            return None;
        },
    };
    let name = if case.name.is_empty() { default_name.to_owned() } else { case.name };
    Some(MeshScenario {
        header: Header {
            name,
            description: String::new(),
            mode: Mode::Reference,
            seed: case.seed,
            tick_ns: SECONDS_PER_TICK * 1_000_000_000,
        },
        source: Source::Case(json),
        ticks: case.ticks,
        script: case.script,
        mechanism: true,
    })
}

fn no_switches(top: &Table<'_>, header: &Header, flaws: &mut Flaws) {
    if let Some(table) = top.node("switches").and_then(|node| Table::open(node, "switches", flaws)) {
        table.only(&[], flaws);
    }
    let what = "the mesh world has no coupled rules: failures travel in its reference mode";
    top.check("mode", header.mode == Mode::Reference, what, flaws);
}

fn source(top: &Table<'_>, header: &mut Header, flaws: &mut Flaws) -> Option<Source> {
    let given: Vec<&str> =
        ["task", "difficulty", "connected"].into_iter().filter(|key| top.node(key).is_some()).collect();
    match given.as_slice() {
        ["task"] => {
            let id: String = top.required("task", flaws);
            let catalogue = Catalogue::get();
            let Some(task) = catalogue.task(&id) else {
                let known = catalogue.tasks().iter().map(|t| t.task_id.as_str());
                flaws.add_with_hint(
                    "task",
                    top.line_of("task"),
                    format!("no task is named `{}`", shorten(&id)),
                    did_you_mean(&id, known),
                );
                return None;
            };
            if top.node("seed").is_none() {
                header.seed = task.seed;
            }
            Some(Source::Task(task.task_id.clone()))
        },
        ["difficulty"] => {
            let name: String = top.required("difficulty", flaws);
            let difficulty = Difficulty::named(&name);
            if difficulty.is_none() {
                flaws.add_with_hint(
                    "difficulty",
                    top.line_of("difficulty"),
                    format!("unknown difficulty `{}`", shorten(&name)),
                    did_you_mean(&name, ["easy", "medium", "hard"]),
                );
            }
            difficulty.map(Source::Episode)
        },
        ["connected"] => {
            let table = Table::open(top.node("connected")?, "connected", flaws)?;
            Some(Source::Connected(connected(&table, flaws)))
        },
        [] => {
            flaws.add("task", top.line(), "is missing; expected task, difficulty or [connected]");
            None
        },
        several => {
            let what = format!("{} exclude each other", several.join(" and "));
            flaws.add(several[1], top.line_of(several[1]), what);
            None
        },
    }
}

fn connected(table: &Table<'_>, flaws: &mut Flaws) -> Connected {
    table.only(&CONNECTED_KEYS, flaws);
    let usual = Connected::default();
    let services: u64 = table.or("services", usual.services as u64, flaws);
    let what = format!("{services} services; expected 10 to {MAX_SERVICES}");
    table.check("services", (10..=MAX_SERVICES).contains(&services), what, flaws);
    let services = services.clamp(10, MAX_SERVICES) as usize;
    let depth: Option<u64> = table.optional("depth", flaws);
    let what = "layers; expected 2 to half of the services, 64 at most";
    table.check("depth", depth.is_none_or(|d| (2..=64.min(services as u64 / 2)).contains(&d)), what, flaws);
    let degree: u64 = table.or("out_degree_max", usual.out_degree_max as u64, flaws);
    table.check("out_degree_max", (1..=64).contains(&degree), "calls; expected 1 to 64", flaws);
    let faults: u64 = table.or("faults", usual.faults as u64, flaws);
    let most = services as u64 / 4;
    let what = format!("{faults} faults; expected 0 to {most}, a quarter of the services");
    table.check("faults", faults <= most, what, flaws);
    let fault_type = table.optional::<String>("fault_type", flaws).and_then(|name| {
        let kind = FaultKind::named(&name);
        if kind.is_none() {
            let hint = did_you_mean(&name, FaultKind::ALL.map(FaultKind::name));
            let what = format!("unknown fault `{}`", shorten(&name));
            flaws.add_with_hint(table.path_of("fault_type"), table.line_of("fault_type"), what, hint);
        }
        kind
    });
    let mut ratio = |key: &str, usual: f64, most: f64| -> f64 {
        let value: f64 = table.or(key, usual, flaws);
        table.check(key, (0.0..=most).contains(&value), format!("{value:?} is outside 0 to {most}"), flaws);
        value
    };
    let fault_speed = ratio("fault_speed", usual.fault_speed, 100.0);
    let decoys = ratio("decoys", usual.decoys, 0.5);
    let noise = ratio("noise", usual.noise, 0.5);
    let fault_service = table.optional("fault_service", flaws);
    let mut ticks = |key: &str, usual: i64| -> i64 {
        let value: i64 = table.or(key, usual, flaws);
        let what = format!("{value} ticks; expected 0 to {MAX_TICKS}");
        table.check(key, (0..=MAX_TICKS).contains(&value), what, flaws);
        value
    };
    Connected {
        services,
        depth: depth.map(|d| d.min(64) as usize),
        out_degree_max: degree.clamp(1, 64) as usize,
        faults: faults.min(most) as usize,
        fault_type,
        fault_service,
        fault_speed,
        decoys,
        warmup: ticks("warmup", usual.warmup),
        halt_after: ticks("halt_after", usual.halt_after),
        noise,
    }
}

fn script(top: &Table<'_>, flaws: &mut Flaws) -> Script {
    let Some(node) = top.node("script") else { return Script::default() };
    let Value::List(items) = &node.value else {
        flaws.add("script", node.line, format!("expected a list of tables, found {}", node.value.describe()));
        return Script::default();
    };
    let mut operations = Vec::new();
    for (i, item) in items.iter().enumerate() {
        match serde_json::from_value(item.value.to_json()) {
            Ok(operation) => operations.push(operation),
            Err(error) => flaws.add(format!("script[{i}]"), item.line, error.to_string()),
        }
    }
    Script::new(operations)
}

/// Operations and faults must name what the mesh has.
fn targets(top: &Table<'_>, scenario: &MeshScenario, flaws: &mut Flaws) {
    let mesh = match scenario.mesh() {
        Ok(mesh) => mesh,
        Err(why) => return flaws.add("", top.line(), why),
    };
    let line = top.line_of("script");
    let named = |path: &str, line: u32, name: &str, flaws: &mut Flaws| {
        let place = mesh.index_of(name);
        if place.is_none() {
            let near = did_you_mean(name, mesh.services().iter().map(|s| s.name.as_str()));
            flaws.add_with_hint(path, line, format!("no service is named `{}`", shorten(name)), near);
        }
        place
    };
    if let Source::Connected(connected) = &scenario.source
        && let Some(name) = &connected.fault_service
    {
        let keys = top.node("connected").map(|node| &node.value);
        let node = if let Some(Value::Table(keys)) = keys { keys.get("fault_service") } else { None };
        let line = node.map_or_else(|| top.line_of("connected"), |node| node.line);
        named("connected.fault_service", line, name, flaws);
    }
    for operation in scenario.script.operations() {
        match &operation.op {
            Op::Action { target, .. } => drop(named("script", line, target, flaws)),
            Op::Set { service, field, value } => {
                let Some(place) = named("script", line, service, flaws) else { continue };
                if let Err(holds) = settable(&mesh.services()[place], field, value) {
                    flaws.add("script", line, format!("`{}` holds {holds}", shorten(field)));
                }
            },
            Op::HaltFault { index } if *index >= mesh.faults().len() => {
                let what = format!("halts fault {index} of {}", mesh.faults().len());
                flaws.add("script", line, what);
                return;
            },
            _ => {},
        }
    }
}

/// Whether a field can take a value: of its kind, not below 0, and an error ratio not above 1.
fn settable(service: &Service, field: &str, value: &Extra) -> Result<(), &'static str> {
    service.clone().set_field(field, value.clone())?;
    match (field, value.number()) {
        (ERROR_RATE, Some(ratio)) if !(0.0..=1.0).contains(&ratio) => Err("a ratio from 0 to 1"),
        (field, Some(number)) if FIELDS.contains(&field) && number < 0.0 => Err("nothing below 0"),
        _ => Ok(()),
    }
}
