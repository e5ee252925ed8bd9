#!/usr/bin/env bash
# The Python package, the notebooks, the interchange with Python's data tools, the published schemas, and
# the committed data sets.
#   $INFRA_ANALYZE     the binary (target/release/infra-analyze)
#   $CARGO_TARGET_DIR  where the workspace was built (target); the package takes what is compiled there
#   $INFRA_CI_CACHE    where the virtual environment is kept ($HOME/.cache/infra-analyze-ci)
#   $PYTHON            the interpreter, 3.11 or newer (python3)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
binary=${INFRA_ANALYZE:-$root/target/release/infra-analyze}
cache=${INFRA_CI_CACHE:-$HOME/.cache/infra-analyze-ci}
python=${PYTHON:-python3}

if [[ ! -x $binary ]]; then
    echo "python: $binary: no such program (cargo build --release, or set INFRA_ANALYZE)" >&2
    exit 1
fi
# The notebook runs in its own folder.
INFRA_ANALYZE=$(realpath "$binary")
export INFRA_ANALYZE

# The environment: one for each list of requirements and version of Python.
version=$("$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])')
key=$(sha256sum "$here/requirements.txt" | cut -c1-16)
venv=$cache/venv/$version-$key
if [[ ! -f $venv/.complete ]]; then
    echo "python: installing into $venv"
    rm -rf "$venv"
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
        --requirement "$here/requirements.txt"
    touch "$venv/.complete"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Nothing of the user's own configuration, nothing into the clone.
export PYTHONDONTWRITEBYTECODE=1 PYTHONNOUSERSITE=1 JUPYTER_PREFER_ENV_PATH=1
export IPYTHONDIR=$work/ipython JUPYTER_CONFIG_DIR=$work/jupyter JUPYTER_RUNTIME_DIR=$work/runtime
export MPLCONFIGDIR=$cache/matplotlib

failed=0
check() {
    local name=$1
    shift
    if "$@"; then
        echo "python: $name ok"
    else
        echo "python: $name FAILED" >&2
        failed=1
    fi
}

# The package: as `pip install .` builds it, with maturin from the environment. It must not compile
# what the workspace has compiled already, so both have to ask for the same features.
features() { cargo tree --locked --edges "$1" --format '{p} {f}' --prefix none "${@:2}" | sed 's/ (\*)$//' | sort -u; }
same_features() {
    local kind extra
    for kind in normal build; do
        extra=$(comm -13 <(features "$kind" --workspace) <(features "$kind" --package infra-analyze-python))
        if [[ -n $extra ]]; then
            echo "python: the package alone asks for other features (see python/Cargo.toml):" >&2
            echo "$extra" >&2
            return 1
        fi
    done
}
package() {
    export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
    PATH=$venv/bin:$PATH "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        --no-build-isolation --no-deps --no-index --no-cache-dir --force-reinstall "$root"
}
check features same_features
check package package

check "package against command line" "$venv/bin/python" "$here/python_package.py"
for name in explore compare-schemes post-mortem; do
    check "notebook $name" "$venv/bin/python" "$here/run_notebook.py" "$root/notebooks/$name.ipynb" "$work/$name.ipynb"
done
check interchange "$venv/bin/python" "$here/python_checks.py"
check schemas "$venv/bin/python" "$here/schemas.py"
check datasets "$root/datasets/check.sh"
exit "$failed"
