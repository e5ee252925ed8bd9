//! What goes to standard error, and text made safe for terminals.

use std::borrow::Cow;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicU8, Ordering};

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};
use infra_report::markdown::is_invisible;

/// How much is told beside results and errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// Errors only.
    Quiet = 0,
    /// Warnings and notes as well.
    Normal = 1,
    /// Steps as well.
    Verbose = 2,
}

impl Verbosity {
    /// From the flags; quiet wins.
    pub(crate) const fn new(quiet: bool, verbose: bool) -> Self {
        if quiet {
            Self::Quiet
        } else if verbose {
            Self::Verbose
        } else {
            Self::Normal
        }
    }
}

static VERBOSITY: AtomicU8 = AtomicU8::new(Verbosity::Normal as u8);

/// Sets how much is told from now on.
pub(crate) fn set_verbosity(verbosity: Verbosity) {
    VERBOSITY.store(verbosity as u8, Ordering::Relaxed);
}

/// Tells a step, if asked to.
pub(crate) fn step(what: impl FnOnce() -> String) {
    if VERBOSITY.load(Ordering::Relaxed) >= Verbosity::Verbose as u8 {
        say(&what());
    }
}

/// Tells something that did not stop the work, unless asked not to.
pub(crate) fn warn(what: &str) {
    if VERBOSITY.load(Ordering::Relaxed) >= Verbosity::Normal as u8 {
        say(&format!("warning: {what}"));
    }
}

/// Tells something that was inferred or counted, unless asked not to.
pub(crate) fn note(what: &str) {
    if VERBOSITY.load(Ordering::Relaxed) >= Verbosity::Normal as u8 {
        say(&format!("note: {what}"));
    }
}

/// Tells an error with those of its causes that add something.
pub(crate) fn error(error: &anyhow::Error) {
    say(&format!("error: {}", message(error)));
}

/// An error with those of its causes that add something, a line each.
pub(crate) fn message(error: &anyhow::Error) -> String {
    let mut told = error.to_string();
    let mut message = told.clone();
    for cause in error.chain().skip(1) {
        let text = cause.to_string();
        if !told.contains(&text) {
            message.push_str("\ncaused by: ");
            message.push_str(&text);
            told = text;
        }
    }
    message
}

/// One message on standard error. That it cannot be written is no reason to fail.
pub(crate) fn say(message: &str) {
    let mut err = std::io::stderr().lock();
    let _ = writeln!(err, "{}", safe_lines(message));
}

/// How far something is, on one line of a terminal; nothing is shown if quiet.
#[derive(Debug)]
pub(crate) struct Progress {
    what: &'static str,
    unit: &'static str,
    is_shown: bool,
    is_loud: bool,
    /// Percent shown last.
    last: AtomicU8,
}

impl Progress {
    /// Begins with nothing shown.
    pub(crate) fn new(what: &'static str, unit: &'static str) -> Self {
        let loud = VERBOSITY.load(Ordering::Relaxed) >= Verbosity::Normal as u8;
        let is_shown = loud && std::io::stderr().is_terminal();
        Self { what, unit, is_shown, is_loud: loud, last: AtomicU8::new(u8::MAX) }
    }

    /// Shows that `done` of `all` are done: on a terminal as a share, elsewhere on a line that says
    /// what was done last.
    pub(crate) fn step(&self, done: u64, all: u64, last: impl FnOnce() -> String) {
        self.show(done, all);
        if self.is_loud && !self.is_shown {
            say(&format!("[{done}/{all}] {}", last()));
        }
    }

    /// Shows that `done` of `all` are done; any thread may tell.
    pub(crate) fn show(&self, done: u64, all: u64) {
        let percent = (u128::from(done.min(all)) * 100 / u128::from(all.max(1))) as u8;
        if self.is_shown && self.last.swap(percent, Ordering::Relaxed) != percent {
            let mut err = std::io::stderr().lock();
            let _ = write!(err, "\r{} {percent:3} % of {all} {}", self.what, self.unit);
            let _ = err.flush();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown && self.last.load(Ordering::Relaxed) != u8::MAX {
            // Back to the start of the line, which is wiped.
            let _ = write!(std::io::stderr().lock(), "\r\u{1b}[K");
        }
    }
}

/// Text whose control, direction and invisible characters are shown, not obeyed.
pub(crate) fn safe(text: &str) -> Cow<'_, str> {
    escape(text, is_invisible)
}

/// Like [`safe`], but line breaks stay.
pub(crate) fn safe_lines(text: &str) -> Cow<'_, str> {
    escape(text, |c| c != '\n' && is_invisible(c))
}

fn escape(text: &str, acts: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if acts(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// An empty table in aligned columns without borders.
pub(crate) fn table<'a>(header: impl IntoIterator<Item = &'a str>) -> Table {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_files_cannot_drive_the_terminal() {
        assert_eq!(safe("db\u{1b}[2J\n\u{9b}x\u{202e}é"), r"db\u{1b}[2J\n\u{9b}x\u{202e}é");
        assert_eq!(safe_lines("a\nb\r"), "a\nb\\r");
        assert!(matches!(safe("plain"), Cow::Borrowed(_)));
    }
}
