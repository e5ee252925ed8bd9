//! What the page's script replays: who was out of its band, and in which status, at each instant.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::error::RenderError;
use crate::exhibits::{Exhibits, NodeExhibit, PeriodKind};
use crate::time::Clock;

/// Most instants; of more, those of onsets and some of the others are kept.
const MOST_FRAMES: usize = 240;
/// Services named in one sentence.
const NAMED: usize = 6;

/// What the script reads.
#[derive(Debug, Serialize)]
struct Replay {
    /// Names of statuses.
    statuses: Vec<String>,
    /// Ends of the edges drawn, in their order.
    edges: Vec<(usize, usize)>,
    /// Instants in time order.
    frames: Vec<Frame>,
}

/// One instant.
#[derive(Debug, Serialize)]
struct Frame {
    /// When, in words.
    at: String,
    /// One letter a service: `o` out of its band, `-` not.
    out: String,
    /// One digit a service: severity 0..3, or `-`.
    severity: String,
    /// Index of each service's status name; -1 before any is known.
    status: Vec<i64>,
    /// What is new and how things stand, in a sentence.
    say: String,
}

/// The data as the text of a script element; `None` if nobody ever left its band or status.
///
/// # Errors
/// [`RenderError::Json`].
pub(super) fn script_data(exhibits: &Exhibits) -> Result<Option<String>, RenderError> {
    let times = instants(exhibits);
    if times.len() < 2 {
        return Ok(None);
    }
    let nodes = &exhibits.nodes;
    let mut statuses: Vec<String> =
        nodes.iter().flat_map(|n| n.statuses.iter().map(|s| cut(&s.name))).collect();
    statuses.sort();
    statuses.dedup();
    let clock = Clock::new(&exhibits.time);
    let mut frames: Vec<Frame> = Vec::with_capacity(times.len());
    for time in times {
        let status = |n: &NodeExhibit| {
            let name = n.status_at(time).map(|s| cut(&s.name));
            let place = name.and_then(|name| statuses.binary_search(&name).ok());
            place.and_then(|p| i64::try_from(p).ok()).unwrap_or(-1)
        };
        let severity = |n: &NodeExhibit| match n.status_at(time).and_then(|s| s.severity) {
            Some(s) => char::from(b'0' + s.min(3)),
            None => '-',
        };
        let out: String = nodes.iter().map(|n| if n.is_out(time) { 'o' } else { '-' }).collect();
        let at = clock.at(time);
        let say = sentence(nodes, &at, frames.last().map(|f| f.out.as_str()), &out);
        frames.push(Frame {
            at,
            severity: nodes.iter().map(severity).collect(),
            status: nodes.iter().map(status).collect(),
            out,
            say,
        });
    }
    let edges = exhibits.edges.iter().map(|e| (e.from, e.to)).collect();
    let json = serde_json::to_string(&Replay { statuses, edges, frames })?;
    Ok(Some(for_script(&json)))
}

/// The start of the view, every onset, every change, in view.
fn instants(exhibits: &Exhibits) -> Vec<i64> {
    let Some((start, end)) = exhibits.view_ns else { return Vec::new() };
    let nodes = &exhibits.nodes;
    let mut kept: BTreeSet<i64> = nodes.iter().filter_map(|n| Some(n.onset.as_ref()?.time_ns)).collect();
    let ends = nodes.iter().flat_map(|n| n.out.iter().flat_map(|(a, b)| [*a, *b]));
    let changes = nodes.iter().flat_map(|n| n.statuses.iter().map(|s| s.time_ns));
    let others: BTreeSet<i64> = ends.chain(changes).filter(|t| !kept.contains(t)).collect();
    let room = MOST_FRAMES.saturating_sub(kept.len() + 1);
    let step = others.len().div_ceil(room.max(1)).max(1);
    kept.extend(others.into_iter().step_by(step));
    kept.insert(start);
    // Where nobody looked any more, nobody was seen to come back.
    let looked =
        exhibits.periods.iter().filter(|p| matches!(p.kind, PeriodKind::Incident | PeriodKind::After));
    let until = looked.map(|p| p.end_ns).max().unwrap_or(i64::MAX);
    let told = kept.into_iter().filter(|t| (start..=end).contains(t) && *t < until);
    told.take(2 * MOST_FRAMES).collect()
}

