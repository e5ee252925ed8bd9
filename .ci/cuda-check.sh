#!/usr/bin/env bash
# Type-checks and lints the `cuda` feature of infra-gat on a machine without CUDA: a stand-in for
# nvcc answers the build scripts with empty files, so nothing that is built here could run.
# Takes minutes the first time (candle), seconds after that; Polars is not built.
#   $INFRA_CI_CACHE    where compiled dependencies are kept ($HOME/.cache/infra-analyze-ci)
#   $CUDA_CHECK_TARGET the target folder ($INFRA_CI_CACHE/target-cuda)
set -euo pipefail
cd "$(dirname "$0")/.."

cache="${INFRA_CI_CACHE:-$HOME/.cache/infra-analyze-ci}"
export CARGO_TARGET_DIR="${CUDA_CHECK_TARGET:-$cache/target-cuda}"
export CARGO_TERM_COLOR=never CARGO_INCREMENTAL=0
mkdir -p "$CARGO_TARGET_DIR"

source .ci/cuda-shim.sh

start=$SECONDS
cargo check --release --locked -p infra-gat --features cuda --all-targets
cargo clippy --release --locked -p infra-gat --features cuda --all-targets -- -D warnings
echo "cuda: checked and linted without a GPU in $((SECONDS - start)) s"
