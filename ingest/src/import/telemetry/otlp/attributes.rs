//! Attributes as plain JSON: `{"http.route": "/cart"}` for OTLP's lists of keys and typed values.

use serde_json::{Map, Value};

use super::model::Attributes;
use crate::import::telemetry::fields;

/// Longer JSON text of attributes is cut attribute by attribute \[bytes\].
const MAX_BYTES: usize = 16_384;

/// Attributes of OTLP/JSON.
pub(super) fn from_json(list: &[Value]) -> Attributes {
    let pair = |entry: &Value| {
        let key = fields::text(entry, "key")?.to_owned();
        Some((key, fields::field(entry, "value").map_or(Value::Null, any_value)))
    };
    list.iter().filter_map(pair).collect()
}

/// A typed value of OTLP/JSON as a plain one. The depth is bounded by the JSON reader.
pub(super) fn any_value(value: &Value) -> Value {
    let Some((kind, inner)) = value.as_object().and_then(|o| o.iter().next()) else { return Value::Null };
    match kind.as_str() {
        "intValue" | "int_value" => fields::int(inner).map_or(Value::Null, Value::from),
        "doubleValue" | "double_value" => fields::number(inner).map_or(Value::Null, Value::from),
        "arrayValue" | "array_value" => fields::list(inner, "values").iter().map(any_value).collect(),
        "kvlistValue" | "kvlist_value" => Value::Object(from_json(fields::list(inner, "values"))),
        _ => inner.clone(),
    }
}

/// JSON text of attributes, whole attributes only, at most [`MAX_BYTES`]; `None` if there are none.
pub(super) fn to_text(attributes: &Attributes) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let text = Value::Object(attributes.clone()).to_string();
    if text.len() <= MAX_BYTES {
        return Some(text);
    }
    let mut kept = Map::new();
    let mut bytes = 2;
    for (key, value) in attributes {
        bytes += key.len() + value.to_string().len() + 4;
        if bytes <= MAX_BYTES {
            kept.insert(key.clone(), value.clone());
        } else {
            bytes -= key.len() + value.to_string().len() + 4;
        }
    }
    Some(Value::Object(kept).to_string())
}

/// An attribute as text.
pub(super) fn text<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes.get(name)?.as_str().filter(|t| !t.is_empty())
}
