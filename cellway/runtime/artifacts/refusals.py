"""What cannot travel, and why, in plain words. Types by their full name, so that nothing is imported to ask."""

from __future__ import annotations

from typing import Optional

STEP = "Make it in the step that uses it, or put the steps that share it into one."
_LIVE = "it is a live connection of this process"
_OPEN = "it is an open file of this process"
_LOCK = "it synchronises threads of this process"
_RUNNING = "it is code in the middle of running"
_WEAK = "it refers to an object without holding it, so the object may not be there"
_VIEW = "it is a live view of another object"

#: type -> (why, fix)
TABLE: dict[str, tuple[str, str]] = {
    **{f"builtins.{n}": (_RUNNING, "Turn it into a list, or use it in the same step.") for n in ("generator", "async_generator")},
    "builtins.coroutine": (_RUNNING, "Await it in the same step."),
    "builtins.frame": (_RUNNING, STEP), "builtins.traceback": (_RUNNING, "Keep `traceback.format_exc()` instead."),
    **{f"_io.{n}": (_OPEN, "Close it and open it again where it is needed, or use it in the same step.")
       for n in ("TextIOWrapper", "BufferedReader", "BufferedWriter", "BufferedRandom", "BufferedRWPair", "FileIO")},
    "tempfile._TemporaryFileWrapper": (_OPEN, "Write to a named file instead, or use it in the same step."),
    "tempfile.TemporaryDirectory": ("its folder is removed when it goes away", STEP),
    "mmap.mmap": (_OPEN, STEP), "os.DirEntry": ("it is a moment's look at a folder", "Keep its `path`."), "posix.DirEntry": ("it is a moment's look at a folder", "Keep its `path`."),
    "posix.ScandirIterator": (_OPEN, STEP), "zipfile.ZipFile": (_OPEN, STEP), "tarfile.TarFile": (_OPEN, STEP), "shelve.DbfilenameShelf": (_OPEN, STEP),
    **{f"_thread.{n}": (_LOCK, STEP) for n in ("lock", "RLock", "_local", "LockType")},
    **{f"threading.{n}": (_LOCK, STEP) for n in ("Condition", "Event", "Semaphore", "BoundedSemaphore", "Barrier", "_RLock")},
    **{f"threading.{n}": ("it is a thread of this process", STEP) for n in ("Thread", "Timer", "_MainThread", "_DummyThread")},
    **{f"queue.{n}": (_LOCK, STEP) for n in ("Queue", "LifoQueue", "PriorityQueue")}, "_queue.SimpleQueue": (_LOCK, STEP),
    **{f"concurrent.futures.{n}": ("it is a pool of this process", STEP) for n in ("thread.ThreadPoolExecutor", "process.ProcessPoolExecutor", "_base.Future")},
    "multiprocessing.pool.Pool": ("it is a pool of this process", STEP), "multiprocessing.context.Process": ("it is a child of this process", STEP),
    "subprocess.Popen": ("it is a child of this process", STEP),
    "socket.socket": (_LIVE, STEP), "_socket.socket": (_LIVE, STEP), "ssl.SSLSocket": (_LIVE, STEP), "_ssl._SSLContext": (_LIVE, STEP), "http.client.HTTPConnection": (_LIVE, STEP),
    **{f"sqlite3.{n}": (_LIVE, "Connect in each step that uses it.") for n in ("Connection", "Cursor")},
    **{f"_sqlite3.{n}": (_LIVE, "Connect in each step that uses it.") for n in ("Connection", "Cursor")},
    **{f"weakref.{n}": (_WEAK, "Keep the object itself.") for n in ("ReferenceType", "WeakMethod", "finalize")},
    **{f"builtins.{n}": (_WEAK, "Keep the object itself.") for n in ("weakref", "weakproxy", "weakcallableproxy")},
    **{f"_weakref.{n}": (_WEAK, "Keep the object itself.") for n in ("ReferenceType", "ProxyType", "CallableProxyType")}, "weakref": (_WEAK, "Keep the object itself."),
    **{f"builtins.{n}": (_VIEW, "Turn it into a list.") for n in ("dict_keys", "dict_values", "dict_items")},
    **{f"collections.{n}": (_VIEW, "Turn it into a list.") for n in ("odict_keys", "odict_values", "odict_items")},
    "builtins.memoryview": (_VIEW, "Keep the object that it shows, or `bytes()` of it."),
    "contextvars.Context": (_RUNNING, STEP), "_contextvars.Context": (_RUNNING, STEP), "_contextvars.ContextVar": ("its value belongs to this process", STEP),
    "builtins.PyCapsule": ("it is a raw pointer", STEP), "_ctypes.CFuncPtr": ("it is a raw pointer", STEP),
    "builtins.ContextVar": ("its value belongs to this process", STEP), "builtins.Context": (_RUNNING, STEP),
}

#: Bases whose subclasses are refused too.
_BASES = ("_io._IOBase", "asyncio.events.AbstractEventLoop", "_asyncio.Future", "_asyncio.Task", "threading.Thread", "socket.socket", "_ctypes._Pointer", "_ctypes.CFuncPtr", "weakref.ReferenceType", "builtins.weakref", "weakref.finalize", "sqlite3.Connection", "multiprocessing.process.BaseProcess")
#: In-memory files keep their content and position.
_FINE = frozenset({"_io.StringIO", "_io.BytesIO"})


def full_name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def refusal(cls: type) -> Optional[tuple[str, str]]:
    """(why, fix) if no object of this class can travel."""
    names = [full_name(c) for c in cls.__mro__]
    if names[0] in TABLE:
        return TABLE[names[0]]
    if any(n in _FINE for n in names):
        return None
    for name in names[1:]:
        if name in TABLE and name in _BASES:
            return TABLE[name]
        if name in _BASES:
            return (_OPEN if name == "_io._IOBase" else _RUNNING if "asyncio" in name else "it belongs to this process", STEP)
    return None
