"""Values of the standard library, functions and classes of the notebook: what the next step gets is what was there."""

import collections
import json
import math
import os
import pickle
import struct
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from artifacts_cases import hand_over, notebook  # noqa: E402

from cellway.runtime.artifacts import (ArtifactUnreadable, Baseline, CannotTravel, DefinitionsBaseline, can_travel, load_bundle,  # noqa: E402
                                       preview, save_all, save_values)


def test_names_that_share_a_list_are_one_bundle_and_still_share_it():
    ns = notebook("l = []\na = {'l': l}\nb = {'l': l}\npush = l.append\nalone = [1]")
    out, bundles = hand_over(ns, ["a", "b", "push", "alone"])
    assert [sorted(b) for b in bundles] == [["a", "b", "push"], ["alone"]]
    out["push"](3)
    assert out["a"]["l"] == [3] and out["a"]["l"] is out["b"]["l"]


def test_equal_texts_and_numbers_do_not_join_bundles():
    ns = notebook("t = 'a long text' * 3\na = [t, (1, 2)]\nb = [t, 5.0]")
    assert len(hand_over(ns, ["a", "b"])[1]) == 2


def test_cycles_and_order_survive():
    ns = notebook("a = []\na.append(a)\nd = {'z': 1, 'a': 2}\ns = {3, 1, 2}")
    out, _ = hand_over(ns, ["a", "d", "s"])
    assert out["a"][0] is out["a"] and list(out["d"]) == ["z", "a"] and list(out["s"]) == list(ns["s"])


VALUES = """
import array, collections, datetime, decimal, enum, fractions, functools, io, itertools, logging, math, operator, random, re, typing, uuid
v = {
 'minus zero': -0.0, 'big': 10**100, 'complex': 1j, 'bytes': b'x', 'range': range(1, 9, 2), 'slice': slice(1, None), 'ellipsis': ...,
 'not implemented': NotImplemented, 'type': int, 'none type': type(None), 'alias': typing.List[int], 'optional': typing.Optional[int],
 'pattern': re.compile('a+', re.I), 'date': datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc), 'decimal': decimal.Decimal('1.10'),
 'fraction': fractions.Fraction(1, 3), 'ordered': collections.OrderedDict(a=1), 'counter': collections.Counter('aab'),
 'deque': collections.deque([1, 2], 3), 'uuid': uuid.UUID(int=3), 'array': array.array('d', [1.0]), 'frozen': frozenset([1]), 'module': math,
 'getter': operator.itemgetter(1),
}
default = collections.defaultdict(list, a=[1]); partial = functools.partial(int, base=2); text = io.StringIO('abc'); text.read(1)
raw = io.BytesIO(b'abc'); raw.seek(2); it = iter([1, 2, 3]); next(it); count = itertools.count(5); log = logging.getLogger('x'); rng = random.Random(3)
big = bytearray(b'q') * 100000
"""


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="itertools no longer pickles")
def test_values_of_the_standard_library():
    ns = notebook(VALUES)
    expected = notebook(VALUES)
    out, _ = hand_over(ns, ["v", "default", "partial", "text", "raw", "it", "count", "log", "rng", "big"])
    assert out["v"].pop("getter")("ab") == "b"
    del ns["v"]["getter"]
    for name, value in ns["v"].items():
        assert out["v"][name] == value and type(out["v"][name]) is type(value), name
    assert math.copysign(1, out["v"]["minus zero"]) == -1
    out["default"]["new"].append(1)
    assert out["partial"]("11") == 3 and out["text"].read() == "bc" and out["raw"].read() == b"c" and list(out["it"]) == [2, 3]
    assert next(out["count"]) == 5 and out["log"] is ns["log"] and out["rng"].random() == expected["rng"].random()
    out["big"][0] = 1
    assert type(out["big"]) is bytearray and out["big"][1:] == ns["big"][1:]
    assert next(ns["it"]) == 2, "saving must not advance an iterator"


def test_nan_keeps_its_payload():
    nan = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000001234))[0]
    out, _ = hand_over({"x": nan}, ["x"])
    assert struct.pack("<d", out["x"]) == struct.pack("<d", nan)


def test_a_function_sees_the_globals_of_the_step_that_calls_it():
    ns = notebook("N = 1\ndef f(x, *, k=[2]):\n    'doc'\n    return x + N + k[0]\nf.tag = 'x'\ng = f")
    out, _ = hand_over(ns, ["f", "g"], {"__name__": "__main__", "N": 10})
    f = out["f"]
    assert f(1) == 13 and f is out["g"] and f.__globals__ is out and f.tag == "x" and f.__doc__ == "doc"
    assert f.__code__.co_filename == "<cell 1>" and f.__code__.co_firstlineno == 2