/// `t=4: water left its band. Out of band, 2 of 10: power, water.`
fn sentence(nodes: &[NodeExhibit], at: &str, before: Option<&str>, now: &str) -> String {
    let named = |wanted: &dyn Fn(usize, u8) -> bool| {
        let all: Vec<String> = now
            .bytes()
            .enumerate()
            .filter(|(i, state)| wanted(*i, *state))
            .map(|(i, _)| cut(&nodes[i].service))
            .collect();
        let more = all.len().saturating_sub(NAMED);
        let list = all[..all.len() - more].join(", ");
        (all.len(), if more > 0 { format!("{list} and {more} more") } else { list })
    };
    let was = |i: usize| before.is_some_and(|b| b.as_bytes().get(i) == Some(&b'o'));
    let (left, who_left) = named(&|i, s| s == b'o' && !was(i));
    let (back, who_is_back) = named(&|i, s| s != b'o' && was(i));
    let (out, who_is_out) = named(&|_, s| s == b'o');
    let mut text = format!("{at}: ");
    if left > 0 {
        text.push_str(&format!("{who_left} left {} band. ", if left == 1 { "its" } else { "their" }));
    }
    if back > 0 {
        text.push_str(&format!(
            "{who_is_back} came back into {} band. ",
            if back == 1 { "its" } else { "their" }
        ));
    }
    text.push_str(&match out {
        0 => "No service is out of its band.".to_owned(),
        n => format!("Out of band, {n} of {}: {who_is_out}.", nodes.len()),
    });
    text
}

fn cut(name: &str) -> String {
    let mut short: String = name
        .chars()
        .take(60)
        .map(|c| if crate::markdown::is_invisible(c) { '\u{FFFD}' } else { c })
        .collect();
    if name.chars().nth(60).is_some() {
        short.push('…');
    }
    short
}

/// JSON that neither ends its script element nor opens a comment in it.
fn for_script(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exhibits::OnsetExhibit;

    #[test]
    fn every_onset_is_an_instant_and_is_told() {
        let node = |service: &str, onset: i64| NodeExhibit {
            service: service.to_owned(),
            onset: Some(OnsetExhibit { time_ns: onset, ..OnsetExhibit::default() }),
            out: vec![(onset, onset + 20_000_000_000)],
            ..NodeExhibit::default()
        };
        let exhibits = Exhibits {
            view_ns: Some((0, 60_000_000_000)),
            nodes: vec![node("a", 10_000_000_000), node("</script><!--\u{2028}", 15_000_000_000)],
            ..Exhibits::default()
        };
        let text = script_data(&exhibits).unwrap().unwrap();
        assert!(!text.contains(['<', '>', '&', '\u{2028}']), "{text}");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let frames = value["frames"].as_array().unwrap();
        let told: Vec<(&str, &str)> =
            frames.iter().map(|f| (f["at"].as_str().unwrap(), f["out"].as_str().unwrap())).collect();
        assert_eq!(told, [("0 s", "--"), ("10 s", "o-"), ("15 s", "oo"), ("30 s", "-o"), ("35 s", "--")]);
        assert_eq!(frames[1]["say"], "10 s: a left its band. Out of band, 1 of 2: a.");
        assert!(frames[3]["say"].as_str().unwrap().contains("a came back"));
    }

    #[test]
    fn nobody_comes_back_because_the_log_ends() {
        let exhibits = crate::charts::tests::incident(["a", "b", "c"]);
        let mut lasting = exhibits.clone();
        lasting.nodes[0].out = vec![(40_000_000_000, 100_000_000_000)];
        let says = |exhibits: &Exhibits| script_data(exhibits).unwrap().unwrap().matches("came back").count();
        // Both come back at second 90, then only one of them.
        assert!(says(&exhibits) == 1 && !script_data(&lasting).unwrap().unwrap().contains("a came back"));
        assert_eq!(says(&lasting), 1);
    }

    #[test]
    fn a_restless_run_is_thinned_out() {
        let out = (0..5000).map(|i| (i * 20, i * 20 + 10)).collect();
        let node = NodeExhibit { out, ..NodeExhibit::default() };
        let exhibits = Exhibits { view_ns: Some((0, 100_000)), nodes: vec![node], ..Exhibits::default() };
        assert!(instants(&exhibits).len() <= MOST_FRAMES);
    }
}
