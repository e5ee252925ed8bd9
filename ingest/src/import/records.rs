//! Records with named fields (an array of JSON objects, or the rows of a table), and plain values
//! (an array of JSON texts or numbers).

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};

use super::cells::text_column;
use super::map::Form;
use super::packed::{self, Cap};
use super::sheet::{Sheet, label};
use super::times::{TimeCell, TimeColumn, TimeKind, TimeSpec, to_rfc3339};
use crate::error::IngestError;

/// Larger JSON texts are refused.
const JSON: Cap = Cap { bytes: 64 << 20, what: "the JSON text", hint: "use a Parquet or CSV table" };
/// Field paths gathered for messages.
const MAX_PATHS: usize = 1_000;

/// Records of one file.
#[derive(Debug)]
pub(super) struct Records {
    pub(super) label: String,
    pub(super) items: Vec<Value>,
    /// Column names of a table; records of JSON tell their own.
    columns: Option<Vec<String>>,
}

impl Records {
    /// Opens JSON (told by its ending), else a table.
    pub(super) fn open(path: &Path) -> Result<Self, IngestError> {
        if Self::is_named_like_some(path) { Self::json(path) } else { Self::table(&Sheet::open(path)?) }
    }

    /// Whether the name says that this is JSON.
    pub(super) fn is_named_like_some(path: &Path) -> bool {
        packed::extension(path) == "json"
    }

    fn json(path: &Path) -> Result<Self, IngestError> {
        let file = label(path);
        let text = packed::read(path, &file, JSON)?;
        let broken = |why: String| IngestError::Import(vec![format!("{file}: {why}")]);
        let is_value = |item: &Value| item.is_string() || item.is_number();
        match serde_json::from_slice(&text).map_err(|e| broken(format!("broken JSON: {e}")))? {
            Value::Array(items) if items.iter().all(Value::is_object) || items.iter().all(is_value) => {
                Ok(Self { label: file, items, columns: None })
            },
            _ => Err(broken("expected an array of objects".to_owned())),
        }
    }

    fn table(sheet: &Sheet) -> Result<Self, IngestError> {
        let names: Vec<&str> = sheet.names().iter().map(String::as_str).collect();
        let mut items = Vec::new();
        sheet.visit(&names, |rows| {
            let mut objects = vec![Map::new(); rows.len()];
            for name in &names {
                // Times with a type of their own are written out; all else is text.
                let spec = TimeSpec { kind: TimeKind::Rfc3339, keep_before: None };
                let typed =
                    Some(TimeColumn::new(rows, name, &spec)?).filter(|c| matches!(c, TimeColumn::Typed(..)));
                let texts = if typed.is_none() { Some(text_column(rows, name)?) } else { None };
                for (i, object) in objects.iter_mut().enumerate() {
                    let text = match (&typed, &texts) {
                        (Some(times), _) => match times.get(i) {
                            TimeCell::At(time_ns) => to_rfc3339(time_ns),
                            TimeCell::Missing | TimeCell::Bad(_) => None,
                        },
                        (None, texts) => texts.as_ref().and_then(|t| t.get(i)).map(str::to_owned),
                    };
                    object.insert((*name).to_owned(), text.map_or(Value::Null, Value::String));
                }
            }
            items.extend(objects.into_iter().map(Value::Object));
            Ok(())
        })?;
        Ok(Self { label: sheet.label().to_owned(), items, columns: Some(sheet.names().to_vec()) })
    }

    /// How the file holds its rows.
    pub(super) fn form(&self) -> Form {
        match (&self.columns, self.items.first()) {
            (Some(_), _) => Form::Table,
            (None, Some(Value::Object(_)) | None) => Form::Records,
            (None, Some(_)) => Form::Values,
        }
    }

    /// Names of columns, or dotted paths of all fields.
    pub(super) fn paths(&self) -> BTreeSet<String> {
        if let Some(columns) = &self.columns {
            return columns.iter().cloned().collect();
        }
        let mut paths = BTreeSet::new();
        for item in &self.items {
            gather("", item, &mut paths);
        }
        paths
    }
}

fn gather(prefix: &str, value: &Value, paths: &mut BTreeSet<String>) {
    let Value::Object(fields) = value else {
        if paths.len() < MAX_PATHS {
            paths.insert(prefix.to_owned());
        }
        return;
    };
    for (name, field) in fields {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        gather(&path, field, paths);
    }
}

/// The field at a dotted path; a field whose name has dots is found by its whole name.
pub(super) fn field<'v>(record: &'v Value, path: &str) -> Option<&'v Value> {
    let fields = record.as_object()?;
    if let Some(value) = fields.get(path) {
        return Some(value).filter(|v| !v.is_null());
    }
    let (first, rest) = path.split_once('.')?;
    field(fields.get(first)?, rest)
}

/// A field as text; lists and objects have none, blank text is none.
pub(super) fn text(record: &Value, path: &str) -> Option<String> {
    let text = match field(record, path)? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

/// A field as a time; the error is what was found instead.
pub(super) fn time(record: &Value, path: &str, spec: &TimeSpec) -> Result<Option<i64>, String> {
    field(record, path).map_or(Ok(None), |value| instant(value, spec))
}

/// A value as a time; the error is what was found instead.
pub(super) fn instant(value: &Value, spec: &TimeSpec) -> Result<Option<i64>, String> {
    let time = match value {
        Value::String(text) if text.trim().is_empty() => return Ok(None),
        Value::String(text) => spec.text(text),
        Value::Number(number) => match number.as_i64() {
            Some(number) => spec.int(number),
            None => number.as_f64().and_then(|n| spec.float(n)),
        },
        _ => None,
    };
    time.map(Some).ok_or_else(|| value.to_string())
}
