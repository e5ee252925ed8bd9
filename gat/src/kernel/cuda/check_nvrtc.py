#!/usr/bin/env python3
"""Compiles the kernels with the real NVRTC, for processors that need not be there.

    check_nvrtc.py [--nvrtc LIB] [--ptxas PROGRAM] [--arch 87 90 ...]

Wants libnvrtc.so (the CUDA toolkit, or `pip install "nvidia-cuda-nvrtc==13.0.*"`), found beside this
interpreter's site-packages or by the loader. With ptxas (`pip install "nvidia-cuda-nvcc==13.0.*"`) it
prints registers, spills and shared memory of every kernel. Options and variants are those of
`nvrtc.rs` and `variant.rs`. Any message of the compiler is a failure; so are spills of more than a few
words, which cost nothing outside the loop over edges. Exit 77: no NVRTC.
"""

import argparse
import ctypes
import glob
import itertools
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile

ALLOWED_SPILLS = 64  # bytes
HERE = pathlib.Path(__file__).resolve().parent


def wheel(pattern):
    """A file of NVIDIA's wheels in this interpreter's site-packages, or None."""
    found = glob.glob(f"{sysconfig.get_paths()['purelib']}/nvidia/**/{pattern}", recursive=True)
    return min(found) if found else None


def open_nvrtc(path):
    names = [path] if path else [wheel("libnvrtc.so.[0-9]*"), "libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12"]
    for name in filter(None, names):
        try:
            # NVRTC loads this one itself, but looks only where the loader looks.
            for builtins in glob.glob(f"{pathlib.Path(name).parent}/libnvrtc-builtins.so.[0-9]*"):
                ctypes.CDLL(builtins, ctypes.RTLD_GLOBAL)
            return ctypes.CDLL(name)
        except OSError:
            continue
    print("check_nvrtc: no libnvrtc found: skipped")
    sys.exit(77)


def compile_text(lib, text, options):
    """PTX and the compiler's messages; PTX is None if it refused."""
    program = ctypes.c_void_p()
    lib.nvrtcCreateProgram(ctypes.byref(program), text.encode(), b"gat.cu", 0, None, None)
    array = (ctypes.c_char_p * len(options))(*[o.encode() for o in options])
    code = lib.nvrtcCompileProgram(program, len(options), array)
    size = ctypes.c_size_t()
    lib.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    lib.nvrtcGetProgramLog(program, log)
    ptx = None
    if code == 0:
        lib.nvrtcGetPTXSize(program, ctypes.byref(size))
        ptx = ctypes.create_string_buffer(size.value)
        lib.nvrtcGetPTX(program, ptx)
        ptx = ptx.value.decode()
    lib.nvrtcDestroyProgram(ctypes.byref(program))
    return ptx, log.value.decode().strip()


def variants(full):
    """(file, name, defines): a selection, or every layout that variant.rs can choose."""
    scores = list(itertools.product((0, 1), (0, 1)))
    for scalar, widest in (("float", 4), ("double", 2)):
        yield "dense.cu", f"dense {scalar}", {"SCALAR": scalar}
        for dynamic, edge in scores:
            defines = {"SCALAR": scalar, "DYNAMIC": dynamic, "EDGE": edge}
            yield "wide.cu", f"wide {scalar} dynamic={dynamic} edge={edge}", defines
        layouts = [(widest, 8, 4, 1), (widest, 32, 1, 4), (1, 1, 1, 1), (1, 32, 1, 2), (2, 4, 2, 1)]
        if full:
            vecs = [v for v in (1, 2, 4) if v <= widest]
            lanes = [(n, h, 1) for n in (1, 2, 4, 8, 16, 32) for h in (1, 2, 4, 8, 16, 32) if n * h <= 32]
            lanes += [(32, 1, 2), (32, 1, 4)]
            layouts = [(v, *rest) for v in vecs for rest in lanes]
        for (vec, lanes, heads, passes), (dynamic, edge) in itertools.product(layouts, scores):
            defines = {"SCALAR": scalar, "VEC": vec, "LANES": lanes, "HEADS": heads, "PASSES": passes,
                       "DYNAMIC": dynamic, "EDGE": edge}
            name = " ".join(f"{k.lower()}={v}" for k, v in defines.items())
            yield "attention.cu", name, defines


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--nvrtc")
    args.add_argument("--ptxas", default=shutil.which("ptxas") or wheel("bin/ptxas"))
    args.add_argument("--arch", nargs="+", default=["87", "90"])
    args.add_argument("--full", action="store_true", help="every layout, not a selection")
    args = args.parse_args()
    lib = open_nvrtc(args.nvrtc)
    major, minor = ctypes.c_int(), ctypes.c_int()
    lib.nvrtcVersion(ctypes.byref(major), ctypes.byref(minor))
    print(f"NVRTC {major.value}.{minor.value}, ptxas: {args.ptxas or 'none'}")
    common = (HERE / "common.cu").read_text()
    compiled, failed = 0, 0
    for arch, (file, name, defines) in itertools.product(args.arch, variants(args.full)):
        options = [f"--gpu-architecture=compute_{arch}", "--std=c++17"]
        options += [f"-DGAT_{key}={value}" for key, value in defines.items()]
        ptx, log = compile_text(lib, common + (HERE / file).read_text(), options)
        compiled += 1
        if ptx is None or log:
            failed += 1
            print(f"sm_{arch} {name}: {log}")
            continue
        vec = defines.get("VEC", 1)
        wanted = {("float", 4): "v4.f32", ("float", 2): "v2.f32", ("double", 2): "v2.f64"}.get((defines["SCALAR"], vec))
        if wanted and not re.search(rf"ld\.global(\.nc)?\.{wanted.replace('.', '[.]').replace('f', '[fb]')}", ptx):
            failed += 1
            print(f"sm_{arch} {name}: rows are not read by {wanted}")
        if args.ptxas:
            failed += report(args.ptxas, arch, name, ptx)
    print(f"{compiled} programs compiled, {failed} complaints")
    sys.exit(1 if failed else 0)


def report(ptxas, arch, name, ptx):
    """Prints what each kernel takes; 1 if many registers are spilled or ptxas refuses."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "gat.ptx")
        source.write_text(ptx)
        command = [ptxas, "-v", f"-arch=sm_{arch}", str(source), "-o", f"{folder}/gat.cubin"]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        print(f"sm_{arch} {name}: {run.stderr}")
        return 1
    kernel, spilled, used = "", 0, []
    for line in run.stderr.splitlines():
        if found := re.search(r"Compiling entry function '(\w+)'", line):
            kernel = found[1]
        elif found := re.search(r"(\d+) bytes spill stores", line):
            spilled += int(found[1])
        elif found := re.search(r"Used (\d+) registers", line):
            shared = re.search(r"(\d+) bytes smem", line)
            used.append(f"{kernel} {found[1]} registers" + (f" {shared[1]} B shared" if shared else ""))
    print(f"sm_{arch} {name}: " + ", ".join(used) + (f", SPILLS {spilled} B" if spilled else ""))
    return int(spilled > ALLOWED_SPILLS)


if __name__ == "__main__":
    main()
