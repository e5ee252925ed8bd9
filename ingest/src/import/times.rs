//! Cells that tell a time, in whatever way, as nanoseconds since 1970 UTC.

use arrow::array::{Array, AsArray, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, TimeUnit};
use infra_eventlog::batch::Rows;
use jiff::Timestamp;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;

use super::cells::{Number, NumberColumn};
use crate::error::IngestError;

/// Times further from 1970 than this (about 142 years) are refused \[ns\]: the difference of any
/// two accepted times then fits 64 bits.
const MAX_TIME_NS: i64 = 4_500_000_000_000_000_000;

/// How a map says that times are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimeSpec {
    pub(super) kind: TimeKind,
    /// Text from the first occurrence of this on is no part of the time.
    pub(super) keep_before: Option<String>,
}

/// The ways to write a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TimeKind {
    /// A number of units of this many nanoseconds.
    Scaled(i64),
    /// `2024-05-01T12:00:00Z`.
    Rfc3339,
    /// A strptime format; UTC unless it reads an offset.
    Format(String),
}

impl TimeSpec {
    /// `2024-05-01T12:00:00Z`.
    pub(super) const fn rfc3339() -> Self {
        Self { kind: TimeKind::Rfc3339, keep_before: None }
    }

    /// A text cell. RFC 3339 is understood under every unit: nothing else looks like it.
    pub(super) fn text(&self, text: &str) -> Option<i64> {
        let text = self.keep_before.as_deref().and_then(|mark| text.split(mark).next()).unwrap_or(text);
        let text = text.trim();
        let read = match &self.kind {
            TimeKind::Scaled(unit_ns) => match text.parse::<i64>() {
                Ok(number) => self.int(number),
                Err(_) => decimal(text, *unit_ns)
                    .or_else(|| text.parse::<f64>().ok().and_then(|number| self.float(number))),
            },
            TimeKind::Rfc3339 => None,
            TimeKind::Format(format) => formatted(format, text).and_then(in_range),
        };
        read.or_else(|| rfc3339(text))
    }

    /// A whole number.
    pub(super) fn int(&self, number: i64) -> Option<i64> {
        match self.kind {
            TimeKind::Scaled(factor) => number.checked_mul(factor).and_then(in_range),
            TimeKind::Rfc3339 | TimeKind::Format(_) => self.text(&number.to_string()),
        }
    }

    /// A number with a fraction.
    pub(super) fn float(&self, number: f64) -> Option<i64> {
        match self.kind {
            TimeKind::Scaled(factor) => {
                let ns = (number * factor as f64).round();
                // Written so that NaN fails too.
                (ns.abs() <= MAX_TIME_NS as f64).then_some(ns as i64)
            },
            TimeKind::Rfc3339 | TimeKind::Format(_) => self.text(&number.to_string()),
        }
    }

    /// What was expected, for messages.
    pub(super) fn expected(&self) -> String {
        match &self.kind {
            TimeKind::Scaled(1) => "nanoseconds".to_owned(),
            TimeKind::Scaled(1_000) => "microseconds".to_owned(),
            TimeKind::Scaled(1_000_000) => "milliseconds".to_owned(),
            TimeKind::Scaled(_) => "seconds".to_owned(),
            TimeKind::Rfc3339 => "RFC 3339".to_owned(),
            TimeKind::Format(format) => format!("`{format}`"),
        }
    }
}

/// A plain decimal number of units, to the nanosecond. Through a float, today's seconds since 1970
/// would be good to a quarter of a microsecond only. `None` if it is finer, or written otherwise.
fn decimal(text: &str, unit_ns: i64) -> Option<i64> {
    let (whole, fraction) = text.split_once('.')?;
    let finer = unit_ns.checked_ilog10()?.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part_ns = fraction.parse::<i64>().ok()?.checked_mul(10_i64.checked_pow(finer)?)?;
    let whole_ns = whole.parse::<i64>().ok()?.checked_mul(unit_ns)?;
    let time_ns =
        if whole.starts_with('-') { whole_ns.checked_sub(part_ns) } else { whole_ns.checked_add(part_ns) };
    time_ns.and_then(in_range)
}

/// Reads an RFC 3339 instant \[ns\].
pub(super) fn rfc3339(text: &str) -> Option<i64> {
    let time: Timestamp = text.parse().ok()?;
    i64::try_from(time.as_nanosecond()).ok().and_then(in_range)
}

/// Writes an instant as RFC 3339.
pub(super) fn to_rfc3339(time_ns: i64) -> Option<String> {
    Timestamp::from_nanosecond(i128::from(time_ns)).ok().map(|t| t.to_string())
}

fn formatted(format: &str, text: &str) -> Option<i64> {
    let broken = BrokenDownTime::parse(format, text).ok()?;
    let time = match broken.offset() {
        Some(_) => broken.to_timestamp().ok()?,
        None => broken.to_datetime().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp(),
    };
    i64::try_from(time.as_nanosecond()).ok()
}

/// How messages show an instant.
pub(super) fn instant(time_ns: i64) -> String {
    to_rfc3339(time_ns).unwrap_or_else(|| time_ns.to_string())
}

/// The time, if an import can keep it.
pub(super) fn in_range(time_ns: i64) -> Option<i64> {
    (-MAX_TIME_NS..=MAX_TIME_NS).contains(&time_ns).then_some(time_ns)
}

