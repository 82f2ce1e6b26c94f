"""Reads JSON cells from stdin; prints, for each, the IPython calls that real IPython's transformer makes of it, as
[line number, kind, name, argument], and what `var_expand` evaluates in each argument."""

import ast
import json
import sys

from IPython.utils import text
from IPython.core.inputtransformer2 import TransformerManager


class Value:
    __getattr__ = __getitem__ = lambda self, name: self
    __format__ = lambda self, spec: ""
    __repr__ = lambda self: ""


def expanded(line):
    seen = []

    def record(expression, namespace):
        compile(expression.lstrip(" \t"), "<field>", "eval")
        seen.append(expression)
        return Value()

    # The formatter hands `eval` a copy of its namespace: only the call itself shows what is evaluated.
    text.eval = record
    try:
        text.DollarFormatter().vformat(line, args=[], kwargs={})
    except Exception:
        return []
    return seen


def calls(cell):
    code = TransformerManager().transform_cell(cell)
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
            if getattr(node.func.value.func, "id", "") == "get_ipython":
                found.append([node.func.attr, *[arg.value for arg in node.args]])
    return [[call, expanded(call[-1] if call[0] != "run_cell_magic" else call[2]) if len(call) > 1 else []] for call in found]


json.dump([calls(cell) for cell in json.load(sys.stdin)], sys.stdout)
