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
from typing import List, NamedTuple, Optional

from .clibrary import clibrary

PAGE = mmap.PAGESIZE

FAULTS = 600
"""A step in which there are more, but those of copying ahead, is one to learn from: the others do otherwise."""

SAMPLES = 3
"""Or it has much memory of its own. So many are asked at most; it takes 2 ms of their time."""

MOST = 4096
"""Pages. What a step has that writes to more is time enough."""

ROOM = 1 << 18
"""Bytes for the ranges of a sample."""

LARGE = 1 << 28
"""Bytes. A mapping of that size is data, not the server's objects; to look through it would take ms."""

POPULATE_READ, POPULATE_WRITE = 22, 23
"""Of `madvise`, from Linux 5.14 on."""

VECTOR = 1024
"""Ranges in one call, at most."""

_MAPPING = re.compile(rb"(?m)^([0-9a-f]+)-([0-9a-f]+) (r[w-])[x-]p .*$")

_OWN = re.compile(b"\x81+")
"""Pages that are present and mapped by this process alone, by the top bytes of their entries in `/proc/self/pagemap`."""

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
        self._sample = Sample()
        self._left = SAMPLES
        self._wanted = True
        self._asked: Optional[int] = None

    @property
    def asks(self) -> bool:
        """Whether the child that is forked next is to tell what its step wrote to."""
        return self._wanted and self._asked is None

    def ask(self, pid: int) -> None:
        self._asked = pid

    def tell(self) -> None:
        """In the child, when its step has ended."""
        self._sample.tell()

    def ended(self, pid: int, faults: Optional[int]) -> None:
        """A child has ended. `faults`: that there were in it; None when it never had a step."""
        asked = pid == self._asked
        if asked:
            self._asked = None
        if faults is None:
            return
        if asked:
            self.pages = self._sample.take() or self.pages
            self._left -= 1
            self._wanted = False
        elif faults - (0 if self.pages is None else self.pages.count) > FAULTS and self._left > 0:
            self._wanted = True


class Sample:
    """Carries what one step wrote to its server, in memory that both have."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, ROOM)

    def tell(self) -> None:
        """In the child at its end."""
        with contextlib.suppress(OSError):  # no /proc
            pages = _own_pages()
            data = array("Q", map(len, pages)).tobytes() + b"".join(part.tobytes() for part in pages)
            if len(data) <= ROOM:
                self._shared[: len(data)] = data

    def take(self) -> Optional[Pages]:
        """In the server, when the child has ended: what lies in the server's own memory. None when the child told nothing, or
        more than pays."""
        self._shared.seek(0)
        sizes = array("Q", self._shared.read(16))
        written, read = (array("Q", self._shared.read(8 * size)) for size in sizes)
        pages = Pages(_present(written), read)
        return pages if 0 < pages.count <= MOST else None


def _own_pages() -> Pages:
    """Pages that this process has copied, and those of files that it has read."""
    pages = Pages(array("Q"), array("Q"))
    with open("/proc/self/maps", "rb") as file:
        mappings = _MAPPING.findall(file.read())
    with open("/proc/self/pagemap", "rb", buffering=0) as file:
        for first, last, rights in mappings:
            start, end = int(first, 16), int(last, 16)
            if end - start > LARGE:
                continue
            kinds = _kinds(file.fileno(), start, end)
            if rights == b"rw":
                _add(pages.written, start, _OWN, kinds)
            _add(pages.read, start, _OF_FILE, kinds)
    return pages


def copy(pages: Pages) -> None:
    """Copies the pages that a step will write to, and maps those that it will read."""
    library = clibrary()
    if library is None:
        return
    for ranges, advice in ((pages.written, POPULATE_WRITE), (pages.read, POPULATE_READ)):
        if not _advise_at_once(library, ranges, advice):
            for at in range(0, len(ranges), 2):
                if library.madvise(ranges[at], ranges[at + 1], advice) != 0:
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


def _present(ranges: array) -> array:
    """What of it is in this process's memory."""
    found = array("Q")
    with open("/proc/self/pagemap", "rb", buffering=0) as file:
        for at in range(0, len(ranges), 2):
            start, size = ranges[at], ranges[at + 1]
            _add(found, start, _PRESENT, _kinds(file.fileno(), start, start + size))
    return found


_PRESENT = re.compile(b"[\x80\x81]+")


def _kinds(pagemap: int, start: int, end: int) -> bytes:
    """The top byte of each page's entry."""
    return os.pread(pagemap, (end - start) // PAGE * 8, start // PAGE * 8)[7::8]


def _add(ranges: array, start: int, kind: "re.Pattern[bytes]", kinds: bytes) -> None:
    for match in kind.finditer(kinds):
        ranges.extend((start + match.start() * PAGE, (match.end() - match.start()) * PAGE))
