"""Pages that a step will write to, copied ahead."""

from __future__ import annotations

import mmap
import os
import sys

import pytest

from cellway.runtime.prefault import MOST, PAGE, Sample, _own_pages, copy

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux tells which pages are a process's own")


def in_child(work) -> bool:
    """What the work says, in a process forked for it."""
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(0 if work() else 1)
        finally:
            os._exit(2)
    return os.WEXITSTATUS(os.waitpid(pid, 0)[1]) == 0


def memory(pages: int) -> "tuple[mmap.mmap, int]":
    """Filled memory that children share, and its address."""
    import ctypes

    held = mmap.mmap(-1, pages * PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    held[:] = b"x" * len(held)
    return held, ctypes.addressof(ctypes.c_char.from_buffer(held))


def own(address: int) -> bool:
    written = _own_pages().written
    return any(written[at] <= address < written[at] + written[at + 1] for at in range(0, len(written), 2))


def told(sample: Sample, write) -> bool:
    def work() -> bool:
        write()
        sample.tell()
        return True

    return in_child(work)


def test_what_one_child_wrote_another_has_of_its_own_before_it_writes():
    held, address = memory(9)
    sample = Sample()
    assert told(sample, lambda: held.__setitem__(5 * PAGE, 1))
    pages = sample.take()
    assert pages is not None and 0 < pages.count < MOST

    def copies() -> bool:
        before = own(address + 5 * PAGE)
        copy(pages)
        return not before and own(address + 5 * PAGE) and not own(address + 4 * PAGE) and held[5 * PAGE] == ord("x")

    assert in_child(copies)


def test_memory_that_only_the_child_had_is_not_copied():
    sample = Sample()
    kept = []
    assert told(sample, lambda: kept.append(memory(2 * MOST)))
    pages = sample.take()
    assert pages is not None and pages.count < MOST


def test_a_child_that_wrote_too_much_says_nothing_useful():
    held, _ = memory(2 * MOST)
    sample = Sample()
    assert told(sample, lambda: held.__setitem__(slice(None), b"y" * len(held)))
    assert sample.take() is None


def test_a_child_that_told_nothing_is_no_sample():
    assert Sample().take() is None
