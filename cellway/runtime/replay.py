"""Runs pieces of other cells before the step's own: definitions are rebuilt from source instead of travelling."""

from __future__ import annotations

import __future__
import ast
import functools
import operator
import sys
from typing import Any, Dict, Iterable, Set

from .contract import Replay
from .places import Places


_FUTURES = functools.reduce(operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names))


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

    def reads(self, piece: Replay) -> Set[str]:
        """Names that the piece looks up at module level; none where it is not plain Python."""
        try:
            tree = ast.parse(piece.source)
        except (SyntaxError, ValueError):
            return set()
        return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}

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
        if "__future__" in piece.source:
            self._runner.add_flags(code.co_flags & _FUTURES)
        exec(code, namespace)