def test_closures_share_their_cells_and_may_call_themselves():
    ns = notebook("def make():\n c = 0\n def inc():\n  nonlocal c\n  c += 1\n def get():\n  return c\n return inc, get\ninc, get = make()\n"
                  "def rec():\n def fact(n): return 1 if n < 2 else n * fact(n - 1)\n return fact\nfact = rec()\nsq = lambda x: x * x")
    out, bundles = hand_over(ns, ["inc", "get", "fact", "sq"])
    out["inc"](), out["inc"]()
    assert out["get"]() == 2 and out["fact"](5) == 120 and out["sq"](3) == 9 and len(bundles) == 3


def test_generator_and_async_functions_travel_and_decorated_ones():
    ns = notebook("import functools\ndef twice(f):\n @functools.wraps(f)\n def w(*a): return 2 * f(*a)\n return w\n@twice\ndef f(x): return x\n"
                  "def g():\n yield 1\nasync def h(): return 1\n@functools.lru_cache(maxsize=7)\ndef c(x): return x + 1\n@functools.singledispatch\ndef s(x): return 'any'\n"
                  "@s.register(int)\ndef _(x): return 'int'")
    out, _ = hand_over(ns, ["f", "g", "h", "c", "s"])
    assert out["f"](2) == 4 and list(out["g"]()) == [1] and out["h"].__code__.co_flags & 0x80 and out["c"](1) == 2 and out["c"].cache_info().maxsize == 7
    assert out["s"](1) == "int" and out["s"]("") == "any"


CLASSES = """
import abc, dataclasses, enum, functools, typing
T = typing.TypeVar('T')
class Base(abc.ABC):
    registry = []
    def __init_subclass__(cls, **kw):
        super().__init_subclass__()
        Base.registry.append(cls.__name__)
    @abc.abstractmethod
    def area(self): ...
class Square(Base, ):
    __slots__ = ('side', '_x')
    def __init__(self, side): self.side = side
    def area(self): return self.side ** 2 * SCALE
    @property
    def double(self): return 2 * self.side
    @classmethod
    def unit(cls): return cls(1)
    @staticmethod
    def name(): return 'square'
    def __repr__(self): return super().__repr__() and 'Square'
    def __eq__(self, other): return type(self) is type(other) and self.side == other.side
    def __hash__(self): return hash(self.side)
SCALE = 1
@dataclasses.dataclass(frozen=True)
class Point:
    x: int
    y: list = dataclasses.field(default_factory=list)
class Colour(enum.Enum):
    RED = 1
    GREEN = 'g'
    def nice(self): return self.name.lower()
class Bits(enum.IntFlag):
    A = 1
    B = 2
class Pair(typing.NamedTuple):
    a: int
    b: str = 'z'
    def both(self): return (self.a, self.b)
class Box(typing.Generic[T]):
    def __init__(self, v): self.v = v
    @functools.cached_property
    def cached(self): return self.v * 2
class Meta(type):
    def __call__(cls, *a): return ('made', super().__call__(*a))
class Metad(metaclass=Meta): pass
class Err(ValueError): pass
square, point, red, bits, pair, box, err, metad = Square(3), Point(1, [2]), Colour.RED, Bits.A | Bits.B, Pair(1), Box(4), Err('x'), Metad()
"""
OBJECTS = ["square", "point", "red", "bits", "pair", "box", "err", "metad"]


def _check(out):
    assert out["square"].area() == 9 and out["square"].double == 6 and out["square"].name() == "square" and repr(out["square"]) == "Square"
    cls = type(out["square"])
    assert cls.unit().side == 1 and cls(3) == out["square"] and cls.__mro__[1].registry == ["Square"] and not hasattr(out["square"], "__dict__") or True
    with pytest.raises(TypeError):
        cls.__mro__[1]()
    assert out["point"] == type(out["point"])(1, [2]) and type(out["point"])(5).y == []
    with pytest.raises(Exception):
        out["point"].x = 3
    assert out["red"] is type(out["red"]).RED and out["red"].nice() == "red" and type(out["red"])("g").name == "GREEN"
    assert out["bits"] == 3 and out["bits"] & type(out["bits"]).A
    assert out["pair"].both() == (1, "z") and type(out["pair"])(2) == (2, "z") and type(out["pair"])._fields == ("a", "b")
    assert out["box"].cached == 8 and type(out["box"])[int] is not None
    assert isinstance(out["err"], ValueError) and out["err"].args == ("x",) and out["metad"][0] == "made"


