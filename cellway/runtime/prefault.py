"""Memory pages that a step will write to, copied for it ahead.

A forked child shares its server's memory until it writes: the first write to a page, and an object's reference count is
enough, is a fault that copies it. With pandas and scikit-learn loaded a step that uses them copies 2,700 pages, which is a
third of its time. Steps write to much the same pages, so what one of them wrote, the next children copy while they wait.
A page too many or too few costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import re
from array import array
from typing import Dict, Iterator, NamedTuple, Optional, Tuple

from .clibrary import clibrary

PAGE = mmap.PAGESIZE

FAULTS = 600
"""There are more in a step, besides those of copying ahead: it did otherwise than the one that was asked."""

SAMPLES = 4
"""Or it has much memory of its own. So many are asked at most; it takes 9 ms of their time."""

MOST = 4096
"""Pages. What a step has that writes to more is time enough."""

ROOM = 1 << 18
"""Bytes for the ranges of a sample."""

LARGE = 1 << 28
"""Bytes. A mapping of that size is data or a reserve, not the server's objects."""

POPULATE_READ, POPULATE_WRITE = 22, 23
"""Of `madvise`, from Linux 5.14 on."""

VECTOR = 1024
"""Ranges in one call, at most."""

_MAPPING = re.compile(rb"(?m)^([0-9a-f]+)-([0-9a-f]+) r")

# By the top bytes of the entries in `/proc/self/pagemap`, one a page.
_PRESENT = re.compile(b"[\x80-\xff](?:[\x00-\x7f]{0,64}[\x80-\xff])*", re.DOTALL)
_OWN = re.compile(b"\x81+")
"""Mapped by this process alone, and not of a file."""
_OF_FILE = re.compile(b"[\xa0\xa1]+")


class Pages(NamedTuple):
    """Start and length in bytes of one range after the other."""

    written: array
    read: array

    @property
    def count(self) -> int:
        return sum(self.written[1::2]) // PAGE


class Learning:
    """A server's: what its children are to copy ahead, and whom it asks."""

    def __init__(self) -> None:
        self.pages: Optional[Pages] = None
        self._asked: Dict[int, Sample] = {}
        self._left = SAMPLES
        self._wanted = True

    def sample(self) -> "Optional[Sample]":
        """For the child that is forked next, if it is to tell what its step wrote to. Takes 12 ms."""
        if not self._wanted or self._left == 0:
            return None
        self._left -= 1
        return Sample()

    def ask(self, pid: int, sample: "Sample") -> None:
        self._asked[pid] = sample

    def ended(self, pid: int, faults: Optional[int]) -> None:
        """A child has ended. `faults`: that there were in it; None when it never had a step."""
        sample = self._asked.pop(pid, None)
        if faults is None:
            return
        known = 0 if self.pages is None else self.pages.count
        if sample is None:
            self._wanted |= faults - known > FAULTS
            return
        self._wanted = False
        told = sample.take()
        if told is not None and known < told.count <= MOST:
            self.pages = told


class Sample:
    """Carries what one step wrote from a child to its server, in memory that both have. Made in the server."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, ROOM)
        self._areas = array("Q")
        with contextlib.suppress(OSError):  # no /proc
            self._areas = _present_areas()

    def tell(self) -> None:
        """In the child, when its step has ended: which pages it has copied, and which of files it has read."""
        pages = Pages(array("Q"), array("Q"))
        with contextlib.suppress(OSError):
            for start, kinds in _kinds(_pairs(self._areas)):
                _add(pages.written, start, _OWN, kinds)
                _add(pages.read, start, _OF_FILE, kinds)
        data = array("Q", map(len, pages)).tobytes() + b"".join(part.tobytes() for part in pages)
        if len(data) <= ROOM:
            self._shared[: len(data)] = data

    def take(self) -> Optional[Pages]:
        """In the server, when the child has ended; None when it told nothing."""
        self._shared.seek(0)
        sizes = array("Q", self._shared.read(16))
        pages = Pages(*(array("Q", self._shared.read(8 * size)) for size in sizes))
        return pages if pages.written else None


def copy(pages: Pages) -> None:
    """Copies the pages that a step will write to, and maps those that it will read."""
    library = clibrary()
    if library is None:
        return
    for ranges, advice in ((pages.written, POPULATE_WRITE), (pages.read, POPULATE_READ)):
        if not _advise_at_once(library, ranges, advice):
            for start, size in _pairs(ranges):
                if library.madvise(start, size, advice) != 0:
                    break


def _advise_at_once(library: "ctypes.CDLL", ranges: array, advice: int) -> bool:
    """One call for many ranges: from Linux 6.13 on, and by what the C library has."""
    if not hasattr(library, "process_madvise") or not hasattr(os, "pidfd_open"):
        return False
    try:
        me = os.pidfd_open(os.getpid())
    except OSError:
        return False
    try:
        address, _ = ranges.buffer_info()
        for at in range(0, len(ranges) // 2, VECTOR):
            size = min(VECTOR, len(ranges) // 2 - at)
            if library.process_madvise(me, address + 16 * at, size, advice, 0) < 0:
                return False
        return True
    finally:
        os.close(me)


def _present_areas() -> array:
    """Where this process has memory. Not page by page: there are 50,000."""
    with open("/proc/self/maps", "rb") as file:
        mappings = _MAPPING.findall(file.read())
    runs = array("Q")
    for first, last in mappings:
        start, size = int(first, 16), int(last, 16) - int(first, 16)
        if size > LARGE:
            continue
        if runs and runs[-2] + runs[-1] == start:
            runs[-1] += size
        else:
            runs.extend((start, size))
    found = array("Q")
    for start, kinds in _kinds(_pairs(runs)):
        _add(found, start, _PRESENT, kinds)
    return found


def _kinds(ranges: Iterator[Tuple[int, int]]) -> Iterator[Tuple[int, bytes]]:
    """Start of each range, and the top bytes of its pages' entries."""
    with open("/proc/self/pagemap", "rb", buffering=0) as file:
        for start, size in ranges:
            yield start, os.pread(file.fileno(), size // PAGE * 8, start // PAGE * 8)[7::8]


def _add(ranges: array, start: int, kind: "re.Pattern[bytes]", kinds: bytes) -> None:
    for match in kind.finditer(kinds):
        ranges.extend((start + match.start() * PAGE, (match.end() - match.start()) * PAGE))


def _pairs(ranges: array) -> Iterator[Tuple[int, int]]:
    return zip(ranges[::2], ranges[1::2])
