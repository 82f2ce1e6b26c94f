"""Cells without IPython: plain Python with the last expression shown. IPython's own syntax is refused by name."""

from __future__ import annotations

import __future__
import ast
import builtins
import functools
import getpass
import inspect
import operator
import re
import traceback
import types
from typing import Any, Coroutine, Dict, List, Optional, Tuple

from .contract import Cell, Place
from .memory import lift_limit
from .outputs import Outputs
from .places import Places
from .running import Ran

_FUTURES = functools.reduce(operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names))
_MAGIC = re.compile(r"\s*(?:[%!]|\w+\s*=\s*[%!]\S|\?)|.*\?\s*$")


class NeedsIPython(SyntaxError):
    """The cell is written in IPython's syntax, and IPython is not installed."""


class StdinNotImplementedError(NotImplementedError):
    """Jupyter's own error for `input()`; here its class is not installed."""


class PlainRunner:
    def __init__(self, module: types.ModuleType, outputs: Outputs, places: Places) -> None:
        self.module = module
        self.namespace: Dict[str, Any] = module.__dict__
        self._outputs = outputs
        self._places = places
        self._flags = 0
        self._loop: Any = None
        self.namespace.setdefault("__builtins__", builtins)
        builtins.display = self._display  # type: ignore
        builtins.input = _no_input("raw_input")  # type: ignore
        getpass.getpass = _no_input("getpass")

    def flags(self) -> int:
        return self._flags

    def add_flags(self, flags: int) -> None:
        self._flags |= flags

    def interrupt(self) -> bool:
        return False

    def register(self, place: Place, name: str, number: int) -> None:
        """Plain tracebacks show the file's name."""

    def drive(self, attempt: "Coroutine[Any, Any, None]") -> None:
        """Runs the attempt, which never waits here: a cell that awaits gets the loop for itself."""
        try:
            attempt.send(None)
        except StopIteration:
            return

    async def run(self, cell: Cell) -> Ran:
        name = self._places.name(cell.place, cell.source)
        self._places.remember(name, cell.source)
        try:
            body, last = self._compile(cell, name)
            if body is not None:
                self._execute(body)
            value = None if last is None else self._execute(last)
            if value is not None:
                self.namespace["_"] = value
                data = _forms(value)
                self._outputs.result(data, {}, cell.execution_count)
            self._show_figures()
        except BaseException as error:
            self.show_error(error)
            return Ran(error, None)
        return Ran(None, value)

    def show_error(self, error: BaseException) -> None:
        if isinstance(error, MemoryError):
            lift_limit()  # telling it takes some
        trace = error.__traceback__
        while trace is not None and self._places.of_file(trace.tb_frame.f_code.co_filename, 1) is None:
            trace = trace.tb_next
        lines = "".join(traceback.format_exception(type(error), error, trace)).rstrip().splitlines()
        self._outputs.error(type(error).__name__, str(error), lines)

    def _compile(self, cell: Cell, name: str) -> Tuple[Optional[types.CodeType], Optional[types.CodeType]]:
        flags = self._flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        try:
            tree = compile(cell.source, name, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
        except SyntaxError as error:
            raise _explain(cell, name, error) from None
        last: Optional[types.CodeType] = None
        if tree.body and isinstance(tree.body[-1], ast.Expr) and not cell.source.rstrip().endswith(";"):
            expression = ast.Expression(tree.body.pop().value)  # type: ignore
            last = compile(expression, name, "eval", flags, dont_inherit=True)
        body = compile(tree, name, "exec", flags, dont_inherit=True)
        self._flags |= body.co_flags & _FUTURES
        return body, last

    def _execute(self, code: types.CodeType) -> Any:
        value = eval(code, self.namespace)
        if code.co_flags & inspect.CO_COROUTINE:
            return self._running_loop().run_until_complete(value)
        return value

    def _running_loop(self) -> Any:
        import asyncio

        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        return self._loop

    def _display(self, *values: Any, **options: Any) -> None:
        for value in values:
            self._outputs.display(_forms(value), {}, {"display_id": options.get("display_id")}, bool(options.get("update")))

    def _show_figures(self) -> None:
        """Figures are shown at the cell's end and closed, as Jupyter's inline backend does."""
        import sys

        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return
        for number in pyplot.get_fignums():
            figure = pyplot.figure(number)
            self._outputs.display({"image/png": _png(figure), "text/plain": repr(figure)}, {}, None, False)
        pyplot.close("all")


def _forms(value: Any) -> Dict[str, Any]:
    """The value's own rich forms, by IPython's `_repr_*_` protocol."""
    data: Dict[str, Any] = {}
    if not isinstance(value, type):
        bundle = getattr(value, "_repr_mimebundle_", None)
        if bundle is not None:
            made = bundle()
            data.update(made[0] if isinstance(made, tuple) else made)
        for method, mime in (("_repr_html_", "text/html"), ("_repr_markdown_", "text/markdown"),
                             ("_repr_latex_", "text/latex"), ("_repr_svg_", "image/svg+xml")):
            form = getattr(value, method, None)
            made = form() if form is not None else None
            if isinstance(made, str):
                data.setdefault(mime, made)
    data.setdefault("text/plain", repr(value))
    return data


def _png(figure: Any) -> str:
    import base64
    import io

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight")
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _explain(cell: Cell, name: str, error: SyntaxError) -> SyntaxError:
    lines: List[str] = cell.source.splitlines()
    for number, line in enumerate(lines, 1):
        if number >= (error.lineno or 1) and _MAGIC.match(line):
            return NeedsIPython(
                f"cell {cell.place.index} line {number} is IPython syntax, and IPython is not installed in this Python: "
                f"install it (pip install ipython), or write the line in plain Python",
                (name, number, 1, line))
        if number >= (error.lineno or 1):
            break
    return error


def _no_input(what: str) -> Any:
    def refuse(*arguments: Any, **options: Any) -> str:
        raise StdinNotImplementedError(f"{what} was called, but this frontend does not support input requests.")

    return refuse
