"""The root logger: its level, what is disabled, and the handlers that `logging.basicConfig` makes."""

from __future__ import annotations

import logging
import sys
from typing import Any, Dict, List, Optional

from .slot import Slot


class Logging(Slot):
    name = "logging"
    json = True

    def read(self) -> Any:
        root = logging.getLogger()
        return {"level": root.level, "disable": root.manager.disable, "handlers": [_describe(h) for h in root.handlers]}

    def pack(self, state: Any, start: Any) -> Any:
        unknown = [h["class"] for h in state["handlers"] if "format" not in h]
        if unknown:
            raise ValueError(f"a root log handler of class {unknown[0]} cannot be made again")
        return state

    def apply(self, packed: Any) -> None:
        root = logging.getLogger()
        root.setLevel(packed["level"])
        logging.disable(packed["disable"])
        root.handlers[:] = [_make(description) for description in packed["handlers"]]


def _describe(handler: logging.Handler) -> Dict[str, Any]:
    row: Dict[str, Any] = {"class": type(handler).__name__, "level": handler.level}
    formatter = handler.formatter
    plain = formatter is None or type(formatter) is logging.Formatter
    if not plain or handler.filters:
        return row
    form = None if formatter is None else {"fmt": formatter._fmt, "datefmt": formatter.datefmt,
                                          "style": _style(formatter)}
    if type(handler) is logging.StreamHandler and handler.stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        row.update(format=form, stream="stdout" if handler.stream in (sys.stdout, sys.__stdout__) else "stderr")
    elif type(handler) is logging.FileHandler:
        row.update(format=form, file=handler.baseFilename)
    return row


def _style(formatter: logging.Formatter) -> str:
    return {"StrFormatStyle": "{", "StringTemplateStyle": "$"}.get(type(formatter._style).__name__, "%")


def _make(row: Dict[str, Any]) -> logging.Handler:
    handler: logging.Handler
    if "file" in row:
        handler = logging.FileHandler(row["file"], mode="a", delay=True)
    else:
        handler = logging.StreamHandler(sys.stdout if row["stream"] == "stdout" else sys.stderr)
    form: Optional[Dict[str, Any]] = row["format"]
    if form is not None:
        handler.setFormatter(logging.Formatter(form["fmt"], form["datefmt"], form["style"]))
    handler.setLevel(row["level"])
    return handler
