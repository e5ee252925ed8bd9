//! Service-level objectives: what is left of each error budget.
//!
//! A share of failures has the objective itself as budget: with `error_rate` at most 0.1, a mean of
//! 0.05 leaves half of it. For `availability` and its like, what the objective leaves open is the
//! budget. Any other signal keeps its bound in all windows but `slo_bad_share` of them. Where an
//! objective names a window, the worst stretch of that length is told, else all that was recorded.

use infra_eventlog::metadata::SloSpec;
use infra_eventlog::signal::{Role, Worse};

use crate::case::{Case, SeriesView};

/// One objective of one service, as measured.
#[derive(Clone, Debug, PartialEq)]
pub struct SloState {
    /// Row of the service.
    pub service: usize,
    /// Signal that it is about.
    pub signal: String,
    /// The bound.
    pub objective: f64,
    /// Mean of a share of failures (or of one minus it), or share of windows beyond the bound.
    pub measured: f64,
    /// Share of the error budget that is left; negative if it is overspent.
    pub budget: f64,
}

/// Every objective of every service that shows its signal, in the order of services.
#[must_use]
pub fn measure(case: &Case<'_>) -> Vec<SloState> {
    let mut states = Vec::new();
    for service in 0..case.len() {
        for spec in &case.metadata.slos {
            if spec.service != "*" && spec.service != case.name(service) {
                continue;
            }
            let series = case.find_series(service, &spec.signal, None);
            states.extend(series.and_then(|s| state(case, service, spec, &s)));
        }
    }
    states
}

/// How a signal spends a budget.
struct Terms {
    /// What a window spends, from its mean value.
    spent: fn(f64, f64) -> f64,
    /// What may be spent.
    allowed: f64,
    /// Whether the measured figure is one minus what was spent.
    flip: bool,
}

fn state(case: &Case<'_>, service: usize, spec: &SloSpec, series: &SeriesView<'_>) -> Option<SloState> {
    let worse = case.metadata.signal(&spec.signal).worse;
    let is_share = series.role() == Role::Errors && (0.0..=1.0).contains(&spec.objective);
    let terms = match (is_share, worse) {
        (true, Worse::Low) => Terms { spent: |v, _| 1.0 - v, allowed: 1.0 - spec.objective, flip: true },
        (true, _) => Terms { spent: |v, _| v, allowed: spec.objective, flip: false },
        (false, Worse::Low) => Terms {
            spent: |v, bound| f64::from(u8::from(v < bound)),
            allowed: case.constants.slo_bad_share,
            flip: false,
        },
        (false, _) => Terms {
            spent: |v, bound| f64::from(u8::from(v > bound)),
            allowed: case.constants.slo_bad_share,
            flip: false,
        },
    };
    let spent: Vec<(i64, f64)> = series
        .windows
        .iter()
        .map(|w| (case.window_end(w.window), (terms.spent)(w.mean(), spec.objective)))
        .collect();
    let worst = worst_mean(&spent, spec.window_ns)?;
    // An objective that allows nothing is spent by anything.
    let allowed = terms.allowed.max(1e-9);
    Some(SloState {
        service,
        signal: spec.signal.clone(),
        objective: spec.objective,
        measured: if terms.flip { 1.0 - worst } else { worst },
        budget: 1.0 - worst / allowed,
    })
}

/// The largest mean over stretches of `length_ns` that end with a value; the mean of all for a
/// length of 0. `values` are (time, value), times ascending.
fn worst_mean(values: &[(i64, f64)], length_ns: i64) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    if length_ns <= 0 {
        return Some(values.iter().map(|v| v.1).sum::<f64>() / values.len() as f64);
    }
    let (mut first, mut sum, mut worst) = (0, 0.0, 0.0_f64);
    for (last, (time, value)) in values.iter().enumerate() {
        sum += value;
        while values[first].0 <= time.saturating_sub(length_ns) {
            sum -= values[first].1;
            first += 1;
        }
        worst = worst.max(sum / (last + 1 - first) as f64);
    }
    Some(worst)
}

#[cfg(test)]
mod tests {
    use super::worst_mean;

    #[test]
    fn the_worst_stretch_counts() {
        let values = [(1, 0.0), (2, 1.0), (3, 1.0), (4, 0.0)];
        assert_eq!(worst_mean(&values, 0), Some(0.5));
        assert_eq!(worst_mean(&values, 2), Some(1.0));
        assert_eq!(worst_mean(&values, 3), Some(2.0 / 3.0));
        assert_eq!(worst_mean(&[], 3), None);
    }
}
