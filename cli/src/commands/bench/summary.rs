//! What several runs of a case say together: as a table, and as JSON `infra-bench/1`.

use comfy_table::CellAlignment;
use serde_json::{Value, json};

use super::case::{Case, Target};
use super::once::Measurement;
use crate::terminal;

const SCHEMA: &str = "infra-bench/1";
const MIB: f64 = 1_048_576.0;

/// A case and what became of it.
pub(super) struct Summary {
    pub(super) case: Case,
    pub(super) outcome: Outcome,
}

/// What became of a case.
pub(super) enum Outcome {
    /// Its runs; at least one.
    Measured(Vec<Measurement>),
    /// The reason why its scenario was refused.
    NotBuilt(String),
}

/// Figures of several runs.
struct Figures {
    median: f64,
    min: f64,
    max: f64,
    /// Work of the first run; all do the same.
    work: u64,
    peak_bytes: Option<u64>,
    bytes: Option<u64>,
}

impl Figures {
    fn of(runs: &[Measurement]) -> Option<Self> {
        let mut seconds: Vec<f64> = runs.iter().map(|run| run.seconds).collect();
        seconds.sort_by(f64::total_cmp);
        let middle = seconds.len() / 2;
        let upper = *seconds.get(middle)?;
        let median = if seconds.len() % 2 == 1 { upper } else { (seconds.get(middle - 1)? + upper) / 2.0 };
        Some(Self {
            median,
            min: *seconds.first()?,
            max: *seconds.last()?,
            work: runs.first()?.work,
            peak_bytes: runs.iter().map(|run| run.peak_bytes).max().flatten(),
            bytes: runs.first()?.bytes,
        })
    }

    /// Work a second in the median run.
    fn rate(&self) -> f64 {
        self.work as f64 / self.median
    }

    /// Share of the copy rate \[bytes/s\] that the median run needed at least.
    fn share(&self, copy_rate: Option<f64>) -> Option<f64> {
        Some(self.bytes? as f64 / self.median / copy_rate?)
    }

    /// Whether all that the target names is reached; what cannot be measured is not.
    fn meets(&self, target: &Target) -> bool {
        target.rate.is_none_or(|least| self.rate() >= least)
            && target.seconds.is_none_or(|most| self.median <= most)
            && target.peak_bytes.is_none_or(|most| self.peak_bytes.is_some_and(|peak| peak <= most))
    }
}

impl Summary {
    /// Whether it is known how many bytes the case has to move.
    pub(super) fn moves_memory(&self) -> bool {
        self.figures().is_some_and(|figures| figures.bytes.is_some())
    }

    fn figures(&self) -> Option<Figures> {
        match &self.outcome {
            Outcome::Measured(runs) => Figures::of(runs),
            Outcome::NotBuilt(_) => None,
        }
    }
}

/// Aligned columns for people.
pub(super) fn table(summaries: &[Summary], copy_rate: Option<f64>) -> String {
    let header = [
        "case",
        "size",
        "median s",
        "min s",
        "max s",
        "throughput",
        "peak MiB",
        "of copy rate",
        "target",
        "",
    ];
    let mut table = terminal::table(header);
    for summary in summaries {
        let case = &summary.case;
        let target = target(&case.target, case.unit);
        let Some(figures) = summary.figures() else {
            table.add_row([case.name, case.size, "not built", "", "", "", "", "", &target, ""]);
            continue;
        };
        let seconds = |value: f64| if value < 0.01 { format!("{value:.6}") } else { format!("{value:.3}") };
        let peak = figures.peak_bytes.map_or_else(|| "?".to_owned(), |p| format!("{:.0}", p as f64 / MIB));
        let met = match (target.is_empty(), figures.meets(&case.target)) {
            (true, _) => "",
            (false, true) => "met",
            (false, false) => "missed",
        };
        let share = figures.share(copy_rate).map_or_else(String::new, |s| format!("{:.0} %", 100.0 * s));
        table.add_row([
            case.name,
            case.size,
            &seconds(figures.median),
            &seconds(figures.min),
            &seconds(figures.max),
            &format!("{:.2} M {}/s", figures.rate() / 1e6, case.unit),
            &peak,
            &share,
            &target,
            met,
        ]);
    }
    for column in [2, 3, 4, 5, 6, 7] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = format!("{}\n", table.trim_fmt());
    if let Some(rate) = copy_rate {
        text.push_str(&format!("copy rate of memory, all cores: {:.1} GB/s\n", rate / 1e9));
    }
    for summary in summaries {
        if let Outcome::NotBuilt(reason) = &summary.outcome {
            text.push_str(&format!("{}: not built: {}\n", summary.case.name, terminal::safe(reason)));
        }
    }
    text
}

