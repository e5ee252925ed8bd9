//! Models as JSON, their texts without marks.

use crate::error::RenderError;
use crate::model::ReportModel;
use crate::text::unmarked;

/// The report as JSON, `infra-report/1`.
///
/// # Errors
/// [`RenderError::Json`] if a number cannot be written as JSON.
pub fn to_json(model: &ReportModel) -> Result<String, RenderError> {
    without_marks(model)
}

/// Any model as JSON, its texts plain.
///
/// # Errors
/// [`RenderError::Json`] if a number cannot be written as JSON.
pub fn without_marks(model: &impl serde::Serialize) -> Result<String, RenderError> {
    let mut value = serde_json::to_value(model)?;
    strip(&mut value);
    let mut text = serde_json::to_string_pretty(&value)?;
    text.push('\n');
    Ok(text)
}

fn strip(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => *text = unmarked(text),
        serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(strip),
        _ => {},
    }
}
