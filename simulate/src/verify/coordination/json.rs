//! Golden JSON files: a list of cases each, and values against ours.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::{Check, VerifyError, read};
use super::TOLERANCE;

/// The cases of a file.
pub(super) struct Cases {
    path: PathBuf,
    cases: Vec<Value>,
}

impl Cases {
    /// Reads the file.
    pub(super) fn open(path: &Path) -> Result<Self, VerifyError> {
        let malformed =
            |e: serde_json::Error| VerifyError::Malformed { path: path.to_owned(), why: e.to_string() };
        let cases = serde_json::from_str(&read(path)?).map_err(malformed)?;
        Ok(Self { path: path.to_owned(), cases })
    }

    /// The cases in file order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Case<'_>> {
        self.cases.iter().enumerate().map(|(i, value)| Case { cases: self, number: i + 1, value })
    }
}

/// One case.
pub(super) struct Case<'a> {
    cases: &'a Cases,
    /// Place in the file from 1.
    number: usize,
    /// All of it.
    pub(super) value: &'a Value,
}

impl Case<'_> {
    /// What the case gives, as the type that the replay needs.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, VerifyError> {
        T::deserialize(self.value).map_err(|error| self.malformed(error))
    }

    /// `FILE case N`, for messages.
    pub(super) fn place(&self) -> String {
        let file = self.cases.path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        format!("{file} case {}", self.number)
    }

    /// The case is not golden data.
    pub(super) fn malformed(&self, why: impl std::fmt::Display) -> VerifyError {
        let why = format!("case {}: {why}", self.number);
        VerifyError::Malformed { path: self.cases.path.clone(), why }
    }
}

/// Every golden value must be ours: reals within the tolerance, everything else exactly. What we
/// have beyond the golden data is not looked at.
pub(super) fn compare(place: &str, what: &str, golden: &Value, ours: &Value, check: &mut Check) {
    match (golden, ours) {
        (Value::Object(golden), Value::Object(ours)) => {
            for (key, golden) in golden {
                match ours.get(key) {
                    Some(ours) => compare(place, &joined(what, key), golden, ours, check),
                    None => check.differs(place, format!("`{}` is not known", joined(what, key))),
                }
            }
        },
        (Value::Array(golden), Value::Array(ours)) => {
            check.same(place, &joined(what, "length"), golden.len(), ours.len());
            for (i, (golden, ours)) in golden.iter().zip(ours).enumerate() {
                compare(place, &format!("{what}[{i}]"), golden, ours, check);
            }
        },
        (Value::Number(a), Value::Number(b)) if a.is_f64() || b.is_f64() => {
            let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
            check.real(place, what, number(golden), number(ours), TOLERANCE, 0.0);
        },
        _ => check.same(place, what, golden, ours),
    }
}

fn joined(what: &str, key: &str) -> String {
    if what.is_empty() { key.to_owned() } else { format!("{what}.{key}") }
}
