//! JSON text to the tree of values.
//!
//! `serde_json` judges the text (its errors carry line and column) and bounds the nesting; the
//! walk below then only has to find lines and duplicate keys in a text known to be valid.

use std::collections::BTreeMap;

use super::error::ScenarioError;
use super::node::{Node, Value, line_and_column, shorten};

/// Parses a JSON document.
pub(crate) fn parse(text: &str, file: &str) -> Result<Node, ScenarioError> {
    if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
        return Err(ScenarioError::Syntax {
            file: file.to_owned(),
            line: error.line(),
            column: error.column(),
            why: without_place(&error.to_string()),
        });
    }
    let mut walk = Walk { text, at: 0, line: 1 };
    walk.node().map_err(|why| {
        let (line, column) = line_and_column(text, walk.at);
        ScenarioError::Syntax { file: file.to_owned(), line, column, why }
    })
}

/// serde_json ends its messages with the place, which the error already has.
fn without_place(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

struct Walk<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Walk<'_> {
    fn node(&mut self) -> Result<Node, String> {
        self.skip_space();
        let line = self.line;
        let value = match self.peek() {
            Some(b'{') => self.table()?,
            Some(b'[') => self.list()?,
            Some(b'"') => Value::Text(self.string()?),
            _ => self.scalar()?,
        };
        Ok(Node { line, value })
    }

    fn table(&mut self) -> Result<Value, String> {
        let mut entries = BTreeMap::new();
        self.at += 1;
        while !self.closes(b'}')? {
            let start = self.at;
            let key = self.string()?;
            self.expect(b':')?;
            let node = self.node()?;
            if entries.contains_key(&key) {
                self.at = start;
                return Err(format!("key `{}` is given twice", shorten(&key)));
            }
            entries.insert(key, node);
        }
        Ok(Value::Table(entries))
    }

    fn list(&mut self) -> Result<Value, String> {
        let mut nodes = Vec::new();
        self.at += 1;
        while !self.closes(b']')? {
            nodes.push(self.node()?);
        }
        Ok(Value::List(nodes))
    }

    /// Whether the list or table ends here; skips the comma before the next entry otherwise.
    fn closes(&mut self, end: u8) -> Result<bool, String> {
        self.skip_space();
        if self.peek() == Some(b',') {
            self.at += 1;
            self.skip_space();
        }
        match self.peek() {
            None => Err("the text ends early".to_owned()),
            Some(byte) if byte == end => {
                self.at += 1;
                Ok(true)
            },
            Some(_) => Ok(false),
        }
    }

    fn string(&mut self) -> Result<String, String> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'"' => break,
                b'\\' => end += 2,
                _ => end += 1,
            }
        }
        self.at = end + 1;
        let quoted = self.text.get(start..=end).ok_or("the text ends early")?;
        serde_json::from_str(quoted).map_err(|e| without_place(&e.to_string()))
    }

    fn scalar(&mut self) -> Result<Value, String> {
        let start = self.at;
        let ends = |c: char| c.is_ascii_whitespace() || matches!(c, ',' | ']' | '}');
        let rest = self.text.get(start..).unwrap_or("");
        let word = rest.get(..rest.find(ends).unwrap_or(rest.len())).unwrap_or(rest);
        self.at = start + word.len();
        match word {
            "null" => Ok(Value::Null),
            "true" => Ok(Value::Flag(true)),
            "false" => Ok(Value::Flag(false)),
            _ => {
                let integer = word.parse().map(Value::Integer).ok();
                integer
                    .or_else(|| word.parse().map(Value::Real).ok())
                    .ok_or_else(|| format!("`{}` is no value", shorten(word)))
            },
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), String> {
        self.skip_space();
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(format!("expected `{}`", char::from(byte)))
    }

    fn skip_space(&mut self) {
        while let Some(byte @ (b' ' | b'\t' | b'\r' | b'\n')) = self.peek() {
            self.line += u32::from(byte == b'\n');
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_values() {
        let node = parse("{\n \"a\": [1, -2.5e1,\n null], \"b\\n\": {\"c\": \"\\u00e9\\\"\"}}", "t").unwrap();
        let Value::Table(top) = &node.value else { panic!("no table") };
        let Value::List(a) = &top["a"].value else { panic!("no list") };
        assert_eq!((a[0].line, a[2].line), (2, 3));
        assert_eq!((&a[0].value, &a[1].value), (&Value::Integer(1), &Value::Real(-25.0)));
        let Value::Table(b) = &top["b\n"].value else { panic!("no table") };
        assert_eq!(b["c"].value, Value::Text("é\"".to_owned()));
    }

    #[test]
    fn errors_have_places() {
        let message = |text| parse(text, "t.json").unwrap_err().to_string();
        assert_eq!(message("{\"a\": 1,\n \"a\": 2}"), "t.json: line 2, column 2: key `a` is given twice");
        assert_eq!(message("{\n\"a\": }"), "t.json: line 2, column 6: expected value");
    }

    proptest::proptest! {
        #[test]
        fn the_tree_equals_what_serde_reads(text in r#"[\[\]{},:" a0-9.\-\\nté]{0,40}"#) {
            if let Ok(value) = serde_json::from_str::<serde_json::Value>(&text)
                && let Ok(node) = parse(&text, "t")
            {
                proptest::prop_assert_eq!(node.value.to_json().to_string(), value.to_string());
            }
        }
    }
}
