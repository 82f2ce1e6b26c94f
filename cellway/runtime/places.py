"""Which cell and line a piece of running code comes from."""

from __future__ import annotations

import linecache
import os
import tempfile
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Dict, Optional

from .contract import Place


@dataclass(frozen=True)
class Position:
    """A line (1-based) of a cell."""

    place: Place
    line: int


@dataclass(frozen=True)
class _Code:
    place: Place
    offset: int


class Places:
    """Knows the file name of all code that was compiled for a cell.

    Names look as ipykernel's (`/tmp/ipykernel_PID/NUMBER.py`): a warning or a `traceback.print_exc()` prints them, and
    what the step prints is to be what Jupyter prints. NUMBER is a hash of the text, the one that ipykernel takes: a
    syntax error shows it.
    """

    def __init__(self) -> None:
        self._codes: Dict[str, _Code] = {}
        self._folder = os.path.join(tempfile.gettempdir(), f"ipykernel_{os.getpid()}")

    def name(self, place: Place, source: str, offset: int = 0) -> str:
        """A file name for code of a cell; line n of the code is line n + offset of the cell."""
        number = murmur2(source.encode("utf-8", "backslashreplace"))
        name = os.path.join(self._folder, f"{number}.py")
        while name in self._codes and self._codes[name] != _Code(place, offset):
            number += 1  # the same text in another cell: each keeps its own place
            name = os.path.join(self._folder, f"{number}.py")
        self._codes[name] = _Code(place, offset)
        return name

    def remember(self, name: str, lines: str) -> None:
        """Lets tracebacks and `inspect` show the source."""
        linecache.cache[name] = (len(lines), None, [line + "\n" for line in lines.splitlines()], name)

    def of_file(self, filename: str, line: int) -> Optional[Position]:
        code = self._codes.get(filename)
        return None if code is None else Position(code.place, max(1, line + code.offset))

    def of_frame(self, frame: Optional[FrameType]) -> Optional[Position]:
        """The innermost frame that is a cell's code, from `frame` outwards."""
        timed = 0
        while frame is not None:
            filename = frame.f_code.co_filename
            code = self._codes.get(filename)
            if code is not None:
                return Position(code.place, max(1, timed or frame.f_lineno + code.offset))
            if filename in ("<timed exec>", "<timed eval>") and not timed:
                timed = frame.f_lineno + 1  # the body of %%time starts at the cell's second line
            frame = frame.f_back
        return None

    def of_traceback(self, traceback: Optional[TracebackType]) -> Optional[Position]:
        """The innermost frame of a traceback that is a cell's code."""
        found: Optional[Position] = None
        while traceback is not None:
            at = self.of_file(traceback.tb_frame.f_code.co_filename, traceback.tb_lineno)
            found = at or found
            traceback = traceback.tb_next
        return found

    def of_error(self, error: BaseException) -> Optional[Position]:
        """Where an error came from: its traceback, or for a syntax error the place it names."""
        at = self.of_traceback(error.__traceback__)
        if isinstance(error, SyntaxError) and error.filename is not None:
            return self.of_file(error.filename, error.lineno or 1) or at
        return at


def murmur2(data: bytes, seed: int = 0xC70F6907) -> int:
    """MurmurHash2, 32 bits (Austin Appleby, public domain), over the text in UTF-8 as ipykernel's `compiler.py` does."""
    mask, m = 0xFFFFFFFF, 0x5BD1E995
    length = len(data)
    whole = length & ~3
    h = seed ^ length
    for at in range(0, whole, 4):
        k = (int.from_bytes(data[at: at + 4], "little") * m) & mask
        k = ((k ^ (k >> 24)) * m) & mask
        h = ((h * m) & mask) ^ k
    rest = data[whole:]
    if rest:
        h = ((h ^ int.from_bytes(rest, "little")) * m) & mask
    h = ((h ^ (h >> 13)) * m) & mask
    return h ^ (h >> 15)
