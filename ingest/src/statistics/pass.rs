//! Threads take row groups; their sums are merged in the order of row groups.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use infra_eventlog::run::Table;

use super::batch::Batch;
use super::group::{GroupSums, Names, ServiceSums};
use super::moments::Moments;
use super::plan::{Plan, StatisticsOptions};
use super::sketch::Sketch;
use super::{ServiceStatistics, SignalStatistics, Statistics};
use crate::error::IngestError;

/// What one thread found.
struct Found {
    names: Names,
    /// By number of the row group in the plan.
    groups: Vec<(usize, GroupSums)>,
    /// Service by service, signal by signal.
    sketches: Vec<Sketch>,
}

/// What threads share.
struct Shared<'a> {
    table: &'a Table,
    options: &'a StatisticsOptions,
    plan: &'a Plan,
    next: AtomicUsize,
    bytes: AtomicU64,
    failed: AtomicBool,
    progress: &'a (dyn Fn(u64, u64) + Sync),
}

pub(super) fn run(
    table: &Table,
    options: &StatisticsOptions,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Statistics, IngestError> {
    let plan = Plan::new(table, options)?;
    let shared = Shared {
        table,
        options,
        plan: &plan,
        next: AtomicUsize::new(0),
        bytes: AtomicU64::new(0),
        failed: AtomicBool::new(false),
        progress,
    };
    let found = Mutex::new(Vec::new());
    let work = || {
        let result = shared.work();
        if result.is_err() {
            shared.failed.store(true, Ordering::Relaxed);
        }
        if let Ok(mut found) = found.lock() {
            found.push(result);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..plan.threads {
            scope.spawn(work);
        }
        work();
    });
    let results = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    // The error of the earliest row group, so that the message does not depend on timing.
    let mut all = Vec::new();
    let mut errors = Vec::new();
    for result in results {
        match result {
            Ok(found) => all.push(found),
            Err((group, error)) => errors.push((group, error)),
        }
    }
    if let Some((_, error)) = errors.into_iter().min_by_key(|(group, _)| *group) {
        return Err(error);
    }
    Ok(merged(all, options, &plan))
}

impl Shared<'_> {
    /// Takes row groups until none is left.
    fn work(&self) -> Result<Found, (usize, IngestError)> {
        let columns = self.options.columns();
        let mut found = Found { names: Names::default(), groups: Vec::new(), sketches: Vec::new() };
        let mut batch = Batch::default();
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(group) = self.plan.groups.get(index) else { break };
            if self.failed.load(Ordering::Relaxed) {
                break;
            }
            let mut sums = GroupSums::default();
            for rows in self.table.read_group(group, &columns) {
                let Found { names, sketches, .. } = &mut found;
                rows.map_err(IngestError::from)
                    .and_then(|rows| {
                        sums.add(&rows, self.options, names, &mut batch, sketches, self.plan.exact)
                    })
                    .map_err(|error| (index, error))?;
            }
            found.groups.push((index, sums));
            self.check_memory(&found).map_err(|error| (index, error))?;
            let bytes = self.bytes.fetch_add(group.bytes, Ordering::Relaxed) + group.bytes;
            (self.progress)(bytes, self.plan.bytes);
        }
        Ok(found)
    }

    fn check_memory(&self, found: &Found) -> Result<(), IngestError> {
        if self.plan.state_bytes == usize::MAX {
            return Ok(());
        }
        let sketches: usize = found.sketches.iter().map(|s| s.bytes() + size_of::<Sketch>()).sum();
        let services = |sums: &GroupSums| -> usize {
            let one = |s: &ServiceSums| {
                size_of::<ServiceSums>()
                    + s.signals.capacity() * size_of::<(Moments, u64)>()
                    + s.windows.capacity() * size_of::<(u32, f64, u64)>()
            };
            sums.services.iter().map(one).sum()
        };
        let held = sketches + found.groups.iter().map(|(_, sums)| services(sums)).sum::<usize>();
        if held <= self.plan.state_bytes {
            return Ok(());
        }
        let limit = self.options.memory.unwrap_or(u64::MAX);
        Err(IngestError::Memory {
            limit,
            needed: 2 * (held * self.plan.threads) as u64,
            what: format!("{} series", found.sketches.len()),
            hint: "raise --memory, or aggregate instances into services",
        })
    }
}

/// All that threads found, by name, sums in the order of row groups.
fn merged(all: Vec<Found>, options: &StatisticsOptions, plan: &Plan) -> Statistics {
    let n_signals = options.signals.len();
    let mut services: BTreeMap<String, (ServiceSums, Vec<Sketch>)> = BTreeMap::new();
    let mut types: BTreeMap<String, u64> = BTreeMap::new();
    let mut rows = 0;
    // Which thread took which group, in the order of groups.
    let mut order: Vec<(usize, usize, usize)> = Vec::new();
    for (thread, found) in all.iter().enumerate() {
        order.extend(found.groups.iter().enumerate().map(|(place, (group, _))| (*group, thread, place)));
    }
    order.sort_unstable();
    let empty = || {
        let sums =
            ServiceSums { signals: vec![(Moments::default(), 0); n_signals], ..ServiceSums::default() };
        (sums, vec![Sketch::with_exact(plan.exact); n_signals])
    };
    for (_, thread, place) in order {
        let Found { names, groups, .. } = &all[thread];
        let sums = &groups[place].1;
        rows += sums.rows;
        for (name, sums) in names.services.names().zip(&sums.services) {
            if sums.rows == 0 {
                continue;
            }
            let into = &mut services.entry(name.to_owned()).or_insert_with(empty).0;
            into.rows += sums.rows;
            for (into, later) in into.signals.iter_mut().zip(&sums.signals) {
                into.0.merge(&later.0);
                into.1 += later.1;
            }
            into.first_crossing =
                [into.first_crossing, sums.first_crossing].into_iter().flatten().reduce(f64::min);
            into.windows.extend_from_slice(&sums.windows);
        }
        for (name, count) in names.types.names().zip(&sums.type_rows) {
            if *count > 0 {
                *types.entry(name.to_owned()).or_default() += count;
            }
        }
    }
    for found in all {
        // By row groups a service may be known to a thread without rows; then it has no sketch.
        let by_service = found.sketches.chunks_exact(n_signals.max(1));
        for (name, sketches) in found.names.services.names().zip(by_service) {
            if let Some((_, into)) = services.get_mut(name) {
                into.iter_mut().zip(sketches).for_each(|(into, sketch)| into.merge(sketch));
            }
        }
    }
    Statistics {
        services: services
            .into_iter()
            .map(|(name, (sums, sketches))| finished(name, sums, sketches))
            .collect(),
        event_types: types.into_iter().collect(),
        rows,
        groups: (plan.groups.len(), plan.skipped),
    }
}

fn finished(service: String, sums: ServiceSums, sketches: Vec<Sketch>) -> ServiceStatistics {
    let mut windows = sums.windows;
    // Stable: parts of a window stay in row order.
    windows.sort_by_key(|w| w.0);
    windows.dedup_by(|later, first| {
        let same = later.0 == first.0;
        if same {
            (first.1, first.2) = (first.1 + later.1, first.2 + later.2);
        }
        same
    });
    let signals = sums.signals.into_iter().zip(sketches);
    ServiceStatistics {
        service,
        rows: sums.rows,
        signals: signals
            .map(|((moments, nulls), sketch)| SignalStatistics { moments, nulls, sketch })
            .collect(),
        first_crossing: sums.first_crossing,
        windows: windows.into_iter().map(|(window, sum, count)| (window, sum / count as f64)).collect(),
    }
}
