//! From the scenario tree to a checked [`FloodScenario`]. Every problem is collected.

use std::collections::BTreeSet;

use super::scenario::{Agent, Citizen, FloodScenario, Policy, Role, Service, Switches};
use crate::kernel::Limits;
use crate::scenario::{
    Flaws, HEADER_KEYS, Header, Mode, Node, Table, Value, did_you_mean, read_header, shorten,
};

mod schedule;

pub(crate) use schedule::{ENTRY_KEYS, payload_keys};

/// Keys at the top of a flood scenario besides the header's.
pub(crate) const TOP_KEYS: [&str; 3] = ["until", "agents", "schedule"];
/// Keys of `[switches]`.
pub(crate) const SWITCH_KEYS: [&str; 6] =
    ["citizen_demand_delay", "effective_capacity", "single_delay", "spend_budget", "relief", "coupling"];
const SERVICE_KEYS: [&str; 9] = [
    "kind",
    "id",
    "initial_stress",
    "is_active",
    "capacity",
    "dependencies",
    "overload_threshold",
    "stress_increment",
    "initial_load",
];
const CITIZEN_KEYS: [&str; 6] =
    ["kind", "id", "initial_stress", "is_active", "demand_profile", "panic_threshold"];
const POLICY_KEYS: [&str; 7] =
    ["kind", "id", "initial_stress", "is_active", "intervention_delay", "budget", "stress_threshold"];
const KINDS: [&str; 3] = ["service", "citizen", "policy"];
/// Longer ids are refused \[bytes\]: they are names, repeated in every row.
const MAX_ID_BYTES: usize = 200;

/// Keys that an agent of that kind has.
pub(crate) fn agent_keys(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "service" => Some(&SERVICE_KEYS),
        "citizen" => Some(&CITIZEN_KEYS),
        "policy" => Some(&POLICY_KEYS),
        _ => None,
    }
}

/// Reads a flood scenario. What is returned is valid only if `flaws` stayed empty.
pub(crate) fn read(document: &Node, default_name: &str, flaws: &mut Flaws) -> Option<FloodScenario> {
    let top = Table::open(document, "", flaws)?;
    let known: Vec<&str> = HEADER_KEYS.into_iter().chain(TOP_KEYS).collect();
    top.only(&known, flaws);
    let header = read_header(&top, default_name, flaws);
    let switches = switches(&top, header.mode, flaws);
    if top.node("agents").is_none() {
        flaws.add("agents", top.line(), "is missing; expected a list of tables");
    }
    let agents: Vec<Agent> =
        top.tables("agents", flaws).iter().filter_map(|table| agent(table, &switches, flaws)).collect();
    unique_ids(&top, flaws);
    let limits = Limits::default();
    let mut warnings = Vec::new();
    let schedule = schedule::read(&top, &switches, &agents, limits, &mut warnings, flaws);
    let until = top.required("until", flaws);
    in_nanoseconds(&top, until, &header, flaws);
    Some(FloodScenario { header, switches, until, agents, schedule, limits, warnings })
}

fn switches(top: &Table<'_>, mode: Mode, flaws: &mut Flaws) -> Switches {
    let Some(table) = top.node("switches").and_then(|node| Table::open(node, "switches", flaws)) else {
        return Switches::default();
    };
    table.only(&SWITCH_KEYS, flaws);
    let switches = Switches {
        citizen_demand_delay: table.or("citizen_demand_delay", 0, flaws),
        effective_capacity: table.or("effective_capacity", false, flaws),
        single_delay: table.or("single_delay", false, flaws),
        spend_budget: table.or("spend_budget", false, flaws),
        relief: table.or("relief", 0.0, flaws),
        coupling: table.or("coupling", 0.0, flaws),
    };
    let k = switches.citizen_demand_delay;
    table.check(
        "citizen_demand_delay",
        k >= 0,
        format!("{k} ticks; expected at least 1, or 0 for off"),
        flaws,
    );
    let relief = switches.relief;
    let what = format!("{relief:?} is outside 0 (off) to 1");
    table.check("relief", (0.0..=1.0).contains(&relief), what, flaws);
    let coupling = switches.coupling;
    table.check("coupling", coupling >= 0.0, format!("{coupling:?} is negative; 0 is off"), flaws);
    let on = switches.on();
    if mode == Mode::Reference && !on.is_empty() {
        flaws.add_with_hint(
            "switches",
            table.line(),
            format!("{} changes the rules, and the mode is `reference`", on.join(", ")),
            "set mode = \"coupled\"",
        );
    }
    switches
}

