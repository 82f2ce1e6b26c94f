"""State that modules of the notebook's folder hold: a counter that one of their functions moves, a setting that a cell
puts there. It stays in the process, so a change is told as lost."""

from __future__ import annotations

import collections
import sys
from importlib.machinery import ModuleSpec
from typing import Any, Callable, Dict, List, Optional, Set

from .ambient.after_import import Telling

PLAIN = (type(None), bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, collections.deque)


class ModuleState:
    """Modules are looked at right after their import (a finder that finds nothing itself tells of it), and when asked."""

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        self._is_local = is_local
        self._before: Dict[str, Dict[str, str]] = {}
        self._finding: Set[str] = set()

    def settle(self) -> None:
        """What modules hold by now is where changes are measured from."""
        for name in self._before:
            self._appeared(name)

    def watch(self) -> None:
        sys.meta_path.insert(0, self)  # type: ignore

    def remove(self) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)  # type: ignore

    def find_spec(self, name: str, path: Any, target: Any = None) -> Optional[ModuleSpec]:
        if name in self._finding:
            return None  # another finder of this kind asks the rest
        self._finding.add(name)
        try:
            return self._find(name, path, target)
        finally:
            self._finding.discard(name)

    def _find(self, name: str, path: Any, target: Any) -> Optional[ModuleSpec]:
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                at = spec.origin if spec.has_location else None  # a built-in module's origin is no path
                if at is not None and self._is_local(at) and hasattr(spec.loader, "exec_module"):
                    spec.loader = Telling(spec.loader, [lambda: self._appeared(name)])
                return spec
        return None

    def changed(self) -> List[str]:
        """Modules whose plain globals changed since this was last asked."""
        found = []
        for name, before in self._before.items():
            module = sys.modules.get(name)
            if module is not None and (now := _plain(module)) != before:
                found.append(name)
                self._before[name] = now
        return found

    def _appeared(self, name: str) -> None:
        module = sys.modules.get(name)
        if module is not None:
            self._before[name] = _plain(module)


def _plain(module: Any) -> Dict[str, str]:
    from .artifacts.fingerprint import fingerprint

    found = {}
    for name, value in list(vars(module).items()):
        if isinstance(value, PLAIN) and not (name.startswith("__") and name.endswith("__")):
            try:
                found[name] = fingerprint(value, {}, []).digest
            except Exception:
                found[name] = str(id(value))  # it holds what cannot be pickled: whether it is the same can be told
    return found
