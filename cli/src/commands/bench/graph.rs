//! `bench graph`: building graphs, PageRank, most probable paths, blast radius.

use std::path::Path;

use infra_graph::measure::{CASES, Case as Asked};

use super::case::{Case, Measured, Outcome, Suite, Target};
use crate::exit::CliError;

pub(super) struct Graph;

impl Suite for Graph {
    fn name(&self) -> &'static str {
        "graph"
    }

    fn cases(&self) -> Vec<Case> {
        let case = |case: &Asked| Case {
            name: case.name,
            size: case.size,
            unit: case.unit,
            target: Target { seconds: case.target.seconds, ..Target::default() },
            only_named: false,
        };
        CASES.iter().map(case).collect()
    }

    fn measure(&self, case: &Case, _input: Option<&Path>, _scratch: &Path) -> anyhow::Result<Outcome> {
        let Some(asked) = Asked::named(case.name) else {
            return Err(CliError::Internal(format!("no case {}", case.name)).into());
        };
        let done = asked.measure()?;
        Ok(Outcome::Measured(Measured { work: done.work, seconds: done.seconds, bytes: None }))
    }
}
