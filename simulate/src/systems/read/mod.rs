//! From the scenario tree to a checked [`SystemsScenario`]. Every problem is collected; what a
//! scenario leaves out is as in the specification, section 1.

use super::scenario::{Limit, Scripted, Skill, SreSpec, Switches, SystemsScenario, Thresholds};
use crate::scenario::{Flaws, HEADER_KEYS, Mode, Node, Table, Value, did_you_mean, read_header, shorten};
use crate::systems::defaults::{defaults, skill as default_skill};

mod effects;
mod fields;
mod servers;
mod sizes;

use fields::{count, name, nonnegative, unique, within};
use servers::{dependencies, server, void_needs};
use sizes::sizes;

/// Keys at the top of a systems scenario besides the header's.
const TOP_KEYS: [&str; 16] = [
    "rounds",
    "warmup",
    "base_traffic",
    "sla_target",
    "chaos_level",
    "chaos_levels",
    "sre_skill",
    "skills",
    "alert_thresholds",
    "diagnoser_timeout_s",
    "servers",
    "service_dependencies",
    "chaos_scenarios",
    "remediation_actions",
    "sres",
    "schedule",
];
const SWITCH_KEYS: [&str; 6] =
    ["durations", "success_rates", "disk_alerts", "isolation", "coupling", "server_cooldowns"];

/// More rounds are refused.
const MAX_ROUNDS: u64 = 1_000_000;
/// More servers are refused.
const MAX_SERVERS: usize = 2_000;
/// More entries of any other list are refused.
const MAX_ENTRIES: usize = 1_000;
/// Larger factors are refused.
const MAX_FACTOR: f64 = 1e6;
/// Larger numbers of requests, thresholds and the like are refused.
const MAX_NUMBER: f64 = 1e12;

/// Reads a systems scenario. What is returned is valid only if `flaws` stayed empty.
pub(crate) fn read(document: &Node, default_name: &str, flaws: &mut Flaws) -> Option<SystemsScenario> {
    let top = Table::open(document, "", flaws)?;
    let known: Vec<&str> = HEADER_KEYS.into_iter().chain(TOP_KEYS).collect();
    top.only(&known, flaws);
    let mut scenario = defaults();
    scenario.header = read_header(&top, default_name, flaws);
    scenario.switches = switches(&top, scenario.header.mode, flaws);
    scenario.rounds = count(&top, "rounds", scenario.rounds, MAX_ROUNDS, flaws);
    scenario.warmup = count(&top, "warmup", scenario.warmup, MAX_ROUNDS, flaws);
    scenario.base_traffic = nonnegative(&top, "base_traffic", scenario.base_traffic, MAX_NUMBER, flaws);
    scenario.sla_target = nonnegative(&top, "sla_target", scenario.sla_target, 100.0, flaws);
    scenario.diagnoser_timeout_s =
        within(&top, "diagnoser_timeout_s", scenario.diagnoser_timeout_s, (0.001, 3600.0), flaws);
    levels_and_skills(&top, &mut scenario, flaws);
    thresholds(&top, &mut scenario.alert_thresholds, flaws);
    if let Some(tables) = list(&top, "servers", MAX_SERVERS, flaws) {
        scenario.servers = tables.iter().map(|table| server(table, flaws)).collect();
    }
    dependencies(&top, &mut scenario.service_dependencies, flaws);
    let mut warnings = Vec::new();
    if top.node("chaos_scenarios").is_some() {
        let tables =
            at_most(top.tables("chaos_scenarios", flaws), &top, "chaos_scenarios", MAX_ENTRIES, flaws);
        scenario.chaos_scenarios =
            tables.iter().map(|table| effects::chaos(table, &mut warnings, flaws)).collect();
        unique(&tables, "name", flaws);
    }
    if let Some(tables) = list(&top, "remediation_actions", MAX_ENTRIES, flaws) {
        scenario.remediation_actions =
            tables.iter().map(|table| effects::remediation(table, flaws)).collect();
    }
    engineers(&top, &mut scenario, flaws);
    scenario.schedule = schedule(&top, &scenario, flaws);
    sizes(&top, &scenario, flaws);
    void_needs(&scenario, &mut warnings);
    scenario.warnings = warnings;
    Some(scenario)
}

