"""
Functions made in the notebook (or made on the fly by a library): they travel as code and are rebuilt on the reader's
own globals, so that a global changed there is the global they see. A function bound under its own name is first looked
for in the reader's namespace: same name and same code means the same function.
"""

from __future__ import annotations

import builtins
import hashlib
import importlib
import sys
import types
from typing import Any, Optional

from .context import current


def digest_of_code(code: types.CodeType) -> str:
    """Equal for equal source wherever it stood: no file name, no line numbers, no reference counts."""
    return hashlib.blake2b(repr(_facts(code)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _facts(code: types.CodeType) -> tuple:
    return (code.co_name, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags, code.co_code,
            code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, tuple(_constant(c) for c in code.co_consts))


def _constant(value: Any) -> Any:
    if isinstance(value, types.CodeType):
        return _facts(value)
    if isinstance(value, frozenset):
        return ("frozenset", sorted(repr(_constant(v)) for v in value))
    if isinstance(value, tuple):
        return ("tuple", [_constant(v) for v in value])
    return (type(value).__name__, repr(value))


def digest_of_function(function: types.FunctionType, seen: Optional[set] = None) -> str:
    """Code, and the code of functions in its closure: decorators give every wrapper the same code."""
    seen = seen if seen is not None else set()
    if id(function) in seen:
        return "cycle"
    seen.add(id(function))
    parts = [digest_of_code(function.__code__)]
    for cell in function.__closure__ or ():
        try:
            content = cell.cell_contents
        except ValueError:
            continue
        if isinstance(content, types.FunctionType):
            parts.append(digest_of_function(content, seen))
    return "-".join(parts)


def global_names(code: types.CodeType) -> set:
    """Names that the code may look up globally, in nested code too."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= global_names(constant)
    return names


def look_up(namespace: dict, qualname: str) -> Any:
    """What `A.b` names in the namespace without running code of the user's (descriptors stay as they are), or None."""
    first, *rest = qualname.split(".")
    found = namespace.get(first)
    for part in rest:
        if not isinstance(found, type):
            return None
        found = vars(found).get(part)
        if isinstance(found, (staticmethod, classmethod)):
            found = found.__func__
    return found


# -- reading ------------------------------------------------------------------------------------------------------

def globals_of(module: str) -> dict:
    return vars(importlib.import_module(module))


def function(code: types.CodeType, globals_: Optional[dict], name: str, cells: Optional[tuple], known_as: Optional[str], digest: str) -> Any:
    """`globals_` None: the notebook's. `known_as`: the name under which the notebook had it, if it had."""
    load = current()
    if known_as is not None:
        found = _found(known_as, digest)
        if found is not None:
            load.found[id(found)] = found
            return found
    if globals_ is None:
        globals_ = load.namespace
        if load.definitions is not None:
            load.definitions.need(global_names(code))
    # Before 3.10 a function without them in its globals sees no builtins at all.
    globals_.setdefault("__builtins__", builtins)
    return types.FunctionType(code, globals_, name, None, cells)


def _found(known_as: str, digest: str) -> Any:
    load = current()
    found = look_up(load.namespace, known_as)
    if found is None and load.definitions is not None and known_as.split(".")[0] not in load.namespace:
        load.definitions.replay(known_as.split(".")[0])
        found = look_up(load.namespace, known_as)
    if isinstance(found, types.FunctionType) and digest_of_function(found) == digest:
        return found
    return None


def function_state(made: types.FunctionType, state: dict) -> None:
    load = current()
    if state["cells"] is None:
        need_found(made, state)
        return
    if id(made) in load.found and state["known_as"] not in load.names:
        return
    for cell, content in state["cells"]:
        fill_cell(cell, content)
    made.__qualname__ = state["qualname"]
    made.__module__ = state["module"]
    made.__doc__ = state["doc"]
    made.__defaults__ = state["defaults"]
    made.__kwdefaults__ = state["kwdefaults"]
    if state["annotations"] is not None:
        made.__annotations__ = state["annotations"]
    if "type_params" in state:
        made.__type_params__ = state["type_params"]
    vars(made).clear()
    vars(made).update(state["dict"])


def need_found(made: Any, state: dict) -> None:
    """It was written without its state, which cannot travel: the reader must have it from source."""
    if id(made) not in current().found:
        raise ValueError(f"{state['known_as']} holds what cannot travel, and its source gives another {state['known_as']} here")


def fill_cell(cell: types.CellType, content: Any) -> None:
    cell.cell_contents = content


# -- writing ------------------------------------------------------------------------------------------------------

def reduce_function(made: types.FunctionType, pickler: Any) -> Any:
    if importable(made):
        return NotImplemented
    from . import rebuild

    known_as = pickler.known_as(made)
    cells = tuple(pickler.cell_token(c) for c in made.__closure__) if made.__closure__ is not None else None
    contents = []
    for cell, token in zip(made.__closure__ or (), cells or ()):
        try:
            contents.append((token, cell.cell_contents))
        except ValueError:  # an empty cell stays empty
            continue
    state = {
        "known_as": known_as, "cells": contents, "qualname": made.__qualname__, "module": made.__module__, "doc": made.__doc__,
        "defaults": made.__defaults__, "kwdefaults": made.__kwdefaults__, "dict": dict(vars(made)), "annotations": _annotations(made),
    }
    if getattr(made, "__type_params__", ()):
        state["type_params"] = made.__type_params__
    if pickler.without_state(known_as):
        state = {"known_as": known_as, "cells": None}
    args = (made.__code__, pickler.globals_token(made), made.__name__, cells, known_as, digest_of_function(made))
    return rebuild.function, args, state, None, None, rebuild.function_state


def _annotations(made: types.FunctionType) -> Optional[dict]:
    if sys.version_info >= (3, 14):
        # Lazy there: asking could run the user's code and raise; the code of `__annotate__` is not needed to call it.
        try:
            return made.__annotations__
        except Exception:
            return None
    return made.__annotations__ or None


def importable(thing: Any) -> bool:
    """Whether another process finds exactly this object by importing its module."""
    module = getattr(thing, "__module__", None)
    if module in (None, "__main__") or not isinstance(module, str):
        return False
    found: Any = sys.modules.get(module)
    if found is None:
        # As pickle does: `numpy.rec` is where classes say they live, and nobody need have imported it.
        try:
            found = importlib.import_module(module)
        except Exception:
            return False
    for part in thing.__qualname__.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            return False
    return found is thing
