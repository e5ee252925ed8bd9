//! Closed lists: a name matches by its id, by its words, or by a part that only one id has. A part
//! starts where a word of the id starts and has three letters at least.

/// A shorter part says too little \[bytes\].
const MIN_PART: usize = 3;

/// Why a name of a closed list was not found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Miss {
    /// None is like it; the nearest one, if there is one.
    Unknown(Option<&'static str>),
    /// Several ids have it as a part.
    Ambiguous(Vec<&'static str>),
}

/// Finds `name` among `ids`. Case, spaces and dashes do not matter.
pub(super) fn find(name: &str, ids: &[&'static str]) -> Result<usize, Miss> {
    let name: String = name
        .chars()
        .take(64)
        .map(|c| if c == ' ' || c == '-' { '_' } else { c.to_ascii_lowercase() })
        .collect();
    if let Some(i) = ids.iter().position(|id| *id == name) {
        return Ok(i);
    }
    let part = |id: &str| name.len() >= MIN_PART && format!("_{id}").contains(&format!("_{name}"));
    let having: Vec<usize> = (0..ids.len()).filter(|i| part(ids[*i])).collect();
    match having.as_slice() {
        [] => Err(Miss::Unknown(super::near::nearest(&name, ids.iter().copied()))),
        [one] => Ok(*one),
        _ => Err(Miss::Ambiguous(having.into_iter().map(|i| ids[i]).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 4] = ["no_incident", "congestion_collapse", "retry_storm", "several_incidents"];

    #[test]
    fn ids_words_and_clear_parts_are_found() {
        assert_eq!(find("collapse", &IDS), Ok(1));
        assert_eq!(find("Retry storm", &IDS), Ok(2));
        assert_eq!(find("no-incident", &IDS), Ok(0));
        assert_eq!(find("incident", &IDS), Err(Miss::Ambiguous(vec!["no_incident", "several_incidents"])));
        assert_eq!(find("retrystorm", &IDS), Err(Miss::Unknown(Some("retry_storm"))));
        assert_eq!(find("", &IDS), Err(Miss::Unknown(None)));
        assert_eq!(find("apse", &IDS), Err(Miss::Unknown(None)));
        assert_eq!(find("no", &IDS), Err(Miss::Unknown(None)));
    }
}
