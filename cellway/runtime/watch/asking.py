"""Questions about files: whether one exists, how large it is. They raise no audit event, so what `os.path` and
`pathlib` ask with is wrapped; nothing of it shows but in the record."""

from __future__ import annotations

import functools
import os
import sys
from types import FrameType
from typing import Any, Callable, Optional

ASKING = ("stat", "lstat", "access")

UNMEANT = (("os", "makedirs"), ("posixpath", "_joinrealpath"), ("posixpath", "realpath"))
"""Code that asks about a path's folders for its own ends (its file may be `<frozen os>`)."""


def install(asked: Callable[[str, FrameType], None]) -> None:
    """Calls `asked` with each path and the frame that asks."""
    for name in ASKING:
        setattr(os, name, _telling(getattr(os, name), asked))
    accessor: Any = getattr(sys.modules.get("pathlib"), "_NormalAccessor", None)  # Python 3.9, 3.10 keep their own
    if accessor is not None:
        for name in ("stat", "lstat"):
            if hasattr(accessor, name):
                setattr(accessor, name, staticmethod(getattr(os, name)))


def _telling(question: Any, asked: Callable[[str, FrameType], None]) -> Any:
    @functools.wraps(question)
    def telling(path: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(path, (str, os.PathLike)) and options.get("dir_fd") is None:
            text = os.fspath(path)
            frame = sys._getframe(1)
            if isinstance(text, str) and "\0" not in text and not _unmeant(frame):
                asked(text, frame)
        return question(path, *arguments, **options)

    return telling


def _unmeant(frame: Optional[FrameType]) -> bool:
    for _ in range(3):
        if frame is None:
            return False
        code = frame.f_code
        if any(code.co_name == function and code.co_filename.endswith((f"/{file}.py", f"<frozen {file}>")) for file, function in UNMEANT):
            return True
        frame = frame.f_back
    return False
