//! The report as Markdown: the user's template, and what people wrote into the older report.

use std::path::Path;

use infra_eventlog::RunError;
use infra_report::human::{self, HumanError};
use infra_report::{Pictures, ReportModel, Template, to_markdown_with};

/// A larger template is none.
const MAX_TEMPLATE_BYTES: u64 = 1 << 20;

/// Renders the report that goes to `output`. Sections that people wrote into the file that stands
/// there are kept.
///
/// # Errors
/// [`RunError`] for a template that cannot be read; [`infra_report::RenderError`] for one that
/// does not render, or sections that cannot be kept.
pub(crate) fn render(
    model: &ReportModel,
    template: Option<&Path>,
    output: Option<&Path>,
    pictures: Option<&Pictures>,
) -> anyhow::Result<String> {
    let source = template.map(read_template).transpose()?;
    let file = template.map(|path| path.display().to_string());
    let template = source.as_deref().zip(file.as_deref()).map(|(source, file)| Template { file, source });
    let text = to_markdown_with(model, template, pictures)?;
    match output.and_then(|path| Some((path, older(path)?))) {
        Some((path, bytes)) => {
            let old = path.display().to_string();
            let older = text_of(bytes, &old)?;
            Ok(human::carry_over(&older, &old, &text, file.as_deref().unwrap_or("the new report"))?)
        },
        None => Ok(text),
    }
}

fn read_template(path: &Path) -> Result<String, RunError> {
    let unreadable = |source| RunError::Unreadable { path: path.to_owned(), source };
    let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    if bytes > MAX_TEMPLATE_BYTES {
        let (what, hint) = ("the template".to_owned(), "a template is a small text file; is this one?");
        let file = path.display().to_string();
        return Err(RunError::TooLarge { file, what, bytes, cap: MAX_TEMPLATE_BYTES, hint });
    }
    std::fs::read_to_string(path).map_err(unreadable)
}

/// What stands at the destination, if it is a file that can be read.
fn older(path: &Path) -> Option<Vec<u8>> {
    let is_file = std::fs::metadata(path).is_ok_and(|m| m.is_file());
    is_file.then(|| std::fs::read(path).ok()).flatten()
}

/// A file that is no text has no sections; one that has markers must be read rightly.
fn text_of(bytes: Vec<u8>, file: &str) -> Result<String, HumanError> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            if !human::has_markers(&String::from_utf8_lossy(&bytes)) {
                return Ok(String::new());
            }
            let line = 1 + bytes.iter().take(good).filter(|b| **b == b'\n').count();
            let what =
                "this is not UTF-8, so the sections of people cannot be kept; save it as UTF-8".to_owned();
            Err(HumanError::Marker { file: file.to_owned(), line, what })
        },
    }
}
