//! The logs table: lines become templates, templates that follow each other are counted.
//!
//! Lines of one span are a story in order: which template follows which is counted per
//! occurrence, from the beginning of the span to its end. Lines without a span have no order that
//! means anything (many requests write at once), so only their mix is counted.

mod template;

use indexmap::IndexMap;
use infra_eventlog::Run;
use infra_eventlog::check::RowChecker;
use infra_eventlog::schema::TableKind;

use super::Services;
use super::clock::Clock;
use super::follow::{Follows, Point};
use crate::error::IngestError;
use crate::frames::FollowRow;
use template::Templates;

const COLUMNS: &[&str] = &["time_ns", "service", "trace_id", "span_id", "message"];
/// Spans whose lines may still go on; beyond it the oldest are taken to have ended.
const MAX_OPEN: usize = 1_000_000;
const IN_SPAN: u32 = 0;
const NO_SPAN: u32 = 1;

/// The last line of a span so far.
struct Open {
    service: u32,
    window: Option<u32>,
    last: Point,
    row: i64,
    time_ns: i64,
}

/// Reads the logs table.
pub(super) fn read(
    run: &Run,
    services: &mut Services,
    clock: &Clock,
    notes: &mut Vec<String>,
) -> Result<Vec<FollowRow>, IngestError> {
    let Some(table) = run.table(TableKind::Logs) else { return Ok(Vec::new()) };
    let mut checker = RowChecker::new(TableKind::Logs);
    let mut templates = Templates::default();
    let mut follows = Follows::default();
    let mut open: IndexMap<u64, Open> = IndexMap::new();
    for rows in table.read(COLUMNS) {
        let rows = rows?;
        checker.check(&rows);
        let time = rows.require_ints("time_ns")?;
        let service = rows.require_texts("service")?.intern(rows.len(), &mut services.names);
        let (traces, spans) = (rows.texts("trace_id")?, rows.texts("span_id")?);
        let messages = rows.texts("message")?;
        services.grow();
        for i in 0..rows.len() {
            let Some(service) = service[i] else { continue };
            services.rows[service as usize] += 1;
            let Some(message) = messages.as_ref().and_then(|m| m.get(i)) else { continue };
            let (row, time_ns) = (rows.first_row() + i as i64, time.value(i));
            let line = Point::Own(templates.code(service, message));
            let window = clock.window_of(time_ns);
            let span = spans.as_ref().and_then(|s| s.get(i)).filter(|s| !s.is_empty());
            let Some(span) = span else {
                if let Some(window) = window {
                    follows.add(service, NO_SPAN, (Point::Any, line), window, (row, time_ns));
                }
                continue;
            };
            let trace = traces.as_ref().and_then(|t| t.get(i)).unwrap_or_default();
            let state = open.entry(key(trace, span, service)).or_insert(Open {
                service,
                window,
                last: Point::Start,
                row,
                time_ns,
            });
            if let Some(window) = state.window {
                follows.add(service, IN_SPAN, (state.last, line), window, (state.row, state.time_ns));
            }
            (state.last, state.row, state.time_ns) = (line, row, time_ns);
            if open.len() > MAX_OPEN {
                open.drain(..MAX_OPEN / 2).for_each(|(_, ended)| end(&ended, &mut follows));
            }
        }
    }
    open.values().for_each(|ended| end(ended, &mut follows));
    checker.finish()?;
    if follows.left_out > 0 {
        notes.push(format!("logs: {} follow-ups beyond what is told apart left out", follows.left_out));
    }
    let context = |code| if code == IN_SPAN { "lines of a span".to_owned() } else { String::new() };
    Ok(follows.finish("logs", context, |code| templates.text(code), |_, _| String::new()))
}

fn end(open: &Open, follows: &mut Follows) {
    if let Some(window) = open.window {
        follows.add(open.service, IN_SPAN, (open.last, Point::End), window, (open.row, open.time_ns));
    }
}

/// Which span of which service, as a number (FNV-1a, 64 bits): ids may be long, and a mix-up of
/// two of a million spans would move one count by one.
fn key(trace: &str, span: &str, service: u32) -> u64 {
    let bytes = trace.bytes().chain([0]).chain(span.bytes()).chain([0]).chain(service.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
