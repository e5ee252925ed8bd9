//! The report as one HTML file that needs nothing else: no network, no font, no other file.
//!
//! The same model as in Markdown, with pictures drawn from [`Exhibits`]. Every string is escaped,
//! whoever wrote it; our own words may carry light markup and citations, which become links to
//! the cited rows at the end of the page. A content security policy names the hashes of the one
//! style and the one script, so that nothing else could run even if something slipped through.
//! The page is complete without the script, which adds the replay and sorting.

mod figures;
mod links;
mod policy;
mod ranking;
mod replay;
mod words;

use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, context};

use crate::charts;
use crate::error::RenderError;
use crate::exhibits::Exhibits;
use crate::model::ReportModel;
use links::Links;

/// The embedded template.
pub const TEMPLATE: &str = include_str!("../../../templates/report.html.j2");
/// The page's own rules; those of charts come after them.
const STYLE: &str = include_str!("../../../templates/report.css");
/// What the page does beyond being read.
const SCRIPT: &str = include_str!("../../../templates/report.js");

/// Renders a page.
///
/// # Errors
/// [`RenderError::Embedded`] with the template's own line, [`RenderError::Json`] if a number
/// cannot be written as JSON.
pub fn to_html(model: &ReportModel, exhibits: &Exhibits) -> Result<String, RenderError> {
    let failed = |e: minijinja::Error| RenderError::Embedded(format!("{e:#}"));
    let links = Arc::new(Links::to(&exhibits.excerpts));
    let mut environment = environment(&links).map_err(failed)?;
    environment.add_template("report.html", TEMPLATE).map_err(failed)?;
    let style = format!("{STYLE}{}", charts::STYLE);
    let page = context! {
        policy => policy::content(&style, SCRIPT),
        style => Value::from_safe_string(style),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        figures => figures::all(exhibits),
        ranking => ranking::rows(&model.findings),
        replay => replay::script_data(exhibits)?.map(Value::from_safe_string),
        excerpts => figures::excerpts(exhibits),
        omitted_nodes => exhibits.omitted_nodes,
        omitted_edges => exhibits.omitted_edges,
        omitted_excerpts => exhibits.omitted_excerpts,
        found => exhibits.found,
    };
    let template = environment.get_template("report.html").map_err(failed)?;
    template.render(context! { report => Serde(model), page }).map_err(failed)
}

/// Renders another page in the same dress: the same escaping, style, script and policy. Its context
/// is `subject` and `page` with these three; `extend` adds filters of its own.
pub(crate) fn page(
    name: &'static str,
    template: &'static str,
    subject: Value,
    extend: impl FnOnce(&mut Environment<'static>),
) -> Result<String, RenderError> {
    let failed = |e: minijinja::Error| RenderError::Embedded(format!("{e:#}"));
    let mut environment = environment(&Arc::new(Links::to(&[]))).map_err(failed)?;
    extend(&mut environment);
    environment.add_template(name, template).map_err(failed)?;
    let style = format!("{STYLE}{}", charts::STYLE);
    let page = context! {
        policy => policy::content(&style, SCRIPT),
        style => Value::from_safe_string(style),
        script => Value::from_safe_string(SCRIPT.to_owned()),
    };
    environment.get_template(name).and_then(|t| t.render(context! { page, ..subject })).map_err(failed)
}

/// An environment whose printing escapes, and whose filters say what is ours.
fn environment(links: &Arc<Links>) -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("page".into()));
    let printing = Arc::clone(links);
    environment.set_formatter(move |out, _, value| {
        let written = match value.as_str() {
            Some(text) if value.is_safe() => out.write_str(text),
            Some(text) => out.write_str(&words::marked(text, &printing)),
            None if value.is_number() || value.kind() == minijinja::value::ValueKind::Bool => {
                out.write_str(&value.to_string())
            },
            None => out.write_str(&words::marked(&value.to_string(), &printing)),
        };
        written.map_err(minijinja::Error::from)
    });
    let ours = Arc::clone(links);
    environment.add_filter("ours", move |text: &str| Value::from_safe_string(words::ours(text, &ours)));
    environment.add_filter("bare", |text: &str| Value::from_safe_string(words::bare(text)));
    // Pictures in words are longer than names.
    environment.add_filter("bare_long", |text: &str| {
        let mut out = String::with_capacity(text.len());
        charts::push_escaped(&mut out, text);
        Value::from_safe_string(out)
    });
    environment.add_filter("digits", |value: f64, digits: usize| {
        Value::from_safe_string(format!("{value:.digits$}"))
    });
    environment.add_filter("num", |value: f64| Value::from_safe_string(crate::text::number(value)));
    let back = Arc::clone(links);
    environment.add_function("places_of", move |anchor: &str| back.places_of(anchor));
    Ok(environment)
}

#[cfg(test)]
mod tests;
