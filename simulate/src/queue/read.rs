//! From the scenario tree to a checked [`QueueScenario`]. Every problem is collected.

use super::settings::{DetectorSettings, Network, QueueScenario, Resolution, Settings};
use crate::scenario::{Flaws, HEADER_KEYS, Mode, Node, Table, read_header};

/// Keys at the top of a queue scenario besides the header's.
const TOP_KEYS: [&str; 4] = ["queue", "detector", "resolution", "network"];
const QUEUE_KEYS: [&str; 17] = [
    "agents",
    "workers",
    "buffer",
    "drop_rate",
    "heavy_share",
    "start_min",
    "start_max",
    "slow_probability",
    "slow_service",
    "normal_service",
    "extra_service",
    "heavy_weight",
    "light_weight",
    "control_period",
    "window",
    "throttle_degraded",
    "throttle_collapsed",
];
const DETECTOR_KEYS: [&str; 5] =
    ["gradient", "pressure_collapsed", "pressure_growing", "growth", "pressure_degraded"];
const RESOLUTION_KEYS: [&str; 3] = ["collapsed_loss", "degraded_loss", "degraded_pressure"];
const NETWORK_KEYS: [&str; 6] =
    ["jitter", "socket_timeout", "pool_size", "pool_timeout", "retries", "retry_backoff"];
/// More clients, workers or places are refused.
const MOST: u64 = 1_000_000;
/// Longer times are refused \[s\].
const LONGEST: f64 = 86_400.0;
/// More control ticks, at worst, are refused: they would fill a disk.
const MOST_TICKS: f64 = 20_000_000.0;

/// Reads a queue scenario. What is returned is valid only if `flaws` stayed empty.
pub(super) fn read(document: &Node, default_name: &str, flaws: &mut Flaws) -> Option<QueueScenario> {
    let top = Table::open(document, "", flaws)?;
    let known: Vec<&str> = HEADER_KEYS.into_iter().chain(TOP_KEYS).collect();
    top.only(&known, flaws);
    let header = read_header(&top, default_name, flaws);
    if let Some(table) = top.node("switches").and_then(|node| Table::open(node, "switches", flaws)) {
        table.only(&[], flaws);
    }
    let mut open = |key: &str, keys: &[&str]| -> Option<Table<'_>> {
        let table = Table::open(top.node(key)?, key, flaws)?;
        table.only(keys, flaws);
        Some(table)
    };
    let queue = open("queue", &QUEUE_KEYS);
    let detector = open("detector", &DETECTOR_KEYS);
    let resolution = open("resolution", &RESOLUTION_KEYS);
    let network = open("network", &NETWORK_KEYS);
    let scenario = QueueScenario {
        header,
        queue: queue.as_ref().map_or_else(Settings::default, |t| settings(t, flaws)),
        detector: detector.map_or_else(DetectorSettings::default, |t| limits(&t, flaws)),
        resolution: resolution.map_or_else(Resolution::default, |t| resolved(&t, flaws)),
        network: network.map_or_else(Network::default, |t| emulation(&t, flaws)),
    };
    let ticks = ticks_at_worst(&scenario);
    if flaws.0.is_empty() && ticks > MOST_TICKS {
        let what = format!("makes up to {ticks:.0} control ticks; at most {MOST_TICKS:.0} are played");
        let line = queue.map_or_else(|| top.line(), |t| t.line_of("control_period"));
        flaws.add("queue.control_period", line, what);
    }
    if scenario.header.mode == Mode::Reference && scenario.network.is_on() {
        flaws.add_with_hint(
            "network",
            top.line_of("network"),
            "changes the rules, and the mode is `reference`",
            "set mode = \"coupled\"",
        );
    }
    Some(scenario)
}

/// Control ticks of a run in which every attempt of every client comes as late as it can and is slow.
fn ticks_at_worst(scenario: &QueueScenario) -> f64 {
    let (queue, network) = (scenario.queue, scenario.network);
    let tries = 1.0 + f64::from(network.retries);
    let weight = queue.heavy_weight.max(queue.light_weight);
    let work = queue.slow_service.max(queue.normal_service) + queue.extra_service * weight;
    let waits = queue.throttle_degraded.max(queue.throttle_collapsed) + network.jitter + network.pool_timeout;
    let backoff = network.retry_backoff * f64::from((1_u32 << network.retries) - 1);
    let served = f64::from(queue.agents) * tries * work / f64::from(queue.workers) + work;
    let end = queue.start_max + tries * waits + backoff + served;
    end / queue.control_period
}

