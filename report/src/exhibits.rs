//! What pictures are drawn from: times, services, edges, measurements and cited rows.
//!
//! The report model tells; this shows. It is bounded: a picture holds as many services, points and
//! rows as a reader takes in, whatever the size of the run. Names are as the log spells them,
//! untrusted; whoever draws escapes them. Times are nanoseconds since the run's origin.

use crate::cite::Cite;
use crate::time::TimeScale;

/// Most services in the dependency graph's picture.
pub const MAX_NODES: usize = 40;
/// Most edges in it.
pub const MAX_EDGES: usize = 160;
/// Most services with charts of their signals.
pub const MAX_CHARTED: usize = 24;
/// Most signals charted per service.
pub const MAX_SIGNALS: usize = 3;
/// Most points of one line.
pub const MAX_POINTS: usize = 240;
/// Most changes of status kept per service.
pub const MAX_STATUSES: usize = 60;
/// Most moments in a timeline.
pub const MAX_MOMENTS: usize = 120;
/// Most citations whose rows are shown.
pub const MAX_EXCERPTS: usize = 400;

/// What pictures of one report are drawn from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exhibits {
    /// What times mean.
    pub time: TimeScale,
    /// First and last instant that charts show; `None` if nothing was recorded.
    pub view_ns: Option<(i64, i64)>,
    /// Stretches of time by what they are, in time order.
    pub periods: Vec<Period>,
    /// Whether an incident was found: without one, nobody has a rank.
    pub found: bool,
    /// Services of the picture: those of the first path, then by score, then by name.
    pub nodes: Vec<NodeExhibit>,
    /// Services that the picture leaves out.
    pub omitted_nodes: usize,
    /// Edges between services of the picture.
    pub edges: Vec<EdgeExhibit>,
    /// Edges that the picture leaves out.
    pub omitted_edges: usize,
    /// All hops over which the failure spread, nearest to the origin first.
    pub hops: Vec<HopExhibit>,
    /// Measurements of the services that matter most, service by service.
    pub signals: Vec<SignalExhibit>,
    /// What happened, in time order.
    pub moments: Vec<Moment>,
    /// Rows that the report cites.
    pub excerpts: Vec<Excerpt>,
    /// Citations whose rows are not shown.
    pub omitted_excerpts: usize,
}

/// What a stretch of time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeriodKind {
    /// All was well: what everything else is held against.
    Normal,
    /// Just before the incident's trigger.
    Lead,
    /// The incident.
    Incident,
    /// After it.
    After,
}

/// A stretch of time; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// What it is.
    pub kind: PeriodKind,
    /// First instant.
    pub start_ns: i64,
    /// First instant after it.
    pub end_ns: i64,
}

/// One service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeExhibit {
    /// Its name.
    pub service: String,
    /// What it is, if declared.
    pub kind: Option<String>,
    /// Whether any record observes it.
    pub observed: bool,
    /// Score, where it is more than noise.
    pub score: Option<f64>,
    /// 1-based place among the suspects.
    pub rank: Option<usize>,
    /// When it left its band.
    pub onset: Option<OnsetExhibit>,
    /// When it was out of its band: start, end exclusive.
    pub out: Vec<(i64, i64)>,
    /// Changes of its status, in time order.
    pub statuses: Vec<StatusExhibit>,
}

/// When a service left its band.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OnsetExhibit {
    /// When.
    pub time_ns: i64,
    /// How much later it may have been.
    pub within_ns: i64,
    /// Which kind of evidence saw it.
    pub head: String,
}

/// A service has a status from here on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StatusExhibit {
    /// Since when.
    pub time_ns: i64,
    /// Its name in the log.
    pub name: String,
    /// 0 well, 1 warning, 2 critical, 3 down; none if the run does not say.
    pub severity: Option<u8>,
}

/// An edge, in the direction of failure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EdgeExhibit {
    /// The dependency: index into [`Exhibits::nodes`].
    pub from: usize,
    /// The service that depends on it.
    pub to: usize,
    /// How much of the dependent's distress the dependency explains, 0..1.
    pub attention: Option<f64>,
    /// Whether the first path takes it.
    pub on_path: bool,
    /// Whether it was inferred from calls rather than declared.
    pub inferred: bool,
}

/// A hop of the failure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HopExhibit {
    /// The failing service: index into [`Exhibits::nodes`].
    pub from: usize,
    /// Its victim.
    pub to: usize,
    /// How much of the victim's distress it explains, 0..1.
    pub attention: f64,
}

/// One signal of one service over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SignalExhibit {
    /// Whose it is: index into [`Exhibits::nodes`].
    pub node: usize,
    /// Its name.
    pub signal: String,
    /// `mean`, `p95`, ...; `last` for signals of events.
    pub statistic: String,
    /// Unit; `1` or nothing is dimensionless.
    pub unit: String,
    /// Measurements, in time order.
    pub points: Vec<Point>,
    /// What is usual: the median of normal windows, or the declared baseline.
    pub normal: Option<f64>,
    /// 5th to 95th percentile of normal windows.
    pub band: Option<(f64, f64)>,
    /// Declared thresholds: warning, critical.
    pub thresholds: Vec<(&'static str, f64)>,
    /// Windows that a point stands for, at most.
    pub merged: usize,
}

/// What a signal did in a window, or in several.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// Where it is drawn.
    pub at_ns: i64,
    /// First instant that it stands for.
    pub start_ns: i64,
    /// First instant after it.
    pub end_ns: i64,
    /// Smallest value.
    pub min: f64,
    /// Mean value.
    pub mean: f64,
    /// Largest value.
    pub max: f64,
}

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MomentKind {
    /// Software was rolled out, or configuration changed.
    Change,
    /// Something happened to the system from outside.
    Hazard,
    /// The system reported trouble.
    Alert,
    /// Somebody decided or acted.
    Action,
    /// The incident was first noticed, mitigated, over.
    Milestone,
}

