"""Memory that a step takes, and the most that it may."""

from __future__ import annotations

import sys
from typing import Dict, Optional


def limit_memory(most: int) -> None:
    """What the process asks for beyond `most` bytes is refused it (`MemoryError`). Linux only. What is there already counts
    as it is resident: libraries reserve far more than they use."""
    if not sys.platform.startswith("linux"):
        return
    import resource

    status = _status()
    reserved, used = status.get("VmData"), status.get("RssAnon")
    if reserved is None or used is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = max(reserved + most - used, reserved)
    if hard == resource.RLIM_INFINITY or wanted < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))


def lift_limit() -> None:
    """Takes the limit back, for what comes after a step that reached it."""
    if sys.platform.startswith("linux"):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def most_taken() -> Optional[int]:
    """Most bytes that the process had at once."""
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _status() -> Dict[str, int]:
    """Sizes of `/proc/self/status`, in bytes."""
    sizes = {}
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        for line in file:
            name, _, rest = line.partition(":")
            if rest.endswith("kB\n"):
                sizes[name] = int(rest.split()[0]) * 1024
    return sizes
