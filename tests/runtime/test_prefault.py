"""Pages that a step will write to, copied ahead."""

from __future__ import annotations

import mmap
import os
import sys

import pytest

from cellway.runtime.prefault import FAULTS, MOST, PAGE, Learning, Sample, copy

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
    """Whether the page is not shared with the process that this one was forked from."""
    sample = Sample()
    sample.tell()
    pages = sample.take()
    return pages is not None and any(start <= address < start + size for start, size in zip(pages.written[::2], pages.written[1::2]))


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


def test_a_child_that_told_nothing_is_no_sample():
    assert Sample().take() is None


def ended(learning: Learning, write) -> None:
    """A step of which the server of that learning is told."""
    sample = learning.sample()
    assert sample is not None
    learning.ask(1, sample)
    assert told(sample, write)
    learning.ended(1, 5000)


def test_one_step_is_asked_until_another_does_otherwise():
    learning = Learning()
    ended(learning, lambda: None)
    assert learning.pages is not None and learning.sample() is None
    learning.ended(2, learning.pages.count + 1)
    assert learning.sample() is None
    learning.ended(3, learning.pages.count + FAULTS + 1)
    assert learning.sample() is not None


def test_a_step_that_wrote_much_is_no_example():
    held, _ = memory(2 * MOST)
    learning = Learning()
    ended(learning, lambda: held.__setitem__(slice(None), b"y" * len(held)))
    assert learning.pages is None