/// A list of tables with unique names that must not be empty; `None` if it is absent.
fn list<'a>(top: &Table<'a>, key: &str, most: usize, flaws: &mut Flaws) -> Option<Vec<Table<'a>>> {
    let node = top.node(key)?;
    let tables = at_most(top.tables(key, flaws), top, key, most, flaws);
    if matches!(&node.value, Value::List(items) if items.is_empty()) {
        flaws.add(key, node.line, "an empty list; at least one is needed");
    }
    unique(&tables, if key == "sres" { "id" } else { "name" }, flaws);
    Some(tables)
}

fn at_most<'a>(
    mut tables: Vec<Table<'a>>,
    top: &Table<'_>,
    key: &str,
    most: usize,
    flaws: &mut Flaws,
) -> Vec<Table<'a>> {
    let what = format!("{} entries; at most {most} are allowed", tables.len());
    top.check(key, tables.len() <= most, what, flaws);
    tables.truncate(most);
    tables
}

fn switches(top: &Table<'_>, mode: Mode, flaws: &mut Flaws) -> Switches {
    let Some(table) = top.node("switches").and_then(|node| Table::open(node, "switches", flaws)) else {
        return Switches::default();
    };
    table.only(&SWITCH_KEYS, flaws);
    let switches = Switches {
        durations: table.or("durations", false, flaws),
        success_rates: table.or("success_rates", false, flaws),
        disk_alerts: table.or("disk_alerts", false, flaws),
        isolation: table.or("isolation", false, flaws),
        coupling: nonnegative(&table, "coupling", 0.0, 10.0, flaws),
        server_cooldowns: table.or("server_cooldowns", false, flaws),
    };
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

/// Entries of these tables are added to the specification's, or change them. A new skill is as
/// the middling one in what it leaves out.
fn levels_and_skills(top: &Table<'_>, scenario: &mut SystemsScenario, flaws: &mut Flaws) {
    for (level, table) in entries(top, "chaos_levels", flaws) {
        let factor = nonnegative(&table, &level, 0.0, MAX_FACTOR, flaws);
        scenario.chaos_levels.insert(level, factor);
    }
    for (skill, table) in entries(top, "skills", flaws) {
        let Some(table) =
            table.node(&skill).and_then(|node| Table::open(node, &format!("skills.{skill}"), flaws))
        else {
            continue;
        };
        table.only(&["diagnosis_accuracy", "remediation_speed", "panic_threshold"], flaws);
        let as_is = scenario.skills.get(&skill).copied().unwrap_or_else(|| default_skill(""));
        let read = Skill {
            diagnosis_accuracy: within(
                &table,
                "diagnosis_accuracy",
                as_is.diagnosis_accuracy,
                (0.0, 1.0),
                flaws,
            ),
            remediation_speed: within(
                &table,
                "remediation_speed",
                as_is.remediation_speed,
                (0.0, 10.0),
                flaws,
            ),
            panic_threshold: count(&table, "panic_threshold", as_is.panic_threshold, 1_000_000, flaws),
        };
        scenario.skills.insert(skill, read);
    }
    scenario.chaos_level = top.or("chaos_level", scenario.chaos_level.clone(), flaws);
    scenario.sre_skill = top.or("sre_skill", scenario.sre_skill.clone(), flaws);
    known_name(top, "chaos_level", &scenario.chaos_level, scenario.chaos_levels.keys(), flaws);
    known_name(top, "sre_skill", &scenario.sre_skill, scenario.skills.keys(), flaws);
}

/// The keys of a table whose keys nobody knows, each with the table.
fn entries<'a>(top: &Table<'a>, key: &str, flaws: &mut Flaws) -> Vec<(String, Table<'a>)> {
    let Some(node) = top.node(key) else { return Vec::new() };
    let (Some(table), Value::Table(keys)) = (Table::open(node, key, flaws), &node.value) else {
        return Vec::new();
    };
    table.check("", keys.len() <= MAX_ENTRIES, format!("more than {MAX_ENTRIES} entries"), flaws);
    keys.keys().take(MAX_ENTRIES).map(|name| (name.clone(), table.clone())).collect()
}

