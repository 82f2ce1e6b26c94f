"""`events.jsonl`: numbered events, each one line appended in one write."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any


class Events:
    """Appends events of one attempt. Safe to call from any thread; a forked child of the step stays silent,
    since its numbers would collide with its parent's."""

    def __init__(self, path: Path, attempt: int, replica: int) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self._attempt = attempt
        self._replica = replica
        self._number = 0
        self._lock = threading.Lock()
        self._owner = os.getpid()

    def emit(self, kind: str, /, **fields: Any) -> None:
        if os.getpid() != self._owner:
            return
        with self._lock:
            self._number += 1
            event = {"n": self._number, "t": round(time.time(), 3), "attempt": self._attempt, "replica": self._replica,
                     "type": kind, **fields}
            # ASCII: a lone surrogate in a user's text must not make the line unreadable.
            os.write(self._fd, json.dumps(event, separators=(",", ":"), default=str).encode("ascii") + b"\n")
