"""How alike two values are: 'identical', 'rounding' (numbers within a tolerance) or 'different', with a place."""

from __future__ import annotations

import math
import sys
import types
from collections import deque
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Tuple

IDENTICAL, ROUNDING, DIFFERENT = "identical", "rounding", "different"

#: Sums in another order differ in the last bits; beyond this it is another result.
RELATIVE, ABSOLUTE = 1e-9, 1e-12


#: Levels of nesting; what is deeper is told as different.
DEEPEST = 2000

_BUILTIN = frozenset({bool, int, str, bytes, bytearray, type(None), type(...), list, tuple, dict, set, frozenset})
_CACHES = frozenset({"_cache", "_item_cache"})
_SHAREABLE = (list, dict, set, bytearray, deque)


class Grade(NamedTuple):
    grade: str
    #: Where the first difference is, as Python would write it after the name (`['a'][3]`), and what differs.
    where: str = ""
    what: str = ""
    #: The single differences, at most `MOST`; a leaf has none.
    leaves: "Tuple[Grade, ...]" = ()
    #: What is excused where it differs by itself; the place, for an array the whole of it.
    key: Optional[str] = None


#: Differences kept of one value.
MOST = 500

SAME = Grade(IDENTICAL)


_ORDER = {IDENTICAL: 0, ROUNDING: 1, DIFFERENT: 2}


def worst(grades: "Iterable[Grade]") -> Grade:
    """The worst of them, with all differences as its leaves."""
    unlike = [g for g in grades if g.grade != IDENTICAL]
    if not unlike:
        return SAME
    leaves = tuple(leaf for g in unlike for leaf in (g.leaves or (g,)))[:MOST]
    return max(unlike, key=lambda g: _ORDER[g.grade])._replace(leaves=leaves)


def _key(leaf: Grade) -> str:
    return leaf.where if leaf.key is None else leaf.key


def excusing(grade: Grade, by_itself: Grade) -> "Tuple[Grade, bool]":
    """The grade without what differs by itself, and whether anything was excused."""
    leaves = grade.leaves or ((grade,) if grade.grade != IDENTICAL else ())
    excused = {_key(leaf) for leaf in by_itself.leaves or ((by_itself,) if by_itself.grade != IDENTICAL else ())}
    left = [leaf for leaf in leaves if _key(leaf) not in excused]
    return worst(left), len(left) < len(leaves)


def compare_values(a: Any, b: Any) -> Grade:
    return _Comparison().values(a, b, "", 0)


