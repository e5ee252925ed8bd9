//! Where a result is, and text as SARIF wants it.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ci::model::BatchRun;
use crate::ci::plain;
use crate::cite::Cite;
use crate::text::{Piece, Text, pieces};

/// Longer messages are cut \[characters\].
const MAX_MESSAGE: usize = 1000;
/// Rows of one result that are listed.
const MAX_ROWS: usize = 100;

/// A run as a whole, and services of it.
pub(super) fn location(run: &BatchRun, services: &[&str]) -> Value {
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&run.name), "uriBaseId": "%SRCROOT%" },
            "region": { "startLine": 1 },
        },
    });
    if !services.is_empty() {
        let logical: Vec<Value> = services
            .iter()
            .map(|s| {
                let name = plain::line(s, 200);
                let full = format!("{}/{name}", plain::line(&run.title(), 200));
                json!({ "name": name, "fullyQualifiedName": full, "kind": "service" })
            })
            .collect();
        location["logicalLocations"] = Value::Array(logical);
    }
    location
}

/// Citations, for `properties`.
pub(super) fn rows(cites: &[Cite]) -> Vec<Value> {
    cites
        .iter()
        .take(MAX_ROWS)
        .map(|c| json!({ "table": c.table, "first": c.first, "last": c.last }))
        .collect()
}

/// A message: names cannot be links or placeholders.
pub(super) fn message(text: &Text) -> Value {
    let mut out = String::new();
    for piece in pieces(text.marked()) {
        match piece {
            Piece::Words(words) => out.push_str(words),
            Piece::Untrusted(name) => out.push_str(&escaped(&plain::line(name, MAX_MESSAGE))),
        }
    }
    json!({ "text": cut(&out) })
}

/// At most [`MAX_MESSAGE`] characters, not cut within an escape.
fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_MESSAGE {
        return text.to_owned();
    }
    let start: String = text.chars().take(MAX_MESSAGE - 1).collect();
    let kept = start.trim_end_matches(['\\', '{', '}']);
    format!("{kept}…")
}

/// Text in which nothing is a link (`[text](target)`) or a placeholder (`{0}`): SARIF 2.1.0, 3.11.5
/// and 3.11.6.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '[' | ']' => out.extend(['\\', c]),
            '{' | '}' => out.extend([c, c]),
            c => out.push(c),
        }
    }
    out
}

/// A run's name as a relative URI reference (RFC 3986): segments percent-encoded, no scheme, no host.
fn uri(name: &str) -> String {
    let mut out = String::new();
    for segment in name.split('/').filter(|s| !s.is_empty() && *s != ".") {
        if !out.is_empty() {
            out.push('/');
        }
        for byte in segment.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    if out.is_empty() { "run".to_owned() } else { out }
}

/// A stable hash of some texts (FNV-1a, 64 bits), as 16 hexadecimal digits.
pub(super) fn fingerprint(parts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut add = |byte: u8| {
        hash ^= u64::from(byte);
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
    };
    for part in parts {
        part.bytes().for_each(&mut add);
        // No text holds this byte, so parts cannot run into each other.
        add(0xFF);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_relative_uris() {
        for (name, expected) in [
            ("runs/a b.parquet", "runs/a%20b.parquet"),
            ("/etc/passwd", "etc/passwd"),
            ("./runs//x", "runs/x"),
            ("http://evil/é", "http%3A/evil/%C3%A9"),
            ("a\\b?c#d", "a%5Cb%3Fc%23d"),
            ("", "run"),
        ] {
            assert_eq!(uri(name), expected);
        }
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        // From the authors' test suite: "a" is af63dc4c8601ec8c; here a separator follows.
        let mut expected: u64 = 0xaf63_dc4c_8601_ec8c;
        expected = (expected ^ 0xFF).wrapping_mul(0x0000_0100_0000_01b3);
        assert_eq!(fingerprint(&["a"]), format!("{expected:016x}"));
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }

    #[test]
    fn names_are_no_links_and_no_placeholders() {
        let mut text = Text::words("Gate ");
        text.name("[x](http://evil) {0}");
        assert_eq!(message(&text)["text"], "Gate \\[x\\](http://evil) {{0}}");
        let long = Text::untrusted(&"[".repeat(2000));
        let shown = message(&long);
        let shown = shown["text"].as_str().unwrap();
        assert!(shown.chars().count() <= MAX_MESSAGE && shown.ends_with("\\[…"), "{shown}");
    }
}
