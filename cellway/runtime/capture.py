"""Takes what the step prints: Python's `sys.stdout` and `sys.stderr`, and file descriptors 1 and 2 beneath them.

As in ipykernel, a print goes straight to its place, and what child processes or C code write to the descriptors comes
through pipes. Before each print the pipes are emptied first, so that `os.system('echo a'); print('b')` keeps its order.
One thread waits on the pipes and tells what is due. A child that the notebook forks (multiprocessing) writes into the
pipes itself.
"""

from __future__ import annotations

import _thread
import codecs
import io
import os
import select
import sys
import threading
import time
from typing import Callable, Dict, List, Optional

from .log import INTERVAL, Log
from .outputs import Outputs

STREAMS = {1: "stdout", 2: "stderr"}


class Capture:
    def __init__(self, log: Log, outputs: Outputs) -> None:
        self._log = log
        self._outputs = outputs
        self._lock = threading.RLock()
        self._pipes: Dict[int, str] = {}
        self._decoders: Dict[int, codecs.IncrementalDecoder] = {}
        self._wake: Optional[int] = None
        self._ended = False
        self._muted = False
        self._waiting_soon = False
        self.forked = False

    def start(self) -> None:
        """From here on descriptors 1 and 2, `sys.stdout` and `sys.stderr` are the step's."""
        for fd, name in STREAMS.items():
            read, write = os.pipe()
            os.set_blocking(read, False)
            os.dup2(write, fd, inheritable=True)
            os.close(write)
            self._pipes[read] = name
            self._decoders[read] = codecs.getincrementaldecoder("utf-8")("replace")
        read, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        sys.stdout = Printed(self, 1)
        sys.stderr = Printed(self, 2)
        os.register_at_fork(before=self._before_fork, after_in_parent=self._lock.release, after_in_child=self._in_child)
        # Not `threading.Thread`: its `start` waits until the thread runs, up to 48 ms on a busy machine.
        _thread.start_new_thread(self._wait, (read,))

    def printed(self, fd: int, text: str) -> None:
        """A Python-level write."""
        data = text.encode("utf-8", "backslashreplace")
        if self.forked:
            os.write(fd, data)
            return
        with self._lock:
            self.drain()
            self._take(STREAMS[fd], text, data)
        if time.monotonic() - self._log.told_at > INTERVAL:
            self._tell()
        elif not self._waiting_soon:
            self._waiting_soon = True
            self._ring()

    def drain(self) -> None:
        """Takes what is in the pipes now."""
        with self._lock:
            for fd, name in self._pipes.items():
                while True:
                    try:
                        data = os.read(fd, 65536)
                    except BlockingIOError:
                        break
                    if not data:
                        break
                    self._take(name, self._decoders[fd].decode(data), data)

    def settle(self) -> None:
        """All that was written so far is in the log, the outputs and the events."""
        if self.forked:
            return
        for stream in (sys.__stdout__, sys.__stderr__):
            if stream is not None and not stream.closed:
                stream.flush()
        self.drain()
        self._tell()

    def mute(self, muted: bool) -> None:
        """While definitions are replayed, what they print goes nowhere: it was shown where they stand."""
        self.settle()
        self._muted = muted

    def end(self) -> None:
        self._ended = True
        self.settle()
        self._ring()

    def _take(self, name: str, text: str, data: bytes) -> None:
        if self._muted:
            return
        cell = self._outputs.current
        self._log.write(None if cell is None else cell.place.id, name, data)
        self._outputs.stream(name, text)

    def _tell(self) -> None:
        with self._lock:
            self._log.tell()
            self._outputs.tell()

    def _ring(self) -> None:
        if self._wake is not None:
            try:
                os.write(self._wake, b".")
            except BlockingIOError:
                return  # the thread has bells enough to hear

    def _wait(self, bell: int) -> None:
        fds: List[int] = [bell, *self._pipes]
        while not self._ended:
            timeout = INTERVAL if self._log.pending else None
            ready, _, _ = select.select(fds, [], [], timeout)
            if bell in ready:
                os.read(bell, 4096)
            if any(fd in ready for fd in self._pipes):
                self.drain()
            if self._log.pending and time.monotonic() - self._log.told_at > INTERVAL:
                self._waiting_soon = False
                self._tell()

    def _before_fork(self) -> None:
        self._lock.acquire()

    def _in_child(self) -> None:
        self.forked = True
        self._lock = threading.RLock()


class Printed(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the cells. Like ipykernel's it has no `buffer` and is not a terminal."""

    def __init__(self, capture: Capture, fd: int) -> None:
        self._capture = capture
        self._fd = fd
        self.name = f"<{STREAMS[fd]}>"

    encoding = "UTF-8"
    errors = "backslashreplace"
    mode = "w"

    def fileno(self) -> int:
        return self._fd

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if text:
            self._capture.printed(self._fd, text)
        return len(text)

    def flush(self) -> None:
        return None
