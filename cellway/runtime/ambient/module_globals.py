"""What a module of the notebook's folder holds: a counter that one of its functions moves, a memo, a setting that a cell
puts there. Plain values, arrays and frames, and objects and attributes of the module's own classes; a change is carried
to later steps, in place, so that those who hold the very dict see it too."""

from __future__ import annotations

import collections
import pickle
import sys
import types
from typing import Any, Dict, Iterator, Tuple

from .slot import Slot

PREFIX = "module:"

PLAIN = (type(None), bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, collections.deque)

CARRIED = frozenset(("numpy", "pandas", "datetime", "random", "decimal", "fractions", "pathlib", "collections"))
"""Libraries whose objects are values."""


class ModuleGlobals(Slot):
    def __init__(self, module: str) -> None:
        self.name = PREFIX + module
        self.module = module

    def read(self) -> Dict[str, str]:
        """Each global by a digest of its value."""
        from ..artifacts.fingerprint import fingerprint

        found = {}
        for path, _holder, _name, value in _held(sys.modules[self.module or ""]):
            try:
                found[path] = fingerprint(value, {}, []).digest
            except Exception:
                found[path] = str(id(value))  # it holds what cannot be pickled: whether it is the same can be told
        return found

    def pack(self, state: Dict[str, str], start: Dict[str, str]) -> Any:
        changed = {path: value for path, _holder, _name, value in _held(sys.modules[self.module or ""])
                   if state.get(path) != start.get(path)}
        for path in start:
            if path not in state:
                raise ValueError(f"{self.module}.{path} is gone, or has become what cannot be handed on")
        try:
            data = pickle.dumps(changed, 5)
        except Exception as error:
            raise ValueError(f"{self.module} holds what cannot be handed on ({error})") from error
        if b"__main__" in data:
            raise ValueError(f"{self.module} holds objects of the notebook's own classes")
        return changed

    def apply(self, packed: Dict[str, Any]) -> None:
        module = sys.modules[self.module or ""]
        for path, value in packed.items():
            holder, _, name = path.rpartition(".")
            _put(getattr(module, holder) if holder else module, name, value)


def _held(module: Any) -> Iterator[Tuple[str, Any, str, Any]]:
    """`(path, holder, name, value)` of what counts as the module's state."""
    for name, value in list(vars(module).items()):
        if name.startswith("__") and name.endswith("__"):
            continue
        if isinstance(value, type):
            if value.__module__ == module.__name__:
                for attribute, inner in list(vars(value).items()):
                    if not attribute.startswith("__") and isinstance(inner, PLAIN):
                        yield f"{name}.{attribute}", value, attribute, inner
        elif _counts(value, module.__name__):
            yield name, module, name, value


def _counts(value: Any, module: str) -> bool:
    if isinstance(value, PLAIN):
        return True
    cls = type(value)
    return cls.__module__ == module or (
        cls.__module__.split(".")[0] in CARRIED and not isinstance(value, (types.ModuleType, types.FunctionType)) and not callable(value))


def _put(holder: Any, name: str, value: Any) -> None:
    old = getattr(holder, name, None)
    if type(old) is type(value):
        if isinstance(old, (dict, set)):
            old.clear()
            old.update(value)
            return
        if isinstance(old, (list, bytearray)):
            old[:] = value
            return
        if isinstance(old, collections.deque):
            old.clear()
            old.extend(value)
            return
        if isinstance(getattr(old, "__dict__", None), dict) and type(old).__module__ == getattr(holder, "__name__", None):
            vars(old).clear()
            vars(old).update(vars(value))
            return
    setattr(holder, name, value)
