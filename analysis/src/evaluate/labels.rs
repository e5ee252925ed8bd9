//! What is true: `labels.json` of a data set, or the truth sidecars of simulated runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use infra_eventlog::truth::{Truth, sidecar};
use serde::Deserialize;

use super::error::EvaluateError;
use super::json::{self, Failure, label};
use super::rankings::Rankings;

/// Steps of failure that added less, in the world's own unit, are not asked for.
const LEAST_CONTRIBUTION: f64 = 0.01;

/// The labels in a folder of tables.
const LABELS: &str = "labels.json";

/// What is true of a folder's cases.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    by_case: BTreeMap<String, Label>,
    /// What was left out, in words.
    pub notes: Vec<String>,
}

/// What is true of one case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// Services where it started: any of them is right. None: nothing failed.
    pub root_causes: BTreeSet<String>,
    /// What kind of fault it was.
    pub fault: Option<String>,
    /// True steps of failure, from the failing service to its victim, where they are known.
    pub propagation: Option<BTreeSet<(String, String)>>,
    /// Hops from the origin to each victim, where they are known: a victim may have been reached
    /// through any service one hop nearer that it depends on.
    pub hops: BTreeMap<String, u64>,
    /// What kind of failure it was, where that is known: a verdict in words.
    pub verdict: Option<String>,
}

impl Labels {
    /// What is true of a case, if it is known.
    #[must_use]
    pub fn of(&self, case: &str) -> Option<&Label> {
        self.by_case.get(case)
    }
}

/// Reads what is true of finished rankings; `None` if the folder has no labels.
///
/// # Errors
/// [`EvaluateError::Labels`] naming the file and what is wrong with it.
pub fn read(dir: &Path, rankings: &Rankings) -> Result<Option<Labels>, EvaluateError> {
    let mut labels = Labels::default();
    let mut found = false;
    let mut unlabelled = 0_usize;
    let list = dir.join(LABELS);
    if list.is_file() {
        found = true;
        for record in read_file::<Vec<Record>>(&list)? {
            let (case, label) = record.into_label(&list)?;
            if labels.by_case.insert(case.clone(), label).is_some() {
                let what = format!("case `{}` is labelled twice", case.escape_debug());
                return Err(EvaluateError::Labels { file: self::label(&list), what });
            }
        }
    }
    for case in &rankings.cases {
        let truth = case.run.as_deref().map(sidecar).filter(|path| path.is_file());
        if let Some(path) = truth {
            found = true;
            labels.by_case.insert(case.id.clone(), from_truth(read_file(&path)?));
        }
        unlabelled += usize::from(!labels.by_case.contains_key(&case.id));
    }
    if unlabelled > 0 {
        labels.notes.push(format!("{unlabelled} cases have no label and are not scored"));
    }
    let ranked: BTreeSet<&str> = rankings.cases.iter().map(|c| c.id.as_str()).collect();
    let strange = labels.by_case.keys().filter(|case| !ranked.contains(case.as_str())).count();
    if strange > 0 {
        labels.notes.push(format!("{strange} labels name no case of the folder and are left out"));
    }
    Ok(found.then_some(labels))
}

/// A record of `labels.json`; whatever else it holds is not used.
#[derive(Debug, Deserialize)]
struct Record {
    case: String,
    root_cause: Option<String>,
    root_causes: Option<Vec<String>>,
    fault: Option<String>,
}

impl Record {
    fn into_label(self, file: &Path) -> Result<(String, Label), EvaluateError> {
        let root_causes: BTreeSet<String> =
            self.root_cause.into_iter().chain(self.root_causes.unwrap_or_default()).collect();
        if root_causes.is_empty() {
            let what = format!("case `{}` has neither root_cause nor root_causes", self.case.escape_debug());
            return Err(EvaluateError::Labels { file: label(file), what });
        }
        let fault = self.fault.map(|f| kind(&f));
        Ok((self.case, Label { root_causes, fault, ..Label::default() }))
    }
}

/// A fault without its measures: numbers that stand by themselves become `#`, so that one fault
/// of several sizes is one kind.
fn kind(fault: &str) -> String {
    let mut out = String::with_capacity(fault.len());
    let mut before = ' ';
    for c in fault.chars() {
        let in_word = before.is_alphanumeric() && before != '#';
        match c {
            '0'..='9' if before == '#' => continue,
            '0'..='9' if !in_word => {
                out.push('#');
                before = '#';
                continue;
            },
            _ => out.push(c),
        }
        before = c;
    }
    out
}

fn from_truth(truth: Truth) -> Label {
    let kinds: BTreeSet<&str> = truth.faults.iter().map(|f| f.kind.as_str()).collect();
    let fault = (!kinds.is_empty()).then(|| kinds.into_iter().collect::<Vec<_>>().join(", "));
    let told = truth.propagation.iter().filter(|hop| hop.contribution >= LEAST_CONTRIBUTION);
    let propagation = told.map(|hop| (hop.from.clone(), hop.to.clone())).collect();
    let hops = truth.extra.get("hops").and_then(|h| h.as_object()).into_iter().flatten();
    Label {
        root_causes: truth.root_causes.into_iter().collect(),
        fault,
        propagation: Some(propagation),
        hops: hops.filter_map(|(service, hop)| Some((service.clone(), hop.as_u64()?))).collect(),
        verdict: truth.extra.get("verdict").and_then(|v| v.as_str()).map(str::to_owned),
    }
}

fn read_file<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, EvaluateError> {
    json::read(path).map_err(|failure| match failure {
        Failure::Run(error) => error.into(),
        Failure::Content(what) => EvaluateError::Labels { file: label(path), what },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_fault_of_several_sizes_is_one_kind() {
        assert_eq!(kind("set '/errormode1' --value '1000'"), "set '/errormode1' --value '#'");
        assert_eq!(kind("sleep(250/g -n=800"), "sleep(#/g -n=#");
        assert_eq!(kind("cpu_contention"), "cpu_contention");
    }
}
