"""What flows through the process from cell to cell is seen, stored and put back."""

from __future__ import annotations

import json

import pytest

from attempts import run_step

SLOTS = [
    ("random", "import random; random.seed(3)", "import random; random.random()"),
    ("numpy.random", "import numpy as np; np.random.seed(3); np.random.rand()", "import numpy as np; np.random.rand()"),
    ("environ", "import os; os.environ['CELLWAY_T'] = 'v'; os.environ.pop('HOME')", "import os; os.environ['CELLWAY_T'], 'HOME' in os.environ"),
    ("cwd", "import os; os.makedirs('sub', exist_ok=True); os.chdir('sub')", "import os; os.path.basename(os.getcwd())"),
    ("sys.path", "import sys; sys.path.insert(0, 'mods'); sys.path.append('/last')", "import sys; sys.path[0], sys.path[-1]"),
    ("warnings", "import warnings; warnings.filterwarnings('error', message='x.*')", "import warnings; warnings.filters[0][0], warnings.filters[0][1].pattern"),
    ("pandas.options", "import pandas as pd; pd.set_option('display.max_rows', 7); pd.options.display.float_format = '{:.1f}'.format",
     "import pandas as pd; pd.get_option('display.max_rows'), pd.options.display.float_format(1.26)"),
    ("matplotlib.rcParams", "import matplotlib as m; m.rcParams['lines.linewidth'] = 9", "import matplotlib as m; m.rcParams['lines.linewidth']"),
    ("numpy.printoptions", "import numpy as np; np.set_printoptions(precision=2)", "import numpy as np; np.array([1.23456])"),
    ("numpy.errstate", "import numpy as np; _o = np.seterr(all='raise')", "import numpy as np; np.geterr()"),
    ("decimal", "import decimal; decimal.getcontext().prec = 5", "import decimal; decimal.Decimal(1) / 3"),
    ("logging", "import logging, sys; logging.basicConfig(level=logging.INFO, stream=sys.stdout, format='%(message)s!')",
     "import logging; logging.info('seen')"),
    ("logging", "import logging, sys\nlog = logging.getLogger('app.x'); log.setLevel(logging.ERROR); log.propagate = False\n"
     "handler = logging.StreamHandler(sys.stdout); handler.setFormatter(logging.Formatter('%(name)s %(message)s')); log.addHandler(handler)",
     "import logging; log = logging.getLogger('app.x'); log.info('no'); log.error('yes')"),
    ("process", "import sys, gc, socket; sys.setrecursionlimit(5000); gc.disable(); gc.set_threshold(500, 5, 5); socket.setdefaulttimeout(7)\n"
     "sys.setswitchinterval(0.25)\nif hasattr(sys, 'set_int_max_str_digits'): sys.set_int_max_str_digits(9999)",
     "import sys, gc, socket; sys.getrecursionlimit(), gc.isenabled(), gc.get_threshold(), socket.getdefaulttimeout(), "
     "sys.getswitchinterval(), getattr(sys, 'get_int_max_str_digits', int)()"),
    ("process", "import os, time; os.environ['TZ'] = 'Asia/Tokyo'; time.tzset()", "import time; time.tzname"),
    ("ipython", "%precision 2\nfrom IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'",
     "3.14159\n2.71828"),
    ("ipython", "%config InteractiveShell.ast_node_interactivity = 'all'", "3.14159\n2.71828"),
    ("locale", "import locale; locale.setlocale(locale.LC_ALL, 'C')", "import locale; locale.setlocale(locale.LC_ALL)"),
]


@pytest.mark.parametrize("slot, change, look", SLOTS, ids=[f"{n} {s[0]}" for n, s in enumerate(SLOTS)])
def test_a_change_travels(tmp_path, slot, change, look):
    """Two cells in one step and in two steps say the same."""
    together = run_step(tmp_path / "t", [change, look])
    assert together.code == 0
    first = run_step(tmp_path / "a", [change])
    assert slot in [row["slot"] for row in first.report["ambient"]["changed"]], first.report["ambient"]
    assert first.report["ambient"]["changed"][0]["cell"] == "c1"
    second = run_step(tmp_path / "b", [look], workdir=tmp_path / "a" / "work",
                      ambient={"load": [{"slot": slot, "artifact": str(tmp_path / "a" / "outputs" / "ambient")}]})
    assert second.code == 0, second.report
    assert second.text(0) == together.text(1)