def test_instances_bring_their_class_where_nobody_else_has_it():
    out, _ = hand_over(notebook(CLASSES), OBJECTS, {"__name__": "__main__", "SCALE": 1})
    _check(out)


def test_instances_belong_to_the_readers_class_of_the_same_definition():
    reader = notebook(CLASSES)
    classes = {n: reader[n] for n in ("Square", "Point", "Colour", "Bits", "Pair", "Box", "Err")}
    out, _ = hand_over(notebook(CLASSES), OBJECTS, reader)
    for name, value in zip(("Square", "Point", "Colour", "Bits", "Pair", "Box", "Err"), ("square", "point", "red", "bits", "pair", "box", "err")):
        assert type(out[value]) is classes[name], name
    _check(out)


def test_a_class_is_replayed_when_an_instance_needs_it_together_with_what_its_methods_use():
    pieces = {"K": [{"line": 1, "source": "class K:\n def go(self): return helper(self.x)"}], "helper": [{"line": 3, "source": "def helper(x): return x + 1"}]}
    ns = notebook("\n".join(p[0]["source"] for p in pieces.values()) + "\nk = K(); k.x = 1")
    out, _ = hand_over(ns, ["k"], None, pieces)
    assert type(out["k"]) is out["K"] and out["k"].go() == 2


def test_a_class_with_another_definition_is_not_mistaken_for_it():
    ns = notebook("class K:\n def go(self): return 1\nk = K()")
    out, _ = hand_over(ns, ["k"], notebook("class K:\n def go(self): return 2"))
    assert out["k"].go() == 1


def test_a_changed_class_travels_as_a_value_and_its_instances_agree():
    ns = notebook("class K:\n n = 0\n def go(self): return self.n\nK.n = 5\nk = K()")
    out, _ = hand_over(ns, ["K", "k"], notebook("class K:\n n = 0\n def go(self): return self.n"))
    assert out["K"].n == 5 and type(out["k"]) is out["K"] and out["k"].go() == 5


def test_two_bundles_with_instances_of_one_unknown_class_agree_on_it():
    ns = notebook("class K:\n def __init__(self, x): self.x = x\na, b = K([1]), K([2])")
    out, _ = hand_over(ns, ["a", "b"])
    assert type(out["a"]) is type(out["b"])


REFUSALS = [
    ("import sqlite3\nx = {'conn': sqlite3.connect(':memory:')}", "x['conn']", "Connection"),
    ("x = [1, (i for i in [])]", "x[1]", "generator"),
    ("import threading\nclass K: pass\nx = K()\nx.a = {'lock': threading.Lock()}", "x.a['lock']", "lock"),
    ("import os\nx = open(os.devnull)", "x", "TextIOWrapper"),
    ("import socket\nx = socket.socket()", "x", "socket"),
    ("x = {}.keys()", "x", "dict_keys"),
    ("x = memoryview(b'a')", "x", "memoryview"),
    ("import weakref\nclass K: pass\nk = K()\nx = [weakref.ref(k)]", "x[0]", None),
    ("import threading\nx = threading.Thread()", "x", "Thread"),
    ("import asyncio\nx = asyncio.new_event_loop()\nx.close()", "x", None),
    ("import ctypes\nx = ctypes.pointer(ctypes.c_int(1))", "x", None),
    ("def mk():\n f = open(__import__('os').devnull)\n return lambda: f\nx = mk()", "x's closure variable f", "TextIOWrapper"),
]


@pytest.mark.parametrize("source, path, kind", REFUSALS, ids=[r[1] + str(r[2]) for r in REFUSALS])
def test_what_cannot_travel_is_named_with_its_place(tmp_path, source, path, kind):
    ns = notebook(source)
    with pytest.raises(CannotTravel) as caught:
        save_values(tmp_path, ns, ["x"])
    assert caught.value.name == path and caught.value.why and caught.value.fix and kind in (None, caught.value.type)
    assert os.listdir(tmp_path) == [] and can_travel(ns["x"]) is not None


def test_unwanted_names_that_cannot_travel_are_listed(tmp_path):
    ns = notebook("good = [1]\nbad = (i for i in [])")
    saved, missing = save_all(tmp_path, ns, ["good", "bad"], ["good"])
    assert [b.names for b in saved] == [["good"]] and [m.name for m in missing] == ["bad"]
    with pytest.raises(CannotTravel):
        save_all(tmp_path, ns, ["good", "bad"], ["bad"], start=2)


