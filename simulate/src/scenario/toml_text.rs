//! TOML text to the tree of values.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::error::ScenarioError;
use super::node::{Node, OVERRIDE, Value, line_and_column};

/// Parses a TOML document.
pub(crate) fn parse(text: &str, file: &str) -> Result<Node, ScenarioError> {
    let document = DeTable::parse(text).map_err(|error| {
        let (line, column) = line_and_column(text, error.span().map_or(0, |span| span.start));
        ScenarioError::Syntax { file: file.to_owned(), line, column, why: error.message().to_owned() }
    })?;
    let lines = Lines::of(text);
    let table = document.into_inner();
    Ok(Node { line: 1, value: lines.table(table) })
}

/// Reads the right-hand side of `--set key=value`; `None` if it is no TOML value.
pub(crate) fn literal(text: &str) -> Option<Value> {
    let value = DeValue::parse(text).ok()?;
    let mut node = Lines::of("").node(value.span(), value.into_inner());
    forget_lines(&mut node);
    Some(node.value)
}

fn forget_lines(node: &mut Node) {
    node.line = OVERRIDE;
    match &mut node.value {
        Value::List(nodes) => nodes.iter_mut().for_each(forget_lines),
        Value::Table(entries) => entries.values_mut().for_each(forget_lines),
        _ => {},
    }
}

/// Where each line starts.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    fn line(&self, offset: usize) -> u32 {
        u32::try_from(self.0.partition_point(|start| *start <= offset)).unwrap_or(u32::MAX)
    }

    fn table(&self, table: DeTable<'_>) -> Value {
        Value::Table(
            table
                .into_iter()
                .map(|(key, value)| {
                    let span = value.span();
                    (key.into_inner().into_owned(), self.node(span, value.into_inner()))
                })
                .collect(),
        )
    }

    fn node(&self, span: Range<usize>, value: DeValue<'_>) -> Node {
        let value = match value {
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| Value::Text(number.to_string()), Value::Integer),
            DeValue::Float(number) => {
                number.as_str().parse().map_or_else(|_| Value::Text(number.to_string()), Value::Real)
            },
            DeValue::Boolean(flag) => Value::Flag(flag),
            DeValue::Datetime(time) => Value::Text(time.to_string()),
            DeValue::Array(items) => Value::List(
                items
                    .into_iter()
                    .map(|item| {
                        let span = item.span();
                        self.node(span, item.into_inner())
                    })
                    .collect(),
            ),
            DeValue::Table(table) => self.table(table),
        };
        Node { line: self.line(span.start), value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_carry_their_lines() {
        let node = parse("a = 1\n\n[[b]]\nc = 0x1f\nd = [true,\n  2.5]\n", "t").unwrap();
        let Value::Table(top) = node.value else { panic!("no table") };
        assert_eq!(top["a"], Node { line: 1, value: Value::Integer(1) });
        let Value::List(list) = &top["b"].value else { panic!("no list") };
        let Value::Table(b) = &list[0].value else { panic!("no table") };
        assert_eq!(list[0].line, 3);
        assert_eq!(b["c"], Node { line: 4, value: Value::Integer(31) });
        let Value::List(d) = &b["d"].value else { panic!("no list") };
        assert_eq!((d[0].line, d[1].line), (5, 6));
    }

    #[test]
    fn literals_of_overrides() {
        assert_eq!(literal("2.5"), Some(Value::Real(2.5)));
        assert_eq!(literal("18446744073709551615"), Some(Value::Integer(u64::MAX.into())));
        assert_eq!(literal("true"), Some(Value::Flag(true)));
        assert_eq!(literal("coupled"), None);
        assert_eq!(literal(""), None);
    }

    #[test]
    fn broken_text_has_line_and_column() {
        let error = parse("a = 1\nb = = 2\n", "t.toml").unwrap_err().to_string();
        assert!(error.starts_with("t.toml: line 2, column 5: "), "{error}");
    }
}
