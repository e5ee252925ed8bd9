//! What is published about the outputs, held against the code: docs/gates.md and docs/schemas/.
//!
//! The checker below knows the part of JSON Schema that these schemas use and panics on anything
//! else. `.ci/schemas.py` does the same with a complete implementation, formats and patterns included.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use crate::ci::tests::{batch, hostile};
use crate::gate::{Config, Expr, Field, fixture};

fn repository(path: &str) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

/// Schemas by file name, loaded when they are first referred to.
struct Schemas(BTreeMap<String, Value>);

impl Schemas {
    fn load(&mut self, file: &str) -> Value {
        let path = if file.starts_with("sarif") {
            format!(".ci/schemas/{file}")
        } else {
            format!("docs/schemas/{file}")
        };
        let read = || serde_json::from_str(&repository(&path)).unwrap();
        self.0.entry(file.to_owned()).or_insert_with(read).clone()
    }

    /// Everything that is wrong with `value`, as `place: what`.
    fn errors(&mut self, file: &str, value: &Value) -> Vec<String> {
        let mut errors = Vec::new();
        let root = self.load(file);
        self.walk(file, &root, value, "$", &mut errors);
        errors
    }

    fn holds(&mut self, file: &str, schema: &Value, value: &Value) -> bool {
        let mut errors = Vec::new();
        self.walk(file, schema, value, "", &mut errors);
        errors.is_empty()
    }

    fn walk(&mut self, file: &str, schema: &Value, value: &Value, at: &str, errors: &mut Vec<String>) {
        let Value::Object(keywords) = schema else {
            if schema == &Value::Bool(false) {
                errors.push(format!("{at}: nothing is allowed"));
            }
            return;
        };
        for (keyword, rule) in keywords {
            let list = || rule.as_array().unwrap();
            let bad = match keyword.as_str() {
                "$ref" => {
                    let (other, pointer) =
                        rule.as_str().unwrap().split_once('#').unwrap_or((rule.as_str().unwrap(), ""));
                    let other = if other.is_empty() { file.to_owned() } else { other.to_owned() };
                    let target =
                        self.load(&other).pointer(pointer).unwrap_or_else(|| panic!("{rule}")).clone();
                    self.walk(&other, &target, value, at, errors);
                    false
                },
                "type" => {
                    let types = rule.as_array().cloned().unwrap_or_else(|| vec![rule.clone()]);
                    !types.iter().any(|t| is_a(value, t.as_str().unwrap()))
                },
                "const" => value != rule,
                "enum" => !list().contains(value),
                "required" => {
                    list().iter().any(|k| value.is_object() && value.get(k.as_str().unwrap()).is_none())
                },
                "minimum" => value.as_f64().is_some_and(|v| v < rule.as_f64().unwrap()),
                "maximum" => value.as_f64().is_some_and(|v| v > rule.as_f64().unwrap()),
                "minItems" => value.as_array().is_some_and(|a| (a.len() as u64) < rule.as_u64().unwrap()),
                "maxItems" => value.as_array().is_some_and(|a| (a.len() as u64) > rule.as_u64().unwrap()),
                "uniqueItems" => {
                    value.as_array().is_some_and(|a| (1..a.len()).any(|i| a[..i].contains(&a[i])))
                },
                "anyOf" => !list().iter().any(|s| self.holds(file, s, value)),
                "oneOf" => list().iter().filter(|s| self.holds(file, s, value)).count() != 1,
                "properties" => {
                    for (key, inner) in value.as_object().into_iter().flatten() {
                        if let Some(schema) = rule.get(key) {
                            self.walk(file, schema, inner, &format!("{at}.{key}"), errors);
                        }
                    }
                    false
                },
                "additionalProperties" => {
                    for (key, inner) in value.as_object().into_iter().flatten() {
                        if keywords.get("properties").is_none_or(|p| p.get(key).is_none()) {
                            self.walk(file, rule, inner, &format!("{at}.{key}"), errors);
                        }
                    }
                    false
                },
                "items" => {
                    for (i, inner) in value.as_array().into_iter().flatten().enumerate() {
                        self.walk(file, rule, inner, &format!("{at}[{i}]"), errors);
                    }
                    false
                },
                "$schema" | "$id" | "$defs" | "definitions" | "title" | "description" | "default"
                | "format" | "pattern" => false,
                unknown => panic!("{file}: the checker does not know `{unknown}`"),
            };
            if bad {
                let shown: String = value.to_string().chars().take(80).collect();
                errors.push(format!("{at}: {keyword} {rule}: {shown}"));
            }
        }
    }
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("no type `{other}`"),
    }
}

