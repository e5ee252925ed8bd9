//! OpenMetrics and Prometheus text: `name{label="value"} value time`.
//!
//! Times are milliseconds (Prometheus) or seconds (OpenMetrics, told by its `# EOF`). A sample
//! without a time is a sample at no time and cannot become part of a run.

use std::collections::BTreeMap;

use super::labels::Labels;
use super::samples::Samples;
use crate::error::IngestError;
use crate::import::telemetry::intake::Intake;

const NO_TIMES: &str = "samples without times (a scrape says what is, not when): ask the server for a \
     range instead, /api/v1/query_range?query=...&start=...&end=...&step=..., and import its JSON";

/// Reads a text; the inner error says why it is none, or that its samples have no times.
pub(super) fn read(
    bytes: &[u8],
    label: &str,
    samples: &mut Samples,
    intake: &mut Intake<'_>,
) -> Result<Result<(), String>, IngestError> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Ok(Err("neither JSON nor OpenMetrics text: not UTF-8".to_owned()));
    };
    let seconds = text.trim_end().ends_with("# EOF");
    let mut kinds: BTreeMap<String, String> = BTreeMap::new();
    let (mut timed, mut untimed) = (0_u64, 0_u64);
    let mut problems: Vec<(usize, String)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(comment) = line.strip_prefix('#') {
            let mut words = comment.split_whitespace();
            if let (Some("TYPE"), Some(name), Some(kind)) = (words.next(), words.next(), words.next()) {
                kinds.insert(name.to_owned(), kind.to_owned());
            }
            continue;
        }
        if line.is_empty() {
            continue;
        }
        match sample(line, seconds) {
            Ok((labels, value, Some(time_ns))) => {
                timed += 1;
                let name = labels.get("__name__").map_or("", String::as_str);
                let kind = kinds.get(name).or_else(|| kinds.get(name.strip_suffix("_total")?));
                samples.push(&labels, time_ns, value, kind.map(String::as_str));
            },
            Ok((_, _, None)) => untimed += 1,
            Err(why) => problems.push((number + 1, why)),
        }
    }
    if timed == 0 {
        let first = problems.into_iter().next();
        return Ok(Err(match first {
            _ if untimed > 0 => NO_TIMES.to_owned(),
            Some((line, why)) => format!("neither JSON nor OpenMetrics text: line {line}: {why}"),
            None => "no samples".to_owned(),
        }));
    }
    for (line, why) in problems {
        intake.damaged(&format!("{label} line {line}"), &why)?;
    }
    if untimed > 0 {
        intake.tally.note(format!("{label}: samples without a time, left out: {untimed}"));
    }
    Ok(Ok(()))
}

/// Labels, value and time \[ns\] of a line.
fn sample(line: &str, seconds: bool) -> Result<(Labels, f64, Option<i64>), String> {
    let name_end = line.find(|c: char| c == '{' || c.is_whitespace()).unwrap_or(line.len());
    let (name, rest) = line.split_at(name_end);
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.');
    if name.is_empty() || !name.chars().all(is_name) {
        return Err("no metric name".to_owned());
    }
    let mut labels = Labels::from([("__name__".to_owned(), name.to_owned())]);
    let rest = match rest.strip_prefix('{') {
        Some(inside) => read_labels(inside, &mut labels)?,
        None => rest,
    };
    // An exemplar stands behind its own mark.
    let rest = rest.split(" # ").next().unwrap_or(rest);
    let mut words = rest.split_whitespace();
    let value = words.next().and_then(|w| w.parse::<f64>().ok()).ok_or("no value")?;
    let Some(word) = words.next() else { return Ok((labels, value, None)) };
    let time: f64 = word.parse().map_err(|_| "a time that is no number".to_owned())?;
    let millis = if seconds { (time * 1e3).round() } else { time.round() };
    if millis.is_nan() || millis.abs() >= 4.5e12 {
        return Err("a time out of range".to_owned());
    }
    Ok((labels, value, Some(millis as i64 * 1_000_000)))
}

/// Reads `name="value",...}` and returns what follows.
fn read_labels<'a>(inside: &'a str, labels: &mut Labels) -> Result<&'a str, String> {
    let mut rest = inside.trim_start();
    loop {
        if let Some(after) = rest.strip_prefix('}') {
            return Ok(after);
        }
        let (name, after) = rest.split_once('=').ok_or("a label without a value")?;
        let mut chars = after.trim_start().char_indices();
        if chars.next().map(|(_, c)| c) != Some('"') {
            return Err("a label's value without quotes".to_owned());
        }
        let text = after.trim_start();
        let mut value = String::new();
        let end = loop {
            match chars.next() {
                Some((at, '"')) => break at + 1,
                Some((_, '\\')) => match chars.next() {
                    Some((_, 'n')) => value.push('\n'),
                    Some((_, c)) => value.push(c),
                    None => return Err("a label's value without an end".to_owned()),
                },
                Some((_, c)) => value.push(c),
                None => return Err("a label's value without an end".to_owned()),
            }
        };
        labels.insert(name.trim().to_owned(), value);
        rest = text.get(end..).unwrap_or("").trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_labels_values_and_times() {
        let (labels, value, time) = sample(r#"a_total{x="1,}\"",y="\n"} 3.5 1500"#, false).unwrap();
        assert_eq!((labels["x"].as_str(), labels["y"].as_str()), ("1,}\"", "\n"));
        assert_eq!((value, time), (3.5, Some(1_500_000_000)));
        assert_eq!(sample("up 1", false).unwrap().2, None);
        assert_eq!(sample("up 1 1.5 # {} 3", true).unwrap().2, Some(1_500_000_000));
        for broken in ["{", "a{x=\"1", "a{x}", "a b", "a 1 soon", "a{x=1} 2"] {
            assert!(sample(broken, false).is_err(), "{broken}");
        }
    }
}