fn target(target: &Target, unit: &str) -> String {
    let rate = target.rate.map(|rate| format!("{} M {unit}/s", rate / 1e6));
    let seconds =
        target.seconds.map(|s| if s < 1e-3 { format!("{:.0} µs", s * 1e6) } else { format!("{s} s") });
    let peak = target.peak_bytes.map(|bytes| format!("{:.0} MiB", bytes as f64 / MIB));
    [rate, seconds, peak].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The same as JSON, with every run.
pub(super) fn json(suite: &str, summaries: &[Summary], copy_rate: Option<f64>) -> Value {
    let cases: Vec<Value> = summaries.iter().map(|summary| one(summary, copy_rate)).collect();
    json!({
        "schema": SCHEMA,
        "version": env!("CARGO_PKG_VERSION"),
        "suite": suite,
        "copy_bytes_per_s": copy_rate,
        "cases": cases,
    })
}

fn one(summary: &Summary, copy_rate: Option<f64>) -> Value {
    let case = &summary.case;
    let mut value = json!({
        "case": case.name,
        "size": case.size,
        "unit": case.unit,
        "target": {
            "rate": case.target.rate,
            "seconds": case.target.seconds,
            "peak_bytes": case.target.peak_bytes,
        },
    });
    match (&summary.outcome, summary.figures()) {
        (Outcome::Measured(runs), Some(figures)) => {
            value["work"] = figures.work.into();
            value["median_s"] = figures.median.into();
            value["min_s"] = figures.min.into();
            value["max_s"] = figures.max.into();
            value["rate"] = figures.rate().into();
            value["peak_bytes"] = figures.peak_bytes.into();
            value["share_of_copy_rate"] = figures.share(copy_rate).into();
            value["meets_target"] = figures.meets(&case.target).into();
            value["runs_s"] = runs.iter().map(|run| run.seconds).collect();
        },
        (Outcome::NotBuilt(reason), _) => value["not_built"] = reason.as_str().into(),
        (Outcome::Measured(_), None) => {},
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(seconds: &[f64]) -> Vec<Measurement> {
        let run = |(i, s): (usize, &f64)| Measurement {
            work: 10,
            seconds: *s,
            peak_bytes: Some(i as u64 * 1_048_576),
            bytes: Some(20),
        };
        seconds.iter().enumerate().map(run).collect()
    }

    #[test]
    fn medians_and_targets() {
        let odd = Figures::of(&runs(&[3.0, 1.0, 2.0])).unwrap();
        assert_eq!((odd.median, odd.min, odd.max, odd.rate()), (2.0, 1.0, 3.0, 5.0));
        assert_eq!(odd.peak_bytes, Some(2 << 20));
        assert_eq!((odd.share(Some(100.0)), odd.share(None)), (Some(0.1), None));
        assert_eq!(Figures::of(&runs(&[1.0, 2.0])).unwrap().median, 1.5);
        assert!(Figures::of(&[]).is_none());
        let wish = |rate, peak_bytes| Target { rate, seconds: Some(2.0), peak_bytes };
        assert!(odd.meets(&wish(Some(5.0), Some(2 << 20))));
        assert!(!odd.meets(&wish(Some(5.1), None)));
        assert!(!odd.meets(&wish(None, Some(1 << 20))));
        assert!(!Figures { peak_bytes: None, ..odd }.meets(&wish(None, Some(1 << 20))));
    }
}
