//! The line that a service wrote, without the JSON that collectors put around it.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::map::Wrapping;

/// Words of a line that may be its severity.
const FIRST_WORDS: usize = 6;

/// A log line without its wrapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) message: Cow<'a, str>,
    /// As the wrapping or one of the first words tells it.
    pub(super) severity: Option<String>,
}

impl Wrapping {
    /// Unwraps a text as far as its layers are JSON objects with the wanted keys; what is no such
    /// object is the line itself.
    pub(super) fn unwrap<'a>(&self, text: &'a str) -> Line<'a> {
        let mut message = Cow::Borrowed(text);
        let mut severity = None;
        let is_asked = !self.message_json.is_empty() || !self.severity_json.is_empty();
        let mut fields = if is_asked { object(text) } else { None };
        for key in &self.message_json {
            let Some(layer) = &mut fields else { break };
            if let Some(Value::String(inner)) = layer.remove(key) {
                severity = self.severity_of(layer).or(severity);
                fields = object(&inner);
                message = Cow::Owned(inner);
            }
        }
        severity = fields.and_then(|layer| self.severity_of(&layer)).or(severity);
        let trimmed = message.trim_end().len();
        message = match message {
            Cow::Borrowed(text) => Cow::Borrowed(&text[..trimmed]),
            Cow::Owned(mut text) => {
                text.truncate(trimmed);
                Cow::Owned(text)
            },
        };
        let severity = severity.or_else(|| self.severity_word(&message));
        Line { message, severity }
    }

    fn severity_of(&self, fields: &Map<String, Value>) -> Option<String> {
        let mut values = self.severity_json.iter().filter_map(|key| fields.get(key));
        values.find_map(|value| match value {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    fn severity_word(&self, message: &str) -> Option<String> {
        if self.severity_words.is_empty() {
            return None;
        }
        let words = message.split_whitespace().take(FIRST_WORDS);
        let mut words = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
        words.find(|word| self.severity_words.iter().any(|known| known == word)).map(str::to_owned)
    }
}

fn object(text: &str) -> Option<Map<String, Value>> {
    // Most lines are not JSON; a parser's error costs more than a look at the first byte.
    text.trim_start().starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapping() -> Wrapping {
        let texts = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
        Wrapping {
            message_json: texts(&["log", "message"]),
            severity_json: texts(&["severity", "level"]),
            severity_words: texts(&["ERROR", "INFO"]),
        }
    }

    #[track_caller]
    fn check(text: &str, message: &str, severity: Option<&str>) {
        let line = wrapping().unwrap(text);
        assert_eq!((line.message.as_ref(), line.severity.as_deref()), (message, severity));
    }

    #[test]
    fn layers_are_taken_off_as_far_as_they_parse() {
        check(
            r#"{"log":"{\"severity\":\"warn\",\"message\":\"cart is \\\"full\\\"\"}\n","stream":"out"}"#,
            r#"cart is "full""#,
            Some("warn"),
        );
        check(r#"{"log":"12:00:01.5 INFO  - started\n"}"#, "12:00:01.5 INFO  - started", Some("INFO"));
        check("plain ERROR: no\n", "plain ERROR: no", Some("ERROR"));
        check(r#"{"message":"m","level":"debug"}"#, "m", Some("debug"));
        check(r#"{"log":"{\"level\":30,\"text\":\"kept\"}"}"#, r#"{"level":30,"text":"kept"}"#, Some("30"));
        check(r#"{"log":{"message":"an object"}}"#, r#"{"log":{"message":"an object"}}"#, None);
        check(r#"{"log":"cut off"#, r#"{"log":"cut off"#, None);
        check("one two three four five six ERROR", "one two three four five six ERROR", None);
        check("", "", None);
    }

    #[test]
    fn nothing_is_unwrapped_unless_asked() {
        let line = Wrapping::default().unwrap("{\"log\":\"x\"} \n");
        assert_eq!(line, Line { message: "{\"log\":\"x\"}".into(), severity: None });
    }
}
