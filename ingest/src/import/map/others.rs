//! The sections `[edges]`, `[services]` and `[[slos]]`.

use infra_eventlog::metadata::SloSpec;

use super::section::{Problems, Section};
use super::source::{Source, read_source};

/// How dependency tables are read.
#[derive(Clone, Debug)]
pub(in crate::import) struct EdgesMap {
    pub(in crate::import) source: Source,
    pub(in crate::import) layout: EdgeLayout,
}

/// Where a dependency's ends stand.
#[derive(Clone, Debug)]
pub(in crate::import) enum EdgeLayout {
    /// One edge a row.
    List {
        /// Column of the dependent.
        from: String,
        /// Column of the dependency.
        to: String,
        kind: Option<String>,
        weight: Option<String>,
        scope: Option<String>,
    },
    /// One row and one column a service; a cell that is not zero is an edge.
    Matrix {
        /// Column of the row names; `None`: the first one.
        row_names: Option<String>,
        /// Whether the row's service depends on the column's, or the other way round.
        row_depends_on_column: bool,
    },
}

/// How service tables are read: column names.
#[derive(Clone, Debug)]
pub(in crate::import) struct ServicesMap {
    pub(in crate::import) source: Source,
    pub(in crate::import) id: String,
    pub(in crate::import) kind: Option<String>,
    pub(in crate::import) tier: Option<String>,
    pub(in crate::import) scope: Option<String>,
}

pub(super) fn read_edges(mut section: Section<'_>, problems: &mut Problems) -> EdgesMap {
    if !section.has("layout") {
        problems.add(section.offset(), "[edges] layout is missing (\"list\" or \"matrix\")".to_owned());
    }
    let source = read_source(&mut section, problems);
    let layout = match section.choice("layout", &[("list", false), ("matrix", true)], problems) {
        Some(true) => {
            if !section.has("direction") {
                let words = "\"row_depends_on_column\" or \"column_depends_on_row\"";
                problems.add(section.offset(), format!("[edges] direction is missing ({words})"));
            }
            let choices = [("row_depends_on_column", true), ("column_depends_on_row", false)];
            EdgeLayout::Matrix {
                row_names: section.text("row_names", problems),
                row_depends_on_column: section.choice("direction", &choices, problems).unwrap_or(true),
            }
        },
        _ => EdgeLayout::List {
            from: section.required("from", problems),
            to: section.required("to", problems),
            kind: section.text("kind", problems),
            weight: section.text("weight", problems),
            scope: section.text("scope", problems),
        },
    };
    section.finish(problems);
    EdgesMap { source, layout }
}

pub(super) fn read_services(mut section: Section<'_>, problems: &mut Problems) -> ServicesMap {
    let map = ServicesMap {
        source: read_source(&mut section, problems),
        id: section.required("id", problems),
        kind: section.text("kind", problems),
        tier: section.text("tier", problems),
        scope: section.text("scope", problems),
    };
    section.finish(problems);
    map
}

pub(super) fn read_slo(mut section: Section<'_>, problems: &mut Problems) -> SloSpec {
    let offset = section.offset();
    if !section.has("objective") {
        problems.add(offset, "[[slos]] objective is missing".to_owned());
    }
    let slo = SloSpec {
        service: section.text("service", problems).unwrap_or_else(|| "*".to_owned()),
        signal: section.required("signal", problems),
        objective: section.number("objective", problems).unwrap_or(0.0),
        window_ns: section.duration("window", problems).unwrap_or(0),
    };
    section.finish(problems);
    slo
}
