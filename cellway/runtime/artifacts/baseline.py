"""
What loaded inputs were like, to tell afterwards whether a step changed them.

An input is fingerprinted right after loading by one pickling, in which mapped memory is an address and any other memory
its content. Mapped memory itself costs nothing until it is written to: the kernel knows which pages of a private
mapping were (section "Anonymous" of /proc/self/smaps, then /proc/self/pagemap), and only those are compared with the
file. Objects that pickle differently every time are reported as changed: better a stop than a silent difference.
"""

from __future__ import annotations

import hashlib
import types
from typing import Any, Iterable, Optional

from .classes import MADE_ANEW
from .fingerprint import Fingerprint, fingerprint
from .memory import Mapping
from .pages import changed_spans
from .pictures import is_figure, same_picture
from .reading import Loaded, load_bundle


class Baseline:
    """The inputs of a step as they were loaded."""

    def __init__(self, namespace: dict, replayable: frozenset = frozenset()) -> None:
        self._namespace = namespace
        self._replayable = replayable
        self._inputs: list[tuple[str, Any, Fingerprint, list[Mapping]]] = []
        self._paths: dict[str, Any] = {}

    @classmethod
    def of(cls, *bundles: dict, namespace: Optional[dict] = None, replayable: frozenset = frozenset()) -> "Baseline":
        """Right after loading; `bundles` are what `load_bundle` returned. `replayable`: names of definitions, which are
        compared by `DefinitionsBaseline`. Cost: one pickling without memory."""
        made = cls(namespace if namespace is not None else {}, replayable)
        for bundle in bundles:
            mapping = bundle.mapping if isinstance(bundle, Loaded) else None
            mappings = [mapping] if mapping is not None else []
            for name, value in bundle.items():
                made._paths[name] = getattr(bundle, "path", None)
                made._inputs.append((name, value, fingerprint(value, made._namespace, mappings, replayable), mappings))
        return made

    def changed(self) -> "list[str]":
        """Names whose value is not what was loaded, in loading order; a shared part changes all that hold it."""
        written: dict[int, list] = {}
        out = []
        for name, value, before, mappings in self._inputs:
            for mapping in mappings:
                if id(mapping) not in written:
                    written[id(mapping)] = changed_spans(mapping)
            spans = [s for m in mappings for s in written[id(m)]]
            if not before.touches(spans) and self._same(value, before, mappings):
                continue
            if not self._looks_the_same(name, value):
                out.append(name)
        return out

    def _same(self, value: Any, before: Fingerprint, mappings: "list[Mapping]") -> bool:
        now = fingerprint(value, self._namespace, mappings, self._replayable)
        return now.digest == before.digest


    def _looks_the_same(self, name: str, value: Any) -> bool:
        """Showing or saving a figure rewrites its insides, so a figure is compared by its picture with the stored one's."""
        if self._paths[name] is None or not is_figure(value):
            return False
        stored = load_bundle(self._paths[name], self._namespace)[name]
        return same_picture(stored, value)


class DefinitionsBaseline:
    """Functions and classes that were replayed, as they were then."""

    def __init__(self, namespace: dict, names: Iterable[str]) -> None:
        self._namespace = namespace
        self._before = {n: _definition(namespace[n], namespace) for n in names if _is_definition(namespace.get(n))}
        self._things = {n: namespace[n] for n in self._before}

    @classmethod
    def of(cls, namespace: dict, names: Iterable[str]) -> "DefinitionsBaseline":
        return cls(namespace, names)

    def changed(self) -> "list[str]":
        """Names whose attributes, defaults, closure or class attributes are not what they were."""
        return [n for n, before in self._before.items() if _definition(self._things[n], self._namespace) != before]


def _is_definition(thing: Any) -> bool:
    thing = getattr(thing, "__wrapped__", thing) if not isinstance(thing, type) else thing
    return isinstance(thing, types.FunctionType) or isinstance(thing, type) and thing.__module__ == "__main__"


def _definition(thing: Any, namespace: dict) -> dict:
    """Part -> digest of its value; functions among the parts count by their code object."""
    if isinstance(thing, type):
        own = [(n, v) for n, v in vars(thing).items() if n not in MADE_ANEW and n not in _QUIET]
        return {n: _part(v, namespace) for n, v in own}
    parts: dict[str, Any] = {}
    while thing is not None:
        function = thing if isinstance(thing, types.FunctionType) else None
        depth = str(len(parts))
        parts[depth + "dict"] = _part({k: v for k, v in vars(thing).items() if k != "__wrapped__"}, namespace)
        if function is not None:
            parts[depth + "code"] = str(id(function.__code__))
            parts[depth + "defaults"] = _part(function.__defaults__, namespace)
            parts[depth + "kwdefaults"] = _part(function.__kwdefaults__, namespace)
            for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
                parts[depth + "cell " + name] = _part(_content(cell), namespace)
        thing = vars(thing).get("__wrapped__")
    return parts


#: Annotations, and what the interpreter and `abc` keep on classes for themselves.
_QUIET = frozenset({"__annotations__", "__annotations_cache__", "__annotate__", "__annotate_func__", "__annotate_cache__", "__static_attributes__",
                    "__firstlineno__", "__abstractmethods__", "__doc__"})


def _content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return _EMPTY


_EMPTY = "an empty cell"


def _part(value: Any, namespace: dict) -> str:
    try:
        return fingerprint(value, namespace, []).digest
    except Exception:
        # It cannot be pickled (a lock, a connection): all that can be told is whether it is the same object.
        return hashlib.blake2b(str(id(value)).encode()).hexdigest()