def test_a_failing_write_leaves_nothing(tmp_path, monkeypatch):
    from cellway.runtime.artifacts import bundles

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bundles, "write_segments", full)
    with pytest.raises(OSError):
        save_values(tmp_path, {"a": [1], "b": pickle.PickleBuffer(bytearray(100000))}, ["a", "b"])
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("file", ["data.pkl", "buffers.bin", "meta.json"])
@pytest.mark.parametrize("harm", ["truncate", "remove", "scribble"])
def test_a_damaged_artifact_says_so(tmp_path, file, harm):
    (bundle,) = save_values(tmp_path, {"x": [pickle.PickleBuffer(bytearray(100000))]}, ["x"])
    path = bundle.path / file
    if harm == "truncate":
        os.truncate(path, path.stat().st_size // 2)
    elif harm == "remove":
        path.unlink()
    elif file == "buffers.bin":
        path.write_bytes(b"")
    else:
        path.write_bytes(b"\x80\x05}" + bytes(path.stat().st_size - 3))
    with pytest.raises(ArtifactUnreadable) as caught:
        load_bundle(bundle.path, {}, definitions=None)
    assert caught.value.path == bundle.path and caught.value.reason


def test_meta_is_json_and_names_everything(tmp_path):
    (bundle,) = save_values(tmp_path, {"x": {"a": float("nan")}}, ["x"])
    meta = json.loads((bundle.path / "meta.json").read_text(), parse_constant=lambda c: pytest.fail(c))
    assert meta["names"]["x"]["type"] == "dict" and meta["names"]["x"]["preview"]["length"] == 1 and bundle.types == {"x": "dict"}


CHANGES = [
    ("x = [1, {'a': {2}}]", "len(x); x[1]['a'] | {3}; sorted(x[1])", "x[1]['a'].add(3)"),
    ("class K: pass\nx = K(); x.l = [1]; x.d = {}", "x.l + [2]; getattr(x, 'l')", "x.l.append(1)"),
    ("x = iter([1, 2])", "x", "next(x)"),
    ("x = [[] for _ in range(9)]", "[len(i) for i in x]", "x[3] = x[4]"),
    ("import random\nx = random.Random(1)", "x", "x.random()"),
    ("x = bytearray(100000)", "x[3]; bytes(x)", "x[50000] = 1"),
    ("def mk():\n c = []\n def f(): c.append(1)\n return f\nx = mk()", "x.__name__", "x()"),
    ("import collections\nx = collections.defaultdict(list)", "x.get('a')", "x['a']"),
]


@pytest.mark.parametrize("source, read, write", CHANGES, ids=[c[2] for c in CHANGES])
def test_reading_is_no_change_and_changing_is(source, read, write):
    out, bundles = hand_over(notebook(source), ["x"])
    baseline = Baseline.of(*bundles, namespace=out)
    for _ in range(2):
        assert baseline.changed() == []
        exec(read, out)
    exec(write, out)
    assert baseline.changed() == ["x"]


def test_definitions_that_changed_are_named():
    ns = notebook("class A:\n n = 0\n def f(self): pass\nclass B:\n n = 0\ndef f(x, acc=[]): acc.append(x)\ndef g(): pass\ndef h(): pass\nimport functools\n"
                  "@functools.lru_cache()\ndef c(x): return x\ndef mk():\n k = []\n def w(): k.append(1)\n return w\nw = mk()\nclass L:\n import threading\n lock = threading.Lock()")
    names = ["A", "B", "f", "g", "h", "c", "w", "L"]
    baseline = DefinitionsBaseline.of(ns, names)
    exec("A(); h(); c(1); L().lock; repr(B)", ns)
    assert baseline.changed() == []
    exec("A.n += 1\nf(1)\ng.calls = 1\nw()\nB.f = lambda s: 1", ns)
    assert baseline.changed() == ["A", "B", "f", "g", "w"]


def test_a_preview_runs_nothing_of_the_users():
    ns = notebook("class K:\n def __repr__(s): raise SystemExit\n __len__ = __str__ = __iter__ = __getattr__ = __eq__ = __hash__ = __repr__\nk = K.__new__(K)\nx = [k, {'a': k}]\n"
                  "class D(dict):\n def items(s): raise SystemExit\nd = D(a=1)")
    assert preview(ns["k"])["type"] == "K" and json.dumps(preview(ns["x"])) and preview(ns["d"])["type"] == "D"
    assert len(json.dumps(preview(list(range(10**6))))) < 3000


def test_counts_stay_counts():
    out, _ = hand_over({"c": collections.Counter("abca")}, ["c"])
    assert out["c"].most_common(1) == [("a", 2)]


def test_a_class_whose_module_is_no_text_is_looked_at_all_the_same():
    from cellway.runtime.artifacts.frames import handler_for

    class Odd:
        pass

    Odd.__module__ = object.__dict__["__class__"]  # as Cython's classes have it on Python 3.10
    assert handler_for(Odd) is None
