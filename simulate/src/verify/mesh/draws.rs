//! Check values of the random source and of rounding.

use std::path::Path;

use serde_json::{Value, json};

use super::super::{Check, VerifyError};
use super::malformed;
use crate::mesh::{Mt19937, rounded};

/// Compares `rng.json`: a list with one object per seed. Every list starts from a fresh generator.
pub(super) fn compare(golden: &Value, path: &Path, check: &mut Check) -> Result<(), VerifyError> {
    let seeds = golden.as_array().ok_or_else(|| malformed(path, "expected a list"))?;
    for entry in seeds {
        let seed =
            entry.get("seed").and_then(absolute).ok_or_else(|| malformed(path, "an entry has no seed"))?;
        check.case();
        let place = format!("rng seed {seed}");
        for (key, values) in entry.as_object().into_iter().flatten() {
            if key == "round4" {
                for pair in values.as_array().into_iter().flatten() {
                    let ours = pair.get(0).and_then(Value::as_f64).map(|value| rounded(value, 4));
                    check.same(&place, "a rounded value", pair.get(1).and_then(Value::as_f64), ours);
                }
            } else if let Some(ours) = ours(key, values, seed) {
                check.same(&place, key, values, &ours);
            } else if key != "seed" {
                check.differs(&place, format!("`{key}` is not known"));
            }
        }
    }
    Ok(())
}

fn absolute(seed: &Value) -> Option<u64> {
    seed.as_u64().or_else(|| seed.as_i64().map(i64::unsigned_abs))
}

/// As many draws as the golden list has.
fn ours(key: &str, golden: &Value, seed: u64) -> Option<Value> {
    let mut random = Mt19937::new(seed);
    let count = golden.as_array().map_or(0, Vec::len);
    let list = |draw: &mut dyn FnMut() -> Value| Some(Value::Array((0..count).map(|_| draw()).collect()));
    if let Some(sizes) = key.strip_prefix("sample_") {
        let (from, count) = sizes.split_once('_')?;
        let items: Vec<u32> = (0..from.parse().ok()?).collect();
        return Some(json!(random.sample(&items, count.parse().ok()?)));
    }
    if let Some(range) = key.strip_prefix("randint_") {
        let (low, high) = range.split_once('_')?;
        let (low, high) = (low.parse().ok()?, high.parse().ok()?);
        return list(&mut || json!(random.randint(low, high)));
    }
    match key {
        "getrandbits32" => list(&mut || json!(random.next_u32())),
        "random" => list(&mut || json!(random.random())),
        "choice5" => list(&mut || json!(random.choice(&[0, 1, 2, 3, 4]))),
        "choices_hex_k7" => Some(json!(random.choices("0123456789abcdef", 7))),
        "mixed" => Some(json!([
            random.random(),
            random.randint(0, 80),
            random.choices("abcdef0123456789", 6),
            random.randint(1, 3),
            random.randint(0, 9),
            random.random()
        ])),
        _ => None,
    }
}
