"""The pickler of artifacts: what it does differently from `pickle`, type by type."""

from __future__ import annotations

import dataclasses
import functools
import io
import pickle
import types
import typing
import weakref
from typing import Any, Callable, Optional

from . import arrays, frames, rebuild
from .classes import reduce_class
from .errors import Refused
from .functions import look_up, reduce_function
from .memory import SMALL, Memory, address_of
from .refusals import refusal


class Token:
    """Stands in a pickle for a thing that pickle cannot hold at that place: made once per thing, so it keeps identity."""

    __slots__ = ("reduced",)

    def __init__(self, reduced: tuple) -> None:
        self.reduced = reduced


class ArtifactPickler(pickle.Pickler):
    """Pickles into `file`; memory is noted in `self.memory` and written later. `replayable`: names of the notebook's
    classes and functions that the reader has by running their source, so that their own state need not travel."""

    def __init__(self, file: Any, namespace: dict, replayable: frozenset = frozenset()) -> None:
        self.replayable = replayable
        self.memory = Memory()
        #: numbers of the ranges that pickle itself asked for, in its order
        self.out_of_band: list[int] = []
        self.namespace = namespace
        self.tokens: dict[Any, Any] = {}
        self.handlers: dict[type, Optional[Callable]] = {}
        super().__init__(file, 5, buffer_callback=self._buffer)

    def _buffer(self, buffer: pickle.PickleBuffer) -> bool:
        """False: out of band. Small pieces stay in the pickle."""
        try:
            raw = buffer.raw()
        except BufferError:
            return True
        if raw.nbytes < SMALL:
            return True
        start = address_of(raw)
        self.out_of_band.append(self.memory.note(start, start + raw.nbytes, raw))
        return False

    def reducer_override(self, value: Any) -> Any:
        cls = type(value)
        try:
            handler = self.handlers[cls]
        except KeyError:
            handler = self.handlers[cls] = self._handler(cls)
        return NotImplemented if handler is None else handler(value, self)

    def _handler(self, cls: type) -> Optional[Callable]:
        if cls in _HANDLERS:
            return _HANDLERS[cls]
        if issubclass(cls, type):
            return reduce_class
        no = refusal(cls)
        if no is not None:
            why, fix = no

            def refuse(value: Any, pickler: Any) -> Any:
                raise Refused(cls.__name__, why, fix)

            return refuse
        return arrays.handler_for(cls) or frames.handler_for(cls)

    def token(self, key: Any, make: Callable[[], tuple]) -> Token:
        made = self.tokens.get(key)
        if made is None:
            made = self.tokens[key] = Token(make())
        return made

    def cell_token(self, cell: types.CellType) -> Token:
        return self.token(("cell", id(cell)), lambda: (rebuild.cell, ()))

    def known_as(self, thing: Any) -> Optional[str]:
        """The name under which the notebook's namespace has exactly this function or class."""
        return thing.__qualname__ if look_up(self.namespace, thing.__qualname__) is thing else None

    def without_state(self, known_as: Optional[str]) -> bool:
        return known_as is not None and known_as.split(".")[0] in self.replayable

    def globals_token(self, function: types.FunctionType) -> Any:
        """None for the notebook's own globals; a module's by name; others (made by `exec`) by what the code uses."""
        import sys

        globals_ = function.__globals__
        name = globals_.get("__name__")
        if globals_ is self.namespace or name == "__main__":
            return None
        module = sys.modules.get(name) if isinstance(name, str) else None
        if module is not None and vars(module) is globals_:
            return self.token(("globals", id(globals_)), lambda: (rebuild.globals_of, (name,)))
        key = ("globals", id(globals_))
        if key not in self.tokens:
            self.tokens[key] = {k: v for k, v in globals_.items() if k != "__builtins__"}
        return self.tokens[key]


def _reduce_token(token: Token, pickler: ArtifactPickler) -> Any:
    return token.reduced


def _reduce_code(code: types.CodeType, pickler: ArtifactPickler) -> Any:
    import marshal
    from importlib.util import MAGIC_NUMBER

    return rebuild.code, (marshal.dumps(code), MAGIC_NUMBER)


