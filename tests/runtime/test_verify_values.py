"""How alike values and outputs are, by table."""

import functools
import io
import math
import random

import pytest

from cellway.verify.outputs import compare_outputs
from cellway.verify.values import DIFFERENT, IDENTICAL, ROUNDING, compare_values, excusing

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")


class Box:
    def __init__(self, content):
        self.content = content


def cyclic(last):
    items = [1]
    items.append(items)
    items.append(last)
    return items


CASES = [
    ("equal numbers", 1, 1, IDENTICAL, ""),
    ("a bool is no int", 1, True, DIFFERENT, ""),
    ("an int is no float", 1, 1.0, DIFFERENT, ""),
    ("nan equals nan", math.nan, math.nan, IDENTICAL, ""),
    ("minus zero is not zero", 0.0, -0.0, ROUNDING, ""),
    ("last bits", 0.1 + 0.2, 0.3, ROUNDING, ""),
    ("beyond rounding", 1.0, 1.0001, DIFFERENT, ""),
    ("deep in containers", {"a": [1, (2, 3)]}, {"a": [1, (2, 4)]}, DIFFERENT, "['a'][1][1]"),
    ("order of keys", {"a": 1, "b": 2}, {"b": 2, "a": 1}, DIFFERENT, ""),
    ("sets have no order", {1, 2, 3}, {3, 2, 1}, IDENTICAL, ""),
    ("another element", {1, 2}, {1, 3}, DIFFERENT, "[1]"),
    ("length", [1], [1, 2], DIFFERENT, ""),
    ("arrays", np.arange(3), np.arange(3), IDENTICAL, ""),
    ("dtype", np.arange(3), np.arange(3.0), DIFFERENT, ""),
    ("an element of an array", np.array([[1, 2], [3, 4]]), np.array([[1, 2], [3, 5]]), DIFFERENT, "[1, 1]"),
    ("rounding in arrays", np.array([1.0]), np.array([1.0 + 1e-15]), ROUNDING, ""),
    ("nan in arrays", np.array([1.0, np.nan]), np.array([1.0, np.nan]), IDENTICAL, ""),
    ("numpy scalars", np.float32(1), np.float32(1), IDENTICAL, ""),
    ("object arrays", np.array([[1], "x"], dtype=object), np.array([[1], "y"], dtype=object), DIFFERENT, "[1]"),
    ("dates", np.array(["2020-01-01"], "M8[D]"), np.array(["2020-01-02"], "M8[D]"), DIFFERENT, "[0]"),
    ("frames", pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 2]}), IDENTICAL, ""),
    ("a cell of a frame", pd.DataFrame({"a": ["x", "y"]}), pd.DataFrame({"a": ["x", "z"]}), DIFFERENT, "['a'][1]"),
    ("index", pd.Series([1], index=[0]), pd.Series([1], index=[1]), DIFFERENT, ".index[0]"),
    ("name of a series", pd.Series([1], name="a"), pd.Series([1], name="b"), DIFFERENT, ".name"),
    ("categories", pd.Categorical(["a"]), pd.Categorical(["a"], categories=["a", "b"]), DIFFERENT, None),
    ("attributes", Box([1, 2]), Box([1, 3]), DIFFERENT, ".content[1]"),
    ("timestamps", pd.Timestamp("2020"), pd.Timestamp("2021"), DIFFERENT, None),
    ("states behind no attributes", random.Random(1), random.Random(2), DIFFERENT, None),
    ("partials", functools.partial(int, base=2), functools.partial(int, base=3), DIFFERENT, None),
    ("exceptions", ValueError("a"), ValueError("b"), DIFFERENT, None),
    ("buffers", io.BytesIO(b"a"), io.BytesIO(b"b"), DIFFERENT, None),
    ("an equal buffer", io.BytesIO(b"a"), io.BytesIO(b"a"), IDENTICAL, None),
    ("who shares", (lambda x: [x, x])([1]), [[1], [1]], DIFFERENT, "[1]"),
    ("who does not share", [[1], [1]], (lambda x: [x, x])([1]), DIFFERENT, "[1]"),
    ("order of memory", np.ones((2, 3)), np.asfortranarray(np.ones((2, 3))), DIFFERENT, None),
    ("order of categories", pd.Categorical(["a"], categories=["a", "b"]), pd.Categorical(["a"], categories=["b", "a"]), DIFFERENT, None),
    ("frequency", pd.date_range("2020", periods=2), pd.DatetimeIndex(["2020-01-01", "2020-01-02"]), DIFFERENT, None),
    ("deep nesting", functools.reduce(lambda a, _: [a], range(150), 1), functools.reduce(lambda a, _: [a], range(150), 2), DIFFERENT, None),
    ("cycles", cyclic(1), cyclic(2), DIFFERENT, "[2]"),
    ("generators of numbers", np.random.default_rng(1), np.random.default_rng(2), DIFFERENT, None),
]


