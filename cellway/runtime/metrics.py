"""Metrics of a cell tagged so: numbers that it binds, shows last, or prints by `print(name)`."""

from __future__ import annotations

import ast
import numbers
import re
from typing import Any, Dict, Iterator, List, Optional, Tuple

Metric = Tuple[str, Any]


def metrics_of(source: str, bound: List[str], namespace: Dict[str, Any], result: Any) -> List[Metric]:
    """In the order of binding, then what is printed and shown. A dict gives dotted names; a name comes once."""
    found: Dict[str, Any] = {}
    for name in bound:
        if not name.startswith("_"):
            found.update(_flatten(name, namespace.get(name)))
    printed, last = _mentioned(source)
    for name in printed:
        found.update(_flatten(name, namespace.get(name)))
    if result is not None:
        found.update(_flatten(last, result))
    return list(found.items())


def number_of(value: Any) -> Optional[Any]:
    """The plain int or float of a number or a NumPy, pandas or torch scalar; None for anything else. A bool is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return float(value)
    module = str(type(value).__module__).split(".")[0]
    if module == "numpy" and getattr(value, "shape", None) == () and getattr(value, "dtype", None) is not None:
        return value.item() if value.dtype.kind in "iuf" else None
    if module == "torch" and getattr(value, "numel", lambda: 0)() == 1 and not value.is_complex():
        made = value.item()
        return None if isinstance(made, bool) else made
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real) and module in ("decimal", "fractions"):
        return float(value)
    return None


def _flatten(name: Optional[str], value: Any) -> Iterator[Metric]:
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(key, (str, int)):
                yield from _flatten(f"{name}.{key}" if name else str(key), item)
        return
    number = number_of(value)
    if number is not None and name:
        yield name, number


def _mentioned(source: str) -> Tuple[List[str], Optional[str]]:
    """Names printed by `print(name)`, and the name under which the last expression counts."""
    try:
        tree = ast.parse(_without_magics(source))
    except SyntaxError:
        return [], "result"
    printed: List[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            printed.extend(argument.id for argument in node.args if isinstance(argument, ast.Name))
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return printed, None
    if isinstance(last.value, ast.Name):
        return printed, last.value.id
    return printed, None if isinstance(last.value, ast.Dict) else _label(last.value)


def _label(node: ast.expr) -> str:
    """`accuracy_score(y, p)` counts as `accuracy_score`, `m.score(X)` as `score`; others as `result`."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    return "result"


def _without_magics(source: str) -> str:
    return re.sub(r"(?m)^\s*[%!].*$", "pass", source)
