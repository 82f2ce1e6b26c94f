"""Reads JSON cells from stdin; prints, for each, the IPython calls that real IPython's transformer makes of it, as
[line number, kind, name, argument], and what `var_expand` evaluates in each argument."""

import ast
import json
import sys

from IPython.core.inputtransformer2 import TransformerManager
from IPython.utils.text import DollarFormatter


class Seen(dict):
    def __init__(self):
        self.names = []

    def __getitem__(self, name):
        self.names.append(name)
        return self

    __contains__ = lambda self, name: True
    __getattr__ = lambda self, name: self
    __format__ = lambda self, spec: ""


def expanded(line):
    seen = Seen()
    try:
        DollarFormatter().vformat(line, args=[], kwargs=seen)
    except Exception:
        return []
    return seen.names


def calls(cell):
    code = TransformerManager().transform_cell(cell)
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
            if getattr(node.func.value.func, "id", "") == "get_ipython":
                found.append([node.func.attr, *[arg.value for arg in node.args]])
    return [[call, expanded(call[-1] if call[0] != "run_cell_magic" else call[2]) if len(call) > 1 else []] for call in found]


json.dump([calls(cell) for cell in json.load(sys.stdin)], sys.stdout)
