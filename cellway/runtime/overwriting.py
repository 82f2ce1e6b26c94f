"""What a line of text looks like after carriage returns and backspaces: a progress bar is one line.

The rule is JupyterLab's (outputarea's `processText`): `\\r` goes to the line's start, `\\b` one back, what follows
overwrites what stands there.
"""

from __future__ import annotations

import re
from typing import List, Tuple

_CONTROL = re.compile(r"[\r\b\n]")


class Line:
    """The last, unfinished line of a stream, and the place in it where the next character goes."""

    def __init__(self) -> None:
        self.text = ""
        self.column = 0

    @property
    def at_end(self) -> bool:
        return self.column == len(self.text)

    def write(self, text: str) -> str:
        """Takes text in; gives the lines that became complete (each with its `\\n`)."""
        if self.at_end and "\r" not in text and "\b" not in text:
            cut = text.rfind("\n") + 1
            if cut == 0:
                self.text += text
                done = ""
            else:
                done = self.text + text[:cut]
                self.text = text[cut:]
            self.column = len(self.text)
            return done
        return "".join(self._write_slowly(text))

    def _write_slowly(self, text: str) -> List[str]:
        done: List[str] = []
        for piece, control in _pieces(text):
            if piece:
                self.text = self.text[: self.column] + piece + self.text[self.column + len(piece):]
                self.column += len(piece)
            if control == "\n":
                done.append(self.text + "\n")
                self.text, self.column = "", 0
            elif control == "\r":
                self.column = 0
            elif control == "\b" and self.column > 0:
                self.column -= 1
        return done


def _pieces(text: str) -> List[Tuple[str, str]]:
    pieces: List[Tuple[str, str]] = []
    start = 0
    for match in _CONTROL.finditer(text):
        pieces.append((text[start: match.start()], match.group()))
        start = match.end()
    pieces.append((text[start:], ""))
    return pieces
