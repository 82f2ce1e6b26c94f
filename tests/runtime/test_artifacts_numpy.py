"""Arrays, frames and what is made of them: values, shared memory, and changes."""

import gc
import sys
from pathlib import Path

import pytest

np = pytest.importorskip("numpy")
sys.path.insert(0, str(Path(__file__).parent))
from artifacts_cases import hand_over, notebook  # noqa: E402

from cellway.runtime.artifacts import Baseline, load_bundle, preview, save_values  # noqa: E402

SIZES = {"small": 40, "large": 200_000}


def _same(a, b):
    assert type(a) is type(b) and a.dtype == b.dtype and a.shape == b.shape
    assert (a.tobytes() == b.tobytes()) if not a.dtype.hasobject else a.tolist() == b.tolist()
    assert a.flags.writeable == b.flags.writeable


ARRAYS = """
import numpy as np
n = {n}
a = np.arange(n, dtype='f8'); a[0] = -0.0; a[1] = np.nan
v = a[3:11]; back = a[::-2]; square = a.reshape(4, -1); turned = square.T; corner = square[1:3, 2:7]; ints = a.view('i8'); column = square[:, 1]
frozen = np.arange(n); frozen.flags.writeable = False
fortran = np.asfortranarray(np.arange(n).reshape(4, -1)); big = np.arange(n, dtype='>i4'); when = np.arange(n).astype('M8[s]'); zero = np.array(3.5); empty = np.empty((0, 3))
struct = np.zeros(n, [('x', 'i4'), ('y', 'f8')]); field = struct['y']; rec = struct.view(np.recarray)
text = np.array(['a', 'bcd'] * (n // 2)); matrix = np.matrix([[1, 2]]); bools = np.ones(n, bool); cplx = np.ones(n, complex); broad = np.broadcast_to(np.arange(5), (3, 5))
shared = []
objects = np.array([shared, None, 'x', shared], dtype=object); some = objects[::2]
lazy = np.transpose(np.arange(n).reshape(2, 2, -1), (1, 0, 2)).copy(order='K')
masked = np.ma.masked_array(np.arange(n), mask=np.arange(n) % 2 == 0, fill_value=7); constant = np.ma.masked
scalar = np.float32(1.5); rng = np.random.default_rng(3); old = np.random.RandomState(4); dt = np.dtype([('a', 'i4')])
"""
KEPT = ["a", "v", "back", "square", "turned", "corner", "ints", "column", "frozen", "fortran", "big", "when", "zero", "empty", "struct", "field", "rec", "text", "matrix",
        "bools", "cplx", "broad", "some", "objects", "lazy"]


@pytest.mark.parametrize("size", SIZES)
def test_arrays_keep_value_layout_and_what_they_share(size):
    ns = notebook(ARRAYS.replace("{n}", str(SIZES[size])))
    out, bundles = hand_over(ns, KEPT + ["shared", "masked", "constant", "scalar", "rng", "old", "dt"])
    for name in KEPT:
        _same(ns[name], out[name])
        assert ns[name].strides == out[name].strides or not ns[name].size, name
    for one in KEPT:
        for other in KEPT:
            expected = np.shares_memory(ns[one], ns[other]) if "O" not in (ns[one].dtype.kind, ns[other].dtype.kind) and ns[one].dtype.names is None and ns[other].dtype.names is None else np.may_share_memory(ns[one], ns[other])
            found = np.may_share_memory(out[one], out[other])
            assert found or not expected, (one, other)
    out["v"][:] = 7
    assert list(out["a"][3:5]) == [7, 7] and out["ints"][3] == ns["np"].float64(7).view("i8")
    out["field"][2] = 5
    assert out["struct"][2]["y"] == 5 and out["rec"].y[2] == 5
    out["shared"].append(1)
    assert out["objects"][0] == [1] and out["some"][0] is out["objects"][0]
    out["some"][1] = "new"
    assert out["objects"][2] == "new"
    assert out["masked"].tolist() == ns["masked"].tolist() and out["masked"].fill_value == 7 and out["constant"] is np.ma.masked
    assert type(out["scalar"]) is np.float32 and out["rng"].random() == ns["rng"].random() and out["old"].rand() == ns["old"].rand() and out["dt"] == ns["dt"]


