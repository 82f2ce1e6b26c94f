"""Loggers: their levels, whether they are disabled or propagate, and their handlers where these can be made again.

Libraries set up loggers of their own; a later step that uses the library has them too. So a logger that a library set
up counts only once the notebook's own code has touched it. The methods that set up a logger are wrapped to tell.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, Callable, Dict, List, Optional, Set

from .slot import Slot

METHODS = ("setLevel", "addHandler", "removeHandler")


class Logging(Slot):
    name = "logging"
    json = True

    def __init__(self, by_notebook: Callable[[], bool] = lambda: True) -> None:
        self._by_notebook = by_notebook
        self._libraries: Set[str] = set()
        self._notebooks: Set[str] = set()

    def watch(self) -> None:
        for name in METHODS:
            setattr(logging.Logger, name, self._telling(getattr(logging.Logger, name)))

    def read(self) -> Any:
        root = logging.getLogger()
        loggers = {}
        for name, logger in list(root.manager.loggerDict.items()):
            if isinstance(logger, logging.Logger) and (name not in self._libraries or name in self._notebooks):
                state = _of(logger)
                if state != UNTOUCHED:
                    loggers[name] = state
        return {**_of(root), "disable": root.manager.disable, "loggers": loggers}

    def pack(self, state: Any, start: Any) -> Any:
        before = start["loggers"]
        loggers = {name: one for name, one in state["loggers"].items() if before.get(name) != one}
        loggers.update({name: UNTOUCHED for name in before if name not in state["loggers"]})
        for one in (state, *loggers.values()):
            unknown = [h["class"] for h in one["handlers"] if "format" not in h]
            if unknown:
                raise ValueError(f"a log handler of class {unknown[0]} cannot be made again")
            if one["filters"]:
                raise ValueError("a logger's filters cannot be made again")
        return {**state, "loggers": loggers}

    def apply(self, packed: Any) -> None:
        root = logging.getLogger()
        logging.disable(packed["disable"])
        _put(root, packed)
        for name, state in packed["loggers"].items():
            self._notebooks.add(name)
            _put(logging.getLogger(name), state)

    def _telling(self, method: Any) -> Any:
        def telling(logger: Any, *arguments: Any, **options: Any) -> Any:
            (self._notebooks if self._by_notebook() else self._libraries).add(logger.name)
            return method(logger, *arguments, **options)

        telling.__name__, telling.__qualname__, telling.__doc__ = method.__name__, method.__qualname__, method.__doc__
        telling.__wrapped__ = method  # type: ignore
        return telling


UNTOUCHED: Dict[str, Any] = {"level": 0, "disabled": False, "propagate": True, "filters": 0, "handlers": []}


def _of(logger: logging.Logger) -> Dict[str, Any]:
    return {"level": logger.level, "disabled": bool(logger.disabled), "propagate": bool(logger.propagate),
            "filters": len(logger.filters),
            "handlers": [_describe(h) for h in logger.handlers if type(h) is not logging.NullHandler]}


def _put(logger: logging.Logger, state: Dict[str, Any]) -> None:
    logger.setLevel(state["level"])
    logger.disabled, logger.propagate = state["disabled"], state["propagate"]
    logger.handlers[:] = [_make(description) for description in state["handlers"]]


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