/// A column of times: typed in the file, or numbers and texts that the map explains.
pub(super) enum TimeColumn<'a> {
    /// The file knows the unit [ns per step].
    Typed(Int64Array, i64),
    /// Whole numbers in the map's unit.
    Ints(Int64Array, &'a TimeSpec),
    /// Anything else.
    Cells(NumberColumn, &'a TimeSpec),
}

/// One cell of a time column.
pub(super) enum TimeCell {
    /// Null or empty.
    Missing,
    /// Not a time; holds what was found.
    Bad(String),
    /// Nanoseconds since 1970 UTC.
    At(i64),
}

impl<'a> TimeColumn<'a> {
    /// The column `name` of a batch.
    pub(super) fn new(rows: &Rows, name: &str, spec: &'a TimeSpec) -> Result<Self, IngestError> {
        if let Some(array) = rows.batch().column_by_name(name) {
            let ints = |array: &dyn Array| {
                cast(array, &DataType::Int64).ok()?.as_primitive_opt::<Int64Type>().cloned()
            };
            let factor = match array.data_type() {
                DataType::Timestamp(TimeUnit::Second, _) => Some(1_000_000_000),
                DataType::Timestamp(TimeUnit::Millisecond, _) | DataType::Date64 => Some(1_000_000),
                DataType::Timestamp(TimeUnit::Microsecond, _) => Some(1_000),
                DataType::Timestamp(TimeUnit::Nanosecond, _) => Some(1),
                DataType::Date32 => Some(86_400_000_000_000),
                _ => None,
            };
            if let (Some(factor), Some(steps)) = (factor, ints(array)) {
                return Ok(Self::Typed(steps, factor));
            }
            if let (true, Some(numbers)) = (array.data_type().is_integer(), ints(array)) {
                return Ok(Self::Ints(numbers, spec));
            }
        }
        Ok(Self::Cells(NumberColumn::new(rows, name)?, spec))
    }

    /// Time of row `i`.
    pub(super) fn get(&self, i: usize) -> TimeCell {
        let cell = |time: Option<i64>, shown: &dyn Fn() -> String| {
            time.map_or_else(|| TimeCell::Bad(shown()), TimeCell::At)
        };
        match self {
            Self::Typed(steps, _) | Self::Ints(steps, _) if steps.is_null(i) => TimeCell::Missing,
            Self::Typed(steps, factor) => {
                let step = steps.value(i);
                cell(step.checked_mul(*factor).and_then(in_range), &|| step.to_string())
            },
            Self::Ints(numbers, spec) => {
                let number = numbers.value(i);
                cell(spec.int(number), &|| number.to_string())
            },
            Self::Cells(NumberColumn::Text(texts), spec) => {
                match texts.get(i).filter(|t| !t.trim().is_empty()) {
                    None => TimeCell::Missing,
                    Some(text) => cell(spec.text(text), &|| text.to_owned()),
                }
            },
            Self::Cells(numbers, spec) => match numbers.get(i) {
                Number::Missing => TimeCell::Missing,
                Number::Bad(text) => TimeCell::Bad(text.to_owned()),
                Number::Value(number) => cell(spec.float(number), &|| number.to_string()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(kind: TimeKind) -> TimeSpec {
        TimeSpec { kind, keep_before: None }
    }

    #[test]
    fn the_same_instant_in_every_spelling() {
        let instant = Some(1_661_140_279_500_000_000);
        assert_eq!(spec(TimeKind::Scaled(1_000_000_000)).text("1661140279.5"), instant);
        assert_eq!(spec(TimeKind::Scaled(1_000_000)).int(1_661_140_279_500), instant);
        assert_eq!(spec(TimeKind::Rfc3339).text("2022-08-22 03:51:19.5Z"), instant);
        assert_eq!(
            spec(TimeKind::Format("%Y-%m-%d %H:%M:%S%.f".into())).text("2022-08-22 03:51:19.5"),
            instant
        );
        let go = TimeSpec {
            kind: TimeKind::Format("%Y-%m-%d %H:%M:%S%.f %z".into()),
            keep_before: Some(" UTC".into()),
        };
        assert_eq!(go.text("2022-08-22 05:51:19.5 +0200 UTC m=+0.1"), instant);
    }

    #[test]
    fn decimals_are_exact_to_the_nanosecond() {
        let seconds = spec(TimeKind::Scaled(1_000_000_000));
        assert_eq!(seconds.text("1714564800.123456789"), Some(1_714_564_800_123_456_789));
        assert_eq!(seconds.text("1714564800.000001"), Some(1_714_564_800_000_001_000));
        assert_eq!(seconds.text("-0.5"), Some(-500_000_000));
        assert_eq!(seconds.text("-1.25"), Some(-1_250_000_000));
        assert_eq!(
            spec(TimeKind::Scaled(1_000)).text("1714564800123456.789"),
            Some(1_714_564_800_123_456_789)
        );
        // Finer, or written otherwise: as a float.
        assert_eq!(seconds.text("0.0000000006"), Some(1));
        assert_eq!(seconds.text("1.5e3"), Some(1_500_000_000_000));
        for wrong in [".", "1.x", "1.-5", "99999999999.5"] {
            assert_eq!(seconds.text(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_no_time_is_told_apart() {
        let seconds = spec(TimeKind::Scaled(1_000_000_000));
        for wrong in ["soon", "1e300", "NaN", "9223372036854775807", "-inf"] {
            assert_eq!(seconds.text(wrong), None, "{wrong}");
        }
        assert_eq!(seconds.float(f64::NAN), None);
    }
}
