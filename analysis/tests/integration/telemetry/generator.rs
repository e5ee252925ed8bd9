//! The shop: ten services behind three entry operations, and four faults two hops below them.

use std::collections::BTreeMap;

use super::random::Random;
use super::{INCIDENT_MINUTES, Kind, Line, MINUTE, Measurement, NORMAL_MINUTES, Span, T0, Telemetry};

/// The service that fails: `web` calls `catalog`, `cart` and `checkout`, and these call it.
pub(crate) const INJECTED: &str = "prices";
/// The service that [`Shop::healthy_leaf`] adds.
pub(crate) const LEAF: &str = "banner";

/// Requests a minute.
const RATE: i64 = 40;
/// Longest network time of one direction, without a fault \[us\].
const NETWORK_US: f64 = 800.0;

/// What goes wrong with [`INJECTED`] during the incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 150 ms more of its own work.
    SlowWork,
    /// 60 ms more in each direction between it and its callers.
    SlowNetwork,
    /// It answers without asking `rates`.
    EarlyReturn,
    /// It fails after its first call, and its callers stop there.
    Exception,
}

impl Fault {
    pub(crate) const ALL: [Self; 4] = [Self::SlowWork, Self::SlowNetwork, Self::EarlyReturn, Self::Exception];
}

/// An operation: who does it, how long its own work takes \[us\], whom it asks in turn.
struct Operation {
    service: &'static str,
    name: &'static str,
    work_us: f64,
    calls: &'static [&'static str],
}

const fn operation(
    service: &'static str,
    name: &'static str,
    work_us: f64,
    calls: &'static [&'static str],
) -> Operation {
    Operation { service, name, work_us, calls }
}

const OPERATIONS: [Operation; 13] = [
    operation("web", "GET /browse", 3_000.0, &["list"]),
    operation("web", "GET /cart", 2_000.0, &["show"]),
    operation("web", "POST /checkout", 4_000.0, &["place"]),
    operation("catalog", "list", 6_000.0, &["query", "quote", "read"]),
    operation("cart", "show", 4_000.0, &["load", "quote", "read"]),
    operation("checkout", "place", 8_000.0, &["load", "quote", "charge", "reserve"]),
    operation("search", "query", 9_000.0, &[]),
    operation(INJECTED, "quote", 5_000.0, &["load", "lookup", "read"]),
    operation("rates", "lookup", 3_000.0, &[]),
    operation("payment", "charge", 15_000.0, &[]),
    operation("stock", "reserve", 4_000.0, &["read"]),
    operation("store", "read", 2_000.0, &[]),
    operation("session", "load", 1_500.0, &[]),
];
const LEAF_OPERATION: Operation = operation(LEAF, "pick", 1_000.0, &[]);

/// What is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shop {
    pub(crate) seed: u64,
    pub(crate) fault: Option<Fault>,
    /// `search` asks one more service, which is well.
    pub(crate) healthy_leaf: bool,
}

impl Shop {
    pub(crate) const fn new(fault: Fault) -> Self {
        Self { seed: 7, fault: Some(fault), healthy_leaf: false }
    }

    /// Plays all minutes.
    pub(crate) fn telemetry(&self) -> Telemetry {
        let mut play = Play {
            random: Random::new(self.seed),
            leaf_random: Random::new(!self.seed),
            fault: None,
            healthy_leaf: self.healthy_leaf,
            trace: 0,
            next_id: 0,
            told: Telemetry::default(),
        };
        let mut arrivals = Random::new(self.seed ^ 0xa5a5);
        for minute in 0..NORMAL_MINUTES + INCIDENT_MINUTES {
            play.fault = self.fault.filter(|_| minute >= NORMAL_MINUTES);
            for _ in 0..RATE {
                let at_us = (T0 + minute * MINUTE) / 1_000 + (arrivals.unit() * 59e6) as i64;
                let entry = arrivals.unit();
                play.trace = u128::from(arrivals.bits()) << 64 | u128::from(arrivals.bits());
                let entry = if entry < 0.5 { 0 } else { 1 + usize::from(entry < 0.8) };
                play.serve(&OPERATIONS[entry], None, at_us);
            }
        }
        measure(&mut play.told, self.seed);
        play.told
    }
}

/// How an operation ended.
struct Answer {
    end_us: i64,
    failed: bool,
}

struct Play {
    random: Random,
    /// The leaf has its own, so that the other services behave alike with and without it.
    leaf_random: Random,
    fault: Option<Fault>,
    healthy_leaf: bool,
    trace: u128,
    next_id: u64,
    told: Telemetry,
}

