//! What is wrong with the columns of a part, all of it at once.

use arrow::datatypes::DataType;

use super::part::Part;
use crate::error::{Place, Problem, nearest};
use crate::metadata::RunMetadata;
use crate::schema::{ColumnType, Required, TableKind};

/// Appends missing, mistyped and repeated columns to `problems`, ignored ones to `warnings`.
pub(super) fn problems(
    kind: TableKind,
    part: &Part,
    metadata: &RunMetadata,
    problems: &mut Vec<Problem>,
    warnings: &mut Vec<String>,
) {
    let schema = part.schema();
    let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
    for column in kind.columns() {
        let place = Place::new(part.label().to_owned(), format!("column `{}`", column.name));
        match schema.field_with_name(column.name) {
            Ok(field) if !fits(field.data_type(), column.dtype) => {
                let what = format!("is {}, must be {}", field.data_type(), column.dtype);
                problems.push(Problem::new(place, what));
            },
            Ok(_) => {},
            Err(_) if column.required == Required::Optional => {},
            Err(_) => {
                let unknown = names.iter().copied().filter(|n| !kind.columns().iter().any(|c| c.name == *n));
                let mut problem = Problem::new(place, format!("missing from table {kind}"));
                if let Some(near) = nearest(column.name, unknown) {
                    problem = problem.hint(format!("`{}` looks close", near.escape_debug()));
                }
                problems.push(problem);
            },
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    for field in schema.fields() {
        if !seen.insert(field.name().as_str()) {
            let place =
                Place::new(part.label().to_owned(), format!("column `{}`", field.name().escape_debug()));
            problems.push(Problem::new(place, "is there twice"));
        }
        let fixed = kind.columns().iter().any(|c| c.name == field.name());
        if kind != TableKind::Events || fixed || *field.data_type() == DataType::Float64 {
            continue;
        }
        if metadata.signals.iter().any(|s| s.name == *field.name()) {
            let place =
                Place::new(part.label().to_owned(), format!("column `{}`", field.name().escape_debug()));
            let what = format!("is a registered signal of type {}, must be Float64", field.data_type());
            problems.push(Problem::new(place, what));
        } else {
            warnings.push(format!(
                "{}: column `{}` of type {} is neither part of the format nor a Float64 signal; ignored",
                part.label(),
                field.name().escape_debug(),
                field.data_type()
            ));
        }
    }
}

fn fits(found: &DataType, wanted: ColumnType) -> bool {
    match wanted {
        ColumnType::Int64 => *found == DataType::Int64,
        ColumnType::Float64 => *found == DataType::Float64,
        ColumnType::Text => match found {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => true,
            DataType::Dictionary(_, values) => {
                matches!(**values, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
            },
            _ => false,
        },
    }
}

/// Signals that some parts of a table have and others lack: their rows read as null there.
pub(super) fn differing(kind: TableKind, parts: &[Part]) -> Vec<String> {
    let signals = |part: &Part| -> std::collections::BTreeSet<String> {
        let fields = part.schema().fields();
        fields.iter().filter(|f| *f.data_type() == DataType::Float64).map(|f| f.name().clone()).collect()
    };
    let Some((first, rest)) = parts.split_first() else { return Vec::new() };
    let known = signals(first);
    rest.iter()
        .filter(|part| signals(part) != known)
        .map(|part| {
            format!("{}: its number columns differ from those of {}; what a part of table {kind} lacks reads as null", part.label(), first.label())
        })
        .collect()
}
