"""The notebook's namespace: `__main__` of a fresh process, and which of its names the notebook bound."""

from __future__ import annotations

import sys
import types
from typing import Any, Dict, FrozenSet, List

MODULE_NAMES = frozenset({"__name__", "__doc__", "__package__", "__loader__", "__spec__", "__builtin__", "__builtins__",
                          "__file__", "__annotations__", "__annotate__", "__conditional_annotations__", "__warningregistry__"})

SHELL_NAMES = frozenset({"In", "Out", "_", "__", "___", "_i", "_ii", "_iii", "_ih", "_oh", "_dh", "_exit_code",
                         "get_ipython", "exit", "quit", "open"})


def new_main() -> types.ModuleType:
    """A fresh `__main__`, in the place of the runtime's own; without a `__file__`, as in Jupyter, so that
    multiprocessing's spawn does not look for a script."""
    module = types.ModuleType("__main__", "Automatically created module for IPython interactive environment")
    sys.modules["__main__"] = module
    return module


class Bound:
    """Tells what cells bound: names whose object is new since `mark`."""

    def __init__(self, namespace: Dict[str, Any]) -> None:
        self._namespace = namespace
        self._before: Dict[str, Any] = {}

    def mark(self) -> None:
        self._before = dict(self._namespace)

    def names(self) -> List[str]:
        """Names bound or rebound since `mark`, in the order of their binding."""
        missing = object()
        return [name for name, value in self._namespace.items()
                if is_notebook_name(name) and self._before.get(name, missing) is not value]


def is_notebook_name(name: str, hidden: FrozenSet[str] = SHELL_NAMES) -> bool:
    """Not one that Python or IPython keep there themselves (`__name__`, `Out`, `_i5`, `_12`)."""
    if name in MODULE_NAMES or name in hidden:
        return False
    return not (name.startswith("_") and name.lstrip("_").lstrip("i").isdigit())
