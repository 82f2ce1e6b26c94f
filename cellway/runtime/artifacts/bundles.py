"""Saving: values that share mutable parts become one bundle, each bundle one folder, written whole or not at all."""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
import sys
import types
from pathlib import Path
from typing import Any, Iterable, NamedTuple, Optional

from .blame import blame
from .collecting import gc_paused
from .errors import CannotTravel
from .memory import Span, layout, write_segments
from .pickler import ArtifactPickler, Token
from .preview import preview

SCHEMA = "cellway.artifact/1"


class SavedBundle(NamedTuple):
    path: Path
    names: list[str]
    bytes: int
    types: dict[str, str]
    previews: dict[str, dict]


class Missing(NamedTuple):
    """A value that could not travel and that nobody asked for."""

    name: str
    type: str
    why: str


class Pickled(NamedTuple):
    names: tuple
    data: io.BytesIO
    pickler: ArtifactPickler


def save_values(folder: Path, namespace: dict, names: list[str], *, start: int = 1) -> list[SavedBundle]:
    """
    Saves the named values as `<folder>/<start>/`, `<start + 1>/`, … Raises `CannotTravel` before anything is written.
    Cost: one pickling, a second for what shares; memory goes straight from the arrays to the file.
    """
    with gc_paused():
        return _write_all(Path(folder), namespace, _groups(namespace, _each(namespace, list(dict.fromkeys(names)))), start)


def save_all(folder: Path, namespace: dict, names: list[str], wanted: Iterable[str], *, start: int = 1,
             replayable: frozenset = frozenset()) -> tuple[list[SavedBundle], list[Missing]]:
    """As `save_values`; names that are not wanted and cannot travel are left out and listed with the reason. Definitions
    that the reader can replay (`replayable`) leave their state behind where it cannot travel: a class's lock."""
    wanted = set(wanted)
    missing: list[Missing] = []
    made: list[Pickled] = []
    with gc_paused():
        for name in dict.fromkeys(names):
            try:
                made.append(pickle_names(namespace, (name,), replayable))
            except CannotTravel as error:
                if name in wanted:
                    raise
                missing.append(Missing(name, error.type, error.why))
        return _write_all(Path(folder), namespace, _groups(namespace, made), start), missing


def can_travel(value: Any, namespace: Optional[dict] = None) -> Optional[str]:
    """None, or why not in one sentence. Costs one pickling without its memory."""
    try:
        pickle_names({**(namespace or {}), "value": value}, ("value",))
    except CannotTravel as error:
        return f"{error.name} ({error.type}): {error.why}"
    return None


def pickle_names(namespace: dict, names: tuple, replayable: frozenset = frozenset()) -> Pickled:
    try:
        return _pickle(namespace, names, frozenset())
    except Exception as error:  # whatever a type's own `__reduce__` raises
        failure = error
    replayable -= set(names)
    if replayable:
        try:
            return _pickle(namespace, names, replayable)
        except Exception as error:
            failure = error
    raise blame(namespace, names, failure, replayable) from failure


def _pickle(namespace: dict, names: tuple, replayable: frozenset) -> Pickled:
    data = io.BytesIO()
    pickler = ArtifactPickler(data, namespace, replayable)
    pickler.dump((list(names), [namespace[name] for name in names]))
    return Pickled(names, data, pickler)


def _each(namespace: dict, names: list[str]) -> list[Pickled]:
    return [pickle_names(namespace, (name,)) for name in names]


#: Types whose instances may be shared by any number of values without anyone noticing.
_INERT = (str, bytes, tuple, frozenset, int, float, complex, type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType, types.CodeType, Token)


def _groups(namespace: dict, made: list[Pickled]) -> list[Pickled]:
    """Joins what shares a mutable object or memory; `made` in order, a group at its first name's place."""
    if len(made) < 2:
        return made
    parent = list(range(len(made)))

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    owner: dict[int, int] = {}
    largest_last = sorted(range(len(made)), key=lambda i: made[i].data.getbuffer().nbytes)
    for i in largest_last:
        one, memo = made[i], made[i].pickler.memo.copy()
        joined: set[int] = set()  # a million shared parts join two values no better than the first does
        for shared in owner.keys() & memo.keys():
            if owner[shared] not in joined and _mutable(memo[shared][1], one.pickler):
                joined.add(owner[shared])
                parent[find(i)] = find(owner[shared])
        if i != largest_last[-1]:
            owner.update(dict.fromkeys(memo, i))
        # Parts that travel by reference to a token (cells, blocks' owners) are not in the memo by their own id.
        for key in one.pickler.tokens:
            if key[0] in ("cell", "refs"):
                other = owner.setdefault(hash(key), i)
                if find(other) != find(i):
                    parent[find(i)] = find(other)
    spans = sorted((Span(s, e), i) for i, one in enumerate(made) for s, e in one.pickler.memory.spans())
    reach, who = 0, -1
    for span, i in spans:
        if who >= 0 and span.start < reach:
            parent[find(i)] = find(who)
        if span.end > reach:
            reach, who = span.end, i
    members: dict[int, list[Pickled]] = {}
    for i, one in enumerate(made):
        members.setdefault(find(i), []).append(one)
    return [g[0] if len(g) == 1 else _together(namespace, g) for g in members.values()]


