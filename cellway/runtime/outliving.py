"""Work that outlives the cells that began it: threads and asyncio tasks. In the notebook it goes on beside the next
cells; a step's process ends, and what it would have done would be missing."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from types import FrameType
from typing import Any, Callable, Dict, List, Optional, Tuple

from .contract import Cell
from .places import Places, Position

LIBRARY = os.path.dirname(os.__file__) + os.sep

IDLE = (("concurrent/futures/thread.py", "_worker"), ("multiprocessing/pool.py", "worker"),
        ("multiprocessing/queues.py", "_feed"))
"""File and function in which a pool's worker waits for work; below it stands only what waits."""

SERVANTS = (("multiprocessing/pool.py", "_handle_workers"), ("multiprocessing/pool.py", "_handle_tasks"),
            ("multiprocessing/pool.py", "_handle_results"))
"""Threads of a pool that run as long as it is open."""

WAITING = ("queue.py", "threading.py", "multiprocessing/connection.py", "multiprocessing/queues.py", "multiprocessing/synchronize.py")


class Outliving:
    """Threads are seen as they start; only those that a cell or a local module starts count."""

    def __init__(self, places: Places, is_local: Callable[[str], bool]) -> None:
        self._places = places
        self._is_local = is_local
        self._started: List[Tuple[threading.Thread, Optional[Position], Cell]] = []

    def install(self, running: Callable[[], Optional[Cell]]) -> None:
        """Wraps what `threading` calls to start a thread: there is an audit event for it only from Python 3.12 on."""
        name = "_start_joinable_thread" if hasattr(threading, "_start_joinable_thread") else "_start_new_thread"
        start = getattr(threading, name)

        def starting(function: Any, *arguments: Any, **options: Any) -> Any:
            started = start(function, *arguments, **options)
            cell, thread = running(), getattr(function, "__self__", None)
            frame = sys._getframe(1)
            if cell is not None and isinstance(thread, threading.Thread) and self.by_notebook(frame):
                self._started.append((thread, self._places.of_frame(frame), cell))
            return started

        setattr(threading, name, starting)

    def reason(self) -> Optional[Dict[str, Any]]:
        """Why the step is refused: the first that still runs. Called in the attempt's own task, where there is a loop."""
        frames = sys._current_frames()
        for thread, at, cell in self._started:
            if thread.is_alive() and not _idle(thread, frames.get(thread.ident or 0)):
                return _reason("thread", thread.name, at or Position(cell.place, 1), "join()")
        # Without IPython there is no loop that lives from cell to cell.
        for task in asyncio.all_tasks() if asyncio._get_running_loop() is not None else ():
            if task is asyncio.current_task() or task.done():
                continue
            coroutine = task.get_coro()
            code = getattr(coroutine, "cr_code", None)
            frame = getattr(coroutine, "cr_frame", None)
            at = None if code is None else self._places.of_file(
                code.co_filename, code.co_firstlineno if frame is None else frame.f_lineno)
            return _reason("task", getattr(coroutine, "__qualname__", task.get_name()), at, "await")
        return None

    def by_notebook(self, frame: Optional[FrameType] = None) -> bool:
        """Whether the nearest code that is not the standard library's is a cell or a local module: from `frame` outwards, or
        from where the caller was called."""
        frame = sys._getframe(2) if frame is None else frame
        while frame is not None:
            filename = frame.f_code.co_filename
            if self._places.of_file(filename, 1) is not None or self._is_local(filename):
                return True
            if not filename.startswith((LIBRARY, "<")) or "site-packages" in filename:
                return False
            frame = frame.f_back
        return False


def _idle(thread: threading.Thread, frame: Optional[FrameType]) -> bool:
    """A worker of a pool that waits for work."""
    pending = getattr(thread, "pending_work_items", None)
    if pending is not None:  # ProcessPoolExecutor's
        return not pending
    while frame is not None:
        if _stands_in(frame, IDLE):
            return True
        if not frame.f_code.co_filename.endswith(WAITING):
            break
        frame = frame.f_back
    while frame is not None:
        if _stands_in(frame, SERVANTS):
            return True
        frame = frame.f_back
    return False


def _stands_in(frame: FrameType, places: Tuple[Tuple[str, str], ...]) -> bool:
    code = frame.f_code
    return any(code.co_filename.endswith(filename) and code.co_name == function for filename, function in places)


def _reason(what: str, name: str, at: Optional[Position], wait: str) -> Dict[str, Any]:
    where = "" if at is None else f" (cell {at.place.index} line {at.line})"
    reason: Dict[str, Any] = {
        "code": "still-running", "name": name,
        "message": f"The {what} {name}{where} still runs at the end of the step; in the notebook it would go on.",
        "fix": f"Wait for it (`{wait}`) in the same step."}
    if at is not None:
        reason.update(cell=at.place.id, index=at.place.index, line=at.line)
    return reason
