//! The key `service_rule`: from the name in the table to the service's.

use super::section::{Problems, Section};
use crate::import::service_rule::ServiceRule;

pub(super) fn read_service_rules(section: &mut Section<'_>, problems: &mut Problems) -> Vec<ServiceRule> {
    let mut rules = Vec::new();
    for mut entry in section.list("service_rule", problems) {
        let offset = entry.offset();
        let before = rules.len();
        rules.extend(entry.text("strip_suffix", problems).map(ServiceRule::StripSuffix));
        rules.extend(entry.text("strip_after", problems).map(ServiceRule::StripAfter));
        rules.extend(entry.text("keep_before", problems).map(ServiceRule::KeepBefore));
        rules.extend(entry.flag("replicas", problems).then_some(ServiceRule::Replicas));
        rules.extend(entry.flag("lower_case", problems).then_some(ServiceRule::LowerCase));
        let place = entry.key("").trim_end().to_owned();
        entry.finish(problems);
        if rules.len() != before + 1 {
            problems.add(offset, format!("{place}: one rule an entry, in the order in which they apply"));
        }
    }
    rules
}