def _together(namespace: dict, group: list[Pickled]) -> Pickled:
    replayable = frozenset().union(*(one.pickler.replayable for one in group))
    return pickle_names(namespace, tuple(name for one in group for name in one.names), replayable)


def _mutable(value: Any, pickler: ArtifactPickler) -> bool:
    """Whether somebody could tell two copies of it from one object."""
    if isinstance(value, types.FunctionType):
        return not _by_name(value, pickler)
    if isinstance(value, type):
        return value.__module__ == "__main__" and not _by_name(value, pickler)
    if isinstance(value, _INERT):
        # A tuple is told apart by `is` only; what it holds is in the memo itself. Subclasses may have a `__dict__`.
        return type(value).__module__ == "__main__" and hasattr(value, "__dict__")
    if type(value).__module__ in ("numpy", "numpy.dtypes") and "dtype" in type(value).__name__.lower():
        return False
    return type(value).__name__ not in _STILL or type(value).__module__ == "__main__"


#: Immutable types of libraries that are worth not joining bundles over.
_STILL = frozenset({"date", "datetime", "time", "timedelta", "timezone", "Decimal", "Fraction", "range", "slice", "Pattern", "UUID", "PosixPath", "PurePosixPath",
                    "GenericAlias", "_GenericAlias", "_UnionGenericAlias", "Timestamp", "Timedelta", "ZoneInfo", "DataType", "StringDtype", "CategoricalDtype"})


def _by_name(thing: Any, pickler: ArtifactPickler) -> bool:
    return thing.__module__ != "__main__" and "<" not in thing.__qualname__ or pickler.known_as(thing) is not None


def _write_all(folder: Path, namespace: dict, groups: list[Pickled], start: int) -> list[SavedBundle]:
    written: list[SavedBundle] = []
    try:
        for k, group in enumerate(groups, start):
            written.append(_write(folder, k, namespace, group))
    except BaseException:
        for bundle in written:
            shutil.rmtree(bundle.path, ignore_errors=True)
        raise
    return written


def _write(folder: Path, k: int, namespace: dict, group: Pickled) -> SavedBundle:
    temporary, final = folder / f".{k}.tmp", folder / str(k)
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        return _fill(temporary, final, namespace, group)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _fill(temporary: Path, final: Path, namespace: dict, group: Pickled) -> SavedBundle:
    pickler = group.pickler
    plan = layout(pickler.memory)
    data = group.data.getbuffer()
    # A first small pickle says where the noted ranges lie; which of them the second asks for by itself, in order.
    head = pickle.dumps((plan.places, [(n, pickler.memory.ends[n] - pickler.memory.starts[n]) for n in pickler.out_of_band]), 5)
    with open(temporary / "data.pkl", "xb") as file:
        file.write(head)
        file.write(data)
    if plan.size:
        write_segments(temporary / "buffers.bin", plan)
    types_ = {name: type(namespace[name]).__name__ for name in group.names}
    previews = {name: preview(namespace[name]) for name in group.names}
    total = len(head) + len(data) + plan.size
    meta = {
        "schema": SCHEMA, "codec": "pickle5", "python": "%d.%d" % sys.version_info[:2],
        "names": {n: {"type": types_[n], "module": type(namespace[n]).__module__, "size": _size(pickler, group, n), "preview": previews[n]} for n in group.names},
        "buffers": [{"offset": at, "length": span.end - span.start} for at, span in plan.segments],
        "data": len(head) + len(data), "size": plan.size, "bytes": total,
    }
    with open(temporary / "meta.json", "x", encoding="utf-8") as file:
        json.dump(meta, file, ensure_ascii=False)
    os.rename(temporary, final)
    return SavedBundle(final, list(group.names), total, types_, previews)


def _size(pickler: ArtifactPickler, group: Pickled, name: str) -> Optional[int]:
    """Bytes of a name that is alone in its bundle; parts of a shared one have no size of their own."""
    if len(group.names) > 1:
        return None
    return group.data.getbuffer().nbytes + sum(s.end - s.start for s in pickler.memory.spans())
