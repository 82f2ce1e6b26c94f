"""Reads of an error: is it a name that the step was not given, and where was a name bound."""

from __future__ import annotations

import ast
import re
from typing import Any, Dict, Optional

from .places import Places

_NAME = re.compile(r"name '([^']+)' is not defined")


def module_level_name(error: BaseException, places: Places, namespace: Dict[str, Any]) -> Optional[str]:
    """The global name that a cell's code read and that is bound nowhere. A local that is not bound yet
    (UnboundLocalError) or a NameError inside a library is none."""
    if type(error) is not NameError:
        return None
    match = _NAME.match(str(error))
    name = getattr(error, "name", None) or (match.group(1) if match else None)
    if name is None or name in namespace:
        return None
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or trace.tb_frame.f_globals is not namespace:
        return None
    return name


def source_line_of(source: str, name: str) -> int:
    """The line of a cell at which it (last) binds the name; 1 where that cannot be told."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        match = re.search(rf"(?m)^\s*{re.escape(name)}\b", source)
        return 1 if match is None else source.count("\n", 0, match.start()) + 1
    line = 1
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            line = max(line, node.lineno)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == name:
            line = max(line, node.lineno)
    return line