def test_a_small_view_of_a_huge_base_brings_only_its_span(tmp_path):
    a = np.zeros(1_000_000)
    (bundle,) = save_values(tmp_path, {"v": a[1000:11000]}, ["v"])
    assert bundle.bytes < 100_000


def test_a_base_with_many_views_is_stored_once(tmp_path):
    a = np.zeros(1_000_000)
    (bundle,) = save_values(tmp_path, {"a": a, "views": [a[i:] for i in range(50)], "t": a.reshape(1000, -1).T}, ["a", "views", "t"])
    assert bundle.bytes < 8_100_000


def test_a_memmap_that_writes_goes_on_writing_to_its_file(tmp_path):
    m = np.memmap(tmp_path / "m.bin", "f8", "w+", shape=(5000, 2))
    m[:] = 3
    out, _ = hand_over({"m": m, "part": m[10:20], "ro": np.memmap(tmp_path / "m.bin", "f8", "r")}, ["m", "part", "ro"])
    out["part"][0, 0] = 4
    assert out["m"][10, 0] == 4 and np.fromfile(tmp_path / "m.bin")[20] == 4 and out["ro"].mode == "r"


@pytest.mark.parametrize("size", SIZES)
def test_a_write_through_a_view_changes_its_base_and_nothing_else(size):
    ns = notebook(f"import numpy as np\na = np.arange({SIZES[size]})\nv = a[5:9]\nb = np.arange({SIZES[size]})\nl = [b[3:]]\nlone = np.arange({SIZES[size]})")
    out, bundles = hand_over(ns, ["a", "v", "b", "l", "lone"])
    baseline = Baseline.of(*bundles, namespace=out)
    out["a"].sum(), out["b"].mean(), out["lone"] + 1, repr(out["a"])
    assert baseline.changed() == []
    out["v"][1] = 1000
    assert baseline.changed() == ["a", "v"]
    out["v"][1] = 6
    assert baseline.changed() == []
    out["l"][0][0] = 9
    assert baseline.changed() == ["b", "l"]


PANDAS = """
import numpy as np, pandas as pd
df = pd.DataFrame({'a': np.arange(50000.), 'b': np.arange(50000), 's': ['x%d' % i for i in range(50000)]})
df['new'] = df['a'] * 2
col = df['a']; idx = df.set_index('s').index; cat = pd.Categorical(['a', 'b', 'a']); when = pd.date_range('2020', periods=9000, tz='Europe/Vienna')
multi = df.head(100).set_index(['a', 'b']); iv = pd.interval_range(0, 5); ser = pd.Series([1, None, 3], dtype='Int64'); cats = pd.Series(['u', 'v'] * 9000).astype('category')
obj = pd.Series([[1], {}]); td = pd.Series(pd.to_timedelta(range(9000), unit='s')); per = pd.period_range('2020-01', periods=4, freq='M'); group = pd.Timestamp('2020')
joined = pd.concat([df['s'], df['s']]); empty = pd.DataFrame(); df.attrs['who'] = 'me'
"""
FRAMES = ["df", "col", "idx", "cat", "when", "multi", "iv", "ser", "cats", "obj", "td", "per", "group", "joined", "empty"]


def _pandas():
    return pytest.importorskip("pandas")


def test_pandas_objects_are_equal_and_independent_as_copy_on_write_says():
    pd = _pandas()
    ns = notebook(PANDAS)
    out, _ = hand_over(ns, FRAMES)
    for name in FRAMES:
        value = ns[name]
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(value, out[name])
        elif isinstance(value, pd.Series):
            pd.testing.assert_series_equal(value, out[name])
        elif isinstance(value, pd.Index):
            pd.testing.assert_index_equal(value, out[name])
        else:
            assert (np.asarray(value) == np.asarray(out[name])).all() and type(value) is type(out[name])
    assert out["df"].attrs == {"who": "me"}
    for space in (ns, out):
        space["df"].iloc[0, 0] = -1
        space["df"].loc[1, "b"] = -1
    assert out["col"].iloc[0] == ns["col"].iloc[0] and out["df"].iloc[0, 0] == -1