class _Comparison:
    def __init__(self) -> None:
        self._seen: "set[Tuple[int, int]]" = set()
        self._kept: List[Any] = []
        #: Which object there stands for which here: who shares a list with whom is part of the value.
        self._twin: Dict[int, int] = {}

    def values(self, a: Any, b: Any, where: str, depth: int) -> Grade:
        if a is b:
            return SAME
        key = (id(a), id(b))
        if key in self._seen:
            return SAME
        self._seen.add(key)
        # Made-up parts must outlive the comparison, or their ids would come again.
        self._kept += (a, b)
        if isinstance(a, _SHAREABLE) or type(a).__module__ == "__main__":
            if self._twin.setdefault(id(a), id(b)) != id(b):
                return Grade(DIFFERENT, where, "one object here, two there")
            if self._twin.setdefault(-id(b), id(a)) != id(a):
                return Grade(DIFFERENT, where, "two objects here, one there")
        if depth > DEEPEST:
            return Grade(DIFFERENT, where, "nested too deeply to be compared")
        if isinstance(a, float) and isinstance(b, float):
            return _floats(a, b, where)
        if type(a).__name__ != type(b).__name__:
            return Grade(DIFFERENT, where, f"{_type(a)} here, {_type(b)} there")
        for kind, judge in self._judges():
            if isinstance(a, kind) and isinstance(b, kind):
                return judge(a, b, where, depth)
        return self._objects(a, b, where, depth)

    def _judges(self) -> "List[Tuple[Any, Any]]":
        judges: List[Tuple[Any, Any]] = [
            ((bool, int, str, bytes, bytearray, type(None), type(...)), self._plain),
            (complex, lambda a, b, w, d: worst([_floats(a.real, b.real, w), _floats(a.imag, b.imag, w)])),
            ((types.FunctionType, types.BuiltinFunctionType, types.ModuleType, type), lambda a, b, w, d: SAME),
        ]
        np = sys.modules.get("numpy")
        if np is not None:
            judges.append((np.ndarray, self._arrays))
            judges.append((np.generic, lambda a, b, w, d: self._arrays(np.asarray(a), np.asarray(b), w, d)))
            judges.append((np.random.Generator, lambda a, b, w, d: self.values(a.bit_generator.state, b.bit_generator.state, w, d + 1)))
            judges.append((np.random.RandomState, lambda a, b, w, d: self.values(a.get_state(), b.get_state(), w, d + 1)))
        pd = sys.modules.get("pandas")
        if pd is not None:
            judges.append(((pd.DataFrame, pd.Series, pd.Index), self._frames))
            judges.append((pd.Categorical, self._categories))
            judges.append((pd.api.extensions.ExtensionArray, self._columns))
        artist = sys.modules.get("matplotlib.artist")
        if artist is not None:
            judges.append((artist.Artist, lambda a, b, w, d: _drawn(a, b, w)))
        judges += [(dict, self._mappings), ((list, tuple), self._sequences), ((set, frozenset), self._sets)]
        return judges

    def _sequences(self, a: Any, b: Any, where: str, depth: int) -> Grade:
        if len(a) != len(b):
            return Grade(DIFFERENT, where, f"{len(a)} items here, {len(b)} there")
        grades = [self.values(x, y, f"{where}[{i}]", depth + 1) for i, (x, y) in enumerate(zip(a, b))]
        return worst(grades + [self._rest(a, b, where, depth)])

    def _mappings(self, a: Any, b: Any, where: str, depth: int) -> Grade:
        if list(a) != list(b):
            missing = [k for k in a if k not in b] + [k for k in b if k not in a]
            return Grade(DIFFERENT, where, f"keys differ: {_short(missing)}" if missing else "the keys are in another order")
        return worst([self.values(a[k], b[k], f"{where}[{_short(k)}]", depth + 1) for k in a] + [self._rest(a, b, where, depth)])

    def _sets(self, a: Any, b: Any, where: str, depth: int) -> Grade:
        if a == b:
            return self._rest(a, b, where, depth)
        if len(a) == len(b):
            try:
                return self._sequences(sorted(a), sorted(b), where, depth)
            except TypeError:
                # Elements without an order: what is not in both is the difference.
                return Grade(DIFFERENT, where, f"{_short(a ^ b)} are not in both")
        return Grade(DIFFERENT, where, f"{_short(a ^ b)} are not in both")

    def _arrays(self, a: Any, b: Any, where: str, depth: int) -> Grade:
        np = sys.modules["numpy"]
        if a.dtype != b.dtype or a.shape != b.shape:
            return Grade(DIFFERENT, where, f"{a.dtype}{list(a.shape)} here, {b.dtype}{list(b.shape)} there")
        if isinstance(a, np.ma.MaskedArray) and isinstance(b, np.ma.MaskedArray):
            return worst([self._arrays(np.ma.getmaskarray(a), np.ma.getmaskarray(b), where, depth), self._arrays(a.filled(), b.filled(), where, depth)])
        if a.flags.f_contiguous != b.flags.f_contiguous and a.flags.c_contiguous != b.flags.c_contiguous:
            return Grade(DIFFERENT, where, "stored in another order (C or Fortran)")
        if type(a) is not np.ndarray:
            inside = self._state(a, b, where, depth)
            if inside.grade != IDENTICAL:
                return inside
        if a.dtype.hasobject:
            if a.dtype.names:
                return worst([self._arrays(a[n], b[n], f"{where}[{n!r}]", depth) for n in a.dtype.names])
            return self._sequences(a.ravel().tolist(), b.ravel().tolist(), where, depth)
        if a.tobytes() == b.tobytes():
            return SAME
        if a.dtype.kind in "fc":
            if np.array_equal(a, b, equal_nan=True) and bool((np.signbit(a.real) == np.signbit(b.real)).all()):
                return SAME
            if np.allclose(a, b, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True):
                return Grade(ROUNDING, where, f"largest difference {float(np.nanmax(np.abs(a - b))):.3g}", key=where)
        if a.dtype.kind in "mM" and bool((a.view("i8") == b.view("i8")).all()):
            return SAME
        with np.errstate(all="ignore"):
            unequal = ~((a == b) | ((a != a) & (b != b))) if a.dtype.names is None else np.asarray(a != b)
        at = tuple(int(i[0]) for i in np.nonzero(np.atleast_1d(unequal)))
        place = f"{where}[{', '.join(map(str, at))}]" if a.ndim else where
        x, y = (np.atleast_1d(v)[at] if at else v for v in (a, b))
        return Grade(DIFFERENT, place, f"{_short(x)} here, {_short(y)} there", key=where)

    def _frames(self, a: Any, b: Any, where: str, depth: int) -> Grade:
        pd = sys.modules["pandas"]
        if type(a) is not type(b):
            return Grade(DIFFERENT, where, f"{_type(a)} here, {_type(b)} there")
        if a.shape != b.shape:
            return Grade(DIFFERENT, where, f"shape {a.shape} here, {b.shape} there")
        if isinstance(a, pd.DataFrame):
            grades = [self._frames(a.index, b.index, f"{where}.index", depth), self._frames(a.columns, b.columns, f"{where}.columns", depth)]
            grades += [self._columns(a.iloc[:, i], b.iloc[:, i], f"{where}[{_short(a.columns[i])}]", depth) for i in range(a.shape[1])]
            return worst(grades + [self.values(dict(a.attrs), dict(b.attrs), f"{where}.attrs", depth + 1)])
        if getattr(a, "freq", None) != getattr(b, "freq", None):
            return Grade(DIFFERENT, f"{where}.freq", f"{a.freq} here, {b.freq} there")
        if isinstance(a, pd.MultiIndex):
            return worst([self._frames(a.get_level_values(i), b.get_level_values(i), where, depth) for i in range(a.nlevels)])
        if isinstance(a, pd.Series):
            return worst([self._frames(a.index, b.index, f"{where}.index", depth), self._columns(a, b, where, depth), self.values(a.name, b.name, f"{where}.name", depth + 1)])
        return worst([self._columns(a, b, where, depth), self.values(a.name, b.name, f"{where}.name", depth + 1)])

    def _columns(self, a: Any, b: Any, where: str, depth: int) -> Grade:
        if a.dtype != b.dtype:
            return Grade(DIFFERENT, where, f"dtype {a.dtype} here, {b.dtype} there")
        if isinstance(a.dtype, sys.modules["pandas"].CategoricalDtype):
            return self._categories(*(x.array if hasattr(x, "array") else x for x in (a, b)), where, depth)
        return self._arrays(*(sys.modules["numpy"].asarray(x) for x in (a, b)), where, depth)

    def _categories(self, a: Any, b: Any, where: str, depth: int) -> Grade:
        if a.ordered != b.ordered:
            return Grade(DIFFERENT, where, "ordered on one side only")
        return worst([self._frames(a.categories, b.categories, f"{where}.categories", depth), self._arrays(a.codes, b.codes, where, depth)])

    def _plain(self, a: Any, b: Any, where: str, depth: int) -> Grade:
        if a != b:
            return Grade(DIFFERENT, where, f"{_short(a)} here, {_short(b)} there")
        return self._rest(a, b, where, depth)

    def _rest(self, a: Any, b: Any, where: str, depth: int) -> Grade:
        """What a subclass of a built-in type holds besides."""
        return SAME if type(a) in _BUILTIN else self._objects(a, b, where, depth)

    def _objects(self, a: Any, b: Any, where: str, depth: int) -> Grade:
        try:
            ra, rb = a.__reduce_ex__(4), b.__reduce_ex__(4)
        except Exception:  # a type's own `__reduce__` may raise anything; what can be seen from outside is left
            state = self._state(a, b, where, depth)
            if state.grade != IDENTICAL or getattr(a, "__dict__", None):
                return state
            return SAME if repr(a) == repr(b) else Grade(DIFFERENT, where, f"{_short(a)} here, {_short(b)} there")
        if isinstance(ra, str) or isinstance(rb, str):
            return SAME if ra == rb else Grade(DIFFERENT, where, f"{_short(ra)} here, {_short(rb)} there")
        if len(ra) > 2 and isinstance(ra[2], dict) and isinstance(rb[2], dict):
            return worst([self._parts(ra[:2] + ra[3:], rb[:2] + rb[3:], where, depth), self._attributes(ra[2], rb[2], where, depth)])
        return self._parts(ra, rb, where, depth)

    def _attributes(self, a: Any, b: Any, where: str, depth: int) -> Grade:
        # What pandas keeps to be quicker next time depends on who has looked at it.
        a, b = ({k: v for k, v in x.items() if k not in _CACHES} for x in (a, b))
        only = set(a) ^ set(b)
        if only:
            return Grade(DIFFERENT, f"{where}.{sorted(map(str, only))[0]}", "only on one side")
        return worst([self.values(a[k], b[k], f"{where}.{k}", depth + 1) for k in a])

    def _parts(self, ra: Any, rb: Any, where: str, depth: int) -> Grade:
        parts = [self.values(*(list(part) if hasattr(part, "__next__") else part for part in pair), where, depth + 1) for pair in zip(ra[1:], rb[1:])]
        return worst(parts)

    def _state(self, a: Any, b: Any, where: str, depth: int) -> Grade:
        """What instances hold in attributes."""
        names = set(getattr(a, "__dict__", {})) | set(getattr(b, "__dict__", {}))
        for cls in type(a).__mro__:
            slots = cls.__dict__.get("__slots__", ())
            names.update((slots,) if isinstance(slots, str) else slots)
        missing = object()
        grades = []
        for name in sorted(n for n in names if n not in ("__weakref__", "__dict__")):
            x, y = (_attribute(o, name, missing) for o in (a, b))
            if (x is missing) != (y is missing):
                grades.append(Grade(DIFFERENT, f"{where}.{name}", "only on one side"))
            elif x is not missing:
                grades.append(self.values(x, y, f"{where}.{name}", depth + 1))
        return worst(grades)


