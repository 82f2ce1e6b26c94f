"""What CPython makes of each file of its own standard library, as JSON lines: for each file that `compile()` accepts, a
digest of each top-level statement's tree and the symbol table as text. Usage: library.py OUTPUT"""

import _symtable
import ast
import hashlib
import io
import json
import multiprocessing
import os
import re
import struct
import sys
import sysconfig
import tokenize
import unicodedata
import warnings

SKIPPED = {"ctx", "kind", "type_comment", "type_ignores"}


def text(node):
    if node is None:
        return "N"
    if isinstance(node, list):
        return "[" + ",".join([text(item) for item in node]) + "]"
    if isinstance(node, ast.Constant):
        return constant(node.value)
    if isinstance(node, ast.AST):
        fields = [text(getattr(node, name)) for name in node._fields if name not in SKIPPED]
        return type(node).__name__ + "(" + ",".join(fields) + ")"
    if isinstance(node, str):
        return json.dumps(node)
    return str(node)


def constant(value):
    kind = type(value)
    if kind is str:
        return "s" + json.dumps(value)
    if kind is bytes:
        return "b" + json.dumps(value.decode("latin-1"))
    if kind is int:
        return "i%x" % value
    if kind is float:
        return "f" + struct.pack(">d", value).hex()
    if kind is complex:
        return "c" + struct.pack(">d", value.imag).hex()
    return str(value)


def scope(entry):
    names = ["%s:%d:%d" % (name, flags & 0x19F, flags >> 11 & 15) for name, flags in entry.symbols.items()]
    return [entry.type, entry.name, sorted(names), [scope(child) for child in entry.children]]


def judge(path):
    warnings.simplefilter("ignore")
    try:
        with open(path, "rb") as file:
            data = file.read()
        compile(data, path, "exec", dont_inherit=True)
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        source = data.decode(encoding)
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    digests = [hashlib.md5(text(node).encode()).hexdigest()[:8] for node in tree.body]
    named = {}
    for name in re.findall(r"\\N\{([^}]+)\}", source):
        try:
            named[name] = unicodedata.lookup(name)
        except KeyError:
            pass
    table = scope(_symtable.symtable(data, path, "exec"))
    return json.dumps({"path": path, "encoding": encoding, "statements": digests, "scopes": table, "named": named})


def files():
    for folder, folders, names in os.walk(sysconfig.get_paths()["stdlib"]):
        folders[:] = sorted(name for name in folders if name not in ("site-packages", "__pycache__"))
        for name in sorted(names):
            if name.endswith(".py"):
                yield os.path.join(folder, name)


if __name__ == "__main__":
    with multiprocessing.Pool(2) as pool, open(sys.argv[1], "w") as output:
        for line in pool.imap(judge, files(), chunksize=16):
            if line is not None:
                output.write(line + "\n")
