//! Pictures and excerpts as the template takes them.

use minijinja::context;
use minijinja::value::Value;

use crate::charts::{self, Drawing, unit_of};
use crate::exhibits::{Exhibits, SignalExhibit};

/// Every picture of the page.
pub(super) fn all(exhibits: &Exhibits) -> Value {
    let figure = |drawing: Option<Drawing>, id: &str| {
        drawing.map(|d| {
            context! { svg => Value::from_safe_string(d.inline(id)), description => d.description }
        })
    };
    context! {
        dependencies => figure(charts::dependencies(exhibits), "picture-dependencies"),
        propagation => figure(charts::propagation(exhibits), "picture-propagation"),
        signals => signals(exhibits),
    }
}

/// Charts of signals, service by service.
fn signals(exhibits: &Exhibits) -> Value {
    let mut groups: Vec<(usize, Vec<Value>)> = Vec::new();
    for (i, signal) in exhibits.signals.iter().enumerate() {
        let Some(drawing) = charts::measurement(exhibits, signal) else { continue };
        let chart = context! {
            svg => Value::from_safe_string(drawing.inline(&format!("picture-signal-{i}"))),
            signal => signal.signal.clone(),
            about => about(signal),
        };
        match groups.last_mut() {
            Some((node, charts)) if *node == signal.node => charts.push(chart),
            _ => groups.push((signal.node, vec![chart])),
        }
    }
    let group = |(node, charts): (usize, Vec<Value>)| {
        context! { service => exhibits.nodes[node].service.clone(), charts => charts }
    };
    groups.into_iter().map(group).collect()
}

/// Statistic and unit, and how many windows a point stands for.
fn about(signal: &SignalExhibit) -> String {
    let mut parts = Vec::new();
    let unit = unit_of(signal).1;
    if !unit.is_empty() {
        parts.push(format!("in {unit}"));
    }
    if signal.statistic != "last" {
        parts.push(signal.statistic.clone());
    }
    if signal.merged > 1 {
        parts.push(format!("a point is {} windows", signal.merged));
    }
    parts.join(", ")
}

/// The rows that the report cites.
pub(super) fn excerpts(exhibits: &Exhibits) -> Value {
    let row = |cells: &Vec<String>| -> Value { cells.iter().map(|c| Value::from(c.as_str())).collect() };
    let excerpt = |e: &crate::exhibits::Excerpt| {
        // What is cut is cut between the first and the last rows.
        let cut = if e.omitted > 0 { e.rows.len().saturating_sub(3) } else { e.rows.len() };
        context! {
            anchor => e.cite.anchor(),
            cite => e.cite.to_string(),
            columns => row(&e.columns),
            first => e.rows[..cut].iter().map(row).collect::<Value>(),
            omitted => e.omitted,
            last => e.rows[cut..].iter().map(row).collect::<Value>(),
        }
    };
    exhibits.excerpts.iter().map(excerpt).collect()
}
