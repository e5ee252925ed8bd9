//! What a head saw on a service, in one plain sentence: the number against normal, and of what.

use infra_ingest::frames::{ANY, END, START};

use crate::case::Case;
use crate::heads::{Detail, Finding, HeadResult};
use crate::text::{Text, number};

/// Longer operations, calls and log lines are cut in sentences \[characters\].
const MAX_NAME: usize = 80;

/// `self time per span of `op`: 100 ms, normally 3 ms, 591 spans`.
pub(super) fn observed(case: &Case<'_>, head: &HeadResult, finding: &Finding) -> Text {
    let mut text = Text::new();
    match &finding.detail {
        None => {
            text.say(format!("{}: {}", head.signal, against(head, finding)));
        },
        Some(Detail::Operation { name, count }) => {
            text.say(format!("{} of ", head.signal)).name(&cut(name));
            text.say(format!(": {}, {count} spans", against(head, finding)));
        },
        Some(Detail::Edge { other, outgoing, count }) => {
            text.say(if *outgoing { "calls to " } else { "calls from " }).name(case.name(*other));
            text.say(format!(", {}: {}, {count} calls", head.signal, against(head, finding)));
        },
        Some(Detail::Follow { context, after, next, now, normal }) => {
            text.say(if head.name == "logs" { "among " } else { "inside " });
            if context.is_empty() {
                text.say("lines outside spans");
            } else {
                text.name(&cut(context));
            }
            text.say(": ");
            follow(&mut text, after, next);
            text.say(format!(
                " {} of {} times; in normal time {} of {} ({} {} of surprise)",
                now.0,
                now.1,
                normal.0,
                normal.1,
                brief(finding.observed),
                head.unit
            ));
        },
    }
    text
}

/// `after `a`, `b` followed`; starts and ends in words.
fn follow(text: &mut Text, after: &str, next: &str) {
    match after {
        START => text.say("first"),
        ANY => text.say("at any point"),
        after => text.say("after ").name(&cut(after)),
    };
    text.say(", ");
    match next {
        END => text.say("nothing more came"),
        next => text.name(&cut(next)).say(" came"),
    };
}

fn against(head: &HeadResult, finding: &Finding) -> String {
    let unit = head.unit.as_str();
    format!("{}, normally {}", measure(finding.observed, unit), measure(finding.normal, unit))
}

/// A value with its unit: seconds as people say them, ratios bare.
pub(super) fn measure(value: f64, unit: &str) -> String {
    match unit {
        "s" if value != 0.0 && value.abs() < 1e-3 => format!("{} µs", brief(value * 1e6)),
        "s" if value != 0.0 && value.abs() < 1.0 => format!("{} ms", brief(value * 1e3)),
        "" | "1" => brief(value),
        unit => format!("{} {unit}", brief(value)),
    }
}

/// A number for sentences: three significant digits, more only before the point.
pub(super) fn brief(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return number(value);
    }
    let step = libm::pow(10.0, libm::floor(libm::log10(value.abs())) - 2.0);
    let fraction = (1e-300..1.0).contains(&step);
    if fraction { number((value / step).round() * step) } else { number(value) }
}

fn cut(name: &str) -> String {
    let mut short: String = name.chars().take(MAX_NAME).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_short_and_carry_their_unit() {
        for (value, unit, text) in [
            (0.002_871_4, "s", "2.87 ms"),
            (0.000_841, "s", "841 µs"),
            (12.345, "s", "12.3 s"),
            (0.0, "s", "0 s"),
            (0.333_333, "1", "0.333"),
            (1234.6, "", "1235"),
            (f64::NAN, "s", "– s"),
        ] {
            assert_eq!(measure(value, unit), text);
        }
    }

    #[test]
    fn long_and_hostile_names_are_cut_and_stay_names() {
        let mut text = Text::new();
        follow(&mut text, &format!("call b {}", "x".repeat(500)), "<img onerror=1> | # \u{1b}[31m");
        let markdown =
            infra_report::markdown::escape_marked(serde_json::to_value(&text).unwrap().as_str().unwrap());
        assert!(markdown.chars().count() < 240, "{markdown}");
        assert!(!markdown.contains('<') && !markdown.contains('\u{1b}'), "{markdown}");
        assert!(markdown.contains("\\|") && markdown.contains("\\#"), "{markdown}");
    }

    #[test]
    fn ends_and_starts_are_words() {
        let mut text = Text::new();
        follow(&mut text, START, END);
        assert_eq!(text.plain(), "first, nothing more came");
    }
}
