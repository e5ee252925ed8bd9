//! Circuit breakers of clusters, sectors and the mesh (specification, section 9).

use super::level::Level;
use super::position::{Position, passes};

/// From a trip to the first probe \[µs\].
const PROBE_US: u64 = 30_000_000;
/// From a failed probe to the next, and from HALF_OPEN to its evaluation \[µs\].
const EVALUATE_US: u64 = 60_000_000;

/// A timer that a breaker asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timer {
    /// Whose.
    pub(crate) level: Level,
    /// When \[µs\].
    pub(crate) at_us: u64,
    /// Trips of that breaker when it was set; a later trip makes it void.
    trips: u32,
}

/// Why a breaker moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// So many failures.
    Failures(u32),
    /// So many sectors whose breaker is open.
    OpenSectors(u32),
    /// A response to a threat or cascade.
    Ordered,
    /// The probe found it well.
    ProbeOk,
    /// The probe did not; it stays open.
    ProbeFailed,
    /// Nothing failed until the evaluation.
    EvaluatedOk,
}

impl Reason {
    /// Its name in logs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Failures(_) => "failures",
            Self::OpenSectors(_) => "open_sectors",
            Self::Ordered => "ordered",
            Self::ProbeOk => "probe_ok",
            Self::ProbeFailed => "probe_failed",
            Self::EvaluatedOk => "evaluated_ok",
        }
    }

    /// How many, where something was counted.
    pub(crate) const fn count(self) -> Option<u32> {
        match self {
            Self::Failures(count) | Self::OpenSectors(count) => Some(count),
            _ => None,
        }
    }
}

/// A breaker moved, or was probed in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transition {
    /// Which one.
    pub(crate) level: Level,
    /// From.
    pub(crate) old: Position,
    /// To.
    pub(crate) new: Position,
    /// Why.
    pub(crate) reason: Reason,
    /// What must be called back.
    pub(crate) timer: Option<Timer>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Breaker {
    position: Position,
    failures: u32,
    trips: u32,
    tripped_us: u64,
}

/// All breakers of a mesh.
#[derive(Clone, Debug)]
pub(crate) struct Breakers {
    clusters: Vec<Breaker>,
    sectors: Vec<Breaker>,
    global: Breaker,
    open_sectors: u32,
}

impl Breakers {
    /// All closed.
    pub(crate) fn new(clusters: u32, sectors: u32) -> Self {
        Self {
            clusters: vec![Breaker::default(); clusters as usize],
            sectors: vec![Breaker::default(); sectors as usize],
            global: Breaker::default(),
            open_sectors: 0,
        }
    }

    fn at(&self, level: Level) -> &Breaker {
        match level {
            Level::Cluster(id) => &self.clusters[id as usize],
            Level::Sector(id) => &self.sectors[id as usize],
            Level::Global => &self.global,
        }
    }

    fn at_mut(&mut self, level: Level) -> &mut Breaker {
        match level {
            Level::Cluster(id) => &mut self.clusters[id as usize],
            Level::Sector(id) => &mut self.sectors[id as usize],
            Level::Global => &mut self.global,
        }
    }

    /// The state of a breaker.
    pub(crate) fn position(&self, level: Level) -> Position {
        self.at(level).position
    }

    /// Failures counted by a breaker; open sectors at the top.
    pub(crate) fn failures(&self, level: Level) -> u32 {
        if level == Level::Global { self.open_sectors } else { self.at(level).failures }
    }

    /// When a breaker last tripped \[µs\].
    pub(crate) fn tripped_us(&self, level: Level) -> u64 {
        self.at(level).tripped_us
    }

    /// Counts a failure of a cluster and its sector; up to three breakers trip, the cluster's first.
    pub(crate) fn failure(
        &mut self,
        cluster: Option<u32>,
        sector: u32,
        now_us: u64,
    ) -> [Option<Transition>; 3] {
        let counted = |breakers: &mut Self, level: Level| {
            breakers.at_mut(level).failures += 1;
            breakers.check(level, now_us)
        };
        let first = cluster.and_then(|id| counted(self, Level::Cluster(id)));
        let second = counted(self, Level::Sector(sector));
        [first, second, self.check(Level::Global, now_us)]
    }

    /// Trips if there are too many failures; in HALF_OPEN any failure is one too many.
    fn check(&mut self, level: Level, now_us: u64) -> Option<Transition> {
        let failures = self.failures(level);
        let beyond = level.trips_at(failures);
        let trips = match self.position(level) {
            Position::Closed => beyond,
            Position::HalfOpen => beyond || level != Level::Global,
            Position::Open => false,
        };
        let reason =
            if level == Level::Global { Reason::OpenSectors(failures) } else { Reason::Failures(failures) };
        trips.then(|| self.open(level, reason, now_us))
    }

