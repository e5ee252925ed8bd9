//! The report in Markdown, through minijinja.
//!
//! The template is embedded and can be overridden. Every string that a template prints is
//! escaped here, unless our own words carry their marks: nothing from a log becomes markup.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};

use crate::error::RenderError;
use crate::model::ReportModel;
use crate::pictures::Pictures;
use crate::text::{Piece, pieces};

/// The embedded template.
pub const TEMPLATE: &str = include_str!("../../templates/report.md.j2");

/// Longer names and log lines are cut \[characters\].
const MAX_CHARS: usize = 240;

/// Renders a report; `template` replaces the embedded one.
///
/// # Errors
/// [`RenderError::Template`] with the template's own line.
pub fn to_markdown(model: &ReportModel, template: Option<&str>) -> Result<String, RenderError> {
    to_markdown_with(model, template, None)
}

/// Renders a report with pictures beside it or in it.
///
/// # Errors
/// As for [`to_markdown`].
pub fn to_markdown_with(
    model: &ReportModel,
    template: Option<&str>,
    pictures: Option<&Pictures>,
) -> Result<String, RenderError> {
    let pictures = pictures.map(Serde);
    render("report.md", template.unwrap_or(TEMPLATE), context! { report => Serde(model), pictures })
}

/// Renders a template whose every string is escaped for Markdown, unless our words carry their marks.
pub(crate) fn render(name: &str, template: &str, context: Value) -> Result<String, RenderError> {
    let failed = |e: minijinja::Error| RenderError::Template(format!("{e:#}"));
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(failed)?;
    environment.set_syntax(syntax);
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    environment.set_formatter(|out, _, value| {
        let written = match value.as_str() {
            Some(text) if value.is_safe() => out.write_str(text),
            Some(text) => out.write_str(&escape_marked(text)),
            // Numbers and booleans cannot be markup.
            None if value.is_number() => out.write_str(&value.to_string()),
            None => out.write_str(&escape_marked(&value.to_string())),
        };
        written.map_err(minijinja::Error::from)
    });
    environment.add_filter("digits", |value: f64, digits: usize| format!("{value:.digits$}"));
    environment.add_filter("num", crate::text::number);
    environment.add_template(name, template).map_err(failed)?;
    environment.get_template(name).and_then(|t| t.render(context)).map_err(failed)
}

/// Escapes a marked text for Markdown.
#[must_use]
pub fn escape_marked(marked: &str) -> String {
    let mut out = String::with_capacity(marked.len());
    for piece in pieces(marked) {
        match piece {
            Piece::Words(words) => out.push_str(words),
            Piece::Untrusted(name) => push_untrusted(&mut out, name),
        }
    }
    out
}

/// A plain name goes into a code span, anything else is escaped character by character.
fn push_untrusted(out: &mut String, text: &str) {
    let plain = !text.is_empty()
        && text.len() <= MAX_CHARS
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.:/@=,+% ".contains(c))
        && text.trim() == text;
    if plain {
        out.push('`');
        out.push_str(text);
        out.push('`');
        return;
    }
    let chars: Vec<char> = text.chars().take(MAX_CHARS + 1).collect();
    for (i, c) in chars.iter().copied().enumerate() {
        let next = chars.get(i + 1).copied();
        let after_www = i >= 3 && chars[i - 3..i].iter().all(|c| c.eq_ignore_ascii_case(&'w'));
        match c {
            _ if i == MAX_CHARS => out.push('…'),
            '\n' | '\r' | '\t' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // Entities also stop bare links and mentions, which backslashes do not.
            '@' => out.push_str("&#64;"),
            ':' if next == Some('/') => out.push_str("&#58;"),
            '.' if after_www => out.push_str("&#46;"),
            c if is_invisible(c) => out.push('\u{FFFD}'),
            c if "\\`*_{}[]()#+-!|~$^=".contains(c) => {
                out.push('\\');
                out.push(c);
            },
            c => out.push(c),
        }
    }
}

/// Control characters, and those that turn the direction of text around or hide in it.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{E000}'..='\u{F8FF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    fn escaped(name: &str) -> String {
        let mut out = String::new();
        push_untrusted(&mut out, name);
        out
    }

    #[test]
    fn hostile_text_is_inert() {
        let out = escaped("</script><img src=x onerror=1>");
        assert!(!out.contains('<') && !out.contains("]("), "{out}");
        let out = escaped("# Heading\n| a | b |\u{1b}[31m [x](http://evil) `code` www.evil.com");
        assert!(!out.contains('\n') && !out.contains('\u{1b}') && out.starts_with("\\#"), "{out}");
        assert!(out.contains("\\|") && out.contains("\\`") && !out.contains("www.evil"), "{out}");
        assert_eq!(escaped("payment-service"), "`payment-service`");
    }

    #[test]
    fn our_words_pass_and_names_do_not() {
        let mut text = Text::words("**bold** ");
        text.name("*not*");
        let json = serde_json::to_value(&text).unwrap();
        assert_eq!(escape_marked(json.as_str().unwrap()), "**bold** \\*not\\*");
    }
}
