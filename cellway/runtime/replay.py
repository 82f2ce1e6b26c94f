"""Runs pieces of other cells before the step's own: definitions are rebuilt from source instead of travelling."""

from __future__ import annotations

import __future__
import sys
from typing import Any, Dict, Iterable, List, Set, Tuple

from .contract import Replay
from .places import Places


def future_flags(names: Iterable[str]) -> int:
    """The compiler flags of `from __future__ import …` in earlier cells."""
    flags = 0
    for name in names:
        feature = getattr(__future__, name, None)
        if feature is not None:
            flags |= feature.compiler_flag
    return flags


class Replaying:
    """Compiles each piece on its own lines of its cell, so that tracebacks and `inspect` point there."""

    def __init__(self, runner: Any, places: Places) -> None:
        self._runner = runner
        self._places = places

    def run(self, piece: Replay, namespace: Dict[str, Any]) -> None:
        """Raises what the piece raises."""
        source = "\n" * (piece.line - 1) + piece.source
        get_ipython = sys.modules.get("IPython")
        if get_ipython is not None and hasattr(self._runner, "shell"):
            # Only what is no Python is transformed: the transformer would drop leading blank lines.
            try:
                compile(source, "<replay>", "exec", self._runner.flags(), dont_inherit=True)
            except SyntaxError:
                transformed = self._runner.shell.transform_cell(piece.source)
                source = "\n" * (piece.line - 1) + transformed
        name = self._places.name(piece.place, source)
        self._places.remember(name, source)
        self._runner.register(piece.place, name, piece.place.index)
        code = compile(source, name, "exec", self._runner.flags(), dont_inherit=True)
        exec(code, namespace)


class Definitions:
    """The notebook's replayable names, run when an unpickled object turns out to need one that is not there."""

    def __init__(self, known: Dict[str, Tuple[Replay, ...]], replaying: Replaying, namespace: Dict[str, Any]) -> None:
        self._known = known
        self._replaying = replaying
        self._namespace = namespace
        self._done: Set[Replay] = set()
        self.replayed: List[str] = []

    def need(self, names: Iterable[str]) -> None:
        """Binds those of the names that can be replayed and are not bound."""
        for name in sorted(names):
            if name not in self._namespace:
                self.replay(name)

    def replay(self, name: str) -> bool:
        """Binds the name; False when it cannot be replayed."""
        if name not in self._known:
            return False
        for piece in self._known[name]:
            if piece in self._done or (piece.names and all(bound in self._namespace for bound in piece.names)):
                continue
            self._done.add(piece)
            self._replaying.run(piece, self._namespace)
            self.replayed.extend(piece.names)
        return name in self._namespace
