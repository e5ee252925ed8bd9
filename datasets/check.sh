#!/usr/bin/env bash
# Are the committed runs and tables what this version makes? Byte for byte, by SHA256SUMS.
# The binary: $INFRA_ANALYZE, else target/release/infra-analyze.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "datasets: $*" >&2
    exit 1
}

"$here/regenerate.sh" "$work"
(cd "$here" && sha256sum --check --strict --quiet SHA256SUMS) || fail "files differ from SHA256SUMS"
(cd "$work" && sha256sum --check --strict --quiet "$here/SHA256SUMS") ||
    fail "this version makes other files; if that is meant, run datasets/regenerate.sh"
diff "$here/SHA256SUMS" "$work/SHA256SUMS" || fail "other files than those in SHA256SUMS"
# Nothing lies there that is not listed.
listed=$(sed 's/^[^ ]* [ *]//' "$here/SHA256SUMS" | sort)
present=$(cd "$here" && find runs tables -name '*.parquet' -o -name '*.truth.json' -o -name '*.csv' | sort)
[[ $listed == "$present" ]] || fail "files that SHA256SUMS does not list"
echo "datasets: $(wc -l <"$here/SHA256SUMS") files as recorded"
