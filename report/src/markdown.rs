//! The report in Markdown, through minijinja.
//!
//! The template is embedded and can be replaced, or extended block by block. Every string that a
//! template prints is escaped here, unless our own words carry their marks: nothing from a log
//! becomes markup. A name that the model does not have is an error, not an empty place.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use crate::error::RenderError;
use crate::human;
use crate::model::ReportModel;
use crate::pictures::Pictures;
use crate::text::{Piece, pieces};

/// What a template calls the embedded one: `{% extends "report.md" %}`.
pub const NAME: &str = "report.md";

/// The embedded template.
pub const TEMPLATE: &str = include_str!("../../templates/report.md.j2");

/// Longer names and log lines are cut \[characters\].
const MAX_CHARS: usize = 240;

/// A template of the user's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template<'a> {
    /// Its file, for messages.
    pub file: &'a str,
    /// What it holds.
    pub source: &'a str,
}

/// Renders a report; `template` replaces the embedded one. Sections for people are sealed
/// ([`human::seal`]).
///
/// # Errors
/// [`RenderError::Template`] with the template's own line.
pub fn to_markdown(model: &ReportModel, template: Option<Template<'_>>) -> Result<String, RenderError> {
    to_markdown_with(model, template, None)
}

/// Renders a report with pictures beside it or in it.
///
/// # Errors
/// As for [`to_markdown`].
pub fn to_markdown_with(
    model: &ReportModel,
    template: Option<Template<'_>>,
    pictures: Option<&Pictures>,
) -> Result<String, RenderError> {
    let failed = |e: minijinja::Error| told(&e, template);
    let mut environment = environment().map_err(failed)?;
    environment.add_template(NAME, TEMPLATE).map_err(failed)?;
    let template = match template {
        // Its own name cannot take the embedded one's place.
        Some(Template { source, .. }) => environment.template_from_named_str(OWN, source),
        None => environment.get_template(NAME),
    };
    let pictures = pictures.map(Serde);
    let text =
        template.and_then(|t| t.render(context! { report => Serde(model), pictures })).map_err(failed)?;
    Ok(human::seal(&text, "the report")?)
}

/// Renders an embedded template whose every string is escaped for Markdown, unless our words carry
/// their marks.
pub(crate) fn render(name: &str, template: &str, context: Value) -> Result<String, RenderError> {
    let failed = |e: minijinja::Error| told(&e, None);
    let mut environment = environment().map_err(failed)?;
    environment.add_template(name, template).map_err(failed)?;
    environment.get_template(name).and_then(|t| t.render(context)).map_err(failed)
}

/// Name of the user's template inside the environment.
const OWN: &str = "template";

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?;
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    environment.set_formatter(|out, _, value| {
        if value.is_undefined() {
            return Err(minijinja::Error::from(minijinja::ErrorKind::UndefinedError));
        }
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
    Ok(environment)
}

/// The innermost error that stands in the user's template, else in ours.
fn told(error: &minijinja::Error, template: Option<Template<'_>>) -> RenderError {
    let mut what = error.kind().to_string();
    if let Some(detail) = error.detail() {
        what = format!("{what}: {detail}");
    }
    match template {
        Some(Template { file, .. }) => {
            let line = error.line().filter(|_| error.name() == Some(OWN));
            RenderError::Template { file: file.to_owned(), line, what }
        },
        None => RenderError::Embedded(format!("{}: {what}", error.line().unwrap_or_default())),
    }
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
