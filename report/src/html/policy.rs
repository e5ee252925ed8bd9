//! The content security policy: nothing is loaded, and nothing runs but what we wrote.

use sha2::{Digest, Sha256};

use crate::base64;

/// The policy of a page with this style and this script.
pub(super) fn content(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(script)
    )
}

fn hash(text: &str) -> String {
    base64::encode(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_browsers() {
        // printf "alert('Hello, world.');" | openssl dgst -sha256 -binary | base64 (MDN's example)
        assert_eq!(hash("alert('Hello, world.');"), "qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }
}