fn valid(file: &str, text: &str) {
    let value: Value = serde_json::from_str(text).unwrap();
    let mut schemas = Schemas(BTreeMap::new());
    assert_eq!(schemas.errors(file, &value), Vec::<String>::new(), "{file}");
    // A check that lets everything pass would be none.
    let mut other = value.clone();
    other["no such key"] = 1.into();
    assert!(!schemas.errors(file, &other).is_empty());
    for key in ["schema", "version"] {
        let mut less = value.clone();
        if less.as_object_mut().unwrap().remove(key).is_some() {
            assert!(!schemas.errors(file, &less).is_empty(), "{key}");
        }
    }
}

#[test]
fn findings_keep_to_their_schema() {
    for found in [fixture::cascade(), fixture::unrecovered(), fixture::quiet(), fixture::by_ticks()] {
        valid("infra-findings-1.schema.json", &serde_json::to_string(&found).unwrap());
    }
}

#[test]
fn batches_keep_to_their_schema() {
    for batch in [batch(), hostile()] {
        valid("infra-batch-1.schema.json", &crate::ci::to_json(&batch).unwrap());
    }
}

#[test]
fn sarif_keeps_to_the_schema_of_oasis() {
    for batch in [batch(), hostile()] {
        valid("sarif-schema-2.1.0.json", &crate::ci::to_sarif(&batch).unwrap());
    }
}

#[test]
fn the_page_on_gates_lists_every_field() {
    let page = repository("docs/gates.md");
    let rows: Vec<String> = Field::ALL
        .iter()
        .map(|f| format!("| `{}` | {} | {} | {} |", f.name(), f.kind().words(), f.unit(), f.doc()))
        .collect();
    let table = page.split("## Fields").nth(1).and_then(|t| t.split("\n\n").nth(1)).unwrap();
    let listed: Vec<&str> = table.lines().skip(2).collect();
    assert_eq!(listed, rows, "docs/gates.md should have:\n{}", rows.join("\n"));
}

#[test]
fn the_examples_of_the_page_on_gates_are_right() {
    let page = repository("docs/gates.md");
    let mut found = 0;
    for block in page.split("```toml\n").skip(1) {
        Config::parse(block.split("```").next().unwrap()).unwrap();
        found += 1;
    }
    for quoted in page.split("--fail-on '").skip(1) {
        let expr: Expr = quoted.split('\'').next().unwrap().parse().unwrap();
        assert!(!expr.to_string().is_empty());
        found += 1;
    }
    // Code spans of the page that hold an expression.
    for span in
        ["root_cause~'db-*'", "missing(slo_budget) or slo_budget<0", "worse(impact, 10%)", "slo_budget<-25%"]
    {
        assert!(page.contains(span), "{span}");
        assert!(span.parse::<Expr>().is_ok());
        found += 1;
    }
    assert!(found >= 8);
    let wrong = "mttr > 300".parse::<Expr>().unwrap_err().to_string();
    assert!(page.contains(&wrong), "{wrong}");
    let measures = "`impact`, ".to_owned()
        + &Field::ALL
            .iter()
            .filter(|f| f.worse_is().is_some())
            .map(|f| format!("`{}`", f.name()))
            .collect::<Vec<_>>()
            .join(", ");
    assert!(page.contains(&measures), "{measures}");
}
