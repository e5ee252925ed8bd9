//! Findings out of JSON: a report's (`infra-report/1`), or findings alone (`infra-findings/1`).

use serde::Deserialize;

use crate::findings::{FINDINGS_SCHEMA, Findings};
use crate::model::REPORT_SCHEMA;

/// Why findings could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It is no JSON, or not what its schema says.
    #[error("no report that can be read: {0}")]
    Json(#[from] serde_json::Error),
    /// It is of another schema, or of a version that this program does not know.
    #[error(
        "its schema is `{found}`, not `{REPORT_SCHEMA}` or `{FINDINGS_SCHEMA}` (write it with `report RUN --format json`)"
    )]
    Schema {
        /// What it says it is; cut.
        found: String,
    },
}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    schema: String,
}

#[derive(Deserialize)]
struct Report {
    findings: Findings,
}

/// Reads the findings of a report's JSON; every other part is passed over.
///
/// # Errors
/// [`ReadError`]: no JSON, another schema, findings that are not whole.
pub fn from_json(text: &str) -> Result<Findings, ReadError> {
    let head: Head = serde_json::from_str(text)?;
    let findings = match head.schema.as_str() {
        REPORT_SCHEMA => serde_json::from_str::<Report>(text)?.findings,
        FINDINGS_SCHEMA => serde_json::from_str(text)?,
        other => return Err(ReadError::Schema { found: other.chars().take(60).collect() }),
    };
    if findings.schema != FINDINGS_SCHEMA {
        return Err(ReadError::Schema { found: findings.schema.chars().take(60).collect() });
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_suspect;
    use super::*;

    #[test]
    fn findings_survive_the_way_through_json() {
        let findings = with_suspect("db");
        let alone = serde_json::to_string(&findings).unwrap();
        assert_eq!(from_json(&alone).unwrap(), findings);
        let report = format!(r#"{{"schema":"infra-report/1","title":"x","findings":{alone}}}"#);
        assert_eq!(from_json(&report).unwrap(), findings);
    }

    #[test]
    fn what_is_no_report_is_named() {
        let said = |text: &str| from_json(text).unwrap_err().to_string();
        assert!(said("{}").contains("its schema is ``"), "{}", said("{}"));
        assert!(said(r#"{"schema":"infra-rank/1"}"#).contains("infra-rank/1"));
        assert!(said(r#"{"schema":"infra-report/1"}"#).contains("findings"));
        assert!(said("[1").contains("no report"));
    }
}