def _attribute(o: Any, name: str, missing: Any) -> Any:
    held = getattr(o, "__dict__", {})
    if isinstance(held, dict) and name in held:
        return held[name]
    try:
        return object.__getattribute__(o, name)
    except AttributeError:
        return missing


def _drawn(a: Any, b: Any, where: str) -> Grade:
    """Figures and their parts are compared as they look: inside they count callbacks and cache sizes."""
    pictures = [_picture(x) for x in (a, b)]
    if pictures[0] == pictures[1]:
        return SAME
    return Grade(DIFFERENT, where, "the drawings differ")


def _picture(artist: Any) -> Any:
    import io

    figure = artist if hasattr(artist, "savefig") else getattr(artist, "figure", None)
    if figure is None or not hasattr(figure, "savefig"):
        return type(artist).__name__
    buffer = io.BytesIO()
    figure.savefig(buffer, format="rgba", dpi=40)
    return buffer.getvalue()


def _floats(a: float, b: float, where: str) -> Grade:
    if (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b)):
        return SAME
    if math.isclose(a, b, rel_tol=RELATIVE, abs_tol=ABSOLUTE):
        return Grade(ROUNDING, where, f"{a!r} here, {b!r} there")
    return Grade(DIFFERENT, where, f"{a!r} here, {b!r} there")


def _type(value: Any) -> str:
    return type(value).__name__


def _short(value: Any, limit: int = 60) -> str:
    try:
        text = repr(value)
    except Exception as error:  # the notebook's own `__repr__`
        text = f"<{_type(value)}: its repr raised {type(error).__name__}>"
    return text if len(text) <= limit else text[: limit - 1] + "…"

