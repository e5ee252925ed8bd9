//! What follows what: how surprising the incident's follow-ups are, per occurrence.
//!
//! For each context (a service, an operation, and what came before) the follow-ups of the incident
//! are compared with those of normal time by their Kullback-Leibler divergence: the mean surprise,
//! in nats, of what came next. It grows with how often something else came next and with how rare
//! that is in normal time, and does not depend on how many requests there were. Order beats
//! counts: faults that leave no trace in time (early returns, exceptions) show here.

use std::collections::BTreeMap;

use infra_ingest::frames::{END, FollowRow};

use super::quiet::Split;
use super::typical::chance;
use crate::case::Case;
use crate::cite::Cite;
use crate::constants::Constants;
use crate::heads::calibration::quantile;
use crate::heads::{Detail, Finding, first_run};

/// A context's follow-ups.
pub(super) struct Context<'a> {
    pub(super) service: usize,
    pub(super) name: &'a str,
    pub(super) after: &'a str,
    /// The callee, if `after` is a call.
    pub(super) callee: Option<usize>,
    /// Rows of the frame by window.
    windows: BTreeMap<u32, Vec<&'a FollowRow>>,
    /// Occurrences in normal time, by follow-up.
    usual: BTreeMap<&'a str, f64>,
    normal_total: f64,
    normal_windows: usize,
    scale: f64,
}

/// One context in one stretch of time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surprise<'a> {
    pub(super) z: f64,
    /// The follow-up that surprises most.
    pub(super) next: &'a str,
    /// Its occurrences, of all.
    pub(super) now: (f64, f64),
    /// Its occurrences in normal time, of all.
    pub(super) normal: (f64, f64),
    /// Nats per occurrence.
    pub(super) nats: f64,
}

impl Surprise<'_> {
    /// Whether it is the mark of a failure (something ends, or never came before) rather than
    /// another mix of what is usual.
    pub(super) fn is_break(&self, c: &Constants) -> bool {
        self.next == END || self.normal.0 <= c.novel_share * self.normal.1
    }
}

impl<'a> Context<'a> {
    /// All contexts of a table that normal time knows well enough, by service.
    pub(super) fn all(case: &Case<'a>, table: &str, split: &Split) -> BTreeMap<usize, Vec<Self>> {
        let c = case.constants;
        let mut contexts: BTreeMap<usize, Vec<Self>> = BTreeMap::new();
        for row in case.summary.follows.rows().iter().filter(|r| r.table == table) {
            let list = contexts.entry(row.service_idx as usize).or_default();
            // Rows stand sorted by service, context and after.
            if list.last().is_none_or(|l| l.name != row.context || l.after != row.after) {
                list.push(Self {
                    service: row.service_idx as usize,
                    name: &row.context,
                    after: &row.after,
                    callee: row.after_callee_idx.map(|i| i as usize),
                    windows: BTreeMap::new(),
                    usual: BTreeMap::new(),
                    normal_total: 0.0,
                    normal_windows: 0,
                    scale: c.surprise_floor,
                });
            }
            if let Some(context) = list.last_mut() {
                context.windows.entry(row.window).or_default().push(row);
                if split.is_normal(row.window) {
                    *context.usual.entry(&row.next).or_default() += row.count as f64;
                    context.normal_total += row.count as f64;
                }
            }
        }
        for list in contexts.values_mut() {
            list.retain(|context| context.normal_total >= c.shrink_n);
            list.iter_mut().for_each(|context| context.calibrate(split, c));
        }
        contexts
    }

    fn calibrate(&mut self, split: &Split, c: &Constants) {
        let mut chance: Vec<f64> = self
            .windows
            .iter()
            .filter(|(w, _)| split.is_normal(**w))
            .filter_map(|(_, rows)| self.divergence(rows, true, c).map(|s| s.z))
            .collect();
        self.normal_windows = chance.len();
        chance.sort_by(f64::total_cmp);
        let second = chance.len().checked_sub(2).map_or(0.0, |i| chance[i]);
        self.scale = c
            .surprise_floor
            .max(quantile(&chance, c.tail_quantile) / c.tail_normal)
            .max(second / c.second_largest);
    }

