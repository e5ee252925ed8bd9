//! Patterns on names: `*` stands for any text, `?` for one character, everything else for itself.

/// Whether the whole of `text` fits `pattern`. Time is the product of both lengths at worst.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stands, and up to where it has taken text.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            },
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            },
            _ => {
                let Some((at, taken)) = star else { return false };
                star = Some((at, taken + 1));
                p = at + 1;
                t = taken + 1;
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, text, expected) in [
            ("db-*", "db-main", true),
            ("db-*", "web-db-main", false),
            ("*db*", "web-db-main", true),
            ("d?", "db", true),
            ("d?", "d", false),
            ("*a*b", "xaab", true),
            ("*a*b", "xaba", false),
            ("", "", true),
            ("*", "", true),
            ("?", "é", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_hostile_pattern_ends() {
        assert!(!fits(&"*a".repeat(200), &"a".repeat(199).replace("aa", "ab")));
    }
}
