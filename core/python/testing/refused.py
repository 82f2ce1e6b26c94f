"""Reads JSON cells from stdin; prints, for each, the line at which IPython's way of compiling it fails, or null: the cell
is parsed as a whole, then each top-level statement is compiled by itself, with `await` allowed."""

import ast
import json
import sys
import warnings

warnings.simplefilter("ignore")


def refused(cell):
    try:
        for node in ast.parse(cell).body:
            module = ast.Module([node], [])
            compile(module, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        return error.lineno
    return None


json.dump([refused(cell) for cell in json.load(sys.stdin)], sys.stdout)
