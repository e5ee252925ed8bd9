//! Who calls whom.

/// Both directions of the call graph, by index, in flat lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    calls: Lists,
    callers: Lists,
}

/// A call leads to a service that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("service {caller} calls service {callee}, which does not exist")]
pub struct UnknownService {
    /// Who calls.
    pub caller: usize,
    /// The index that no service has.
    pub callee: usize,
}

impl Graph {
    /// The graph of services that call those in their own list, in the list's order. The lists
    /// of callers are in the order of the services.
    ///
    /// # Errors
    /// [`UnknownService`] if a list names an index beyond the services.
    pub fn new(calls: &[Vec<usize>]) -> Result<Self, UnknownService> {
        let mut callers = vec![Vec::new(); calls.len()];
        for (caller, callees) in calls.iter().enumerate() {
            for &callee in callees {
                callers.get_mut(callee).ok_or(UnknownService { caller, callee })?.push(caller);
            }
        }
        Ok(Self { calls: Lists::new(calls), callers: Lists::new(&callers) })
    }

    /// Services.
    #[must_use]
    pub fn len(&self) -> usize {
        self.calls.starts.len().saturating_sub(1)
    }

    /// Whether there are no services.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Services that `service` calls; deps of the specification.
    pub fn calls(&self, service: usize) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.calls.of(service).iter().map(|&i| i as usize)
    }

    /// Services that call `service`; rdeps of the specification.
    pub fn callers(&self, service: usize) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.callers.of(service).iter().map(|&i| i as usize)
    }
}

/// A list of indices per service, all in one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Lists {
    starts: Vec<usize>,
    entries: Vec<u32>,
}

impl Lists {
    fn new(lists: &[Vec<usize>]) -> Self {
        let mut flat = Self { starts: vec![0], entries: Vec::new() };
        for list in lists {
            flat.entries.extend(list.iter().map(|&i| i as u32));
            flat.starts.push(flat.entries.len());
        }
        flat
    }

    fn of(&self, service: usize) -> &[u32] {
        let end = self.starts.get(service + 1);
        let range = self.starts.get(service).zip(end).map(|(&start, &end)| start..end);
        range.and_then(|range| self.entries.get(range)).unwrap_or(&[])
    }
}
