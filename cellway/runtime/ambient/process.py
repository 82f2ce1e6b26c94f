"""State of the process: environment, working directory, module path, locale."""

from __future__ import annotations

import locale
import os
import sys
from typing import Any, Dict, List

from .slot import Slot

OWN = ("COLUMNS", "LINES", "MPLBACKEND", "PYTHONHASHSEED", "PYDEVD_USE_FRAME_EVAL", "TERM", "CLICOLOR", "FORCE_COLOR",
       "CLICOLOR_FORCE", "PAGER", "GIT_PAGER", "_")
"""Set by IPython, ipykernel or us, not by the notebook."""


class Environ(Slot):
    name = "environ"
    json = True

    _raw: Any = None
    _read: Dict[str, str] = {}

    def read(self) -> Any:
        """Decoding takes 0.3 ms; what was read last, if in the fork server, is kept for as long as nothing is set."""
        raw = getattr(os.environ, "_data", None)
        if raw is None or raw != Environ._raw:
            Environ._raw = None if raw is None else dict(raw)
            Environ._read = {key: value for key, value in os.environ.items() if key not in OWN and not key.startswith("KMP_")}
        return dict(Environ._read)

    def pack(self, state: Dict[str, str], start: Dict[str, str]) -> Any:
        return {"set": {k: v for k, v in state.items() if start.get(k) != v}, "unset": [k for k in start if k not in state]}

    def apply(self, packed: Any) -> None:
        os.environ.update(packed["set"])
        for key in packed["unset"]:
            os.environ.pop(key, None)


class Cwd(Slot):
    """Relative to the folder the step started in, so that another working copy is meant; absolute outside."""

    name = "cwd"
    json = True

    def __init__(self) -> None:
        self.root = os.getcwd()

    def read(self) -> Any:
        return os.getcwd()

    def pack(self, state: str, start: str) -> Any:
        inside = state == self.root or state.startswith(self.root.rstrip("/") + "/")
        return os.path.relpath(state, self.root) if inside else state

    def apply(self, packed: str) -> None:
        os.chdir(os.path.join(self.root, packed))


class SysPath(Slot):
    """Kept as what was put before and behind the entries that a process starts with, and which of those are gone."""

    name = "sys.path"
    json = True

    def __init__(self) -> None:
        self.root = os.getcwd()

    def read(self) -> Any:
        return [str(entry) for entry in sys.path]

    def same(self, a: Any, b: Any) -> bool:
        return _without_ipython(a) == _without_ipython(b)

    def pack(self, state: List[str], start: List[str]) -> Any:
        first = next((at for at, entry in enumerate(state) if entry in start), len(state))
        return {"front": [self._portable(e) for e in state[:first]],
                "back": [self._portable(e) for e in state[first:] if e not in start],
                "gone": [self._portable(e) for e in start if e not in state]}

    def apply(self, packed: Any) -> None:
        gone = {self._here(e) for e in packed["gone"]}
        front = [self._here(e) for e in packed["front"]]
        back = [self._here(e) for e in packed["back"]]
        rest = [e for e in sys.path if e not in gone and e not in front and e not in back]
        sys.path[:] = [*front, *rest, *back]

    def _portable(self, entry: str) -> str:
        if entry == self.root or entry.startswith(self.root.rstrip("/") + "/"):
            return "<workdir>" + entry[len(self.root):]
        return entry

    def _here(self, entry: str) -> str:
        return self.root + entry[len("<workdir>"):] if entry.startswith("<workdir>") else entry


def _without_ipython(entries: List[str]) -> List[str]:
    return [e for e in entries if not e.endswith((".ipython", "/IPython/extensions"))]


class Locale(Slot):
    name = "locale"
    json = True

    def read(self) -> Any:
        return locale.setlocale(locale.LC_ALL)

    def apply(self, packed: str) -> None:
        locale.setlocale(locale.LC_ALL, packed)
