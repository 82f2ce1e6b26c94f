"""Which bytes of a private mapping were changed."""

from __future__ import annotations

import mmap
import os
import sys
from array import array

from .memory import Mapping, Span

PAGE = mmap.PAGESIZE
#: pagemap entries read at once: 64 MB of memory a step.
BATCH = 1 << 14
_FILE, _SWAPPED, _PRESENT = 1 << 61, 1 << 62, 1 << 63


def changed_spans(mapping: Mapping) -> "list[Span]":
    """Addresses whose content differs from the file. On Linux an untouched mapping costs no look at its content."""
    pages = _written_pages(mapping) if sys.platform == "linux" else None
    if pages == []:
        return []
    out: list[Span] = []
    with open(mapping.path, "rb") as file:
        for at, length in pages if pages is not None else _whole(mapping):
            length = min(length, mapping.size - at)
            file.seek(at)
            stored, now = file.read(length), mapping.view[at : at + length]
            if now != stored:
                out += _differences(mapping.address + at, stored, now)
    return out


def _whole(mapping: Mapping) -> "list[tuple[int, int]]":
    return [(at, 1 << 22) for at in range(0, mapping.size, 1 << 22)]


def _differences(address: int, stored: bytes, now: memoryview) -> "list[Span]":
    """Down to 64 bytes, so that a page shared by two arrays blames one."""
    return [Span(address + i, address + min(i + 64, len(stored))) for i in range(0, len(stored), 64) if now[i : i + 64] != stored[i : i + 64]]


def _written_pages(mapping: Mapping) -> "list[tuple[int, int]] | None":
    """
    (offset, length) of pages that are the process's own copies. None: cannot be told here.
    A page of the file may be dirty only because it was just written to the file, so "dirty" is not asked.
    """
    anonymous = _anonymous_bytes(mapping)
    if anonymous == 0:
        return []
    try:
        fd = os.open("/proc/self/pagemap", os.O_RDONLY)
    except OSError:
        return None
    try:
        out = []
        total = -(-mapping.size // PAGE)
        for first in range(0, total, BATCH):
            entries = array("Q")
            raw = os.pread(fd, 8 * min(BATCH, total - first), (mapping.address // PAGE + first) * 8)
            entries.frombytes(raw)
            if len(entries) < min(BATCH, total - first):
                return None
            out += [((first + i) * PAGE, PAGE) for i, e in enumerate(entries) if e & (_PRESENT | _SWAPPED) and not e & _FILE]
        return out
    finally:
        os.close(fd)


def _anonymous_bytes(mapping: Mapping) -> "int | None":
    """Kilobytes of own copies in the kernel's areas that hold the mapping; None if they cannot be found."""
    found = None
    try:
        with open("/proc/self/smaps", encoding="utf-8", errors="surrogateescape") as file:
            inside = False
            for line in file:
                head = line.split(" ", 1)[0]
                if "-" in head and not head.endswith(":"):
                    start, end = (int(x, 16) for x in head.split("-"))
                    inside = start < mapping.address + mapping.size and mapping.address < end
                elif inside and line.startswith(("Anonymous:", "Swap:")):
                    found = (found or 0) + int(line.split()[1])
    except OSError:
        return None
    return found
