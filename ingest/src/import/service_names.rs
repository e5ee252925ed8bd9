//! Service names of a text column: the map's rules are applied once for each spelling.

use infra_eventlog::batch::{Interner, Rows};

use super::cells::text_column;
use super::service_rule::{self, ServiceRule};
use crate::error::IngestError;

/// Spellings met so far, and the service behind each.
pub(super) struct ServiceNames<'m> {
    rules: &'m [ServiceRule],
    spellings: Interner,
    services: Vec<String>,
}

impl<'m> ServiceNames<'m> {
    pub(super) fn new(rules: &'m [ServiceRule]) -> Self {
        Self { rules, spellings: Interner::default(), services: Vec::new() }
    }

    /// A code for each row of a column; `None` for a null.
    pub(super) fn codes(&mut self, rows: &Rows, column: &str) -> Result<Vec<Option<u32>>, IngestError> {
        let codes = text_column(rows, column)?.intern(rows.len(), &mut self.spellings);
        self.catch_up();
        Ok(codes)
    }

    /// The code of one spelling.
    pub(super) fn code(&mut self, spelling: &str) -> u32 {
        let code = self.spellings.code(spelling);
        self.catch_up();
        code
    }

    /// The service of a code; empty for a null and for a blank name.
    pub(super) fn name(&self, code: Option<u32>) -> &str {
        code.and_then(|code| self.services.get(code as usize)).map_or("", String::as_str)
    }

    fn catch_up(&mut self) {
        for code in self.services.len()..self.spellings.len() {
            let spelling = self.spellings.name(u32::try_from(code).unwrap_or(u32::MAX));
            let is_blank = spelling.trim().is_empty();
            let service = if is_blank { "".into() } else { service_rule::apply(self.rules, spelling) };
            self.services.push(service.into_owned());
        }
    }
}
