//! A JSON object that is written field by field into a text.

use super::number::{push_integer, push_real};

/// An object under construction.
pub(super) struct Object<'t> {
    text: &'t mut String,
}

impl<'t> Object<'t> {
    /// Begins an object.
    pub(super) fn begin(text: &'t mut String) -> Self {
        text.push('{');
        Self { text }
    }

    /// A field whose value is appended to the text that is returned.
    pub(super) fn field(&mut self, key: &str) -> &mut String {
        if !self.text.ends_with('{') {
            self.text.push(',');
        }
        self.text.push('"');
        self.text.push_str(key);
        self.text.push_str("\":");
        self.text
    }

    /// A real number.
    pub(super) fn real(&mut self, key: &str, value: f64) {
        push_real(self.field(key), value);
    }

    /// An integer.
    pub(super) fn integer(&mut self, key: &str, value: i64) {
        push_integer(self.field(key), value);
    }

    /// A position or a count.
    pub(super) fn count(&mut self, key: &str, value: usize) {
        self.integer(key, i64::try_from(value).unwrap_or(i64::MAX));
    }

    /// True or false.
    pub(super) fn flag(&mut self, key: &str, value: bool) {
        self.field(key).push_str(if value { "true" } else { "false" });
    }

    /// An integer or null.
    pub(super) fn integer_option(&mut self, key: &str, value: Option<i64>) {
        match value {
            Some(value) => self.integer(key, value),
            None => self.field(key).push_str("null"),
        }
    }

    /// A real number or null.
    pub(super) fn real_option(&mut self, key: &str, value: Option<f64>) {
        match value {
            Some(value) => self.real(key, value),
            None => self.field(key).push_str("null"),
        }
    }

    /// A text.
    pub(super) fn text(&mut self, key: &str, value: &str) {
        push_text(self.field(key), value);
    }

    /// Ends it.
    pub(super) fn end(self) {
        self.text.push('}');
    }
}

/// Appends a text as JSON.
pub(super) fn push_text(text: &mut String, value: &str) {
    let is_plain = value.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
    if is_plain {
        text.push('"');
        text.push_str(value);
        text.push('"');
    } else {
        text.push_str(&serde_json::Value::from(value).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_read_back() {
        let mut text = String::new();
        let mut object = Object::begin(&mut text);
        object.text("name", "tab\tquote\" slash\\ é \u{7f} \u{1}");
        object.integer_option("none", None);
        object.real("rate", 0.25);
        object.flag("well", true);
        let mut inner = Object::begin(object.field("inner"));
        inner.count("n", 3);
        inner.end();
        object.end();
        let expected = serde_json::json!({
            "name": "tab\tquote\" slash\\ é \u{7f} \u{1}",
            "none": null, "rate": 0.25, "well": true, "inner": { "n": 3 },
        });
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), expected);
    }
}