def _reduce_cell(cell: types.CellType, pickler: ArtifactPickler) -> Any:
    try:
        content = cell.cell_contents
    except ValueError:
        return rebuild.same, (pickler.cell_token(cell),)
    return rebuild.same, (pickler.cell_token(cell),), content, None, None, rebuild.fill_cell


def _reduce_module(module: types.ModuleType, pickler: ArtifactPickler) -> Any:
    if module.__name__ == "__main__":
        raise Refused("module", "it is the notebook itself", "Hand over the variables that are needed.")
    import sys

    if sys.modules.get(module.__name__) is not module:
        raise Refused("module", "it was made by code and cannot be imported", "Make it in the step that uses it.")
    return rebuild.module, (module.__name__,)


def _reduce_type_variable(variable: Any, pickler: ArtifactPickler) -> Any:
    if variable.__module__ not in ("__main__", None):
        return NotImplemented
    if pickler.namespace.get(variable.__name__) is variable:
        return rebuild.type_variable, (variable.__name__, type(variable), _type_variable_facts(variable))
    return rebuild.type_variable, (None, type(variable), _type_variable_facts(variable))


def _type_variable_facts(variable: Any) -> dict:
    facts = {"name": variable.__name__}
    for name in ("bound", "covariant", "contravariant"):
        if getattr(variable, f"__{name}__", None):
            facts[name] = getattr(variable, f"__{name}__")
    facts["constraints"] = getattr(variable, "__constraints__", ())
    return facts


def _reduce_cached_property(value: functools.cached_property, pickler: ArtifactPickler) -> Any:
    return rebuild.cached_property, (value.func, value.attrname)


def _reduce_cached_function(value: Any, pickler: ArtifactPickler) -> Any:
    from .functions import importable

    if importable(value):
        return NotImplemented
    parameters = value.cache_parameters() if hasattr(value, "cache_parameters") else {"maxsize": value.cache_info().maxsize, "typed": False}
    name = value.__qualname__
    known = name if look_up(pickler.namespace, name) is value else None
    return rebuild.cached_function, (known, value.__wrapped__, parameters, dict(vars(value)))


def _reduce_static(value: Any, pickler: ArtifactPickler) -> Any:
    return type(value), (value.__func__,)


def _reduce_property(value: property, pickler: ArtifactPickler) -> Any:
    return property, (value.fget, value.fset, value.fdel, value.__doc__)


def _reduce_mapping_proxy(value: Any, pickler: ArtifactPickler) -> Any:
    return rebuild.mapping_proxy, (dict(value),)


def _reduce_weak_keys(value: weakref.WeakKeyDictionary, pickler: ArtifactPickler) -> Any:
    return rebuild.weak_key_dictionary, (dict(value),)


def _reduce_sentinel(value: Any, pickler: ArtifactPickler) -> Any:
    name = next((n for n, v in vars(dataclasses).items() if v is value), None)
    return NotImplemented if name is None else getattr, (dataclasses, name)


_HANDLERS: dict[type, Callable] = {
    Token: _reduce_token,
    type: reduce_class,
    types.FunctionType: reduce_function,
    types.CodeType: _reduce_code,
    types.CellType: _reduce_cell,
    types.ModuleType: _reduce_module,
    property: _reduce_property,
    staticmethod: _reduce_static,
    classmethod: _reduce_static,
    functools.cached_property: _reduce_cached_property,
    type(functools.lru_cache()(lambda: None)): _reduce_cached_function,
    types.MappingProxyType: _reduce_mapping_proxy,
    weakref.WeakKeyDictionary: _reduce_weak_keys,
    typing.TypeVar: _reduce_type_variable,
    type(dataclasses.MISSING): _reduce_sentinel,
    type(dataclasses._FIELD): _reduce_sentinel,  # type: ignore[attr-defined]
}
if hasattr(dataclasses, "KW_ONLY"):
    _HANDLERS[type(dataclasses.KW_ONLY)] = _reduce_sentinel
if hasattr(typing, "ParamSpec"):
    _HANDLERS[typing.ParamSpec] = _reduce_type_variable


def pickled(value: Any, namespace: dict) -> tuple[memoryview, ArtifactPickler]:
    """The pickle, and its pickler with the memory that it refers to (whose memo keeps that memory alive)."""
    file = io.BytesIO()
    pickler = ArtifactPickler(file, namespace)
    pickler.dump(value)
    return file.getbuffer(), pickler
