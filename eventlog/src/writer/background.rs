//! Encoding and writing on a second thread, while the producer goes on.
//!
//! The thread begins with the first full row group, so that small tables do not pay for it. Row
//! groups reach it in order, one waits at most, and nothing else decides what it writes: the
//! bytes do not depend on when it runs. Dropped, it ends the thread and leaves no file behind.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::{Builder, JoinHandle};

use super::Column;
use super::file::{Encoder, TableFile};
use crate::error::RunError;

/// Where row groups go.
pub(super) enum Sink {
    /// They are written at once.
    Here(Box<TableFile>),
    /// They are written by a thread.
    Thread(Background),
    /// Writing failed, or the file is complete.
    Closed,
}

/// A thread that writes a file.
pub(super) struct Background {
    groups: Option<SyncSender<Vec<Column>>>,
    /// Columns that were written, for their memory.
    spent: Receiver<Vec<Column>>,
    thread: Option<JoinHandle<Result<Box<TableFile>, RunError>>>,
    /// For the last row group, which is encoded here while the thread is busy.
    encoder: Encoder,
    path: PathBuf,
}

impl Sink {
    /// Writes a full row group, from now on on a thread if there can be one.
    pub(super) fn write(&mut self, columns: Vec<Column>) -> Result<(), RunError> {
        // It stays closed after an error.
        let mut sink = match std::mem::replace(self, Self::Closed) {
            Self::Here(file) => Background::start(file)?,
            other => other,
        };
        match &mut sink {
            Self::Here(file) => file.write(&columns)?,
            Self::Thread(background) => background.send(columns)?,
            Self::Closed => return Err(closed()),
        }
        *self = sink;
        Ok(())
    }

    /// Columns that are no longer needed, for their memory; perhaps none.
    pub(super) fn spent(&self) -> Vec<Column> {
        match self {
            Self::Thread(background) => background.spent.try_recv().unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// Writes the last row group, if it is not empty, and puts the file in place.
    pub(super) fn finish(self, last: Option<Vec<Column>>) -> Result<(), RunError> {
        let file = match self {
            Self::Here(mut file) => {
                if let Some(columns) = last {
                    file.write(&columns)?;
                }
                file
            },
            Self::Thread(mut background) => {
                let last = last.map(|columns| background.encoder.encode(&columns, &background.path));
                let mut file = background.join()?;
                if let Some(group) = last {
                    file.append(group?)?;
                }
                file
            },
            Self::Closed => return Err(closed()),
        };
        file.finish()
    }
}

impl Background {
    /// Hands the file to a thread; without threads it stays here.
    fn start(file: Box<TableFile>) -> Result<Sink, RunError> {
        let (encoder, path) = (file.encoder.another()?, file.destination().to_owned());
        let (files, given) = sync_channel::<Box<TableFile>>(1);
        let (groups, waiting) = sync_channel::<Vec<Column>>(1);
        let (give_back, spent) = channel();
        let work = move || {
            let mut file = given.recv().map_err(|_| closed())?;
            for columns in waiting {
                file.write(&columns)?;
                // Nobody needs to want them.
                let _ = give_back.send(columns);
            }
            Ok(file)
        };
        let Ok(thread) = Builder::new().name("log-writer".to_owned()).spawn(work) else {
            return Ok(Sink::Here(file));
        };
        // There is room for one, hence this does not wait.
        Ok(match files.send(file) {
            Ok(()) => Sink::Thread(Self { groups: Some(groups), spent, thread: Some(thread), encoder, path }),
            Err(unsent) => Sink::Here(unsent.0),
        })
    }

    /// Hands over a row group; what went wrong before is told here.
    fn send(&mut self, columns: Vec<Column>) -> Result<(), RunError> {
        let sent = self.groups.as_ref().is_some_and(|groups| groups.send(columns).is_ok());
        if sent { Ok(()) } else { Err(self.join().err().unwrap_or_else(closed)) }
    }

    /// Waits until everything is written, and takes the file back.
    fn join(&mut self) -> Result<Box<TableFile>, RunError> {
        // Without a sender the thread ends.
        self.groups = None;
        let ended = self.thread.take().ok_or_else(closed)?.join();
        ended.unwrap_or_else(|_| Err(RunError::Producer("the writing thread panicked".to_owned())))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // The file that comes back is dropped, and removed with that.
        let _ = self.join();
    }
}

fn closed() -> RunError {
    RunError::Unwritable {
        path: PathBuf::new(),
        source: std::io::Error::other("nothing can be written after an error"),
    }
}
