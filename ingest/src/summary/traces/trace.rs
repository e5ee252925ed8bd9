//! One trace: who called whom, and what time was each span's own.

/// How a span takes part in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Asks another service: `client` or `producer`.
    Client,
    /// Answers: `server` or `consumer`.
    Server,
    /// Work inside a service.
    Internal,
    /// The telemetry does not say.
    Unknown,
}

impl Side {
    pub(super) fn of(kind: Option<&str>) -> Self {
        match kind {
            Some("client" | "producer") => Self::Client,
            Some("server" | "consumer") => Self::Server,
            Some("internal") => Self::Internal,
            _ => Self::Unknown,
        }
    }
}

/// A span id as a number (FNV-1a, 64 bits): ids are compared within a trace, and of a million
/// spans two collide with a probability of 3e-8.
pub(super) fn id(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// One span of the trace being read.
#[derive(Clone, Debug)]
pub(super) struct Span {
    /// Its id, as [`id`] makes it.
    pub(super) id: u64,
    pub(super) parent: Option<u64>,
    pub(super) service: u32,
    pub(super) operation: u32,
    pub(super) side: Side,
    pub(super) start_ns: i64,
    pub(super) duration_ns: i64,
    pub(super) failed: bool,
    pub(super) row: i64,
}

impl Span {
    pub(super) const fn end_ns(&self) -> i64 {
        self.start_ns.saturating_add(self.duration_ns)
    }
}

/// The tree of a trace, as flat lists; spans keep the numbers that they were given in.
#[derive(Debug)]
pub(super) struct Tree {
    /// Parent of each span, if the trace holds it.
    pub(super) parent: Vec<Option<usize>>,
    /// Where each span's children start in `list`; one entry more than spans.
    first: Vec<usize>,
    /// Children, grouped by parent, in order of start.
    list: Vec<usize>,
}

impl Tree {
    /// Links spans by their ids. Of spans with the same id the first is meant; a span that names
    /// itself has no parent. Time O(n log n), no recursion: parents that form a cycle are each
    /// other's children and nothing more.
    pub(super) fn new(spans: &[Span]) -> Self {
        let mut by_id: Vec<usize> = (0..spans.len()).collect();
        by_id.sort_unstable_by_key(|&i| (spans[i].id, i));
        let find = |id: u64| {
            let at = by_id.partition_point(|&i| spans[i].id < id);
            by_id.get(at).copied().filter(|&i| spans[i].id == id)
        };
        let parent: Vec<Option<usize>> =
            spans.iter().enumerate().map(|(i, s)| s.parent.and_then(find).filter(|&p| p != i)).collect();
        let mut first = vec![0_usize; spans.len() + 1];
        for p in parent.iter().flatten() {
            first[p + 1] += 1;
        }
        for i in 0..spans.len() {
            first[i + 1] += first[i];
        }
        let mut next = first.clone();
        let mut list = vec![0_usize; first[spans.len()]];
        for (child, p) in parent.iter().enumerate() {
            if let Some(p) = p {
                list[next[*p]] = child;
                next[*p] += 1;
            }
        }
        for p in 0..spans.len() {
            list[first[p]..first[p + 1]].sort_by_key(|&c| (spans[c].start_ns, spans[c].row));
        }
        Self { parent, first, list }
    }

    /// Children of a span, in order of start.
    pub(super) fn children(&self, span: usize) -> &[usize] {
        &self.list[self.first[span]..self.first[span + 1]]
    }

    /// Duration of a span that none of its children covers \[ns\].
    pub(super) fn self_ns(&self, spans: &[Span], span: usize) -> i64 {
        let (start, end) = (spans[span].start_ns, spans[span].end_ns());
        let mut covered = 0_i64;
        let mut until = start;
        for &child in self.children(span) {
            let from = spans[child].start_ns.max(until);
            let to = spans[child].end_ns().min(end);
            if to > from {
                covered = covered.saturating_add(to - from);
                until = to;
            }
        }
        spans[span].duration_ns.saturating_sub(covered).max(0)
    }

    /// Whether the span only waits for other services: all that it has are calls that arrived.
    pub(super) fn is_call(&self, spans: &[Span], span: usize) -> bool {
        let children = self.children(span);
        let remote = |c: &usize| spans[*c].service != spans[span].service;
        match spans[span].side {
            Side::Client => children.iter().any(remote),
            Side::Unknown => !children.is_empty() && children.iter().all(remote),
            Side::Server | Side::Internal => false,
        }
    }

    /// The first child of another service.
    pub(super) fn callee(&self, spans: &[Span], span: usize) -> Option<usize> {
        self.children(span).iter().copied().find(|&c| spans[c].service != spans[span].service)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(name: &str, parent: Option<&str>, service: u32, start_ns: i64, duration_ns: i64) -> Span {
        Span {
            id: id(name),
            parent: parent.map(id),
            service,
            operation: 0,
            side: Side::Unknown,
            start_ns,
            duration_ns,
            failed: false,
            row: start_ns,
        }
    }

    #[test]
    fn self_time_is_what_the_union_of_children_leaves() {
        let spans = [
            span("a", None, 0, 0, 100),
            span("b", Some("a"), 0, 10, 30),
            span("c", Some("a"), 0, 20, 40),
            span("d", Some("a"), 0, 90, 50), // outlives its parent
        ];
        let tree = Tree::new(&spans);
        assert_eq!(tree.self_ns(&spans, 0), 100 - 50 - 10);
        assert_eq!(tree.children(0), [1, 2, 3]);
    }

    #[test]
    fn a_span_whose_children_are_all_remote_is_a_call() {
        let spans = [span("a", None, 0, 0, 9), span("b", Some("a"), 0, 1, 7), span("c", Some("b"), 1, 2, 5)];
        let tree = Tree::new(&spans);
        assert!(!tree.is_call(&spans, 0) && tree.is_call(&spans, 1) && !tree.is_call(&spans, 2));
    }

    #[test]
    fn cycles_and_strangers_are_harmless() {
        let spans = [
            span("a", Some("b"), 0, 0, 9),
            span("b", Some("a"), 0, 0, 9),
            span("c", Some("c"), 0, 0, 9),
            span("d", Some("nobody"), 0, 0, 9),
        ];
        let tree = Tree::new(&spans);
        assert_eq!(tree.parent, [Some(1), Some(0), None, None]);
        assert_eq!(tree.self_ns(&spans, 0), 0);
    }
}
