//! Rows taken while the next ones are being decoded.

use std::sync::mpsc::sync_channel;

use super::table::Table;
use crate::batch::Rows;
use crate::error::RunError;

/// Tables with fewer rows are read by the caller's own thread: starting another costs more.
const ROWS_WORTH_A_THREAD: i64 = 100_000;

/// Batches that wait at most.
const BATCHES_AHEAD: usize = 4;

impl Table {
    /// Hands the named columns to `take`, batch by batch, in row order. Large tables are decoded
    /// by a second thread, a few batches ahead.
    ///
    /// # Errors
    /// As for [`Table::read`], and what `take` returns; nothing is handed over after an error.
    pub fn for_each<E: From<RunError>>(
        &self,
        columns: &[&str],
        mut take: impl FnMut(Rows) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.rows() < ROWS_WORTH_A_THREAD {
            return self.read(columns).try_for_each(|rows| take(rows?));
        }
        std::thread::scope(|scope| {
            let (sender, receiver) = sync_channel(BATCHES_AHEAD);
            scope.spawn(move || {
                for rows in self.read(columns) {
                    // A receiver that is gone has failed; nobody waits for more.
                    if sender.send(rows).is_err() {
                        return;
                    }
                }
            });
            receiver.into_iter().try_for_each(|rows| take(rows?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::RunMetadata;
    use crate::schema::TableKind;
    use crate::writer::{EventRow, EventWriter};
    use crate::{Run, RunError};

    #[test]
    fn large_tables_come_whole_and_in_order_and_stop_at_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.parquet");
        let mut writer = EventWriter::single_file(&path, &RunMetadata::new("test")).unwrap();
        let rows = ROWS_WORTH_A_THREAD + 1;
        for i in 0..rows {
            let row =
                EventRow { event_id: i, time_ns: i, event_type: "E", source: "s", ..EventRow::default() };
            writer.push(&row).unwrap();
        }
        writer.finish().unwrap();
        let run = Run::open(&path).unwrap();
        let table = run.table(TableKind::Events).unwrap();
        let mut next = 0;
        let all = table.for_each(&["seq"], |rows| {
            for seq in rows.require_ints("seq")?.values() {
                assert_eq!(*seq, next);
                next += 1;
            }
            Ok::<_, RunError>(())
        });
        assert!(all.is_ok());
        assert_eq!(next, rows);
        let mut batches = 0;
        let stopped = table.for_each(&["seq"], |rows| {
            batches += 1;
            if batches == 2 { rows.require_ints("none").map(|_| ()) } else { Ok(()) }
        });
        assert!(stopped.is_err());
        assert_eq!(batches, 2);
    }
}