@pytest.mark.parametrize("a, b, grade, where", [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_values(a, b, grade, where):
    found = compare_values(a, b)
    assert found.grade == grade
    if where is not None:
        assert found.where == where


def test_estimators_are_compared_by_what_they_learned():
    linear = pytest.importorskip("sklearn.linear_model")
    x, y = np.arange(6.0).reshape(-1, 1), np.arange(6.0)
    one, same, other = (linear.LinearRegression().fit(x, y * k) for k in (1, 1, 2))
    assert compare_values(one, same).grade == IDENTICAL
    assert compare_values(one, other).grade == DIFFERENT


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def shown(text, kind="text/plain"):
    return {"output_type": "display_data", "data": {kind: text}, "metadata": {}}


OUTPUTS = [
    ("streams are joined", [stream("a\n"), stream("b\n")], [stream("a\nb\n")], IDENTICAL),
    ("order of the two streams", [stream("a"), stream("e", "stderr")], [stream("e", "stderr"), stream("a")], IDENTICAL),
    ("text", [stream("a\n")], [stream("b\n")], DIFFERENT),
    ("missing text", [stream("a\n")], [], DIFFERENT),
    ("last digits", [stream("loss 0.30000000000000004\n")], [stream("loss 0.3\n")], ROUNDING),
    ("whole numbers are not rounded", [stream("12\n")], [stream("13\n")], DIFFERENT),
    ("progress on one line", [stream("1%\r2%\n")], [stream("2%\n")], IDENTICAL),
    ("one display more", [shown("x")], [shown("x"), shown("x")], DIFFERENT),
    ("html", [shown("<b>1</b>", "text/html")], [shown("<b>2</b>", "text/html")], DIFFERENT),
    ("errors", [{"output_type": "error", "ename": "E", "evalue": "x", "traceback": ["1"]}], [{"output_type": "error", "ename": "E", "evalue": "x", "traceback": ["2"]}], IDENTICAL),
    ("other errors", [{"output_type": "error", "ename": "E", "evalue": "x", "traceback": []}], [{"output_type": "error", "ename": "E", "evalue": "y", "traceback": []}], DIFFERENT),
]


@pytest.mark.parametrize("a, b, grade", [case[1:] for case in OUTPUTS], ids=[case[0] for case in OUTPUTS])
def test_outputs(a, b, grade):
    assert compare_outputs(a, b).grade == grade


def test_only_what_differs_by_itself_is_excused():
    first, second, run = ({"time": t, "n": n} for t, n in ((1.5, 1), (2.5, 1), (3.5, 2)))
    left, excused = excusing(compare_values(first, run), compare_values(first, second))
    assert (left.grade, left.where, excused) == (DIFFERENT, "['n']", True)
    left, excused = excusing(compare_values(first, second), compare_values(first, second))
    assert (left.grade, excused) == (IDENTICAL, True)


def test_lines_that_vary_do_not_hide_others():
    first, second, run = ([stream(f"took {t}\nscore {s}\n")] for t, s in (("1 s", "a"), ("2 s", "a"), ("3 s", "b")))
    left, _ = excusing(compare_outputs(first, run), compare_outputs(first, second))
    assert (left.grade, left.where) == (DIFFERENT, "stdout line 2")


def test_an_array_that_varies_is_excused_as_a_whole():
    first, second, run = (np.array(x) for x in ([1.0, 2.0], [5.0, 2.0], [1.0, 9.0]))
    left, _ = excusing(compare_values(first, run), compare_values(first, second))
    assert left.grade == IDENTICAL
