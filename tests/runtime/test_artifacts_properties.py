"""Whatever shares what: the graph of objects after loading is the graph before."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("hypothesis")
from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))
from artifacts_cases import hand_over  # noqa: E402

from cellway.runtime.artifacts import Baseline  # noqa: E402

try:
    import numpy as np
except ImportError:
    np = None

KINDS = ["list", "dict", "tuple", "set", "bytearray"] + (["array", "view", "objects"] if np is not None else [])
#: A node is a kind and the nodes that it holds or looks at, all made before it; lists and dicts get later ones too.
PROGRAMS = st.lists(st.tuples(st.sampled_from(KINDS), st.lists(st.integers(0, 30), max_size=4), st.integers(0, 30)), min_size=1, max_size=14)


def build(program):
    made = []
    for n, (kind, parts, late) in enumerate(program):
        inner = [made[p % n] for p in parts] if n else []
        arrays = [m for m in made if np is not None and isinstance(m, np.ndarray) and not m.dtype.hasobject]
        if kind == "list":
            made.append(inner)
        elif kind == "dict":
            made.append({f"k{i}": v for i, v in enumerate(inner)})
        elif kind == "tuple":
            made.append((n, *inner))
        elif kind == "set":
            made.append({n, *parts})
        elif kind == "bytearray":
            made.append(bytearray(b"x" * (late * 3000)))
        elif kind == "objects":
            value = np.empty(len(inner) + 1, dtype=object)
            value[:-1] = inner if not inner else np.fromiter(inner, dtype=object, count=len(inner))
            made.append(value)
        elif kind == "view" and arrays:
            base = arrays[late % len(arrays)]
            made.append([base[::2], base[1:], base[::-1], base.reshape(-1, 1), base.view("u1")][len(parts) % 5] if base.ndim == 1 and base.size and base.strides == (8,) else base.T)
        elif kind in ("array", "view"):
            made.append(np.arange(late * 900, dtype="f8"))
    for (kind, _, late), value in zip(program, made):
        if kind == "list":
            value.append(made[late % len(made)])
        elif kind == "dict":
            value["late"] = made[late % len(made)]
    return made


def shape_of(values):
    """Nodes numbered as met; memory by which other arrays it is shared with, and where."""
    numbers, out, arrays = {}, [], []

    def visit(value):
        key = id(value)
        if type(value) in (int, str, type(None)):
            return value
        if type(value) is tuple:  # between bundles an immutable one is not kept as one object
            return ("tuple", [visit(v) for v in value])
        if key in numbers:
            return numbers[key]
        numbers[key] = number = len(numbers)
        keep.append(value)
        slot = len(out)
        out.append(None)
        if isinstance(value, list):
            out[slot] = ("list", [("n", visit(v)) for v in value])
        elif isinstance(value, dict):
            out[slot] = ("dict", [(k, visit(v)) for k, v in value.items()])
        elif isinstance(value, (set, bytearray)):
            out[slot] = (type(value).__name__, sorted(value)[:50], len(value))
        elif value.dtype.hasobject:
            out[slot] = ("objects", [visit(v) for v in value.tolist()])
        else:
            out[slot] = ("array", value.dtype.str, value.shape, value.strides if value.size else None, value.tobytes())
            arrays.append(value)
        return number

    keep = []
    top = [visit(v) for v in values]
    shared = [(i, j, a.__array_interface__["data"][0] - b.__array_interface__["data"][0]) for i, a in enumerate(arrays) for j, b in enumerate(arrays) if i < j and np.shares_memory(a, b)]
    return top, out, shared


@settings(max_examples=80, deadline=None)
@given(PROGRAMS, st.data())
def test_the_graph_of_objects_survives(program, data):
    made = build(program)
    chosen = data.draw(st.lists(st.sampled_from(range(len(made))), min_size=1, max_size=5, unique=True))
    names = [f"n{i}" for i in chosen]
    namespace = {f"n{i}": v for i, v in enumerate(made)}
    before = shape_of([namespace[n] for n in names])
    out, bundles = hand_over(namespace, names)
    assert shape_of([out[n] for n in names]) == before
    baseline = Baseline.of(*bundles, namespace=out)
    shape_of([out[n] for n in names])
    assert baseline.changed() == []
