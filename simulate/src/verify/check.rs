//! Golden values against ours, one by one.

use super::VerifyReport;

/// Differences listed in full; more of them are counted.
const LISTED: usize = 20;

/// A report under construction.
#[derive(Debug, Default)]
pub(crate) struct Check {
    report: VerifyReport,
    unlisted: u64,
}

impl Check {
    /// A further case begins.
    pub(crate) fn case(&mut self) {
        self.report.cases += 1;
    }

    /// A real number must be within `absolute` + `relative` · |golden| of the golden one. Both
    /// NaN, or both the same infinity, is equal.
    pub(crate) fn real(
        &mut self,
        place: &str,
        what: &str,
        golden: f64,
        ours: f64,
        absolute: f64,
        relative: f64,
    ) {
        self.report.values += 1;
        if golden.to_bits() == ours.to_bits() || golden.is_nan() && ours.is_nan() {
            return;
        }
        let error = (golden - ours).abs();
        if error.is_finite() {
            self.report.max_error = self.report.max_error.max(error);
        }
        let within = error <= absolute + relative * golden.abs();
        if !within {
            self.differs(place, format!("{what} is {ours:?}, golden has {golden:?}"));
        }
    }

    /// A value must be equal: texts, integers, flags, lists of them.
    pub(crate) fn same<A, B>(&mut self, place: &str, what: &str, golden: A, ours: B)
    where
        A: PartialEq<B> + std::fmt::Debug,
        B: std::fmt::Debug,
    {
        self.report.values += 1;
        if golden != ours {
            self.differs(place, format!("{what} is {ours:?}, golden has {golden:?}"));
        }
    }

    /// Something is wrong that is no single value.
    pub(crate) fn differs(&mut self, place: &str, what: impl std::fmt::Display) {
        if self.report.failures.len() < LISTED {
            self.report.failures.push(format!("{place}: {what}"));
        } else {
            self.unlisted += 1;
        }
    }

    /// What was found.
    pub(crate) fn finish(mut self) -> VerifyReport {
        if self.unlisted > 0 {
            self.report.failures.push(format!("{} more differences", self.unlisted));
        }
        self.report
    }
}