READS = """df.describe(include='all'); df['a'].values; df.values; df.groupby('b').size(); df.index.get_loc(3); df.columns.get_loc('a'); df.loc[4]; df.s.str.len()
df[df.a > 3]; df.sort_values('a'); df.merge(df, on='b'); df.to_numpy(); idx.get_loc('x3'); idx.is_unique; df.head(); repr(df); df.isna().sum(); df.T.shape; when.year; multi.loc[(3.0, 3)]
cats.value_counts(); col.mean(); df.iloc[3]; df.corr(numeric_only=True); list(df.itertuples())[:1]; df.select_dtypes('number').mean(); df[['a', 'new']].values"""


def test_reading_a_frame_in_any_way_is_no_change():
    _pandas()
    out, bundles = hand_over(notebook(PANDAS), FRAMES)
    baseline = Baseline.of(*bundles, namespace=out)
    for line in READS.split("\n"):
        exec(line, out)
        assert baseline.changed() == [], line


@pytest.mark.parametrize("change", ["df.loc[3, 'a'] = 9", "df['z'] = 1", "df.drop(columns='a', inplace=True)", "df.columns = list('wxyz')", "df.attrs['x'] = 1", "df.loc[2, 's'] = 'q'", "df.sort_values('a', ascending=False, inplace=True)"])
def test_a_changed_frame_is_named_and_its_column_is_not(change):
    pd = _pandas()
    out, bundles = hand_over(notebook(PANDAS), ["df", "col"])
    baseline = Baseline.of(*bundles, namespace=out)
    exec(change, out)
    # Before pandas 3 a column that was taken out is a view of its frame.
    shared = int(pd.__version__.split(".")[0]) < 3 and change == "df.loc[3, 'a'] = 9"
    assert baseline.changed() == (["df", "col"] if shared else ["df"])


def test_estimators_and_figures_travel_and_using_them_is_no_change():
    pytest.importorskip("sklearn"), pytest.importorskip("matplotlib"), pytest.importorskip("scipy")
    ns = notebook("import numpy as np, matplotlib; matplotlib.use('agg')\nfrom matplotlib.figure import Figure\nfrom sklearn.ensemble import RandomForestClassifier\nfrom sklearn.pipeline import make_pipeline\n"
                  "from sklearn.preprocessing import StandardScaler\nimport scipy.sparse as sp\nX = np.random.default_rng(0).random((200, 4)); y = X[:, 0] > .5\n"
                  "model = make_pipeline(StandardScaler(), RandomForestClassifier(5, random_state=0)).fit(X, y)\nfig = Figure(); ax = fig.subplots(); ax.plot([1, 2]); sparse = sp.random(500, 500, .1, random_state=0, format='csr')")
    out, bundles = hand_over(ns, ["model", "fig", "ax", "sparse", "X"])
    baseline = Baseline.of(*bundles, namespace=out)
    assert (out["model"].predict_proba(ns["X"]) == ns["model"].predict_proba(ns["X"])).all() and out["ax"].figure is out["fig"]
    assert (out["sparse"] != ns["sparse"]).nnz == 0 and preview(out["fig"])["size"] == [640, 480]
    out["sparse"].dot(np.ones(500)), out["model"].score(out["X"], ns["y"])
    assert baseline.changed() == []
    import io

    out["fig"].savefig(io.BytesIO())
    assert baseline.changed() == []
    out["ax"].set_title("new")
    assert baseline.changed() == ["fig", "ax"]
    gc.collect()


def test_a_small_masked_array_that_owns_its_memory_travels(tmp_path):
    array = np.ma.MaskedArray([1, 2, 3], mask=[False, True, False]).copy()
    (bundle,) = save_values(tmp_path, {"m": array}, ["m"])
    back = load_bundle(bundle.path, {})["m"]
    assert repr(back) == repr(array) and type(back) is type(array)
