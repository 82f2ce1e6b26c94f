"""Calls back when a module has just been imported, before the code that imports it goes on.

A slot of a library begins to exist in the middle of a cell (`import numpy as np; np.random.rand()`): its state right
after the import is what a draw is measured against, and the moment for the state of an earlier step to be put in.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from typing import Any, Callable, Dict, List, Optional


class AfterImport:
    """A finder that finds nothing itself: it lends the real loader a wrapper for the modules that are watched."""

    def __init__(self) -> None:
        self._wanted: Dict[str, List[Callable[[], None]]] = {}
        self.depth = 0

    def watch(self, module: str, then: Callable[[], None]) -> None:
        self._wanted.setdefault(module, []).append(then)

    def install(self) -> None:
        sys.meta_path.insert(0, self)  # type: ignore

    def remove(self) -> None:
        sys.meta_path.remove(self)  # type: ignore

    def find_spec(self, name: str, path: Any, target: Any = None) -> Optional[ModuleSpec]:
        if name not in self._wanted:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None and hasattr(spec.loader, "exec_module"):
                    spec.loader = Telling(spec.loader, self._wanted.pop(name))
                return spec
        return None


class Telling:
    """A loader that calls back once the module has run."""

    def __init__(self, loader: Any, then: List[Callable[[], None]]) -> None:
        self._loader = loader
        self._then = then

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> Any:
        return self._loader.create_module(spec)

    def exec_module(self, module: Any) -> None:
        module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        for then in self._then:
            then()
