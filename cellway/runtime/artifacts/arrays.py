"""
NumPy arrays as ranges of memory: an array is (dtype, shape, strides) over a place, so views keep sharing what they
shared. What must stay in the pickle: elements that are objects, and small arrays that own their memory (a view of one
refers to it as an object). NumPy is used only if the notebook imported it.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Optional

from . import rebuild
from .errors import Refused
from .memory import SMALL, Memory


def handler_for(cls: type) -> Optional[Callable]:
    """How arrays of exactly this class travel, or None for NumPy's own way."""
    np = sys.modules.get("numpy")
    if np is None or not hasattr(np, "ndarray") or not issubclass(cls, np.ndarray):
        return None
    if issubclass(cls, np.ma.MaskedArray):
        return None if cls is type(np.ma.masked) else _reduce_masked
    if issubclass(cls, np.memmap):
        return _reduce_memmap
    if cls.__reduce__ is not np.ndarray.__reduce__ or cls.__reduce_ex__ is not np.ndarray.__reduce_ex__:
        return None
    return _reduce_array


def _reduce_array(array: Any, pickler: Any) -> Any:
    root = _root(array)
    if _in_pickle(array.dtype) or _in_pickle(root.dtype):
        return _reduce_objects(array, root)
    # NumPy's own pickles turn foreign byte order into the machine's.
    if array.size == 0 or (root is array and array.nbytes < SMALL and array.base is None and _dense(array) and array.dtype.isnative):
        return _by_value(array)
    # A masked array is itself made from a view of its memory: by the owner it would be made from itself without end.
    own = root is not array and not isinstance(root, sys.modules["numpy"].ma.MaskedArray)
    if own and root.base is None and root.nbytes < SMALL and _dense(root) and _inside(array, root):
        offset = _start(array) - _start(root)
        return rebuild.view_of, (root, type(array), array.dtype, array.shape, array.strides, offset, array.flags.writeable, _extra(array))
    return rebuild.array, (note(array, pickler.memory), type(array), array.dtype, array.shape, array.strides, array.flags.writeable, _extra(array))


def note(array: Any, memory: Memory) -> tuple:
    """(number of the range, offset of the first element in it)."""
    np = sys.modules["numpy"]
    low, high = np.lib.array_utils.byte_bounds(array) if hasattr(np.lib, "array_utils") else np.byte_bounds(array)
    return memory.note(low, high, array), _start(array) - low


def _by_value(array: Any) -> Any:
    # `__reduce__` copies and the reader's copy owns its memory, as the original does.
    made = array.__reduce__()
    np = sys.modules["numpy"]
    if array.flags.writeable and not _extra(array):
        return made
    return rebuild.with_flags, (np.array(array, subok=False, copy=True, order="K"), type(array), array.flags.writeable, _extra(array))


def _reduce_objects(array: Any, root: Any) -> Any:
    """Elements are objects: the owner lists them, a view points into the owner."""
    if root is not array and root.base is None and root.dtype == array.dtype and _dense(root) and array.size and _inside(array, root):
        offset = _start(array) - _start(root)
        if offset % array.itemsize == 0:
            return rebuild.object_view, (root, type(array), array.shape, array.strides, offset // array.itemsize, array.flags.writeable)
    if array.flags.writeable:
        return array.__reduce__()
    copy = array.copy(order="K")
    return rebuild.with_flags, (copy, type(array), False, _extra(array))


def _reduce_masked(array: Any, pickler: Any) -> Any:
    np = sys.modules["numpy"]
    state = {k: v for k, v in vars(array).items() if k != "_basedict"}
    return rebuild.masked, (type(array), array.view(np.ndarray)), state, None, None, rebuild.set_dict


def _reduce_memmap(array: Any, pickler: Any) -> Any:
    mode, name = getattr(array, "mode", None), getattr(array, "filename", None)
    np = sys.modules["numpy"]
    if mode not in ("r+", "w+") or name is None:
        return rebuild.array, (note(array, pickler.memory), type(array), array.dtype, array.shape, array.strides, array.flags.writeable, _extra(array)) if array.size else _by_value(array)
    root = array
    while isinstance(root.base, np.ndarray):
        root = root.base
    if not isinstance(root, np.memmap) or not os.path.exists(name):
        raise Refused("memmap", "it writes to a file that is gone", "Use it in the same step.")
    array.flush()
    # What it writes is meant to reach its file, so the reader opens the file and no copy of its bytes is kept.
    return rebuild.memmap, (os.fspath(name), root.dtype, root.shape, root.offset, root.flags.f_contiguous and not root.flags.c_contiguous,
                            array.dtype, array.shape, array.strides, _start(array) - _start(root))


def _root(array: Any) -> Any:
    np = sys.modules["numpy"]
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _in_pickle(dtype: Any) -> bool:
    return dtype.hasobject or dtype.kind == "T" or not dtype.itemsize


def _dense(array: Any) -> bool:
    return array.flags.c_contiguous or array.flags.f_contiguous


def _start(array: Any) -> int:
    return array.__array_interface__["data"][0]


def _inside(array: Any, root: Any) -> bool:
    np = sys.modules["numpy"]
    bounds = np.lib.array_utils.byte_bounds if hasattr(np.lib, "array_utils") else np.byte_bounds
    low, high = bounds(array)
    first, last = bounds(root)
    return first <= low and high <= last


def _extra(array: Any) -> Optional[dict]:
    """Attributes that a subclass of the notebook's own put on the array."""
    if not getattr(type(array), "__dictoffset__", 0):
        return None
    # A memmap's handle of its file stays behind; its bytes travel.
    return {name: value for name, value in object.__getattribute__(array, "__dict__").items() if name != "_mmap"} or None