impl MomentKind {
    /// Every kind, in the order of legends.
    pub const ALL: [Self; 5] = [Self::Change, Self::Hazard, Self::Alert, Self::Action, Self::Milestone];

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Hazard => "hazard",
            Self::Alert => "alert",
            Self::Action => "decision or action",
            Self::Milestone => "milestone",
        }
    }
}

/// Something that happened at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub time_ns: i64,
    /// What kind of thing.
    pub kind: MomentKind,
    /// What: an event type, or our own word for a milestone.
    pub what: String,
    /// Who or where; may be empty.
    pub source: String,
}

/// Rows of the run, as far as they are shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Excerpt {
    /// What the report cites.
    pub cite: Cite,
    /// Column names; the first one numbers the rows as citations do.
    pub columns: Vec<String>,
    /// One text per column.
    pub rows: Vec<Vec<String>>,
    /// Rows that stand between the first and the last ones shown.
    pub omitted: i64,
}

impl Exhibits {
    /// Edges of an incident's own periods.
    #[must_use]
    pub fn incident(&self) -> Option<(i64, i64)> {
        let mut all = self.periods.iter().filter(|p| p.kind == PeriodKind::Incident);
        let first = all.next()?;
        Some((first.start_ns, all.next_back().map_or(first.end_ns, |last| last.end_ns)))
    }

    /// Services with an onset, earliest first, ties in the order of nodes.
    #[must_use]
    pub fn affected(&self) -> Vec<usize> {
        let onset = |i: &usize| self.nodes[*i].onset.as_ref().map(|o| o.time_ns);
        let mut all: Vec<usize> = (0..self.nodes.len()).filter(|i| onset(i).is_some()).collect();
        all.sort_by_key(onset);
        all
    }
}

impl NodeExhibit {
    /// Whether it is out of its band at an instant.
    #[must_use]
    pub fn is_out(&self, time_ns: i64) -> bool {
        self.out.iter().any(|(start, end)| (*start..*end).contains(&time_ns))
    }

    /// Its status at an instant, if one was recorded by then.
    #[must_use]
    pub fn status_at(&self, time_ns: i64) -> Option<&StatusExhibit> {
        let known = self.statuses.partition_point(|s| s.time_ns <= time_ns);
        self.statuses.get(known.checked_sub(1)?)
    }

    /// The worst status that was recorded, the earliest of equals.
    #[must_use]
    pub fn worst_status(&self) -> Option<&StatusExhibit> {
        let known = self.statuses.iter().filter(|s| s.severity.is_some());
        known.rev().max_by_key(|s| s.severity)
    }
}

/// Joins neighbouring points until at most `most` are left: extremes are kept, means weigh by
/// length of time.
#[must_use]
pub fn merged(points: &[Point], most: usize) -> (Vec<Point>, usize) {
    let size = points.len().div_ceil(most.max(1)).max(1);
    let join = |group: &[Point]| {
        let (first, last) = (group[0], group[group.len() - 1]);
        if group.len() == 1 {
            return first;
        }
        let length = |p: &Point| p.end_ns.saturating_sub(p.start_ns).max(1) as f64;
        let total: f64 = group.iter().map(length).sum();
        Point {
            at_ns: first.at_ns / 2 + last.at_ns / 2,
            start_ns: first.start_ns,
            end_ns: last.end_ns,
            min: group.iter().map(|p| p.min).fold(f64::INFINITY, f64::min),
            mean: group.iter().map(|p| p.mean * (length(p) / total)).sum(),
            max: group.iter().map(|p| p.max).fold(f64::NEG_INFINITY, f64::max),
        }
    };
    (points.chunks(size).map(join).collect(), size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_keeps_extremes_and_the_mean() {
        let point = |i: i64| Point {
            at_ns: 10 * i,
            start_ns: 10 * i,
            end_ns: 10 * i + 10,
            min: -(i as f64),
            mean: i as f64,
            max: 2.0 * i as f64,
        };
        let points: Vec<Point> = (0..1000).map(point).collect();
        let (few, size) = merged(&points, MAX_POINTS);
        assert_eq!((few.len(), size), (200, 5));
        assert_eq!(few.iter().map(|p| p.max).fold(0.0, f64::max), 1998.0);
        assert_eq!(few.iter().map(|p| p.min).fold(0.0, f64::min), -999.0);
        assert!((few.iter().map(|p| p.mean).sum::<f64>() / 200.0 - 499.5).abs() < 1e-9);
        assert_eq!(merged(&points[..3], MAX_POINTS).0, points[..3]);
        assert!(merged(&[], MAX_POINTS).0.is_empty());
    }

    #[test]
    fn a_status_holds_until_the_next_one() {
        let status = |time_ns, severity| StatusExhibit { time_ns, name: String::new(), severity };
        let node = NodeExhibit {
            statuses: vec![status(5, Some(0)), status(9, Some(2)), status(12, Some(2)), status(20, None)],
            out: vec![(9, 12)],
            ..NodeExhibit::default()
        };
        assert_eq!(node.status_at(4), None);
        assert_eq!(node.status_at(11).unwrap().time_ns, 9);
        assert_eq!(node.status_at(99).unwrap().severity, None);
        assert_eq!(node.worst_status().unwrap().time_ns, 9);
        assert!(!node.is_out(8) && node.is_out(9) && !node.is_out(12));
    }
}
