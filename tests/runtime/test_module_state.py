"""State in modules of the notebook's folder is looked at; a change of it is told."""

from __future__ import annotations

import pytest

from attempts import run_step

HELPERS = "import threading\nV = 1\nSTATE = {'n': 0}\nLOCKS = {'a': threading.Lock()}\n\ndef bump():\n    STATE['n'] += 1\n    return STATE['n']\n"


@pytest.mark.parametrize("cells, replay, cell", [
    (["import helpers", "helpers.V = 5"], [], "c2"),
    (["import helpers; helpers.bump()"], [], "c1"),
    (["bump()"], [{"cell": {"index": 1, "id": "s"}, "line": 1, "source": "from helpers import bump", "names": ["bump"]}], "c1"),
    (["import helpers; helpers.LOCKS['b'] = 1; helpers.LOCKS = {}"], [], "c1"),
])
def test_a_change_is_told_as_lost(tmp_path, cells, replay, cell):
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "helpers.py").write_text(HELPERS)
    attempt = run_step(tmp_path / "a", cells, workdir=tmp_path / "w", replay=replay)
    (row,) = attempt.report["ambient"]["changed"]
    assert (row["slot"], row["cell"], "drawn" in row) == ("module:helpers", cell, False) and row["lost"]
    assert attempt.code == 0


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
