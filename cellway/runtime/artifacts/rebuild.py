"""
What the pickles of artifacts call, and nothing else: names here are part of the format. NumPy and pandas are imported
only when an artifact holds their objects.
"""

from __future__ import annotations

import functools
import importlib
import marshal
import types
import weakref
from importlib.util import MAGIC_NUMBER
from typing import Any

from .classes import class_state, enum_class, named_tuple_class, named_tuple_state, plain_class
from .context import current
from .functions import digest_of_function, fill_cell, function, function_state, globals_of, look_up

__all__ = ["class_state", "enum_class", "fill_cell", "function", "function_state", "globals_of", "named_tuple_class",
           "named_tuple_state", "plain_class"]


_CACHED = type(functools.lru_cache()(lambda: None))


def memory(number: int) -> tuple:
    load = current()
    return load.mapping, load.places[number]


def array(where: tuple, cls: type, dtype: Any, shape: tuple, strides: tuple, writeable: bool, extra: Any) -> Any:
    import numpy as np

    mapping, at = memory(where[0])
    made = np.ndarray.__new__(np.ndarray, shape, dtype, mapping.map, at + where[1], strides)
    return _dress(made, cls, writeable, extra)


def view_of(root: Any, cls: type, dtype: Any, shape: tuple, strides: tuple, offset: int, writeable: bool, extra: Any) -> Any:
    import numpy as np

    flat = root.view(np.ndarray)
    # A read-only owner still lends its memory to a view that was made writable before.
    was = flat.flags.writeable
    if writeable and not was:
        root.flags.writeable = True
    flat = np.ndarray.__new__(np.ndarray, (root.nbytes,), np.uint8, root.T if not root.flags.c_contiguous else root)
    made = np.ndarray.__new__(np.ndarray, shape, dtype, flat, offset, strides)
    if writeable and not was:
        root.flags.writeable = False
    return _dress(made, cls, writeable, extra)


def object_view(root: Any, cls: type, shape: tuple, strides: tuple, first: int, writeable: bool) -> Any:
    import numpy as np

    flat = root.reshape(-1, order="F" if root.flags.f_contiguous and not root.flags.c_contiguous else "C")
    made = np.lib.stride_tricks.as_strided(flat[first:], shape, strides)
    return _dress(made, cls, writeable, None)


def with_flags(made: Any, cls: type, writeable: bool, extra: Any) -> Any:
    return _dress(made, cls, writeable, extra)


def _dress(made: Any, cls: type, writeable: bool, extra: Any) -> Any:
    if type(made) is not cls:
        made = made.view(cls)
    if extra:
        made.__dict__.update(extra)
    if made.flags.writeable and not writeable:
        made.flags.writeable = False
    return made


def masked(cls: type, data: Any) -> Any:
    return data.view(cls)


def set_dict(made: Any, state: dict) -> None:
    made.__dict__.update(state)


def memmap(name: str, dtype: Any, shape: tuple, at: int, fortran: bool, view_dtype: Any, view_shape: tuple, strides: tuple, offset: int) -> Any:
    import numpy as np

    root = np.memmap(name, dtype, "r+", at, shape, "F" if fortran else "C")
    if (view_dtype, view_shape, strides, offset) == (root.dtype, root.shape, root.strides, 0):
        return root
    made = np.ndarray.__new__(np.ndarray, view_shape, view_dtype, root, offset, strides)
    return made.view(np.memmap)


def block(values: Any, placement: Any, ndim: int, holder: dict) -> Any:
    """A pandas block; those that shared memory know each other, so that copy-on-write goes on working."""
    import pandas.core.internals.blocks as blocks

    placement = blocks.BlockPlacement(placement)
    made = blocks.new_block(values, placement=placement, ndim=ndim, refs=holder.get("refs"))
    holder.setdefault("refs", made.refs)
    return made


def single_manager(cls: type, only: Any, axis: Any) -> Any:
    return cls(only, axis)


def code(data: bytes, magic: bytes) -> types.CodeType:
    if magic != MAGIC_NUMBER:
        raise ValueError("it holds a function compiled by another version of Python")
    return marshal.loads(data)


def cell() -> types.CellType:
    return types.CellType()


def same(value: Any) -> Any:
    return value


def module(name: str) -> types.ModuleType:
    return importlib.import_module(name)


def cached_property(func: Any, name: Any) -> Any:
    made = functools.cached_property(func)
    if name is not None:
        made.__set_name__(None, name)
    return made


def cached_function(known_as: Any, func: Any, parameters: dict, state: dict) -> Any:
    """The cache itself cannot be asked for its content, so it starts empty unless the reader has the function already."""
    found = look_up(current().namespace, known_as) if known_as is not None else None
    if found is not None and getattr(found, "__wrapped__", None) is not None and type(found) is _CACHED:
        if digest_of_function(found.__wrapped__) == digest_of_function(func):
            return found
    made = functools.lru_cache(maxsize=parameters["maxsize"], typed=parameters["typed"])(func)
    made.__dict__.update(state)
    return made


def type_variable(known_as: Any, cls: type, facts: dict) -> Any:
    found = current().namespace.get(known_as) if known_as is not None else None
    if type(found) is cls:
        return found
    facts = dict(facts)
    made = cls(facts.pop("name"), *facts.pop("constraints"), **facts)
    made.__module__ = "__main__"
    return made


def mapping_proxy(value: dict) -> Any:
    return types.MappingProxyType(value)


def weak_key_dictionary(items: dict) -> Any:
    return weakref.WeakKeyDictionary(items)


def global_object(name: str) -> Any:
    """A thing of the notebook that is known by its name: the reader's own, by replay if need be."""
    load = current()
    if name.split(".")[0] not in load.namespace and load.definitions is not None:
        load.definitions.replay(name.split(".")[0])
    made: Any = load.namespace[name.split(".")[0]]
    for part in name.split(".")[1:]:
        made = getattr(made, part)
    return made


def arrow_array(cls: type) -> Any:
    return cls.__new__(cls)
