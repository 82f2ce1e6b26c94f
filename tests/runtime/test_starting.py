"""What stands when a step's first cell starts: paths, replayed definitions and settings, inputs, pictures."""

from __future__ import annotations

import pytest

from attempts import run_step


def piece(source, *names, line=1):
    return {"cell": {"index": 1, "id": "s"}, "line": line, "source": source, "names": list(names)}


def given(attempt, *names):
    row = next(row for row in attempt.report["artifacts"] if set(names) <= set(row["names"]))
    return {"artifact": str(attempt.folder / row["path"]), "names": list(names)}


@pytest.mark.parametrize("show", ["fig", "import matplotlib.pyplot as plt\nfig", "display(fig)"])
def test_a_figure_of_an_earlier_step_has_its_picture(tmp_path, show):
    first = run_step(tmp_path / "a", ["import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(1, 1)); plt.close()"],
                     outputs={"names": ["fig", "ax"]})
    second = run_step(tmp_path / "b", ["ax.plot([1, 2])\n" + show], inputs=[given(first, "fig", "ax")])
    assert [sorted(o["data"]) for o in second.outputs[0] if "data" in o][-1] == ["image/png", "text/plain"]


def test_another_backend_shows_no_picture(tmp_path):
    first = run_step(tmp_path / "a", ["import matplotlib.pyplot as plt\nfig = plt.figure(); plt.close()"], outputs={"names": ["fig"]})
    second = run_step(tmp_path / "b", ["import matplotlib\nmatplotlib.use('agg')\nfig"], inputs=[given(first, "fig")])
    assert sorted(second.outputs[0][0]["data"]) == ["text/plain"]


def test_paths_of_an_earlier_step_hold_for_replay(tmp_path):
    work = tmp_path / "w"
    (work / "src").mkdir(parents=True)
    (work / "src" / "helping.py").write_text("A = 5\n")
    first = run_step(tmp_path / "a", ["import sys; sys.path.insert(0, 'src')"], workdir=work)
    load = [{"slot": "sys.path", "artifact": str(first.folder / "outputs/ambient")}]
    second = run_step(tmp_path / "b", ["import sys\nA, sys.path.count('src')"], workdir=work, ambient={"load": load},
                      replay=[piece("import sys; sys.path.insert(0, 'src')"), piece("from helping import *", "A")])
    assert second.text(0) == "(5, 1)", second.report
    assert second.report["ambient"]["changed"] == []


def test_a_replayed_setting_may_read_an_input_or_a_parameter(tmp_path):
    first = run_step(tmp_path / "a", ["import types\ncfg = types.SimpleNamespace(n=3)"], outputs={"names": ["cfg"]})
    second = run_step(tmp_path / "b", ["decimal.getcontext().prec, sys.getrecursionlimit()"], inputs=[given(first, "cfg")],
                      parameters={"depth": 2000},
                      replay=[piece("import decimal, sys", "decimal", "sys"), piece("decimal.getcontext().prec = cfg.n"),
                              piece("sys.setrecursionlimit(depth)")])
    assert second.text(0) == "(3, 2000)", second.report
    assert second.report["ambient"]["changed"] == []


def test_a_name_that_was_given_is_not_asked_for_again(tmp_path):
    attempt = run_step(tmp_path / "a", ["x"], parameters={"n": 1}, replay=[piece("x = n + 1", "x")])
    assert attempt.code == 1 and attempt.report["needs"] == []
    reason = attempt.report["reason"]
    assert (reason["code"], reason["name"], reason["cell"], reason["line"]) == ("given-unbound", "n", "s", 1)
