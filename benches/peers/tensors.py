"""Safetensors files, read and written without the package."""
import json

_ST = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "U32": "<u4", "U8": "|u1"}


def st_write(path, tensors):
    import numpy as np

    hdr, blobs, off = {}, [], 0
    for name, a in tensors.items():
        a = np.ascontiguousarray(a)
        kind = {v: k for k, v in _ST.items()}[a.dtype.newbyteorder("<").str if a.dtype.itemsize > 1 else "|u1"]
        hdr[name] = {"dtype": kind, "shape": list(a.shape), "data_offsets": [off, off + a.nbytes]}
        blobs.append(a)
        off += a.nbytes
    h = json.dumps(hdr).encode()
    h += b" " * (-len(h) % 8)
    with open(path, "wb") as f:
        f.write(len(h).to_bytes(8, "little"))
        f.write(h)
        for b in blobs:
            f.write(b.tobytes())


def st_read(path):
    import numpy as np

    raw = np.fromfile(path, dtype=np.uint8)
    n = int.from_bytes(raw[:8].tobytes(), "little")
    hdr = json.loads(raw[8:8 + n].tobytes())
    base = 8 + n
    return {
        k: raw[base + v["data_offsets"][0]: base + v["data_offsets"][1]].view(_ST[v["dtype"]]).reshape(v["shape"])
        for k, v in hdr.items() if k != "__metadata__"
    }
