//! The nearest known name, for "did you mean".

/// The known name that is nearest to `name`, if one is near enough to have been meant.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.chars().take(65).flat_map(char::to_lowercase).collect();
    if name.len() > 64 {
        return None;
    }
    known
        .into_iter()
        .map(|k| (distance(&name, &k.chars().collect::<Vec<_>>()), k))
        .filter(|(d, k)| *d <= 2.max(k.len() / 3) && *d < k.len())
        .min()
        .map(|(_, k)| k)
}

/// Edits (put in, take out, change, swap neighbours) between two names.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            next[j] = change.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                next[j] = next[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let known = ["mttr", "mttd", "verdict", "blast_radius"];
        assert_eq!(nearest("verdcit", known), Some("verdict"));
        assert_eq!(nearest("Blast-Radius", known), Some("blast_radius"));
        assert_eq!(nearest("zzzz", known), None);
        assert_eq!(nearest(&"m".repeat(1000), known), None);
    }
}