def test_the_cell_that_changed_it_is_named(tmp_path):
    attempt = run_step(tmp_path / "a", ["import numpy as np", "x = 1", "np.random.rand()"])
    assert [(r["slot"], r["cell"]) for r in attempt.report["ambient"]["changed"]] == [("numpy.random", "c3")]
    assert attempt.report["used"]["random"] == ["numpy.random"]
    assert json.loads((attempt.folder / "outputs/ambient/meta.json").read_text())["slots"]


@pytest.mark.parametrize("slot, cells, drawn", [
    ("numpy.random", ["import numpy as np; np.random.rand(5)"], True),
    ("numpy.random", ["import numpy as np; np.random.normal(size=7)", "np.random.rand(100000)"], True),
    ("numpy.random", ["from sklearn.linear_model import ElasticNet; ElasticNet().fit([[1], [2]], [1, 2])"], True),
    ("numpy.random", ["import numpy as np; np.random.seed(0)"], False),
    ("numpy.random", ["import numpy as np; np.random.rand()", "np.random.seed(0)"], False),
    ("numpy.random", ["import numpy as np; np.random.set_state(np.random.RandomState(3).get_state())"], False),
    ("random", ["import random; random.gauss(0, 1)", "random.shuffle(list(range(2000)))"], True),
    ("random", ["import random; random.seed(1); random.random()"], False),
])
def test_draws_from_a_generator_that_nobody_seeded_are_told_apart(tmp_path, slot, cells, drawn):
    attempt = run_step(tmp_path / "a", cells)
    (row,) = attempt.report["ambient"]["changed"]
    assert (row["slot"], row.get("drawn", False)) == (slot, drawn)
    assert attempt.report["used"]["random"] == [slot]


def test_draws_from_the_state_of_an_earlier_step_are_a_change(tmp_path):
    first = run_step(tmp_path / "a", ["import random; random.random()"])
    second = run_step(tmp_path / "b", ["import random; random.random()"],
                      ambient={"load": [{"slot": "random", "artifact": str(first.folder / "outputs/ambient")}]})
    assert "drawn" not in second.report["ambient"]["changed"][0]


@pytest.mark.parametrize("cell", [
    "import numpy as np, pandas as pd, sklearn.linear_model, matplotlib.pyplot as plt, seaborn\nplt.plot([1]);",
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.ion()",
    "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('ignore')",
    "import numpy as np\nrng = np.random.default_rng(1)\nrng.random()",
    "!echo hi\n%time 1",
    "import decimal\ndecimal.Decimal(1) / 3",
    "%load_ext autoreload\n%autoreload 0\n%timeit -n1 -r1 pass\n%time 1",
    "import matplotlib.pyplot as plt\nplt.plot([1]); plt.close('all')",
    "import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt\nplt.plot([1]); plt.close('all')",
    "import logging; log = logging.getLogger('app')",
    "import sys; n = sys.getrecursionlimit(); sys.setrecursionlimit(n + 5); sys.setrecursionlimit(n)",
    "import sys\nsys.path.insert(0, LIBRARY)\nimport filtering\nfiltering.log()\nsys.path.remove(LIBRARY)",
    "import tempfile, uuid\nwith tempfile.TemporaryDirectory() as d: open(d + '/x', 'w').write('')\nuuid.uuid4()",
    # Puts for a while the filter that an import has put for good.
    "import sys\nsys.path.insert(0, LIBRARY)\nimport filtering\nfiltering.work()\nsys.path.remove(LIBRARY)",
    "import numpy as np\nfrom sklearn.linear_model import LinearRegression\nLinearRegression().fit(np.eye(3), [1, 2, 3])",
    # What scikit-learn's worker threads may leave: the list made anew, its patterns compiled.
    "import re, sys, warnings\nsys.path.insert(0, LIBRARY)\nimport filtering\nsys.path.remove(LIBRARY)\nwarnings.filters[:] = "
    "[(a, m, c, re.compile(t) if isinstance(t, str) else t, n) for a, m, c, t, n in warnings.filters]",
])
def test_no_false_alarm(tmp_path, cell):
    library = tmp_path / "site-packages"
    library.mkdir()
    (library / "filtering.py").write_text(
        "import warnings\nwarnings.simplefilter('error', BytesWarning)\ndef work():\n"
        "    with warnings.catch_warnings():\n        warnings.simplefilter('error', BytesWarning)\n"
        "def log():\n    import logging\n    logging.getLogger('lib').setLevel(10)\n    logging.getLogger('lib').propagate = False\n")
    attempt = run_step(tmp_path / "a", [cell.replace("LIBRARY", repr(str(library)))])
    assert attempt.code == 0, attempt.report
    assert attempt.report["ambient"]["changed"] == []