fn known_name<'a>(
    table: &Table<'_>,
    key: &str,
    name: &str,
    known: impl Iterator<Item = &'a String> + Clone,
    flaws: &mut Flaws,
) {
    if known.clone().any(|other| other == name) {
        return;
    }
    let hint = did_you_mean(name, known.map(String::as_str));
    let what = format!("no `{}` is defined", shorten(name));
    flaws.add_with_hint(table.path_of(key), table.line_of(key), what, hint);
}

fn thresholds(top: &Table<'_>, limits: &mut Thresholds, flaws: &mut Flaws) {
    let Some(table) =
        top.node("alert_thresholds").and_then(|node| Table::open(node, "alert_thresholds", flaws))
    else {
        return;
    };
    let all: [(&str, &mut Limit); 5] = [
        ("cpu_usage", &mut limits.cpu_usage),
        ("memory_usage", &mut limits.memory_usage),
        ("error_rate", &mut limits.error_rate),
        ("latency_p99", &mut limits.latency_p99),
        ("disk_usage", &mut limits.disk_usage),
    ];
    table.only(&all.each_ref().map(|(name, _)| *name), flaws);
    for (name, limit) in all {
        let path = format!("alert_thresholds.{name}");
        if let Some(table) = table.node(name).and_then(|node| Table::open(node, &path, flaws)) {
            table.only(&["warning", "critical"], flaws);
            limit.warning = nonnegative(&table, "warning", limit.warning, MAX_NUMBER, flaws);
            limit.critical = nonnegative(&table, "critical", limit.critical, MAX_NUMBER, flaws);
        }
    }
}

fn engineers(top: &Table<'_>, scenario: &mut SystemsScenario, flaws: &mut Flaws) {
    let Some(tables) = list(top, "sres", MAX_ENTRIES, flaws) else {
        for sre in &mut scenario.sres {
            sre.skill.clone_from(&scenario.sre_skill);
        }
        return;
    };
    let read = |table: &Table<'_>| {
        table.only(&["id", "skill"], flaws);
        let skill = table.or("skill", scenario.sre_skill.clone(), flaws);
        known_name(table, "skill", &skill, scenario.skills.keys(), flaws);
        SreSpec { id: name(table, "id", flaws), skill }
    };
    scenario.sres = tables.iter().map(read).collect();
}

fn schedule(top: &Table<'_>, scenario: &SystemsScenario, flaws: &mut Flaws) -> Vec<Scripted> {
    let tables = at_most(top.tables("schedule", flaws), top, "schedule", 100 * MAX_ENTRIES, flaws);
    let chaos: Vec<&String> = scenario.chaos_scenarios.iter().map(|chaos| &chaos.name).collect();
    let servers: Vec<&String> = scenario.servers.iter().map(|server| &server.name).collect();
    let read = |table: &Table<'_>| {
        table.only(&["round", "scenario", "server"], flaws);
        let before = flaws.0.len();
        let entry = Scripted {
            round: table.required("round", flaws),
            scenario: table.required("scenario", flaws),
            server: table.required("server", flaws),
        };
        let last = scenario.rounds;
        let what = format!("{} is no round from 1 to {last}", entry.round);
        if flaws.0.len() > before {
            return entry;
        }
        table.check("round", (1..=last).contains(&entry.round), what, flaws);
        known_name(table, "scenario", &entry.scenario, chaos.iter().copied(), flaws);
        known_name(table, "server", &entry.server, servers.iter().copied(), flaws);
        entry
    };
    tables.iter().map(read).collect()
}
