//! What a simulated world calls things: figures in its own terms, read from its own events.
//!
//! Evidence, ranking and verdict know no world. A reader of a simulated run also wants its
//! terms: a queue's break-point, an engineer's misdiagnoses, bad customer minutes, key figures
//! against their targets. Each file knows the event types of one world; every figure cites rows.
//! Rows of a simulator's inner truth are used here, and marked.

mod coordination;
mod mesh;
mod queue;
mod systems;

use infra_eventlog::{Run, RunError, RunMetadata};
use infra_ingest::records::{self, Records};

use crate::text::Text;
use infra_report::Clock;
use infra_report::model::Fact;

/// Words after a figure that rests on a simulator's inner truth.
const MECHANISM: &str = " *(from the simulator's own record)*";

pub use infra_report::model::Terms;

/// What a world's file is given.
struct Told<'a> {
    metadata: &'a RunMetadata,
    records: Records,
    clock: Clock,
}

/// A world: its name, the event types that it reads, its figures.
type World = (&'static str, &'static [&'static str], fn(&Told<'_>) -> Vec<Fact>);

const WORLDS: [World; 4] = [
    ("queue", queue::TYPES, queue::facts),
    ("systems", systems::TYPES, systems::facts),
    ("mesh", mesh::TYPES, mesh::facts),
    ("coordination", coordination::TYPES, coordination::facts),
];

/// Reads the terms of a run; `None` for a run of no world that has any.
///
/// # Errors
/// [`RunError`] if the events table is damaged.
pub fn read(run: &Run) -> Result<Option<Terms>, RunError> {
    read_in(run, None)
}

/// The same with instants in a zone; UTC if none is named.
///
/// # Errors
/// As for [`read`].
pub fn read_in(run: &Run, zone: Option<&str>) -> Result<Option<Terms>, RunError> {
    let metadata = run.metadata();
    let Some((_, types, facts)) = WORLDS.iter().find(|(name, ..)| *name == metadata.world) else {
        return Ok(None);
    };
    let clock = crate::report::clock_in(metadata, zone);
    let told = Told { metadata, records: records::read(run, types)?, clock };
    let facts = facts(&told);
    Ok((!facts.is_empty()).then(|| Terms { world: Text::untrusted(&metadata.world), facts }))
}
