//! Who called whom inside one trace: parents that are not there, that run in circles, or whose
//! clock disagrees.

use super::SpanSet;
use crate::import::tally::{Kind, Tally};

/// Starts that are earlier than the parent's by no more than this are rounding \[ns\].
const ROUNDING_NS: i64 = 1_000;

/// Links of one trace at a time; positions are those of the trace's spans, sorted by id.
#[derive(Debug, Default)]
pub(super) struct Parents {
    parents: Vec<Option<usize>>,
    cuts: Vec<usize>,
    state: Vec<State>,
    path: Vec<usize>,
    skewed: u64,
    /// The largest disagreement of clocks \[ns\], and between which spans.
    worst: Option<(i64, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    New,
    OnPath,
    Done,
}

impl Parents {
    /// Finds the parents of a trace's spans, which are sorted by id.
    pub(super) fn resolve(&mut self, set: &SpanSet, spans: &[u32], tally: &mut Tally) {
        self.parents.clear();
        self.cuts.clear();
        for &span in spans {
            let parent =
                set.parents.filled(span).map(|id| spans.binary_search_by(|s| set.ids.get(*s).cmp(id)));
            if parent.is_some_and(|found| found.is_err()) {
                tally.add(Kind::Orphan, || set.named(span));
            }
            self.parents.push(parent.and_then(Result::ok));
        }
        self.cut_cycles(set, spans, tally);
        for child in 0..spans.len() {
            if let Some(parent) = self.parents[child] {
                self.compare_clocks(set, spans[child], spans[parent]);
            }
        }
    }

    /// Child and parent of each link that is left.
    pub(super) fn links(&self) -> impl Iterator<Item = (usize, usize)> {
        self.parents.iter().enumerate().filter_map(|(child, parent)| Some((child, (*parent)?)))
    }

    /// Spans whose link to the parent closed a cycle.
    pub(super) fn cuts(&self) -> &[usize] {
        &self.cuts
    }

    /// Tells how far clocks disagree.
    pub(super) fn note(&self, tally: &mut Tally) {
        if let Some((skew_ns, which)) = &self.worst {
            tally.note(format!(
                "spans that start before their parent, or end long after it (clocks disagree), times kept: {} (largest: {} s, {which})",
                self.skewed,
                *skew_ns as f64 / 1e9
            ));
        }
    }

    /// Follows links upwards, each once. A walk that meets its own path found a cycle, which is
    /// cut at the span that starts first.
    fn cut_cycles(&mut self, set: &SpanSet, spans: &[u32], tally: &mut Tally) {
        self.state.clear();
        self.state.resize(spans.len(), State::New);
        for first in 0..spans.len() {
            let mut next = Some(first);
            while let Some(at) = next {
                match self.state[at] {
                    State::New => {
                        self.state[at] = State::OnPath;
                        self.path.push(at);
                        next = self.parents[at];
                    },
                    State::OnPath => {
                        let cycle = self.path.iter().position(|p| *p == at).unwrap_or(0);
                        // Positions are in the order of ids, so they break ties.
                        let earliest =
                            self.path[cycle..].iter().min_by_key(|p| (set.row(spans[**p]).start_ns, **p));
                        let cut = earliest.copied().unwrap_or(at);
                        tally.add(Kind::ParentCycle, || set.named(spans[cut]));
                        self.parents[cut] = None;
                        self.cuts.push(cut);
                        next = None;
                    },
                    State::Done => next = None,
                }
            }
            for at in self.path.drain(..) {
                self.state[at] = State::Done;
            }
        }
    }

    /// A child cannot start before its parent; one that outlives it by more than the parent's own
    /// length was timed by another clock, or is work that nobody waited for.
    fn compare_clocks(&mut self, set: &SpanSet, child: u32, parent: u32) {
        let (c, p) = (set.row(child), set.row(parent));
        let early = p.start_ns.saturating_sub(c.start_ns);
        let late = (c.start_ns + c.duration_ns).saturating_sub(p.start_ns + p.duration_ns);
        let is_late = late > p.duration_ns && late > ROUNDING_NS && set.labels.name(c.kind) != "consumer";
        let skew = match (early > ROUNDING_NS, is_late) {
            (true, _) => early,
            (false, true) => late,
            (false, false) => return,
        };
        self.skewed += 1;
        if self.worst.as_ref().is_none_or(|(worst, _)| skew > *worst) {
            self.worst = Some((skew, set.named(child)));
        }
    }
}
