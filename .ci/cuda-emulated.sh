#!/usr/bin/env bash
# Runs the CUDA build of infra-gat without a GPU: links it against an emulated driver
# (gat/tests/emulator/driver.cpp) and runs gat/tests/cuda.rs, the comparison with the CPU and the
# golden cases. Our kernels are compiled by a C++ compiler when they are first wanted.
# Takes some minutes the first time, because it compiles candle with `cuda`; about a minute after that.
#   $CXX               the C++ compiler (c++)
#   $INFRA_CI_CACHE    where compiled dependencies are kept ($HOME/.cache/infra-analyze-ci)
#   $CUDA_CHECK_TARGET the target folder ($INFRA_CI_CACHE/target-cuda)
set -euo pipefail
cd "$(dirname "$0")/.."

cache="${INFRA_CI_CACHE:-$HOME/.cache/infra-analyze-ci}"
export CARGO_TARGET_DIR="${CUDA_CHECK_TARGET:-$cache/target-cuda}"
export CARGO_TERM_COLOR=never CARGO_INCREMENTAL=0 CXX="${CXX:-c++}"
mkdir -p "$CARGO_TARGET_DIR"
source .ci/cuda-shim.sh
libs="$shim/lib64"

"$CXX" -std=c++17 -O1 -fPIC -shared -o "$libs/libcuda.so.1" -Wl,-soname,libcuda.so.1 gat/tests/emulator/driver.cpp -ldl
ln -sf libcuda.so.1 "$libs/libcuda.so"
# The driver has everything; the others are there to be found.
for name in nvrtc cublas cublasLt curand; do
    "$CXX" -shared -o "$libs/lib$name.so" -Wl,-soname,"lib$name.so" -x c++ /dev/null
done
# Kernels that candle links and we never call.
folder=$(cargo metadata --locked --format-version 1 --features infra-gat/cuda |
    grep -o '"manifest_path":"[^"]*/candle-kernels-[^"]*/Cargo.toml"' | cut -d'"' -f4 | xargs dirname)
grep -ohE '^ *pub fn [a-z0-9_]+\(' "$folder"/src/*.rs | sed -E 's/.*fn ([a-z0-9_]+)\(/extern "C" int \1() { return 1; }/' |
    sort -u | "$CXX" -fPIC -shared -w -o "$libs/libcudart.so" -Wl,-soname,libcudart.so -x c++ -

export GAT_EMULATOR="$PWD/gat/tests/emulator" LD_LIBRARY_PATH="$libs" RUST_BACKTRACE=0
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
cargo test --release --locked -p infra-gat --features cuda --lib --test cuda -- --nocapture | tee "$TMPDIR/said"
if grep -q "no CUDA device" "$TMPDIR/said"; then echo "the emulated device was not used"; exit 1; fi
