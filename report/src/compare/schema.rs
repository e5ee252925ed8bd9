//! The model against its published JSON Schema, by the part of that language that it uses.

use serde_json::Value;

use super::testing::{input, with_path, with_recovery};
use super::{Named, Side, compare};

const SCHEMA: &str = include_str!("../../../docs/schemas/infra-compare-1.schema.json");

/// What breaks the schema, with where.
fn problems(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut say = |what: String| found.push(format!("{at}: {what}"));
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.trim_start_matches("#/$defs/");
        return problems(root, &root["$defs"][name], value, at);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = choices.iter().filter(|s| problems(root, s, value, at).is_empty()).count();
        if fits != 1 {
            say(format!("{fits} of oneOf fit {value}"));
        }
        return found;
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        _ => false,
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(kind)) {
        say(format!("{value} is no {kinds:?}"));
    }
    if schema["const"] != Value::Null && schema["const"] != *value {
        say(format!("{value} is not {}", schema["const"]));
    }
    if schema["enum"].as_array().is_some_and(|all| !all.contains(value)) {
        say(format!("{value} is not in the enumeration"));
    }
    if let (Some(fields), Some(properties)) = (value.as_object(), schema["properties"].as_object()) {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                found.push(format!("{at}: no `{name}`"));
            }
        }
        for (name, field) in fields {
            match properties.get(name) {
                Some(schema) => found.extend(problems(root, schema, field, &format!("{at}.{name}"))),
                None => found.push(format!("{at}: `{name}` is not in the schema")),
            }
        }
    }
    if let (Some(items), Some(each)) = (value.as_array(), schema.get("items")) {
        found.extend(items.iter().flat_map(|item| problems(root, each, item, &format!("{at}[]"))));
    }
    found
}

#[test]
fn a_comparison_is_what_its_schema_says() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let folder = |name: &str, inputs| Named { name: name.to_owned(), what: Side::Folder(inputs) };
    let base = folder(
        "base",
        vec![
            input("a", with_path(&[("db", 0), ("web", 5)])),
            input("b", with_recovery(5)),
            input("only", with_recovery(5)),
        ],
    );
    let slow = with_path(&[("db", 0), ("web", 9), ("shop", 12)]);
    let candidate = folder("candidate", vec![input("a", slow), input("b", with_recovery(700))]);
    let siblings = (0..8).map(|i| input(&i.to_string(), with_recovery(i))).collect();
    let spread = Named { name: "seeds".to_owned(), what: siblings };
    for spread in [None, Some(&spread)] {
        let model = compare(&base, &candidate, spread, "0.1.0");
        let json = serde_json::to_value(&model).unwrap();
        assert_eq!(problems(&schema, &schema, &json, "$"), Vec::<String>::new());
        assert_eq!(serde_json::from_value::<super::ComparisonModel>(json.clone()).unwrap(), model);
        // The check itself finds what is wrong.
        let mut broken = json;
        broken["pairs"][0]["figures"][0]["judgement"] = "perhaps".into();
        broken["pairs"][0]["figures"][0]["more"] = 1.into();
        assert_eq!(problems(&schema, &schema, &broken, "$").len(), 2);
    }
}
