//! Row ranges as people type them and as reports cite them.

use infra_eventlog::TableKind;
use infra_eventlog::error::nearest;

use crate::exit::usage;

/// More rows than these are asked of `export` \[rows\].
pub(super) const MAX_ROWS: i64 = 100_000;

/// Rows of one table, both ends inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowRange {
    pub(crate) table: TableKind,
    pub(crate) first: i64,
    pub(crate) last: i64,
}

/// Reads `9-14`, `rows 9-14`, `[rows 9-14]`, `metrics 120-124`, `metrics:120-124`; several with
/// commas. A range without a table is of the table before it, of `events` at first.
///
/// # Errors
/// A usage error that names the range.
pub(crate) fn parse(text: &str) -> anyhow::Result<Vec<RowRange>> {
    let mut table = TableKind::Events;
    let mut ranges = Vec::new();
    for item in text.split(',') {
        let item = item.trim().trim_start_matches('[').trim_end_matches(']').trim();
        let digits = item.find(|c: char| c.is_ascii_digit()).unwrap_or(item.len());
        let (name, numbers) = item.split_at(digits);
        let name = name.trim_end_matches([' ', ':']).trim();
        if !name.is_empty() {
            table = table_named(name)?;
        }
        let (first, last) = bounds(item, numbers)?;
        ranges.push(RowRange { table, first, last });
    }
    let rows: i64 = ranges.iter().map(|r| r.last - r.first + 1).fold(0, i64::saturating_add);
    if rows > MAX_ROWS {
        return Err(usage(format!(
            "--rows {text}: {rows} rows are more than the {MAX_ROWS} shown here (use export)"
        )));
    }
    Ok(ranges)
}

fn bounds(item: &str, numbers: &str) -> anyhow::Result<(i64, i64)> {
    let wrong = || usage(format!("--rows {item}: expected 9-14, [rows 9-14] or metrics:120-124"));
    let (first, last) = numbers.split_once(['-', '–']).unwrap_or((numbers, numbers));
    let number = |text: &str| text.trim().parse::<i64>().ok().filter(|n| *n < i64::MAX);
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => Ok((first, last)),
        (Some(_), Some(_)) => Err(usage(format!("--rows {item}: the first row comes after the last"))),
        _ => Err(wrong()),
    }
}

fn table_named(name: &str) -> anyhow::Result<TableKind> {
    let lower = name.to_ascii_lowercase();
    if lower == "row" || lower == "rows" {
        return Ok(TableKind::Events);
    }
    TableKind::ALL.into_iter().find(|kind| kind.name() == lower).ok_or_else(|| {
        let hint = nearest(&lower, TableKind::ALL.map(TableKind::name))
            .map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
        usage(format!("--rows: no table `{name}`{hint}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use TableKind::{Events, Metrics};

    #[test]
    fn what_a_report_cites_can_be_pasted() {
        let range = |table, first, last| RowRange { table, first, last };
        for text in ["9-14", "rows 9-14", "[rows 9-14]", "events:9-14", " rows:9 - 14 ", "9–14"] {
            assert_eq!(parse(text).unwrap(), [range(Events, 9, 14)], "{text}");
        }
        assert_eq!(parse("[row 3]").unwrap(), [range(Events, 3, 3)]);
        assert_eq!(
            parse("[metrics 120-124], 7, rows 1").unwrap(),
            [range(Metrics, 120, 124), range(Metrics, 7, 7), range(Events, 1, 1)]
        );
    }

    #[test]
    fn everything_else_is_refused() {
        for text in ["", "x", "rows", "5-3", "metrics -3", "1-2-3", "9-", "0-99999999", "9223372036854775807"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse("metric 3").unwrap_err().to_string().contains("did you mean `metrics`?"));
    }
}
