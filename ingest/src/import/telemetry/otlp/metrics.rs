//! OTLP metric points to series.

use super::model::{Attributes, DataPoint, Group, Metric, MetricKind};
use super::spans::{seen, service, time};
use crate::error::IngestError;
use crate::import::tally::{Kind, shown};
use crate::import::telemetry::intake::Intake;
use crate::import::telemetry::points::{Point, SeriesKey, Shape, Temporality};
use crate::import::telemetry::{exponential, known};

/// Adds all points of a request.
pub(super) fn take(
    groups: &[Group<Metric>],
    place: &str,
    intake: &mut Intake<'_>,
) -> Result<(), IngestError> {
    for group in groups {
        let service = service(&group.resource, place, intake);
        for metric in &group.records {
            for point in &metric.points {
                seen(&group.resource, &service, time(point.time), intake);
                self::point(&service, &group.resource, metric, point, place, intake)?;
            }
        }
    }
    Ok(())
}

fn point(
    service: &str,
    resource: &Attributes,
    metric: &Metric,
    point: &DataPoint,
    place: &str,
    intake: &mut Intake<'_>,
) -> Result<(), IngestError> {
    if metric.name.is_empty() {
        return intake.damaged(place, "a metric without a name");
    }
    if point.time == 0 {
        intake.tally.add(Kind::NoTime, || format!("{place}: {}", shown(&metric.name)));
        return Ok(());
    }
    let temporality = match (metric.kind, metric.temporality, metric.monotonic) {
        (MetricKind::Gauge, ..) => Temporality::Level,
        (MetricKind::Sum, 1, _) => Temporality::Delta,
        (MetricKind::Sum, _, false) => Temporality::Level,
        (MetricKind::Histogram | MetricKind::Exponential, 1, _) => Temporality::Delta,
        _ => Temporality::Cumulative,
    };
    let labels = [resource, &point.attributes].map(|a| serde_json::Value::Object(a.clone()).to_string());
    let failed = point.attributes.iter().find_map(|(key, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        known::failure(key, &text)
    });
    let mut push = |shape: Shape, temporality: Temporality, bounds: &[f64], values: Vec<f64>| {
        let key = SeriesKey {
            service: service.to_owned(),
            metric: metric.name.clone(),
            unit: metric.unit.clone(),
            shape,
            temporality,
            bounds: bounds.iter().map(|b| b.to_bits()).collect(),
            labels: labels.concat(),
        };
        let start_ns = Some(time(point.start)).filter(|t| *t > 0);
        let point = Point { time_ns: time(point.time), start_ns, values };
        intake.points.push(key, failed, point)
    };
    let sum = point.sum.unwrap_or(f64::NAN);
    match metric.kind {
        MetricKind::Gauge | MetricKind::Sum => match point.value {
            Some(value) => push(Shape::Number, temporality, &[], vec![value]),
            None => {
                intake.tally.add(Kind::NoValue, || format!("{place}: {}", shown(&metric.name)));
                Ok(())
            },
        },
        MetricKind::Histogram => {
            let has_buckets = !point.bucket_counts.is_empty() || !point.bounds.is_empty();
            if has_buckets && point.bucket_counts.len() != point.bounds.len() + 1 {
                return intake.damaged(place, "a histogram's counts do not fit its bounds");
            }
            let mut values = vec![point.count, sum];
            values.extend(&point.bucket_counts);
            push(Shape::Histogram, temporality, &point.bounds, values)
        },
        MetricKind::Exponential => {
            let (Ok(scale), Ok(offset)) = (i32::try_from(point.scale), i32::try_from(point.offset)) else {
                return intake.damaged(place, "an exponential histogram's scale or offset is out of range");
            };
            let mut values = vec![point.count, sum];
            let zero = point.zero_count + point.negative;
            values.extend(exponential::counts(scale, offset, &point.bucket_counts, zero));
            push(Shape::Histogram, temporality, &exponential::bounds(), values)
        },
        MetricKind::Summary => {
            push(Shape::Histogram, Temporality::Cumulative, &[], vec![point.count, sum])?;
            for (q, value) in &point.quantiles {
                if let Some(statistic) = statistic(*q) {
                    push(Shape::Statistic(statistic), Temporality::Level, &[], vec![*value])?;
                }
            }
            Ok(())
        },
    }
}

/// The statistic that a summary's quantile is, if we have it.
fn statistic(q: f64) -> Option<&'static str> {
    [(0.5, "p50"), (0.9, "p90"), (0.95, "p95"), (0.99, "p99"), (1.0, "max")]
        .into_iter()
        .find(|(known, _)| (known - q).abs() < 1e-9)
        .map(|(_, name)| name)
}
