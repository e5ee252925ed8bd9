//! Fields of JSON objects, kindly: 64-bit numbers as numbers or texts, null as missing.

use serde_json::Value;

/// A field that is there and not null.
pub(super) fn field<'v>(object: &'v Value, name: &str) -> Option<&'v Value> {
    object.get(name).filter(|v| !v.is_null())
}

/// A text field, if it is not empty.
pub(super) fn text<'v>(object: &'v Value, name: &str) -> Option<&'v str> {
    field(object, name)?.as_str().filter(|t| !t.is_empty())
}

/// The elements of a list; none if it is missing or something else.
pub(super) fn list<'v>(object: &'v Value, name: &str) -> &'v [Value] {
    object.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A whole number, as a number or a text.
pub(super) fn int(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let whole = number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 9.0e18)?;
            Some(whole as i64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A number, as a number or a text (`NaN`, `+Inf` and the like included).
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => match text.trim() {
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            text => text.parse().ok(),
        },
        _ => None,
    }
}
