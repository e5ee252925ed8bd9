//! A comparison as one HTML page: no script, nothing loaded, one style sheet that the page's own
//! policy knows by its hash.
//!
//! `escape_marked` and `render` know nothing of comparisons.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};

use super::model::ComparisonModel;
use super::view::View;
use crate::error::RenderError;
use crate::markdown::is_invisible;
use crate::text::{Piece, pieces};

/// The embedded template.
pub const TEMPLATE: &str = include_str!("../../../templates/compare.html.j2");

/// The style sheet.
const STYLE: &str = include_str!("../../../templates/compare.css");
/// SHA-256 of it, as a content security policy names it (a test tells the right one).
const STYLE_HASH: &str = "sha256-MCDYyul+ZK3VrnSYpNL3vwmlm6PN1ZOBh9UrZENF504=";

/// Longer names and log lines are cut \[characters\].
const MAX_CHARS: usize = 240;

/// Renders a comparison.
///
/// # Errors
/// [`RenderError::Embedded`] with the template's own line.
pub fn to_html(model: &ComparisonModel) -> Result<String, RenderError> {
    let view = View::new(model);
    let values = context! { view => Serde(&view), style => STYLE, style_hash => STYLE_HASH };
    render("compare.html", TEMPLATE, values)
}

/// Renders a template whose strings are escaped for HTML, text and quoted attributes alike.
///
/// # Errors
/// [`RenderError::Embedded`] with the template's own line.
pub(crate) fn render(name: &str, template: &str, values: Value) -> Result<String, RenderError> {
    let failed = |e: minijinja::Error| RenderError::Embedded(format!("{e:#}"));
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(failed)?;
    environment.set_syntax(syntax);
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("html".into()));
    environment.set_formatter(|out, _, value| {
        let written = match value.as_str() {
            Some(text) if value.is_safe() => out.write_str(text),
            Some(text) => out.write_str(&escape_marked(text)),
            None if value.is_number() => out.write_str(&value.to_string()),
            None => out.write_str(&escape_marked(&value.to_string())),
        };
        written.map_err(minijinja::Error::from)
    });
    environment.add_template(name, template).map_err(failed)?;
    environment.get_template(name).and_then(|t| t.render(values)).map_err(failed)
}

/// Escapes a marked text for HTML. Names are set apart; a text without marks is escaped as it is,
/// so it may stand in a quoted attribute.
pub(crate) fn escape_marked(marked: &str) -> String {
    let mut out = String::with_capacity(marked.len());
    for piece in pieces(marked) {
        match piece {
            Piece::Words(words) => push(&mut out, words),
            Piece::Untrusted(text) if text.len() == marked.len() => push_cut(&mut out, text),
            Piece::Untrusted(name) => {
                out.push_str("<span class=\"name\">");
                push_cut(&mut out, name);
                out.push_str("</span>");
            },
        }
    }
    out
}

fn push_cut(out: &mut String, text: &str) {
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => {
            push(out, &text[..end]);
            out.push('…');
        },
        None => push(out, text),
    }
}

fn push(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '`' => out.push_str("&#96;"),
            '\n' | '\r' | '\t' => out.push(' '),
            c if is_invisible(c) => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    #[test]
    fn names_are_set_apart_and_cannot_be_markup() {
        let mut text = Text::words("first suspect: ");
        text.name("</span><script>alert('1')</script>\u{202e}\n\"x\"");
        let marked = serde_json::to_value(&text).unwrap();
        let html = escape_marked(marked.as_str().unwrap());
        assert_eq!(
            html,
            "first suspect: <span class=\"name\">&lt;/span&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;\u{FFFD} &quot;x&quot;</span>"
        );
        assert_eq!(escape_marked("a\" onload=\"x"), "a&quot; onload=&quot;x");
        assert_eq!(escape_marked(&"é".repeat(300)).chars().count(), MAX_CHARS + 1);
    }

    /// SHA-256 (FIPS 180-4), for one test.
    fn sha256(data: &[u8]) -> Vec<u8> {
        // Fractional parts of roots of primes, as the standard defines them.
        let primes: Vec<u64> = (2..312).filter(|n: &u64| !(2..*n).any(|d| n.is_multiple_of(d))).collect();
        let bits = |root: f64| ((root - root.floor()) * 4_294_967_296.0) as u32;
        let k: Vec<u32> = primes.iter().map(|p| bits(libm::cbrt(*p as f64))).collect();
        let mut h: Vec<u32> = primes[..8].iter().map(|p| bits(libm::sqrt(*p as f64))).collect();
        let mut padded = data.to_vec();
        padded.push(0x80);
        while padded.len() % 64 != 56 {
            padded.push(0);
        }
        padded.extend((data.len() as u64 * 8).to_be_bytes());
        for block in padded.chunks(64) {
            let mut w: Vec<u32> =
                block.chunks(4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]])).collect();
            for i in 16..64 {
                let s0 = w[i - 15].rotate_right(7) ^ w[i - 15].rotate_right(18) ^ (w[i - 15] >> 3);
                let s1 = w[i - 2].rotate_right(17) ^ w[i - 2].rotate_right(19) ^ (w[i - 2] >> 10);
                w.push(w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1));
            }
            let mut v = h.clone();
            for i in 0..64 {
                let s1 = v[4].rotate_right(6) ^ v[4].rotate_right(11) ^ v[4].rotate_right(25);
                let ch = (v[4] & v[5]) ^ (!v[4] & v[6]);
                let t1 = v[7].wrapping_add(s1).wrapping_add(ch).wrapping_add(k[i]).wrapping_add(w[i]);
                let s0 = v[0].rotate_right(2) ^ v[0].rotate_right(13) ^ v[0].rotate_right(22);
                let t2 = s0.wrapping_add((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
                v.rotate_right(1);
                v[4] = v[4].wrapping_add(t1);
                v[0] = t1.wrapping_add(t2);
            }
            h.iter_mut().zip(&v).for_each(|(h, v)| *h = h.wrapping_add(*v));
        }
        h.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    fn base64(data: &[u8]) -> String {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let group = |three: &[u8]| {
            let n = three.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - three.len()));
            (0..4)
                .map(move |i| (i, n))
                .map(|(i, n)| letters[(n >> (18 - 6 * i)) as usize & 63] as char)
                .take(three.len() + 1)
                .chain(std::iter::repeat_n('=', 3 - three.len()))
                .collect::<String>()
        };
        data.chunks(3).map(group).collect()
    }

    #[test]
    fn the_policy_knows_the_style_sheet() {
        // The standard's own example.
        assert_eq!(base64(&sha256(b"abc")), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
        assert_eq!(STYLE_HASH, format!("sha256-{}", base64(&sha256(STYLE.as_bytes()))));
    }
}
