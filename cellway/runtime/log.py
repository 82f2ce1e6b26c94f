"""`log.txt`: what the step printed, whole and at once, and which bytes of it are whose."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Callable, List, Optional

Emit = Callable[..., None]

INTERVAL = 0.05
"""Events about the log and about streams are told at most this often (seconds); the file itself is never behind."""


class _Range:
    def __init__(self, cell: Optional[str], stream: str, start: int) -> None:
        self.cell, self.stream, self.start, self.end = cell, stream, start, start


class Log:
    """The only writer of the log file. `write` puts the bytes there at once; `tell` emits the ranges."""

    def __init__(self, path: Path, emit: Emit) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self._at = os.fstat(self._fd).st_size
        self._emit = emit
        self._untold: List[_Range] = []
        self._lock = threading.Lock()
        self.told_at = 0.0

    def write(self, cell: Optional[str], stream: str, data: bytes) -> None:
        with self._lock:
            view = memoryview(data)
            while view:
                view = view[os.write(self._fd, view):]
            last = self._untold[-1] if self._untold else None
            if last is None or last.stream != stream or last.cell != cell:
                last = _Range(cell, stream, self._at)
                self._untold.append(last)
            self._at += len(data)
            last.end = self._at

    @property
    def pending(self) -> bool:
        return bool(self._untold)

    def tell(self) -> None:
        self.told_at = time.monotonic()
        with self._lock:
            ranges, self._untold = self._untold, []
        for r in ranges:
            self._emit("log", cell=r.cell, stream=r.stream, **{"from": r.start, "to": r.end})
