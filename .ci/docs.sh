#!/usr/bin/env bash
# The guide: what it quotes from the program is true, recipes parse, every link leads somewhere.
#   .ci/docs.sh [FOLDER]     leaves the built guide in FOLDER
#   $INFRA_ANALYZE           the binary (target/release/infra-analyze)
#   $INFRA_CI_CACHE          where mdbook is kept ($HOME/.cache/infra-analyze-ci)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
cache=${INFRA_CI_CACHE:-$HOME/.cache/infra-analyze-ci}
binary=${INFRA_ANALYZE:-$root/target/release/infra-analyze}
python=${PYTHON:-python3}
# Builds with Rust 1.88 or newer.
mdbook_version=0.5.4
pyyaml=6.0.3

if [[ ! -x $binary ]]; then
    echo "docs: $binary: no such program (cargo build --release, or set INFRA_ANALYZE)" >&2
    exit 1
fi
INFRA_ANALYZE=$(realpath "$binary")
export INFRA_ANALYZE PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
book=${1:+$(realpath -m "$1")}
book=${book:-$work/book}
cd "$root"

# Two to five minutes on two cores, once.
mdbook=$cache/mdbook/bin/mdbook
if [[ $("$mdbook" --version 2>/dev/null) != "mdbook v$mdbook_version" ]]; then
    echo "docs: installing mdbook $mdbook_version into $cache/mdbook"
    CARGO_TARGET_DIR=$cache/mdbook-target cargo install mdbook --version "$mdbook_version" --locked \
        --no-default-features --root "$cache/mdbook" --force --quiet
    rm -rf "$cache/mdbook-target"
fi
venv=$cache/venv-docs/$("$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])')-pyyaml-$pyyaml
if [[ ! -f $venv/.complete ]]; then
    rm -rf "$venv"
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: "PyYAML==$pyyaml"
    touch "$venv/.complete"
fi

failed=0
check() {
    local name=$1
    shift
    if "$@"; then
        echo "docs: $name ok"
    else
        echo "docs: $name FAILED" >&2
        failed=1
    fi
}

recipes() {
    # Every script of the pipelines is shell that parses; the Makefile does what it says.
    "$venv/bin/python" - docs/recipes/*.yml >"$work/scripts.json" <<'PYTHON'
import json, sys, yaml
scripts = []
for path in sys.argv[1:]:
    def walk(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key in ("run", "script", "before_script"):
                    scripts.append("\n".join(value) if isinstance(value, list) else value)
                walk(value)
        elif isinstance(node, list):
            for item in node:
                walk(item)
    walk(yaml.safe_load(open(path)))
assert len(scripts) >= 5, scripts
json.dump(scripts, sys.stdout)
PYTHON
    "$python" -c '
import json, subprocess, sys
for script in json.load(open(sys.argv[1])):
    subprocess.run(["bash", "-n", "-c", script], check=True)
' "$work/scripts.json" &&
        (cd "$work" && make --silent INFRA_ANALYZE="$INFRA_ANALYZE" -f "$root/docs/recipes/Makefile" \
            runs/contagion.parquet runs/overload.parquet >/dev/null &&
            { make --silent INFRA_ANALYZE="$INFRA_ANALYZE" -f "$root/docs/recipes/Makefile" \
                >"$work/make.log" 2>&1 || grep -q 'gate' "$work/make.log"; } && test -s "$work/reports/index.md")
}

check "quotations of --help" "$python" docs/commands/regenerate.py --check
check "options in commands" "$python" .ci/links.py --commands
check "links" "$python" .ci/links.py
check "recipes" recipes
check "guide" "$mdbook" build . --dest-dir "$book"
check "links of the guide" "$python" .ci/links.py "$book"
exit "$failed"
