"""
Memory that travels outside the pickle: arrays, Arrow buffers, large bytes.

While pickling, every piece of memory is only *noted* as an address range. Afterwards ranges that overlap are laid out
as one segment of `buffers.bin`, so that a base array and all its views are stored once, whoever holds them, and of a
base that nobody wants only the span that is needed is written. The ranges stay valid as long as the pickler's memo
keeps their owners alive.
"""

from __future__ import annotations

import ctypes
import mmap
import os
from array import array
from pathlib import Path
from typing import Any, NamedTuple

PAGE = 4096
#: Smaller owned memory travels in the pickle itself: a page a piece would cost more than it saves.
SMALL = 32 * 1024
#: One write call moves at most this much (Linux's own limit is 2 GiB - 4 KiB).
CHUNK = 1 << 28


class Span(NamedTuple):
    """Half-open range of addresses."""

    start: int
    end: int


class Memory:
    """The ranges that one pickle refers to, by number."""

    def __init__(self) -> None:
        self.starts = array("Q")
        self.ends = array("Q")
        self.keep: list[Any] = []

    def note(self, start: int, end: int, owner: Any = None) -> int:
        self.starts.append(start)
        self.ends.append(end)
        if owner is not None:
            self.keep.append(owner)
        return len(self.starts) - 1

    def spans(self) -> list[Span]:
        return merged([Span(s, e) for s, e in zip(self.starts, self.ends)])


def merged(spans: list[Span]) -> list[Span]:
    """Sorted, with overlapping ones joined."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start < out[-1].end:
            if span.end > out[-1].end:
                out[-1] = Span(out[-1].start, span.end)
        else:
            out.append(span)
    return out


class Layout(NamedTuple):
    """Where segments lie in the file, and where each noted range lies in it (`places[i]`, file offset)."""

    segments: list[tuple[int, Span]]
    places: array
    size: int


def layout(memory: Memory) -> Layout:
    segments: list[tuple[int, Span]] = []
    at = 0
    for span in memory.spans():
        at = -(-at // PAGE) * PAGE
        # The address modulo 16 is kept, so that what was aligned (or was not) still is: almost always 0.
        at += span.start % 16
        segments.append((at, span))
        at += span.end - span.start
    places = array("Q", bytes(8 * len(memory.starts)))
    order = sorted(range(len(memory.starts)), key=memory.starts.__getitem__)
    k = 0
    for i in order:
        start = memory.starts[i]
        while segments[k][1].end <= start:
            k += 1
        places[i] = segments[k][0] + start - segments[k][1].start
    return Layout(segments, places, at)


def write_segments(path: Path, plan: Layout) -> None:
    """Writes straight from the owners' memory: no copy but the kernel's into the page cache."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        for at, span in plan.segments:
            os.lseek(fd, at, os.SEEK_SET)
            view = memoryview((ctypes.c_char * (span.end - span.start)).from_address(span.start)).cast("B")
            done = 0
            while done < len(view):
                done += os.write(fd, view[done : done + CHUNK])
    finally:
        os.close(fd)


class Mapping:
    """`buffers.bin` in this process: writable, private. Lives as long as anything loaded from it."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self.size = size
        with open(path, "rb") as file:
            self.map = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_COPY)
        self.view = memoryview(self.map)
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.map))


def address_of(view: memoryview) -> int:
    """The address of contiguous memory, also of a read-only one."""
    export = _PyBuffer()
    ctypes.pythonapi.PyObject_GetBuffer(ctypes.py_object(view), ctypes.byref(export), 0)
    try:
        return export.buf or 0
    finally:
        ctypes.pythonapi.PyBuffer_Release(ctypes.byref(export))


class _PyBuffer(ctypes.Structure):
    """CPython's `Py_buffer` (stable ABI since 3.11, unchanged since 3.0)."""

    _fields_ = [
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("suboffsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    ]
