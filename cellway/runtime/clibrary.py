"""Linux by way of its C library, for what Python has no call."""

from __future__ import annotations

import functools
import sys
from typing import Any, Optional


@functools.lru_cache(maxsize=None)
def clibrary() -> Optional[Any]:
    """With the types of what we call; None on other systems, and where it lacks one of the functions."""
    if sys.platform != "linux":
        return None
    import ctypes

    library = ctypes.CDLL(None)
    pointer, number = ctypes.c_void_p, ctypes.c_int
    try:
        library.prctl.argtypes = [number, *[ctypes.c_ulong] * 4]
        library.clone.argtypes = [pointer, pointer, number, pointer]
        library.usleep
        library.madvise.argtypes = [pointer, ctypes.c_size_t, number]
    except AttributeError:
        return None
    if hasattr(library, "process_madvise"):  # glibc 2.36
        library.process_madvise.argtypes = [number, pointer, ctypes.c_size_t, number, ctypes.c_uint]
        library.process_madvise.restype = ctypes.c_ssize_t
    return library
