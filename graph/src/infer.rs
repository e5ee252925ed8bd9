//! Edges from recorded calls.
//!
//! Where a run declares no dependencies, calls show them: who called whom, how often. Nothing
//! else becomes an edge here. Services that merely deviate together are not joined: that would
//! be a guess, and a graph of guesses confirms whatever it is asked.

use std::collections::BTreeMap;

/// A dependency that recorded calls support.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InferredEdge {
    /// Who called: the dependent.
    pub caller: String,
    /// Who was called: the dependency.
    pub callee: String,
    /// How many calls support it, at least the threshold.
    pub calls: u64,
}

/// What recorded calls say about dependencies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InferredEdges {
    /// The edges, sorted by caller, then callee.
    pub edges: Vec<InferredEdge>,
    /// Pairs with calls, but too few of them to be an edge.
    pub pairs_below: usize,
    /// Calls of those pairs.
    pub calls_below: u64,
    /// Rows left out because the caller or the callee has no name.
    pub unnamed_rows: u64,
}

/// Sums the calls of each pair; a pair with at least `min_calls` of them becomes an edge.
///
/// * `calls` - `(caller, callee, count)`, in any order; a pair may occur many times.
/// * `min_calls` \[calls\] - the threshold; 0 is read as 1, for no calls are no evidence.
///
/// A service that calls itself gets a self-loop. Sums saturate. The result depends on the rows'
/// content alone, not on their order. Time O(R log P) for R rows and P pairs, memory O(P).
///
/// ```
/// let rows = [("web", "db", 3), ("web", "cache", 1), ("web", "db", 2)];
/// let inferred = infra_graph::infer_edges(rows, 5);
/// assert_eq!(inferred.edges.len(), 1);
/// assert_eq!(inferred.edges[0].calls, 5);
/// assert_eq!((inferred.pairs_below, inferred.calls_below), (1, 1));
/// ```
pub fn infer_edges<A, B>(calls: impl IntoIterator<Item = (A, B, u64)>, min_calls: u64) -> InferredEdges
where
    A: AsRef<str>,
    B: AsRef<str>,
{
    let mut inferred = InferredEdges::default();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut totals: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    for (caller, callee, count) in calls {
        let (caller, callee) = (caller.as_ref(), callee.as_ref());
        if caller.is_empty() || callee.is_empty() {
            inferred.unnamed_rows += 1;
            continue;
        }
        let pair = (number_of(&mut numbers, caller), number_of(&mut numbers, callee));
        let total = totals.entry(pair).or_default();
        *total = total.saturating_add(count);
    }
    let mut names = vec![String::new(); numbers.len()];
    for (name, number) in numbers {
        names[number] = name;
    }
    for ((caller, callee), calls) in totals {
        if calls >= min_calls.max(1) {
            let (caller, callee) = (names[caller].clone(), names[callee].clone());
            inferred.edges.push(InferredEdge { caller, callee, calls });
        } else if calls > 0 {
            inferred.pairs_below += 1;
            inferred.calls_below = inferred.calls_below.saturating_add(calls);
        }
    }
    inferred.edges.sort_unstable_by(|a, b| (&a.caller, &a.callee).cmp(&(&b.caller, &b.callee)));
    inferred
}

/// The number of a name, a new one the first time. Rows repeat names, so a known one is not copied.
fn number_of(numbers: &mut BTreeMap<String, usize>, name: &str) -> usize {
    if let Some(number) = numbers.get(name) {
        return *number;
    }
    let number = numbers.len();
    numbers.insert(name.to_owned(), number);
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_rows_does_not_matter() {
        let mut rows = [("b", "a", 4), ("a", "b", 9), ("a", "a", 1), ("b", "a", 1)];
        let forward = infer_edges(rows, 1);
        rows.reverse();
        assert_eq!(infer_edges(rows, 1), forward);
        let pairs: Vec<_> = forward.edges.iter().map(|edge| (&*edge.caller, &*edge.callee)).collect();
        assert_eq!(pairs, [("a", "a"), ("a", "b"), ("b", "a")]);
    }

    #[test]
    fn no_calls_are_no_evidence() {
        let inferred = infer_edges([("a", "b", 0), ("", "b", 7), ("a", "", 7)], 0);
        assert_eq!(inferred.edges, []);
        assert_eq!((inferred.pairs_below, inferred.unnamed_rows), (0, 2));
    }

    #[test]
    fn sums_saturate() {
        let inferred = infer_edges([("a", "b", u64::MAX), ("a", "b", 1)], 5);
        assert_eq!(inferred.edges[0].calls, u64::MAX);
    }
}
