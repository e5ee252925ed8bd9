//! Prometheus: answers of the query API (`matrix`, `vector`), and OpenMetrics text with times.

mod api;
mod labels;
mod samples;
mod text;

use super::documents;
use super::intake::Intake;
use crate::error::IngestError;
use samples::Samples;

/// Reads a file; the inner error says why it is not Prometheus'.
pub(super) fn read(
    bytes: &[u8],
    label: &str,
    intake: &mut Intake<'_>,
) -> Result<Result<(), String>, IngestError> {
    let mut samples = Samples::default();
    let is_json = bytes.trim_ascii_start().first().is_some_and(|b| matches!(b, b'{' | b'['));
    let read = if is_json {
        let mut known = Err("not an answer of the query API: no data.result".to_owned());
        let read = documents::each(bytes, label, intake, |value, place, intake| {
            match api::read(&value, place, &mut samples, intake)? {
                Ok(()) => known = Ok(()),
                Err(why) if known.is_err() => known = Err(why),
                Err(why) => intake.damaged(place, &why)?,
            }
            Ok(())
        })?;
        read.and(known)
    } else {
        text::read(bytes, label, &mut samples, intake)?
    };
    samples.into_points(label, intake)?;
    Ok(read)
}
