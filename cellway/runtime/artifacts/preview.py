"""A small picture of a value for people, made by the step. Runs nothing of the user's own classes."""

from __future__ import annotations

import sys
from typing import Any

#: Characters of one text in a preview, items of one container, depth of nesting.
TEXT, ITEMS, DEPTH = 200, 8, 3
HEAD_BYTES = 2048
_SCALARS = (bool, int, float, complex, str, bytes, type(None))


def preview(value: Any) -> dict:
    """JSON: `type`, `module` and, by kind, `length`, `shape`, `dtype`, `dtypes`, `columns`, `head`, `size`."""
    cls = type(value)
    out: dict[str, Any] = {"type": cls.__name__, "module": cls.__module__}
    try:
        out.update(_facts(value, cls))
    except Exception as error:  # a library's object in a state that it cannot show: the value itself travels all the same
        out["unseen"] = type(error).__name__
    return out


def _facts(value: Any, cls: type) -> dict:
    if cls in (list, tuple, dict, set, frozenset, str, bytes, bytearray, range):
        return {"length": len(value), "head": _bounded(value)}
    if cls in _SCALARS:
        return {"head": _scalar(value)}
    np, pd, figure = sys.modules.get("numpy"), sys.modules.get("pandas"), sys.modules.get("matplotlib.figure")
    if np is not None and isinstance(value, np.generic) and cls.__module__ == "numpy":
        return {"dtype": str(value.dtype), "head": _text(str(value))}
    if np is not None and str(cls.__module__).startswith("numpy") and isinstance(value, np.ndarray):
        return {"shape": list(value.shape), "dtype": str(value.dtype), "head": _array_head(value)}
    if pd is not None and str(cls.__module__).startswith("pandas."):
        return _pandas_facts(value, pd)
    if figure is not None and str(cls.__module__).startswith("matplotlib.") and isinstance(value, figure.Figure):
        return {"size": [round(s * value.dpi) for s in value.get_size_inches()]}
    if cls.__module__ == "types" or cls.__name__ in ("function", "module", "type") and cls.__module__ == "builtins":
        name = getattr(value, "__qualname__", getattr(value, "__name__", None))
        return {"head": name} if isinstance(name, str) else {}
    return {}


def _pandas_facts(value: Any, pd: Any) -> dict:
    if isinstance(value, pd.DataFrame):
        columns = [_text(str(c)) if _plain(c) else type(c).__name__ for c in list(value.columns[:50])]
        head = [[_cell(v) for v in row] for row in value.iloc[:5, :20].itertuples(index=False, name=None)]
        return {"shape": list(value.shape), "columns": columns, "dtypes": [str(d) for d in value.dtypes.iloc[:50]], "head": _fit(head)}
    if isinstance(value, (pd.Series, pd.Index)):
        return {"length": len(value), "dtype": str(value.dtype), "head": _fit([_cell(v) for v in value[:ITEMS].tolist()] if isinstance(value, pd.Index) else [_cell(v) for v in value.iloc[:ITEMS].tolist()])}
    return {}


def _array_head(array: Any) -> Any:
    np = sys.modules["numpy"]
    if array.dtype.hasobject:
        flat = [array.item(i) for i in range(min(array.size, ITEMS))]
        return _fit([_cell(v) for v in flat])
    data = array.data if isinstance(array, np.ma.MaskedArray) else array
    flat = data.view(np.ndarray)[tuple(slice(0, 4) if n < array.ndim - 1 else slice(0, ITEMS) for n in range(array.ndim))]
    return _text(np.array2string(flat, threshold=64, edgeitems=3))


def _cell(value: Any) -> Any:
    if type(value) in _SCALARS:
        return _scalar(value)
    module = type(value).__module__
    if module.startswith(("numpy", "pandas", "datetime", "decimal", "fractions")) and _plain(value):
        return _text(str(value))
    return f"<{type(value).__name__}>"


def _plain(value: Any) -> bool:
    return type(value) in _SCALARS or str(type(value).__module__).split(".")[0] in ("numpy", "pandas", "datetime", "decimal")


def _scalar(value: Any) -> Any:
    if value is None or type(value) is bool:
        return value
    if type(value) is int:
        # Larger ones lose digits in JSON readers, and huge ones have no cheap text at all.
        return value if abs(value) < 2**53 else _text(str(value)) if value.bit_length() < 4000 else f"<int of {value.bit_length()} bits>"
    if type(value) is float:
        return value if value - value == 0 else {"$float": "nan" if value != value else "inf" if value > 0 else "-inf"}
    if type(value) is str:
        return _text(value)
    return _text(repr(value[: TEXT]) if type(value) is bytes else repr(value))


def _text(text: str) -> str:
    return text if len(text) <= TEXT else text[:TEXT] + "…"


def _bounded(value: Any, depth: int = DEPTH) -> Any:
    cls = type(value)
    if cls in _SCALARS:
        return _scalar(value)
    if cls is range or cls is bytearray:
        return _text(repr(value[:TEXT]))
    if not depth or cls not in (list, tuple, dict, set, frozenset):
        return _cell(value)
    if cls is dict:
        items = [(k, v) for _, (k, v) in zip(range(ITEMS), value.items())]
        return _fit([[_cell(k), _bounded(v, depth - 1)] for k, v in items])
    return _fit([_bounded(v, depth - 1) for _, v in zip(range(ITEMS), value)])


def _fit(head: list) -> list:
    """As many items as stay within the bound."""
    out, size = [], 0
    for item in head:
        size += len(str(item))
        if size > HEAD_BYTES:
            break
        out.append(item)
    return out
