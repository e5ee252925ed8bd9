//! Names of generated services: what they are for, and what they are.

use std::collections::BTreeSet;

use crate::kernel::RandomSource;

const SUBJECTS: [&str; 40] = [
    "account",
    "address",
    "audit",
    "basket",
    "billing",
    "booking",
    "catalog",
    "checkout",
    "content",
    "coupon",
    "currency",
    "delivery",
    "device",
    "document",
    "fraud",
    "geo",
    "image",
    "inventory",
    "invoice",
    "ledger",
    "loyalty",
    "mail",
    "media",
    "message",
    "order",
    "partner",
    "payment",
    "price",
    "profile",
    "quota",
    "rating",
    "refund",
    "report",
    "review",
    "search",
    "session",
    "shipping",
    "stock",
    "tax",
    "ticket",
];
/// What services of the first, the middle and the last layers are.
const KINDS: [&[&str]; 3] =
    [&["gateway", "web", "bff"], &["service", "api", "worker", "engine"], &["db", "cache", "store", "index"]];
/// Stream of the names.
const STREAM: u64 = 301;

/// Unique names; `depth_of` is each service's layer of `layers`.
pub(super) fn names(random: RandomSource, layer_of: &[usize], layers: usize) -> Vec<String> {
    let mut taken = BTreeSet::new();
    layer_of
        .iter()
        .enumerate()
        .map(|(service, &layer)| {
            let kinds = KINDS[if layer == 0 {
                0
            } else if layer + 1 == layers {
                2
            } else {
                1
            }];
            let draw = |k: u64, n: usize| pick(random.uniform(STREAM, service as u64, k), n);
            let name = format!("{}-{}", SUBJECTS[draw(0, SUBJECTS.len())], kinds[draw(1, kinds.len())]);
            let unique = if taken.contains(&name) { format!("{name}-{service}") } else { name };
            taken.insert(unique.clone());
            unique
        })
        .collect()
}

/// An index below `n` from a uniform draw.
pub(super) fn pick(u: f64, n: usize) -> usize {
    ((u * n as f64) as usize).min(n.saturating_sub(1))
}
