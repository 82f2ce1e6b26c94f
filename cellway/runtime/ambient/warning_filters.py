"""`warnings.filters`.

Libraries add filters while they are imported (scikit-learn does); a later step that uses the library imports it and has
them too. So a filter counts as the notebook's only when no import of a library was under way as it was added. That is
told by wrapping `warnings._add_filter`, the one function that `filterwarnings` and `simplefilter` end in, and noting
the very tuples that imports put there: a library that sets an equal filter for a while in `catch_warnings` puts another
tuple there, and the old one comes back. A list that was changed by hand counts as the notebook's.
"""

from __future__ import annotations

import re
import sys
import warnings
from typing import Any, Callable, Dict, List

from .slot import Slot


class Warnings(Slot):
    name = "warnings"

    def __init__(self, in_import: Callable[[], bool]) -> None:
        self._in_import = in_import
        self._imported: Dict[int, Any] = {}
        self._add = getattr(warnings, "_add_filter", None)

    def watch(self) -> None:
        if self._add is None:
            return
        add = self._add

        def _add_filter(*item: Any, **options: Any) -> None:
            add(*item, **options)
            if self._in_import():
                for entry in _filters():
                    if entry == item:
                        self._imported[id(entry)] = entry  # held, so that no other gets its id

        warnings._add_filter = _add_filter  # type: ignore

    def read(self) -> Any:
        return [item for item in warnings.filters if id(item) not in self._imported]

    def same(self, a: Any, b: Any) -> bool:
        """scikit-learn's workers set the list anew from copies, in threads that may leave them: the same filters with
        compiled patterns, those of imports too."""
        if a == b:
            return True
        imported = {_meaning(item) for item in self._imported.values()}
        return [m for m in map(_meaning, a) if m not in imported] == [m for m in map(_meaning, b) if m not in imported]

    def apply(self, packed: Any) -> None:
        rest = [item for item in warnings.filters if item not in packed and id(item) in self._imported]
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


def _meaning(item: Any) -> Any:
    """A filter with its patterns as text."""
    return tuple(part.pattern if isinstance(part, re.Pattern) else part for part in item)


def _filters() -> List[Any]:
    """The list in force; from 3.14 on it may be the context's own."""
    get = getattr(warnings, "_get_filters", None)
    return warnings.filters if get is None else get()  # type: ignore
