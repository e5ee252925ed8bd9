//! Orders that do not depend on the order of the input.

/// Position of each code in the order of names.
pub(in crate::import) fn ranks<T: Ord>(names: impl Iterator<Item = T>) -> Vec<u32> {
    let mut order: Vec<(T, usize)> = names.enumerate().map(|(code, name)| (name, code)).collect();
    order.sort_unstable();
    let mut ranks = vec![0; order.len()];
    for (rank, (_, code)) in order.into_iter().enumerate() {
        ranks[code] = u32::try_from(rank).unwrap_or(u32::MAX);
    }
    ranks
}