def test_a_filter_that_a_local_module_adds_is_the_notebooks(tmp_path):
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "helper.py").write_text("import warnings\nwarnings.filterwarnings('ignore', message='q')\n")
    attempt = run_step(tmp_path / "a", ["import helper"], workdir=tmp_path / "w")
    assert [r["slot"] for r in attempt.report["ambient"]["changed"]] == ["warnings"]
    assert attempt.report["local_modules"] == ["helper.py"]


def test_what_cannot_be_stored_is_said(tmp_path):
    attempt = run_step(tmp_path / "a", ["import pandas as pd; pd.options.display.float_format = lambda x: 'n'"])
    (row,) = attempt.report["ambient"]["changed"]
    assert row["slot"] == "pandas.options" and row["lost"]


@pytest.mark.parametrize("slot, cells", [
    ("logging", ["import logging\nclass H(logging.Handler):\n    def emit(self, record): pass\nlogging.getLogger('a').addHandler(H())"]),
    ("logging", ["import logging\nlogging.getLogger('a').addFilter(lambda record: True)"]),
    ("ipython", ["get_ipython().events.register('post_run_cell', lambda result: None)"]),
    ("ipython", ["from IPython.core.magic import register_line_magic\n@register_line_magic\ndef hello(line): pass"]),
    ("ipython", ["get_ipython().display_formatter.formatters['text/plain'].for_type(int, lambda n, p, c: p.text('n'))"]),
    ("matplotlib.figures", ["%config InlineBackend.close_figures = False\nimport matplotlib.pyplot as plt", "plt.figure();"]),
    ("matplotlib.figures", ["import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt", "plt.plot([1]);"]),
])
def test_what_cannot_travel_is_lost(tmp_path, slot, cells):
    attempt = run_step(tmp_path / "a", cells)
    row = next(row for row in attempt.report["ambient"]["changed"] if row["slot"] == slot)
    assert row["lost"] and row["cell"] == f"c{len(cells)}"


def test_a_missing_ambient_artifact_breaks_the_contract(tmp_path):
    attempt = run_step(tmp_path / "a", ["1"], ambient={"load": [{"slot": "random", "artifact": "nowhere"}]})
    assert attempt.code == 2 and "random" in attempt.report["reason"]["message"]


def test_looking_for_changes_imports_no_magic(tmp_path):
    magic = pytest.importorskip("IPython.core.magic")
    if not hasattr(magic, "LazyMagic"):
        pytest.skip("this IPython imports its magics at once")
    attempt = run_step(tmp_path / "a", ["1", "type(get_ipython().magics_manager.magics['line']['timeit']).__name__"])
    assert attempt.text(1) == "'LazyMagic'"


@pytest.mark.parametrize("cell, looked", [
    ("plt.plot([1])", True), ("plt.gcf()", True), ("plt.get_fignums()", True), ("plt.fignum_exists(1)", True),
    ("fig, ax = plt.subplots(); ax.plot([1]); fig.savefig('f.png')", False), ("plt.figure(); plt.plot([1])", False),
    ("plt.close('all')", False)])
def test_who_looks_for_a_figure_of_another_step_is_noted(tmp_path, cell, looked):
    attempt = run_step(tmp_path / "a", ["import matplotlib; matplotlib.use('agg'); import matplotlib.pyplot as plt", cell])
    assert attempt.report["used"]["figures"] is looked
