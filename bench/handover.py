"""Hands a large value over through the runtime's artifacts.

`handover.py write array|frame FOLDER`: {"bytes", "write": seconds, "plain": seconds for the same bytes in one file}.
`handover.py read FOLDER`: {"read": seconds until a fresh process has the value}.
"""

import json
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from cellway.runtime.artifacts import load_bundle, save_values

ROUNDS = 3


def array():
    """1 GB of floats."""
    return np.arange(125_000_000, dtype=np.float64)


def frame():
    """500 MB: 30 columns of numbers, 4 of Arrow strings."""
    rows = 1_500_000
    columns = {f"n{k}": np.arange(rows, dtype=np.float64) + k for k in range(30)}
    texts = pa.array([f"customer-{k % 9973:08d}" for k in range(rows)], type=pa.large_string())
    for k in range(4):
        columns[f"s{k}"] = pd.Series(pd.arrays.ArrowExtensionArray(pa.concat_arrays([texts])))
    return pd.DataFrame(columns)


def memory_of(value):
    """The pieces of memory that hold the value's data."""
    if isinstance(value, np.ndarray):
        return [memoryview(value).cast("B")]
    pieces = []
    for name in value.columns:
        column = value[name].array
        if hasattr(column, "__arrow_array__"):
            chunks = pa.chunked_array(pa.array(column)).chunks
            pieces += [memoryview(b) for chunk in chunks for b in chunk.buffers() if b is not None]
        else:
            pieces.append(memoryview(np.ascontiguousarray(value[name].to_numpy())).cast("B"))
    return pieces


def write(kind, folder):
    value = {"array": array, "frame": frame}[kind]()
    pieces = memory_of(value)
    times, plain = [], []
    for k in range(ROUNDS + 1):
        target = folder / "artifact"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        start = time.perf_counter()
        save_values(target, {"value": value}, ["value"])
        times.append(time.perf_counter() - start)
        file = folder / "plain"
        start = time.perf_counter()
        with open(file, "wb", buffering=0) as out:
            for piece in pieces:
                for at in range(0, len(piece), 1 << 30):
                    out.write(piece[at : at + (1 << 30)])
        plain.append(time.perf_counter() - start)
        file.unlink()
    middle = lambda seconds: sorted(seconds[1:])[len(seconds[1:]) // 2]  # the first round warms the memory up
    return {"bytes": sum(len(piece) for piece in pieces), "write": middle(times), "plain": middle(plain)}


def read(folder):
    path = next((folder / "artifact").rglob("meta.json")).parent
    namespace = {}
    start = time.perf_counter()
    loaded = load_bundle(path, namespace)
    value = loaded["value"]
    seconds = time.perf_counter() - start
    assert len(value) > 0
    return {"read": seconds}


if __name__ == "__main__":
    result = write(sys.argv[2], Path(sys.argv[3])) if sys.argv[1] == "write" else read(Path(sys.argv[2]))
    print(json.dumps(result))
