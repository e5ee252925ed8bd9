//! OTLP/JSON's way with values: every value names its type, 64-bit integers are texts.

use serde_json::{Value, json};

/// The resource of a service.
pub(super) fn resource(service: &str) -> Value {
    json!({ "attributes": [attribute("service.name", &Value::from(service))] })
}

/// Who wrote it.
pub(super) fn scope() -> Value {
    json!({ "name": "infra-analyze", "version": env!("CARGO_PKG_VERSION") })
}

/// A key with its typed value.
pub(super) fn attribute(key: &str, value: &Value) -> Value {
    json!({ "key": key, "value": any_value(value) })
}

/// Attributes from a column's JSON text; text that is no JSON object stays under one key.
pub(super) fn attributes(text: &str) -> Vec<Value> {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(fields)) => fields.iter().map(|(key, value)| attribute(key, value)).collect(),
        _ => vec![attribute("attributes", &Value::from(text))],
    }
}

/// A plain value with its type. The depth is bounded by the reader of the text.
fn any_value(value: &Value) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(value) => json!({ "boolValue": value }),
        Value::Number(number) => match number.as_i64() {
            Some(int) => json!({ "intValue": int.to_string() }),
            None => json!({ "doubleValue": number }),
        },
        Value::String(text) => json!({ "stringValue": text }),
        Value::Array(items) => {
            json!({ "arrayValue": { "values": items.iter().map(any_value).collect::<Vec<_>>() } })
        },
        Value::Object(fields) => {
            let pairs: Vec<Value> = fields.iter().map(|(key, value)| attribute(key, value)).collect();
            json!({ "kvlistValue": { "values": pairs } })
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_name_their_types() {
        let expected = json!([
            { "key": "a", "value": { "intValue": "-1" } },
            { "key": "b", "value": { "arrayValue": { "values": [{ "doubleValue": 0.5 }, {}] } } },
            { "key": "c", "value": { "kvlistValue": { "values": [{ "key": "d", "value": { "boolValue": true } }] } } },
        ]);
        assert_eq!(Value::from(attributes(r#"{"a":-1,"b":[0.5,null],"c":{"d":true}}"#)), expected);
        assert_eq!(attributes("no json"), [attribute("attributes", &Value::from("no json"))]);
    }
}