    /// Divergence of some rows from normal time, without `own` rows in it, shrunk but not yet in
    /// scales (in `z`).
    fn divergence(&self, rows: &[&'a FollowRow], own: bool, c: &Constants) -> Option<Surprise<'a>> {
        let mut counts: BTreeMap<&'a str, f64> = BTreeMap::new();
        rows.iter().for_each(|r| *counts.entry(&r.next).or_default() += r.count as f64);
        let total: f64 = counts.values().sum();
        let normal_total = self.normal_total - if own { total } else { 0.0 };
        if total <= 0.0 {
            return None;
        }
        let kinds = self.usual.len() as f64 + 1.0;
        let mut nats = 0.0;
        let mut most: Option<(f64, &'a str, f64, f64)> = None;
        for (next, count) in counts {
            let usual = self.usual.get(next).copied().unwrap_or(0.0) - if own { count } else { 0.0 };
            let expected = (usual + 1.0) / (normal_total + kinds);
            let share = count / total;
            let part = share * libm::log(share / expected);
            nats += part;
            if most.is_none_or(|m| part > m.0) {
                most = Some((part, next, count, usual));
            }
        }
        let (_, next, count, usual) = most?;
        let nats = nats.max(0.0);
        let trust =
            total / (total + c.shrink_n) * normal_total.max(0.0) / (normal_total.max(0.0) + c.shrink_n);
        Some(Surprise { z: nats * trust, next, now: (count, total), normal: (usual, normal_total), nats })
    }

    /// Deviation in scales of its own normal windows.
    fn scaled(&self, surprise: Surprise<'a>, c: &Constants) -> Surprise<'a> {
        let n = self.normal_windows as f64;
        Surprise { z: surprise.z / self.scale * n / (n + c.shrink_n), ..surprise }
    }

    /// The incident as a whole.
    pub(super) fn incident(&self, split: &Split, c: &Constants) -> Option<Surprise<'a>> {
        let rows: Vec<&FollowRow> = self
            .windows
            .iter()
            .filter(|(w, _)| split.is_incident(**w))
            .flat_map(|(_, r)| r.iter().copied())
            .collect();
        Some(self.scaled(self.divergence(&rows, false, c)?, c))
    }

    /// One window.
    pub(super) fn at(&self, window: u32, split: &Split, c: &Constants) -> Option<Surprise<'a>> {
        let rows = self.windows.get(&window)?;
        Some(self.scaled(self.divergence(rows, split.is_normal(window), c)?, c))
    }

    /// Row and time of the first occurrence of a follow-up in the incident or one window of it.
    fn first(&self, next: &str, within: impl Fn(u32) -> bool) -> Option<(i64, i64)> {
        let rows = self.windows.iter().filter(|(w, _)| within(**w)).flat_map(|(_, r)| r.iter());
        rows.filter(|r| r.next == next).map(|r| (r.first_ns, r.first_row)).min()
    }
}

/// The most surprising context of a service.
pub(super) fn finding<'a>(
    contexts: &[Context<'a>],
    table: &'static str,
    split: &Split,
    c: &Constants,
) -> Option<(Finding, Surprise<'a>)> {
    let at =
        |window: u32| contexts.iter().filter_map(|x| x.at(window, split, c)).map(|s| s.z).fold(None, most);
    let normal: Vec<f64> = split.normal().filter_map(at).collect();
    let chance = chance(&normal, c);
    let (context, surprise) =
        contexts.iter().filter_map(|x| Some((x, x.incident(split, c)?))).max_by(|a, b| {
            a.1.z.total_cmp(&b.1.z).then_with(|| (b.0.name, b.0.after).cmp(&(a.0.name, a.0.after)))
        })?;
    let windows: Vec<(u32, f64)> = split.incident().filter_map(|w| Some((w, at(w)? / chance))).collect();
    let beyond: Vec<bool> = windows.iter().map(|(_, z)| *z >= c.onset_z).collect();
    let worst = context.first(surprise.next, |w| split.is_incident(w));
    let onset = first_run(&beyond, c.onset_run as usize)
        .and_then(|i| context.first(surprise.next, |w| w == windows[i].0).or(worst));
    let z = surprise.z / chance;
    let finding = Finding {
        z,
        peak_z: windows.iter().map(|(_, z)| *z).fold(z, f64::max),
        band: c.onset_z * context.scale * chance,
        excess: surprise.nats,
        normal: 0.0,
        observed: surprise.nats,
        normal_windows: context.normal_windows,
        incident_windows: windows.len(),
        onset_ns: onset.map(|o| o.0),
        onset: onset.map(|o| Cite::row(table, o.1)),
        worst: worst.map(|o| Cite::row(table, o.1)),
        detail: Some(detail(context, &surprise)),
        quiet: split.calm().map(|w| at(w).unwrap_or(0.0) / chance).collect(),
    };
    Some((finding, surprise))
}

/// What to tell of a context.
pub(super) fn detail(context: &Context<'_>, surprise: &Surprise<'_>) -> Detail {
    let whole = |(a, b): (f64, f64)| (a.max(0.0) as u64, b.max(0.0) as u64);
    Detail::Follow {
        context: context.name.to_owned(),
        after: context.after.to_owned(),
        next: surprise.next.to_owned(),
        now: whole(surprise.now),
        normal: whole(surprise.normal),
    }
}

fn most(best: Option<f64>, z: f64) -> Option<f64> {
    Some(best.map_or(z, |b| b.max(z)))
}
