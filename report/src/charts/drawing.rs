//! A finished chart: part of a page, or a file of its own.

use super::svg::{Svg, px};

/// Rules of all charts; colours are named, `--ink`.
pub const STYLE: &str = include_str!("../../../templates/charts.css");

/// Colours for files of their own, which lie on a white ground: legible there and in print, and
/// told apart with any kind of colour blindness (after Okabe and Ito, darker for thin lines).
const COLOURS: [(&str, &str); 17] = [
    ("--ground", "#ffffff"),
    ("--ink", "#1b1f24"),
    ("--muted", "#57606a"),
    ("--faint", "#8c959f"),
    ("--grid", "#e3e7eb"),
    ("--node", "#f6f8fa"),
    ("--node-line", "#7d8894"),
    ("--series", "#0a5c9e"),
    ("--envelope", "#bcd7ee"),
    ("--band", "#e4eaf0"),
    ("--out", "#b8400e"),
    ("--out-fill", "#fde3d3"),
    ("--incident", "#fdf0e3"),
    ("--bar", "#eda06b"),
    ("--warning", "#e0b93a"),
    ("--critical", "#a3260b"),
    ("--down", "#45103a"),
];

/// Around every chart \[px\].
const AROUND: f64 = 8.0;

/// A chart with what it shows, in words.
#[derive(Clone, Debug)]
pub struct Drawing {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Its name, for accessibility.
    pub title: String,
    /// What it shows, for those who do not see it. Untrusted: it holds names.
    pub description: String,
    pub(super) body: String,
}

impl Drawing {
    /// For a page whose style holds [`STYLE`] and the colours; `id` is unique in the page.
    #[must_use]
    pub fn inline(&self, id: &str) -> String {
        self.write(id, "")
    }

    /// A file of its own: no script, nothing from elsewhere.
    #[must_use]
    pub fn standalone(&self) -> String {
        let mut style = STYLE.to_owned();
        for (name, colour) in COLOURS {
            style = style.replace(&format!("var({name})"), colour);
        }
        let mut text = self.write("chart", &style);
        text.push('\n');
        text
    }

    fn write(&self, id: &str, style: &str) -> String {
        let (width, height) = (px(self.width + 2.0 * AROUND), px(self.height + 2.0 * AROUND));
        let (left, top) = (px(-AROUND), px(-AROUND));
        let view = format!("{left} {top} {width} {height}");
        let (title, description) = (format!("{id}-title"), format!("{id}-desc"));
        let label = format!("{title} {description}");
        let mut svg = Svg::default();
        let mut attributes = vec![
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("viewBox", view.as_str()),
            ("width", width.as_str()),
            ("height", height.as_str()),
            ("role", "img"),
            ("aria-labelledby", label.as_str()),
            ("class", "chart"),
        ];
        // Names of elements are for pages only: a file has one chart.
        if style.is_empty() {
            attributes.push(("id", id));
        }
        svg.open("svg", &attributes);
        svg.open("title", &[("id", &title)]);
        let mut out = svg.finish();
        super::svg::push_escaped(&mut out, &self.title);
        out.push_str(&format!("</title><desc id=\"{description}\">"));
        super::svg::push_escaped(&mut out, &self.description);
        out.push_str("</desc>");
        if !style.is_empty() {
            out.push_str("<style>");
            out.push_str(style);
            out.push_str("</style>");
            out.push_str(&format!(
                "<rect class=\"ground\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"/>"
            ));
        }
        out.push_str(&self.body);
        out.push_str("</svg>");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_its_own_names_no_colour_that_it_does_not_hold() {
        let drawing = Drawing {
            width: 10.0,
            height: 5.0,
            title: "a <b>".into(),
            description: String::new(),
            body: String::new(),
        };
        let file = drawing.standalone();
        assert!(!file.contains("var(") && !file.contains("<b>"), "{file}");
        assert!(file.contains("class=\"ground\"") && !drawing.inline("x").contains("<style>"));
        // The style is raw text inside the file.
        assert!(!STYLE.contains('<') && !STYLE.contains('&'));
    }
}
