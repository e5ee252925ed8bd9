#!/usr/bin/env bash
# The notebook, the interchange with Python's data tools, the published schemas, and the committed
# data sets.
#   $INFRA_ANALYZE     the binary (target/release/infra-analyze)
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

check notebook "$venv/bin/python" "$here/run_notebook.py" "$root/notebooks/explore.ipynb" "$work/explore.ipynb"
check interchange "$venv/bin/python" "$here/python_checks.py"
check schemas "$venv/bin/python" "$here/schemas.py"
check datasets "$root/datasets/check.sh"
exit "$failed"
