//! Which windows of the clock are normal and which are the incident.

use infra_ingest::summary::QuietOrNot;

use crate::case::Case;

/// Windows of the clock by what they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Split {
    normal: Vec<bool>,
    incident: Vec<bool>,
    /// Windows that a false alarm is judged by.
    calm: Vec<u32>,
}

impl Split {
    /// Declared windows are what they are; open ones go by the incident that was found. The time
    /// just before a trigger is normal only where too little other normal time was recorded.
    pub(super) fn of(case: &Case<'_>) -> Self {
        let first = case.periods.incident.first().map(|w| case.window_start(*w));
        let last = case.periods.incident.last().map(|w| case.window_end(*w));
        let windows = case.summary.clock.windows();
        let open = |middle: i64| match (first, last) {
            (Some(from), Some(_)) if middle < from => (true, false),
            (Some(_), Some(to)) if middle < to => (false, true),
            _ => (false, false),
        };
        let mut recorded = vec![false; windows.len()];
        let rows = case.summary.operations.rows().iter().map(|r| r.window);
        for window in rows.chain(case.summary.follows.rows().iter().map(|r| r.window)) {
            recorded[window as usize] = true;
        }
        let is_normal = |i: &usize| windows[*i].kind == QuietOrNot::Normal && recorded[*i];
        let enough = (0..windows.len()).filter(is_normal).count() as f64 >= case.constants.shrink_n;
        let kinds = windows.iter().map(|w| match w.kind {
            QuietOrNot::Normal => (true, false),
            QuietOrNot::Lead => (!enough, false),
            QuietOrNot::Incident => (false, true),
            QuietOrNot::Open => open(w.start_ns + (w.end_ns.saturating_sub(w.start_ns)) / 2),
        });
        let (normal, incident): (Vec<bool>, Vec<bool>) = kinds.unzip();
        let calm = (0_u32..).zip(windows).zip(&normal).zip(&recorded);
        let calm = calm
            .filter(|(((_, w), is_normal), recorded)| **is_normal && **recorded && w.kind != QuietOrNot::Lead)
            .map(|(((i, _), _), _)| i)
            .collect::<Vec<u32>>();
        let calm = case.spread(calm.len()).into_iter().map(|i| calm[i]).collect();
        Self { normal, incident, calm }
    }

    pub(super) fn is_normal(&self, window: u32) -> bool {
        self.normal.get(window as usize).copied().unwrap_or(false)
    }

    pub(super) fn is_incident(&self, window: u32) -> bool {
        self.incident.get(window as usize).copied().unwrap_or(false)
    }

    /// Windows of normal time.
    pub(super) fn normal(&self) -> impl Iterator<Item = u32> + '_ {
        self.normal.iter().zip(0_u32..).filter(|(is, _)| **is).map(|(_, w)| w)
    }

    /// Normal windows with records that are no lead: triggers are rounded, so a lead may show a
    /// fault that is no false alarm.
    pub(super) fn calm(&self) -> impl Iterator<Item = u32> + '_ {
        self.calm.iter().copied()
    }

    /// Windows of the incident.
    pub(super) fn incident(&self) -> impl Iterator<Item = u32> + '_ {
        self.incident.iter().zip(0_u32..).filter(|(is, _)| **is).map(|(_, w)| w)
    }
}