impl Play {
    /// An operation as its service sees it.
    fn serve(&mut self, what: &Operation, parent: Option<u64>, start_us: i64) -> Answer {
        let id = self.id();
        let fault = self.fault.filter(|_| what.service == INJECTED);
        let mut work = if what.service == LEAF { self.leaf_random.clone() } else { self.random.clone() };
        let piece = what.work_us / (what.calls.len() + 1) as f64;
        let mut piece_us = || {
            let slow = if work.happens(0.02) { 2.0 } else { 1.0 };
            (piece * slow * (0.7 + 0.6 * work.unit())) as i64
        };
        let pieces: Vec<i64> = (0..=what.calls.len()).map(|_| piece_us()).collect();
        // Some answers are remembered, and very few requests fail without any fault.
        let is_remembered = what.name == "show" && work.happens(0.15);
        let fails = what.name == "charge" && work.happens(0.01);
        let user = work.bits() % 1_000;
        if what.service == LEAF {
            self.leaf_random = work
        } else {
            self.random = work
        }

        let mut now_us = start_us;
        self.line(now_us, what, id, "INFO", format!("{} started for user {user}", what.name));
        let mut failed = false;
        for (k, call) in what.calls.iter().enumerate() {
            now_us += pieces[k];
            if k == 0 && fault == Some(Fault::SlowWork) {
                now_us += 150_000;
            }
            if *call == "lookup" && fault == Some(Fault::EarlyReturn) {
                self.line(now_us, what, id, "INFO", "conversion is switched off, list price kept".to_owned());
                break;
            }
            if *call == "lookup" && fault == Some(Fault::Exception) {
                self.line(now_us, what, id, "ERROR", "exception: no price table for this region".to_owned());
                failed = true;
                break;
            }
            if is_remembered && *call == "read" {
                self.line(now_us, what, id, "INFO", format!("remembered cart of user {user}"));
                continue;
            }
            let Some(callee) = OPERATIONS.iter().find(|o| o.name == *call) else { continue };
            let answer = self.call(what, callee, id, now_us);
            now_us = answer.end_us;
            if answer.failed {
                self.line(now_us, what, id, "ERROR", format!("call of {call} failed"));
                failed = true;
                break;
            }
        }
        if what.name == "query" && self.healthy_leaf {
            now_us = self.call(what, &LEAF_OPERATION, id, now_us).end_us;
        }
        now_us += pieces[what.calls.len()];
        if fails {
            failed = true;
            self.line(now_us, what, id, "ERROR", format!("card of user {user} refused"));
        }
        if !failed {
            self.line(now_us, what, id, "INFO", format!("{} done for user {user}", what.name));
        }
        now_us += 50;
        self.span(id, parent, what.service, what.name, Kind::Server, (start_us, now_us), failed);
        Answer { end_us: now_us, failed }
    }

    /// The same seen by who asks, with the network between.
    fn call(&mut self, caller: &Operation, callee: &Operation, parent: u64, start_us: i64) -> Answer {
        let id = self.id();
        let random = if callee.service == LEAF { &mut self.leaf_random } else { &mut self.random };
        let slow = callee.service == INJECTED && self.fault == Some(Fault::SlowNetwork);
        let mut way_us = || (NETWORK_US * (0.5 + 0.5 * random.unit())) as i64 + if slow { 60_000 } else { 0 };
        let (there, back) = (way_us(), way_us());
        let answer = self.serve(callee, Some(id), start_us + there);
        let end_us = answer.end_us + back;
        self.span(
            id,
            Some(parent),
            caller.service,
            callee.name,
            Kind::Client,
            (start_us, end_us),
            answer.failed,
        );
        Answer { end_us, ..answer }
    }

    const fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    #[expect(clippy::too_many_arguments, reason = "a span has many parts")]
    fn span(
        &mut self,
        id: u64,
        parent: Option<u64>,
        service: &str,
        operation: &str,
        kind: Kind,
        (start_us, end_us): (i64, i64),
        failed: bool,
    ) {
        self.told.spans.push(Span {
            trace: self.trace,
            id,
            parent,
            service: service.to_owned(),
            operation: operation.to_owned(),
            kind,
            start_ns: start_us * 1_000,
            end_ns: end_us * 1_000,
            failed,
        });
    }

    fn line(&mut self, at_us: i64, who: &Operation, span: u64, severity: &'static str, message: String) {
        let service = who.service.to_owned();
        let time_ns = at_us * 1_000;
        self.told.lines.push(Line { time_ns, service, trace: self.trace, span, severity, message });
    }
}

/// Requests and latency of every service and minute, and a processor that nothing bothers.
fn measure(told: &mut Telemetry, seed: u64) {
    let mut sums: BTreeMap<(i64, &str), (f64, f64)> = BTreeMap::new();
    for span in told.spans.iter().filter(|s| s.kind == Kind::Server) {
        let sum = sums.entry(((span.start_ns - T0) / MINUTE, &span.service)).or_default();
        sum.0 += 1.0;
        sum.1 += (span.end_ns - span.start_ns) as f64 * 1e-9;
    }
    let mut metrics = Vec::new();
    for ((minute, service), (requests, seconds)) in sums {
        // Of its own name, so that one more service changes nothing for the others.
        let name = service.bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        let cpu = 0.2 + 0.05 * Random::new(name ^ minute as u64).unit();
        let values =
            [("cpu", "mean", cpu), ("requests", "sum", requests), ("latency", "mean", seconds / requests)];
        metrics.extend(values.map(|(signal, statistic, value)| Measurement {
            end_ns: T0 + (minute + 1) * MINUTE,
            interval_ns: MINUTE,
            service: service.to_owned(),
            signal,
            statistic,
            value,
        }));
    }
    told.metrics = metrics;
}
