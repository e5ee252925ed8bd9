//! Labels of a series: which of them names the service.

use std::collections::BTreeMap;

use crate::import::telemetry::intake::Intake;

/// Labels that may name the service, the first that is there counts.
pub(super) const SERVICE_LABELS: &[&str] = &[
    "service",
    "service_name",
    "job",
    "app",
    "app_kubernetes_io_name",
    "deployment",
    "container",
    "pod",
    "instance",
];

/// Labels by name, `__name__` included.
pub(super) type Labels = BTreeMap<String, String>;

/// The service that a series is about.
pub(super) fn service(labels: &Labels, place: &str, intake: &mut Intake<'_>) -> String {
    let filled = |name: &str| labels.get(name).map(String::as_str).filter(|v| !v.trim().is_empty());
    let name = match &intake.options.service_label {
        Some(chosen) => filled(chosen),
        None => SERVICE_LABELS.iter().find_map(|name| filled(name)),
    };
    intake.service(name, place)
}

/// All labels but these as one text, the same for the same labels.
pub(super) fn spelled(labels: &Labels, without: &[&str]) -> String {
    let kept: BTreeMap<&String, &String> =
        labels.iter().filter(|(name, _)| !without.contains(&name.as_str())).collect();
    format!("{kept:?}")
}
