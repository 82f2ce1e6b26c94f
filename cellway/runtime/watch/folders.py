"""Which files are the notebook's business: where writes are allowed, and what is worth a row in the report."""

from __future__ import annotations

import functools
import os
import sys
import tempfile
from pathlib import Path
from typing import Iterable, Set, Tuple

HOME_CACHES = (".cache", ".config", ".local/share", ".ipython", ".jupyter", ".matplotlib", ".keras", ".torch", ".numba",
               ".nv", ".triton", ".theano", ".fontconfig", ".dask", ".streamlit", "scikit_learn_data", "nltk_data")
"""Folders under the home directory in which libraries keep downloads and settings."""

SYSTEM = ("/usr", "/etc", "/proc", "/sys", "/dev", "/lib", "/lib64", "/bin", "/sbin", "/opt", "/run", "/var/lib",
          "/System", "/Library", "/private/etc")


class Folders:
    def __init__(self, workdir: str, allowed: Iterable[Path], own: Iterable[Path]) -> None:
        home = os.path.expanduser("~")
        caches = [os.path.join(home, name) for name in HOME_CACHES]
        caches += [os.environ[name] for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR", "HF_HOME") if os.environ.get(name)]
        temp = (tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm", os.environ.get("TMPDIR") or "/tmp")
        self.workdir = os.path.realpath(workdir)
        self._temp = _real(temp)
        self._caches = _real(caches)
        self._own = _real(map(str, own))
        self._allowed = _real(map(str, allowed))
        installed = (sys.prefix, sys.base_prefix, sys.exec_prefix, *(p for p in sys.path if p and "site-packages" in p))
        self._unreported = (*_real(SYSTEM), *_real(installed), *self._caches, *self._own)
        self.temporary: Set[str] = set()
        """Made by `tempfile`: nobody else knows their names."""

    def inside(self, path: str) -> bool:
        return _within(path, (self.workdir,))

    def may_write(self, path: str) -> bool:
        if self.inside(path) or path.startswith(("/dev/", "/proc/")) or "/__pycache__/" in path:
            return True
        return _within(path, self._temp) or _within(path, self._caches) or _within(path, self._allowed) or _within(path, self._own)

    def worth_telling(self, path: str) -> bool:
        if self.inside(path):
            return "/__pycache__/" not in path and "/.ipynb_checkpoints" not in path and not _within(path, self._own)
        return not _within(path, self._unreported) and not _within(path, tuple(self.temporary)) and "/ipykernel_" not in path

    def shown(self, path: str) -> str:
        """Relative inside the working folder, absolute elsewhere."""
        return os.path.relpath(path, self.workdir) if self.inside(path) else path


def _real(paths: Iterable[str]) -> Tuple[str, ...]:
    return _resolved(tuple(paths))


@functools.lru_cache(maxsize=64)
def _resolved(paths: Tuple[str, ...]) -> Tuple[str, ...]:
    """Kept, so that the children of a fork server do not ask the file system again (6 ms of a trivial step)."""
    return tuple(dict.fromkeys(os.path.realpath(path) for path in paths))


def _within(path: str, folders: Tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)
