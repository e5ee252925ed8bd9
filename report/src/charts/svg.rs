//! SVG as text: every attribute and every text is escaped, every number is short and finite.

use std::fmt::Write as _;

use crate::markdown::is_invisible;

/// SVG that is being written.
#[derive(Clone, Debug, Default)]
pub(super) struct Svg {
    out: String,
}

impl Svg {
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// `<name …>`; whoever opens closes.
    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, ">");
    }

    pub(super) fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// `<name …/>`
    pub(super) fn leaf(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, "/>");
    }

    /// `<title>`: what a pointer resting there, and a screen reader, are told.
    pub(super) fn title(&mut self, text: &str) {
        self.out.push_str("<title>");
        push_escaped(&mut self.out, text);
        self.out.push_str("</title>");
    }

    /// A text; `class` also says how it is anchored.
    pub(super) fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        self.open("text", &[("x", &px(x)), ("y", &px(y)), ("class", class)]);
        push_escaped(&mut self.out, text);
        self.close("text");
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let ends = [("x1", from.0), ("y1", from.1), ("x2", to.0), ("y2", to.1)];
        let ends = ends.map(|(name, value)| (name, px(value)));
        let mut attributes: Vec<(&str, &str)> = ends.iter().map(|(n, v)| (*n, v.as_str())).collect();
        attributes.push(("class", class));
        self.leaf("line", &attributes);
    }

    /// A rectangle; nothing if it has no extent.
    pub(super) fn rect(&mut self, corner: (f64, f64), size: (f64, f64), radius: f64, class: &str) {
        if size.0 > 0.0 && size.1 > 0.0 {
            let values = [px(corner.0), px(corner.1), px(size.0), px(size.1), px(radius)];
            let names = ["x", "y", "width", "height", "rx"];
            let mut attributes: Vec<(&str, &str)> =
                names.into_iter().zip(values.iter().map(String::as_str)).collect();
            attributes.push(("class", class));
            self.leaf("rect", &attributes);
        }
    }

    pub(super) fn path(&mut self, data: &str, class: &str) {
        self.leaf("path", &[("d", data), ("class", class)]);
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            push_escaped(&mut self.out, value);
            self.out.push('"');
        }
        self.out.push_str(end);
    }
}

/// The data of a path.
#[derive(Clone, Debug, Default)]
pub(super) struct PathData(String);

impl PathData {
    pub(super) fn move_to(&mut self, at: (f64, f64)) -> &mut Self {
        self.points("M", &[at])
    }

    pub(super) fn line_to(&mut self, at: (f64, f64)) -> &mut Self {
        self.points("L", &[at])
    }

    pub(super) fn curve_to(&mut self, by: (f64, f64), and: (f64, f64), at: (f64, f64)) -> &mut Self {
        self.points("C", &[by, and, at])
    }

    pub(super) fn close(&mut self) -> &mut Self {
        self.0.push('Z');
        self
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    fn points(&mut self, command: &str, points: &[(f64, f64)]) -> &mut Self {
        self.0.push_str(command);
        for (i, (x, y)) in points.iter().enumerate() {
            // Writing to a text cannot fail.
            let _ = write!(self.0, "{}{} {}", if i > 0 { " " } else { "" }, px(*x), px(*y));
        }
        self
    }
}

/// A coordinate: one decimal is enough for any screen.
pub(super) fn px(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let rounded = (value.clamp(-1e6, 1e6) * 10.0).round() / 10.0 + 0.0;
    format!("{rounded}")
}

/// Escapes text for XML and HTML; characters that hide or turn text around become visible.
pub(crate) fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\r' | '\t' => out.push(' '),
            c if is_invisible(c) || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_attribute_or_text() {
        let mut svg = Svg::default();
        svg.open("g", &[("class", "\" onload=\"x")]);
        svg.title("</title><script>\u{1b}\u{202e}");
        svg.close("g");
        assert_eq!(
            svg.finish(),
            "<g class=\"&quot; onload=&quot;x\"><title>&lt;/title&gt;&lt;script&gt;\u{FFFD}\u{FFFD}</title></g>"
        );
    }

    #[test]
    fn coordinates_are_short_and_finite() {
        assert_eq!([1.0, 0.25, -0.01, 1e300, f64::NAN].map(px), ["1", "0.3", "0", "1000000", "0"]);
    }
}
