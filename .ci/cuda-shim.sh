# Sourced: a stand-in for the CUDA toolkit in $CARGO_TARGET_DIR/nvcc-shim, and the variables that make
# candle's build scripts use it. What is built with it has no kernels of candle.

# At a fixed place: build scripts run again when the path of their compiler changes.
shim="$CARGO_TARGET_DIR/nvcc-shim"
mkdir -p "$shim/bin" "$shim/include" "$shim/lib64"
cat >"$shim/bin/nvcc.new" <<'SHIM'
#!/usr/bin/env bash
# Says that it is nvcc 13.0, and makes empty files where nvcc makes code.
if [[ " $* " == *" --version "* ]]; then
    echo "nvcc: NVIDIA (R) Cuda compiler driver"
    echo "Copyright (c) 2005-2025 NVIDIA Corporation"
    echo "Built on Wed_Aug_20_01:58:59_PM_PDT_2025"
    echo "Cuda compilation tools, release 13.0, V13.0.88"
    exit 0
fi
out="" folder="" inputs=() ptx=""
while (($#)); do
    case $1 in
        -o) out=$2; shift ;;
        --output-directory) folder=$2; shift ;;
        --ptx) ptx=1 ;;
        *.cu) inputs+=("$1") ;;
    esac
    shift
done
[[ -n $out ]] && : >"$out"
if [[ -n $ptx && -n $folder ]]; then
    for input in "${inputs[@]}"; do name=${input##*/}; : >"$folder/${name%.cu}.ptx"; done
fi
exit 0
SHIM
chmod +x "$shim/bin/nvcc.new"
if cmp -s "$shim/bin/nvcc.new" "$shim/bin/nvcc"; then
    rm "$shim/bin/nvcc.new"
else
    mv "$shim/bin/nvcc.new" "$shim/bin/nvcc"
fi

export PATH="$shim/bin:$PATH" NVCC="$shim/bin/nvcc"
export CUDA_HOME="$shim" CUDA_PATH="$shim" CUDA_ROOT="$shim" CUDA_TOOLKIT_ROOT_DIR="$shim"
export CUDA_COMPUTE_CAP=80 CUDARC_CUDA_VERSION=13000 CUDAFORGE_THREADS=1
