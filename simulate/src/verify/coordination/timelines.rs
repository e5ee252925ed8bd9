//! Timelines of circuit breakers (specification, section 9).

use std::collections::{BTreeMap, VecDeque};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::{Check, VerifyError};
use super::json::{Cases, compare};
use super::limits;
use crate::coordination::agenda::rank;
use crate::coordination::breaker::{Breakers, Timer, Transition};
use crate::coordination::level::Level;
use crate::coordination::position::Position;
use crate::coordination::registry::us;
use crate::coordination::{Population, PopulationPlan};
use crate::kernel::EventQueue;

/// Latest failure \[s\].
const LATEST_S: f64 = 1e9;

/// What a case gives.
#[derive(Deserialize)]
struct Script {
    /// Failures: time \[s\] and agent.
    events: Vec<(f64, u32)>,
    /// What the probes of "level:id" find, in order of use.
    probes: BTreeMap<String, VecDeque<bool>>,
    until_s: f64,
}

pub(super) fn timelines(cases: &Cases, check: &mut Check) -> Result<(), VerifyError> {
    let population = Population::new(PopulationPlan::default());
    for case in cases.iter() {
        check.case();
        let script: Script = case.read()?;
        if let Some((_, agent)) = script.events.iter().find(|(_, agent)| *agent >= population.agents()) {
            return Err(case.malformed(format!("there is no agent {agent}")));
        }
        for (at_s, _) in &script.events {
            limits::within("time of an event", *at_s, LATEST_S).map_err(|why| case.malformed(why))?;
        }
        let name = case.value["name"].as_str().unwrap_or_default().escape_debug().to_string();
        let place = format!("{} {name}", case.place());
        let mut timeline = Timeline::new(&population, script.probes);
        timeline.play(&script.events, us_of(script.until_s)).map_err(|full| case.malformed(full))?;
        let ours = Value::Array(timeline.transitions);
        compare(&place, "transitions", &case.value["transitions"], &ours, check);
        compare_end(&place, &case.value["final"], &timeline.breakers, &population, check);
    }
    Ok(())
}

fn us_of(seconds: f64) -> u64 {
    us(seconds * 1000.0)
}

enum Due {
    Failure(u32),
    Timer(Timer),
}

/// The breakers between the failures of a script and its probes.
struct Timeline<'a> {
    population: &'a Population,
    probes: BTreeMap<String, VecDeque<bool>>,
    breakers: Breakers,
    queue: EventQueue<u64, Due>,
    transitions: Vec<Value>,
}

impl<'a> Timeline<'a> {
    fn new(population: &'a Population, probes: BTreeMap<String, VecDeque<bool>>) -> Self {
        Self {
            population,
            probes,
            breakers: Breakers::new(population.clusters(), population.sectors()),
            queue: EventQueue::new(usize::MAX),
            transitions: Vec::new(),
        }
    }

    /// Failures come before timers of the same instant, as in a run.
    fn play(&mut self, failures: &[(f64, u32)], until_us: u64) -> Result<(), crate::kernel::QueueFull> {
        for (at_s, agent) in failures {
            self.queue.push(us_of(*at_s), rank::FAILURE, Due::Failure(*agent))?;
        }
        while let Some((key, due)) = self.queue.pop() {
            if key.at > until_us {
                break;
            }
            match due {
                Due::Failure(agent) => {
                    let (cluster, sector) = (self.population.cluster(agent), self.population.sector(agent));
                    for moved in self.breakers.failure(cluster, sector, key.at).into_iter().flatten() {
                        self.moved(&moved, key.at)?;
                    }
                },
                Due::Timer(timer) => {
                    let probe_ok = match self.breakers.awaits_probe(&timer) {
                        Some(true) => self.probe(timer.level),
                        _ => true,
                    };
                    if let Some(moved) = self.breakers.timer(timer, probe_ok) {
                        self.moved(&moved, key.at)?;
                    }
                },
            }
        }
        Ok(())
    }

    fn moved(&mut self, moved: &Transition, now_us: u64) -> Result<(), crate::kernel::QueueFull> {
        let (level, reason) = (moved.level, moved.reason);
        let cause = match reason.count() {
            Some(count) => format!("{}={count}", reason.name()),
            None => reason.name().to_owned(),
        };
        let at_s = now_us as f64 / 1e6;
        self.transitions.push(json!([
            at_s,
            level.name(),
            level.id(),
            moved.old.name(),
            moved.new.name(),
            cause
        ]));
        match moved.timer {
            Some(timer) => self.queue.push(timer.at_us, rank::TIMER, Due::Timer(timer)).map(|_| ()),
            None => Ok(()),
        }
    }

    /// The script says what probes of clusters and sectors find; the mesh judges by its sectors.
    fn probe(&mut self, level: Level) -> bool {
        let listed = self.probes.get_mut(&format!("{}:{}", level.name(), level.id()));
        match (listed.and_then(VecDeque::pop_front), level) {
            (Some(found), _) => found,
            (None, Level::Global) => self.breakers.probe_of_all(),
            (None, _) => true,
        }
    }
}

/// States and counts at the end. Breakers that the golden data leaves out are closed, counts 0.
fn compare_end(place: &str, golden: &Value, breakers: &Breakers, population: &Population, check: &mut Check) {
    let clusters: Vec<Level> = (0..population.clusters()).map(Level::Cluster).collect();
    let sectors: Vec<Level> = (0..population.sectors()).map(Level::Sector).collect();
    let state = |level: Level| json!(breakers.position(level).name());
    let count = |level: Level| json!(breakers.failures(level));
    let closed = json!(Position::Closed.name());
    let ours = json!({
        "clusters": listed(&clusters, &golden["clusters"], &closed, state),
        "sectors": listed(&sectors, &golden["sectors"], &closed, state),
        "global": state(Level::Global),
        "cluster_failures": listed(&clusters, &golden["cluster_failures"], &json!(0), count),
        "sector_failures": listed(&sectors, &golden["sector_failures"], &json!(0), count),
    });
    // Both ways: a breaker that only we moved differs too.
    compare(place, "final", golden, &ours, check);
    for key in ["clusters", "sectors", "cluster_failures", "sector_failures"] {
        let ids = |value: &Value| value.as_object().map_or(0, Map::len);
        check.same(place, &format!("final.{key} entries"), ids(&golden[key]), ids(&ours[key]));
    }
}

/// Values by id: those that the golden data lists, and all others that are not as at the start.
fn listed(levels: &[Level], golden: &Value, start: &Value, value: impl Fn(Level) -> Value) -> Value {
    let mut map = Map::new();
    for level in levels {
        let (id, ours) = (level.id().to_string(), value(*level));
        if ours != *start || golden.get(&id).is_some() {
            map.insert(id, ours);
        }
    }
    Value::Object(map)
}
