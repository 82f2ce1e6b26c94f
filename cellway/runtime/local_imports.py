"""Tells when a module of the notebook's folder has been imported: what it holds then is where changes are measured from."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from typing import Any, Callable, Optional, Set

from .ambient.after_import import Telling


class LocalModules:
    """A finder that finds nothing itself: it lends the real loader of a local module a wrapper that calls back."""

    def __init__(self, is_local: Callable[[str], bool], appeared: Callable[[str], None]) -> None:
        self._is_local = is_local
        self._appeared = appeared
        self._finding: Set[str] = set()

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
                if spec.has_location and spec.origin is not None and self._is_local(spec.origin) and hasattr(spec.loader, "exec_module"):
                    spec.loader = Telling(spec.loader, [lambda: self._appeared(name)])
                return spec
        return None
