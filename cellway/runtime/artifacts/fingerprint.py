"""One pickling, hashed as it comes, that is the same for the same value in the same process."""

from __future__ import annotations

import hashlib
import types
from typing import Any, NamedTuple

from .collecting import gc_paused
from .memory import Mapping, Span, merged
from .pickler import ArtifactPickler


class Fingerprint(NamedTuple):
    digest: str
    #: mapped memory that the value uses, sorted
    spans: list

    def touches(self, spans: "list[Span]") -> bool:
        return any(a.start < b.end and b.start < a.end for a in self.spans for b in spans)


def fingerprint(value: Any, namespace: dict, mappings: "list[Mapping]", replayable: frozenset = frozenset()) -> Fingerprint:
    sink = _Sink()
    pickler = _FingerprintPickler(sink, namespace, replayable)
    with gc_paused():
        pickler.dump(value)
    ranges = [Span(m.address, m.address + m.size) for m in mappings]
    inside: list[Span] = []
    for start, end in zip(pickler.memory.starts, pickler.memory.ends):
        if any(r.start <= start and end <= r.end for r in ranges):
            inside.append(Span(start, end))
            sink.hash.update(b"m%d:%d" % (start, end))
        else:
            sink.hash.update(b"h%d" % (end - start))
            sink.hash.update(_bytes_at(start, end))
    return Fingerprint(sink.hash.hexdigest(), merged(inside))


class _Sink:
    def __init__(self) -> None:
        self.hash = hashlib.blake2b(digest_size=16)

    def write(self, data: Any) -> int:
        self.hash.update(data)
        return len(data)


def _bytes_at(start: int, end: int) -> memoryview:
    import ctypes

    return memoryview((ctypes.c_char * (end - start)).from_address(start)).cast("B")


class _FingerprintPickler(ArtifactPickler):
    """Code counts by identity: marshalled code depends on reference counts. Views of frames (`groupby`, `rolling`) count
    by what defines them, without what they keep to be quick."""

    def reducer_override(self, value: Any) -> Any:
        cls = type(value)
        if cls is types.CodeType:
            return _code, (id(value),)
        if str(cls.__module__).startswith("pandas.") and any(base.__name__ in LAZY_VIEWS for base in cls.__mro__):
            return _view, (cls.__qualname__, _defining(value))
        return super().reducer_override(value)


LAZY_VIEWS = ("BaseGroupBy", "BaseWindow")
"""What pandas' objects that wait for the next method derive from, resamplers too."""


def _defining(view: Any) -> dict:
    """The frame, the keys, the window. What groups they make follows from these, and is found when it is first asked."""
    made = {name for cls in type(view).__mro__ for name, what in vars(cls).items() if hasattr(what, "__get__")}
    return {name: value for name, value in vars(view).items()
            if name not in made and name not in ("_cache", "_grouper", "grouper", "_indexer")}


def _view(kind: str, defining: dict) -> None:
    """Only named in fingerprints, as `_code`."""


def _code(identity: int) -> None:
    """Only named in fingerprints, which nobody loads."""