fn agent(table: &Table<'_>, switches: &Switches, flaws: &mut Flaws) -> Option<Agent> {
    let kind: String = table.required("kind", flaws);
    let Some(keys) = agent_keys(&kind) else {
        if matches!(table.node("kind"), Some(Node { value: Value::Text(_), .. })) {
            let what = format!("unknown kind `{}`", shorten(&kind));
            let hint = did_you_mean(&kind, KINDS);
            flaws.add_with_hint(table.path_of("kind"), table.line_of("kind"), what, hint);
        }
        return None;
    };
    table.only(keys, flaws);
    let role = match kind.as_str() {
        "service" => Role::Service(service(table, switches, flaws)),
        "citizen" => Role::Citizen(Citizen {
            demand_profile: table.required("demand_profile", flaws),
            panic_threshold: table.required("panic_threshold", flaws),
        }),
        _ => Role::Policy(policy(table, flaws)),
    };
    Some(Agent {
        role,
        id: name(table, "id", flaws),
        initial_stress: table.or("initial_stress", 0.0, flaws),
        is_active: table.or("is_active", true, flaws),
    })
}

fn service(table: &Table<'_>, switches: &Switches, flaws: &mut Flaws) -> Service {
    let dependencies: Vec<String> = table.required("dependencies", flaws);
    let named = dependencies.iter().all(|id| is_name(id));
    table.check("dependencies", named, "holds an empty, padded or overlong id", flaws);
    let capacity = table.required("capacity", flaws);
    if switches.coupling > 0.0 && table.node("capacity").is_some() {
        let what = format!("{capacity:?} is not positive; coupling divides by the capacity");
        table.check("capacity", capacity > 0.0, what, flaws);
    }
    Service {
        capacity,
        dependencies,
        overload_threshold: table.or("overload_threshold", 1.0, flaws),
        stress_increment: table.or("stress_increment", 1.0 / 3.0, flaws),
        initial_load: initial_load(table, flaws),
    }
}

/// Absent is an entry of 0; JSON's null and the text `none` (TOML has no null) are no entry.
fn initial_load(table: &Table<'_>, flaws: &mut Flaws) -> Option<f64> {
    match table.node("initial_load").map(|node| &node.value) {
        Some(Value::Null) => None,
        Some(Value::Text(text)) if text == "none" => None,
        _ => Some(table.or("initial_load", 0.0, flaws)),
    }
}

fn policy(table: &Table<'_>, flaws: &mut Flaws) -> Policy {
    let intervention_delay: i64 = table.required("intervention_delay", flaws);
    let what = format!("a negative delay ({intervention_delay})");
    table.check("intervention_delay", intervention_delay >= 0, what, flaws);
    Policy {
        intervention_delay,
        budget: table.required("budget", flaws),
        stress_threshold: table.or("stress_threshold", 1.0, flaws),
    }
}

/// A required name: not empty, not padded, not overlong.
fn name(table: &Table<'_>, key: &str, flaws: &mut Flaws) -> String {
    let before = flaws.0.len();
    let name: String = table.required(key, flaws);
    if flaws.0.len() == before {
        table.check(key, is_name(&name), "an empty, padded or overlong name", flaws);
    }
    name
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && text.len() <= MAX_ID_BYTES
}

fn unique_ids(top: &Table<'_>, flaws: &mut Flaws) {
    let mut seen = BTreeSet::new();
    // The tables were opened once already; what is wrong with them is known.
    for table in top.tables("agents", &mut Flaws::default()) {
        if let Some(Node { value: Value::Text(id), line }) = table.node("id")
            && !seen.insert(id)
        {
            flaws.add(table.path_of("id"), *line, format!("`{}` is the id of two agents", shorten(id)));
        }
    }
}

/// Times must fit the run format.
fn in_nanoseconds(top: &Table<'_>, until: i64, header: &Header, flaws: &mut Flaws) {
    if until.checked_mul(header.tick_ns).is_none() {
        flaws.add_with_hint(
            "until",
            top.line_of("until"),
            format!("{until} ticks of {} ns do not fit 64 bits of nanoseconds", header.tick_ns),
            "use fewer or shorter ticks",
        );
    }
}
