"""Finds which part of a value cannot travel: `cfg['conn']` says more than "cannot pickle". Only runs after a failure."""

from __future__ import annotations

import io
from typing import Any, Iterator, Optional

from .errors import CannotTravel, Refused
from .pickler import ArtifactPickler
from .refusals import STEP, refusal

#: Parts looked at in one container before the search gives up on naming the place.
MANY = 10_000


def blame(namespace: dict, names: tuple, error: Exception, replayable: frozenset = frozenset()) -> CannotTravel:
    for name in names:
        value = namespace[name]
        failure = _failure(value, namespace, replayable)
        if failure is None:
            continue
        path, value, failure = _deepest(name, value, failure, namespace, replayable)
        return _said(path, value, failure)
    return _said(", ".join(names), namespace[names[0]], error)


def _said(path: str, value: Any, failure: BaseException) -> CannotTravel:
    if isinstance(failure, Refused):
        return CannotTravel(path, failure.type, failure.why, failure.fix)
    if isinstance(failure, RecursionError):
        return CannotTravel(path, type(value).__name__, "it is nested too deeply", "Flatten it (a list instead of a chain of objects), or use it in the same step.")
    return CannotTravel(path, type(value).__name__, str(failure) or type(failure).__name__, STEP)


def _failure(value: Any, namespace: dict, replayable: frozenset) -> Optional[Exception]:
    try:
        ArtifactPickler(_Nowhere(), namespace, replayable).dump(value)
    except Exception as error:
        return error
    return None


class _Nowhere(io.RawIOBase):
    def write(self, data: Any) -> int:
        return len(data)


def _deepest(path: str, value: Any, failure: Exception, namespace: dict, replayable: frozenset) -> tuple[str, Any, Exception]:
    seen = {id(value)}
    while refusal(type(value)) is None:
        for step, part in _parts(value):
            if id(part) in seen:
                continue
            seen.add(id(part))
            inner = _failure(part, namespace, replayable)
            if inner is not None:
                path, value, failure = path + step, part, inner
                break
        else:
            break
    return path, value, failure


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """Where a part is, as one would write it. Touches no attribute that could run the user's code."""
    cls = type(value)
    if issubclass(cls, dict):
        for n, (key, part) in enumerate(dict.items(value)):
            if n > MANY:
                return
            yield (f"[{key!r}]" if type(key) in (str, int, float, bool, bytes) else f"[<{type(key).__name__}>]"), part
            yield "'s key", key
    elif issubclass(cls, (list, tuple)):
        for n, part in zip(range(MANY), cls.__iter__(value) if cls in (list, tuple) else (list if issubclass(cls, list) else tuple).__iter__(value)):
            yield f"[{n}]", part
    elif issubclass(cls, (set, frozenset)):
        for _, part in zip(range(MANY), (set if issubclass(cls, set) else frozenset).__iter__(value)):
            yield "'s element", part
    elif cls.__name__ == "function" and hasattr(value, "__closure__"):
        for name, cell in zip(value.__code__.co_freevars, value.__closure__ or ()):
            try:
                yield f"'s closure variable {name}", cell.cell_contents
            except ValueError:
                continue
        yield "'s defaults", value.__defaults__
        yield "'s keyword defaults", value.__kwdefaults__
    elif cls.__name__ == "method" and hasattr(value, "__self__"):
        yield ".__self__", value.__self__
    elif cls.__name__ == "partial":
        yield ".func", value.func
        yield ".args", value.args
        yield ".keywords", value.keywords
    if issubclass(cls, type):
        for name, part in vars(value).items():
            yield f".{name}", part
        return
    try:
        state = object.__getattribute__(value, "__dict__")
    except AttributeError:
        state = None
    if type(state) is dict:
        for name, part in state.items():
            yield f".{name}", part
    for owner in cls.__mro__:
        slots = vars(owner).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            member = vars(owner).get(name)
            if type(member).__name__ == "member_descriptor":
                try:
                    yield f".{name}", member.__get__(value)
                except AttributeError:
                    continue
    if getattr(cls, "dtype", None) is not None and cls.__module__ == "numpy" and value.dtype.hasobject:
        for n, part in zip(range(MANY), value.ravel().tolist()):
            yield f".flat[{n}]", part
