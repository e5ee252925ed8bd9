#!/usr/bin/env bash
# HTML reports in a real browser: do they render, react, print and stay inert?
#   $INFRA_ANALYZE     the binary (target/release/infra-analyze)
#   $INFRA_CI_CACHE    where Node packages are kept ($HOME/.cache/infra-analyze-ci)
#   $CHROMIUM          the browser (/usr/bin/chromium; installed by apt if missing)
#   $BROWSER_PICTURES  a folder for screenshots (none are kept without it)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
binary=${INFRA_ANALYZE:-$root/target/release/infra-analyze}
cache=${INFRA_CI_CACHE:-$HOME/.cache/infra-analyze-ci}
export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}

if [[ ! -x $binary ]]; then
    echo "browser: $binary: no such program (cargo build --release, or set INFRA_ANALYZE)" >&2
    exit 1
fi
missing=()
[[ -x $CHROMIUM ]] || missing+=(chromium)
command -v npm >/dev/null || missing+=(nodejs npm)
if ((${#missing[@]})); then
    apt-get update -q
    apt-get install -qy --no-install-recommends "${missing[@]}" fonts-dejavu-core
fi

# Packages: one folder for each lock file, outside the clone.
key=$(sha256sum "$here/browser/package-lock.json" | cut -c1-16)
packages=$cache/browser/$key
if [[ ! -f $packages/.complete ]]; then
    echo "browser: installing into $packages"
    rm -rf "$packages"
    mkdir -p "$packages"
    cp "$here/browser/package.json" "$here/browser/package-lock.json" "$packages"
    npm ci --prefix "$packages" --ignore-scripts --no-audit --no-fund --loglevel=error
    touch "$packages/.complete"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
INFRA_ANALYZE=$(realpath "$binary") PACKAGES=$packages WORK=$work SCENARIOS=$root/datasets/scenarios \
    node "$here/browser/run.mjs"