    /// Trips a breaker that is not open.
    pub(crate) fn trip(&mut self, level: Level, now_us: u64) -> Option<Transition> {
        (self.position(level) != Position::Open).then(|| self.open(level, Reason::Ordered, now_us))
    }

    fn open(&mut self, level: Level, reason: Reason, now_us: u64) -> Transition {
        let breaker = self.at_mut(level);
        breaker.trips += 1;
        breaker.tripped_us = now_us;
        let timer = Timer { level, at_us: now_us + PROBE_US, trips: breaker.trips };
        self.move_to(level, Position::Open, reason, Some(timer))
    }

    fn move_to(&mut self, level: Level, new: Position, reason: Reason, timer: Option<Timer>) -> Transition {
        let old = std::mem::replace(&mut self.at_mut(level).position, new);
        if matches!(level, Level::Sector(_)) {
            self.open_sectors += u32::from(new == Position::Open);
            self.open_sectors -= u32::from(old == Position::Open);
        }
        Transition { level, old, new, reason, timer }
    }

    /// Whether a timer still counts and, if so, whether it is a probe.
    pub(crate) fn awaits_probe(&self, timer: &Timer) -> Option<bool> {
        let breaker = self.at(timer.level);
        let counts = breaker.trips == timer.trips && breaker.position != Position::Closed;
        counts.then_some(breaker.position == Position::Open)
    }

    /// A timer is due; `probe_ok` is what its probe found, if it is a probe. `None`: it was void.
    pub(crate) fn timer(&mut self, timer: Timer, probe_ok: bool) -> Option<Transition> {
        let level = timer.level;
        let again = Some(Timer { at_us: timer.at_us + EVALUATE_US, ..timer });
        let is_probe = self.awaits_probe(&timer)?;
        Some(match (is_probe, probe_ok) {
            (true, true) => self.move_to(level, Position::HalfOpen, Reason::ProbeOk, again),
            (true, false) => self.move_to(level, Position::Open, Reason::ProbeFailed, again),
            (false, _) => {
                self.at_mut(level).failures = 0;
                self.move_to(level, Position::Closed, Reason::EvaluatedOk, None)
            },
        })
    }

    /// Whether the mesh may be tried again: few enough sectors are open.
    pub(crate) const fn probe_of_all(&self) -> bool {
        !Level::Global.trips_at(self.open_sectors)
    }

    /// Whether operation `op` may address an entity of that cluster and sector.
    pub(crate) fn routable(&self, cluster: Option<u32>, sector: u32, entity: u32, op: u64) -> bool {
        let cluster = cluster.map_or(Position::Closed, |id| self.clusters[id as usize].position);
        passes([self.global.position, self.sectors[sector as usize].position, cluster], entity, op)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: u64 = 1_000_000;

    fn trip(breakers: &mut Breakers, from_s: u64) -> Timer {
        for i in 0..5 {
            assert_eq!(breakers.failure(Some(0), 0, (from_s + i) * S), [None; 3]);
        }
        let [moved, None, None] = breakers.failure(Some(0), 0, (from_s + 5) * S) else { panic!() };
        moved.unwrap().timer.unwrap()
    }

    #[test]
    fn a_breaker_trips_at_the_sixth_failure_and_closes_after_ninety_seconds() {
        let mut breakers = Breakers::new(10, 1);
        let probe = trip(&mut breakers, 0);
        assert_eq!(probe.at_us, 35 * S);
        // A seventh failure while open does nothing.
        assert_eq!(breakers.failure(Some(0), 0, 6 * S), [None; 3]);
        let half = breakers.timer(probe, true).unwrap();
        assert_eq!((half.old, half.new), (Position::Open, Position::HalfOpen));
        assert!(breakers.routable(Some(0), 0, 3, 7) && !breakers.routable(Some(0), 0, 3, 8));
        let evaluation = half.timer.unwrap();
        assert_eq!(evaluation.at_us, 95 * S);
        let closed = breakers.timer(evaluation, true).unwrap();
        assert_eq!((closed.new, breakers.failures(Level::Cluster(0))), (Position::Closed, 0));
        assert_eq!(breakers.failures(Level::Sector(0)), 7);
    }

    #[test]
    fn a_failure_in_half_open_trips_again_and_voids_the_evaluation() {
        let mut breakers = Breakers::new(10, 1);
        let probe = trip(&mut breakers, 0);
        let failed = breakers.timer(probe, false).unwrap();
        assert_eq!(
            (failed.old, failed.new, failed.reason),
            (Position::Open, Position::Open, Reason::ProbeFailed)
        );
        let later = failed.timer.unwrap();
        assert_eq!(later.at_us, 95 * S);
        let half = breakers.timer(later, true).unwrap();
        let [again, ..] = breakers.failure(Some(0), 0, 100 * S);
        assert_eq!(again.unwrap().reason, Reason::Failures(7));
        assert_eq!(breakers.timer(half.timer.unwrap(), true), None);
    }
}