fn number(table: &Table<'_>, key: &str, usual: f64, range: (f64, f64), flaws: &mut Flaws) -> f64 {
    let value: f64 = table.or(key, usual, flaws);
    let what = format!("{value:?} is outside {} to {}", range.0, range.1);
    table.check(key, range.0 <= value && value <= range.1, what, flaws);
    value
}

fn count(table: &Table<'_>, key: &str, usual: u32, least: u64, flaws: &mut Flaws) -> u32 {
    let value: u64 = table.or(key, u64::from(usual), flaws);
    let what = format!("{value} is outside {least} to {MOST}");
    table.check(key, (least..=MOST).contains(&value), what, flaws);
    value.clamp(least, MOST) as u32
}

fn settings(table: &Table<'_>, flaws: &mut Flaws) -> Settings {
    let usual = Settings::default();
    let ratio = (0.0, 1.0);
    let time = (0.0, LONGEST);
    let settings = Settings {
        agents: count(table, "agents", usual.agents, 1, flaws),
        workers: count(table, "workers", usual.workers, 1, flaws),
        buffer: count(table, "buffer", usual.buffer, 1, flaws),
        drop_rate: number(table, "drop_rate", usual.drop_rate, ratio, flaws),
        heavy_share: number(table, "heavy_share", usual.heavy_share, ratio, flaws),
        start_min: number(table, "start_min", usual.start_min, time, flaws),
        start_max: number(table, "start_max", usual.start_max, time, flaws),
        slow_probability: number(table, "slow_probability", usual.slow_probability, ratio, flaws),
        slow_service: number(table, "slow_service", usual.slow_service, time, flaws),
        normal_service: number(table, "normal_service", usual.normal_service, time, flaws),
        extra_service: number(table, "extra_service", usual.extra_service, time, flaws),
        heavy_weight: number(table, "heavy_weight", usual.heavy_weight, (0.0, 1e6), flaws),
        light_weight: number(table, "light_weight", usual.light_weight, (0.0, 1e6), flaws),
        control_period: number(table, "control_period", usual.control_period, (1e-4, LONGEST), flaws),
        window: count(table, "window", usual.window, 1, flaws),
        throttle_degraded: number(table, "throttle_degraded", usual.throttle_degraded, time, flaws),
        throttle_collapsed: number(table, "throttle_collapsed", usual.throttle_collapsed, time, flaws),
    };
    let what = format!("ends at {:?} s, before it starts at {:?} s", settings.start_max, settings.start_min);
    table.check("start_max", settings.start_max >= settings.start_min, what, flaws);
    settings
}

fn limits(table: &Table<'_>, flaws: &mut Flaws) -> DetectorSettings {
    let usual = DetectorSettings::default();
    let ratio = (0.0, 1.0);
    DetectorSettings {
        gradient: number(table, "gradient", usual.gradient, (0.0, 1e6), flaws),
        pressure_collapsed: number(table, "pressure_collapsed", usual.pressure_collapsed, ratio, flaws),
        pressure_growing: number(table, "pressure_growing", usual.pressure_growing, ratio, flaws),
        growth: number(table, "growth", usual.growth, (0.0, 1e9), flaws),
        pressure_degraded: number(table, "pressure_degraded", usual.pressure_degraded, ratio, flaws),
    }
}

fn resolved(table: &Table<'_>, flaws: &mut Flaws) -> Resolution {
    let usual = Resolution::default();
    let ratio = (0.0, 1.0);
    Resolution {
        collapsed_loss: number(table, "collapsed_loss", usual.collapsed_loss, ratio, flaws),
        degraded_loss: number(table, "degraded_loss", usual.degraded_loss, ratio, flaws),
        degraded_pressure: number(table, "degraded_pressure", usual.degraded_pressure, ratio, flaws),
    }
}

fn emulation(table: &Table<'_>, flaws: &mut Flaws) -> Network {
    let time = (0.0, LONGEST);
    let retries: u64 = table.or("retries", 0, flaws);
    table.check("retries", retries <= 16, format!("{retries} retries; at most 16"), flaws);
    Network {
        jitter: number(table, "jitter", 0.0, time, flaws),
        socket_timeout: number(table, "socket_timeout", 0.0, time, flaws),
        pool_size: count(table, "pool_size", 0, 0, flaws),
        pool_timeout: number(table, "pool_timeout", 0.0, time, flaws),
        retries: retries.min(16) as u32,
        retry_backoff: number(table, "retry_backoff", 0.0, time, flaws),
    }
}
