"""`warnings.filters`.

Libraries add filters while they are imported (scikit-learn does); a later step that uses the library imports it and has
them too. So a filter counts as the notebook's only when no import of a library was under way as it was added. That is
told by wrapping `warnings._add_filter`, the one function that `filterwarnings` and `simplefilter` end in. A list that
was changed by hand counts as the notebook's.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any, Callable, List

from .slot import Slot


class Warnings(Slot):
    name = "warnings"

    def __init__(self, in_import: Callable[[], bool]) -> None:
        self._in_import = in_import
        self._imported: List[Any] = []
        self._add = getattr(warnings, "_add_filter", None)

    def watch(self) -> None:
        if self._add is None:
            return
        add = self._add

        def _add_filter(*item: Any, **options: Any) -> None:
            if self._in_import():
                self._imported.append(item)
            elif item in self._imported:
                self._imported.remove(item)
            add(*item, **options)

        warnings._add_filter = _add_filter  # type: ignore

    def read(self) -> Any:
        return [item for item in warnings.filters if item not in self._imported]

    def apply(self, packed: Any) -> None:
        rest = [item for item in warnings.filters if item not in packed and item in self._imported]
        warnings.filters[:] = [*packed, *rest]  # type: ignore
        for name in ("_filters_mutated", "_filters_mutated_lock_held"):
            mutated = getattr(warnings, name, None)
            if mutated is not None:
                lock = getattr(warnings, "_lock", None)
                if name.endswith("lock_held") and lock is not None:
                    with lock:
                        mutated()
                else:
                    mutated()
                return
