"""State in modules of the notebook's folder is looked at; a change of it is told and carried."""

from __future__ import annotations

import pytest

from attempts import run_step

HELPERS = "import threading\nV = 1\nSTATE = {'n': 0}\nLOCKS = {'a': threading.Lock()}\n\ndef bump():\n    STATE['n'] += 1\n    return STATE['n']\n\nclass Counter:\n    made = 0\n\nclass Box:\n    size = 1\n\nTHE = Box()\n"


@pytest.mark.parametrize("cells, replay, cell", [
    (["import helpers", "helpers.V = 5"], [], "c2"),
    (["import helpers; helpers.bump()"], [], "c1"),
    (["bump()"], [{"cell": {"index": 1, "id": "s"}, "line": 1, "source": "from helpers import bump", "names": ["bump"]}], "c1"),
    (["import helpers; helpers.Counter.made += 1"], [], "c1"),
    (["import helpers; helpers.THE.size = 3"], [], "c1"),
])
def test_a_change_is_told(tmp_path, cells, replay, cell):
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "helpers.py").write_text(HELPERS)
    attempt = run_step(tmp_path / "a", cells, workdir=tmp_path / "w", replay=replay)
    (row,) = attempt.report["ambient"]["changed"]
    assert (row["slot"], row["cell"], "drawn" in row, "lost" in row) == ("module:helpers", cell, False, False)
    assert attempt.code == 0


@pytest.mark.parametrize("first, then, shown", [
    ("import helpers\nhelpers.bump()", "from helpers import STATE, bump\nbump()\nSTATE['n']", "2"),
    ("import helpers\nhelpers.V = [1, 2]", "import helpers\nhelpers.V", "[1, 2]"),
    ("import helpers\nhelpers.Counter.made += 1", "from helpers import Counter\nCounter.made", "1"),
    ("import helpers\nhelpers.THE.size = 3", "from helpers import THE\nTHE.size", "3"),
])
def test_a_change_is_carried(tmp_path, first, then, shown):
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "helpers.py").write_text(HELPERS)
    one = run_step(tmp_path / "a", [first], workdir=tmp_path / "w")
    assert one.report["ambient"]["artifact"] == "outputs/ambient"
    load = [{"slot": "module:helpers", "artifact": str(tmp_path / "a" / "outputs" / "ambient")}]
    two = run_step(tmp_path / "b", [then], workdir=tmp_path / "w", ambient={"load": load, "watch": True})
    assert two.text(0) == shown


def test_a_change_that_cannot_be_carried_says_why(tmp_path):
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "helpers.py").write_text(HELPERS)
    attempt = run_step(tmp_path / "a", ["import helpers, threading; helpers.LOCKS['b'] = threading.Lock(); helpers.LOCKS = dict(helpers.LOCKS)"],
                       workdir=tmp_path / "w")
    (row,) = attempt.report["ambient"]["changed"]
    assert "cannot be handed on" in row["lost"] and "helpers" in row["lost"]


def test_importing_and_reloading_is_no_change(tmp_path):
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "helpers.py").write_text(HELPERS)
    attempt = run_step(tmp_path / "a", ["import helpers", "import importlib; importlib.reload(helpers); helpers.V"], workdir=tmp_path / "w")
    assert attempt.report["ambient"]["changed"] == [] and attempt.text(1) == "1"
    assert attempt.report["local_modules"] == ["helpers.py"]


def test_a_module_that_is_built_in_is_not_local(tmp_path):
    name = "'_symtable'"  # built into every CPython, and nobody imports it by the way
    attempt = run_step(tmp_path / "a", [f"import sys, importlib\nimportlib.import_module({name}).x = 1", f"sys.modules[{name}].x = 2"])
    assert attempt.report["ambient"]["changed"] == []
