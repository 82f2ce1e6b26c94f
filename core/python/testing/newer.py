"""Run in CPython 3.14 (pyodide) with the JSON lists `parsed` and `compiled` bound: whether `compile` takes each text of
the first; the symbol table, scope by scope, of each of the second that `compile()` takes, else its message; and that of
every file of its own standard library, as [path, text, table]."""

import _symtable
import ast
import json
import sys
import warnings
import zipfile

warnings.simplefilter("ignore")


def accepts(text):
    try:
        compile(text, "<text>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError:
        return False
    return True


def scope(entry):
    names = ["%s:%d:%d" % (name, flags & 0x19F, flags >> 12 & 15) for name, flags in entry.symbols.items()]
    return [entry.type, entry.name, names, [scope(child) for child in entry.children]]


def table(text):
    try:
        compile(text, "<text>", "exec", dont_inherit=True)
        return scope(_symtable.symtable(text, "<text>", "exec"))
    except SyntaxError as error:
        return str(error)


def library():
    archive = zipfile.ZipFile(next(path for path in sys.path if path.endswith(".zip")))
    for name in archive.namelist():
        if name.endswith(".py"):
            text = archive.read(name).decode("utf-8")
            yield [name, text, scope(_symtable.symtable(text, name, "exec"))]


json.dumps({
    "parsed": [accepts(text) for text in json.loads(parsed)],
    "compiled": [table(text) for text in json.loads(compiled)],
    "library": list(library()),
})
