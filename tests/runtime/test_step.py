"""A step runs from its folder alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from itertools import groupby

import pytest

from attempts import RUNTIME, Attempt, run_step, write_step


def test_a_shell_script_can_run_a_step(tmp_path):
    folder = write_step(tmp_path / "a", ["print('hello')\n1 + 1"])
    script = tmp_path / "run.sh"
    script.write_text(f"#!/bin/sh\ncd {tmp_path}\nexec {sys.executable} {RUNTIME} a\n")
    assert subprocess.run(["env", "-i", "PATH=/usr/bin:/bin", "sh", str(script)]).returncode == 0
    assert Attempt(folder, 0, "").text(0) == "hello\n2"


def test_it_runs_as_a_module(tmp_path):
    folder = write_step(tmp_path / "a", ["import json, sys; print(json.dumps([__name__, *sys.path]))"])
    root = RUNTIME.parents[1]
    assert subprocess.run([sys.executable, "-m", "cellway.runtime", str(folder)], cwd=root).returncode == 0
    name, *path = json.loads(Attempt(folder, 0, "").text(0))
    assert name == "__main__" and not {str(root), str(RUNTIME), str(RUNTIME.parent)} & set(path)


def test_no_step_json_is_exit_2_and_says_so(tmp_path):
    done = subprocess.run([sys.executable, str(RUNTIME), str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 2 and "step.json" in done.stderr


@pytest.mark.parametrize("cells, message", [
    ([{"id": "x", "index": "one", "source": ""}], "cells[0]: index must be int"),
    ([{"id": "x", "index": 1, "source": None}], "cells[0]: source is missing"),
    ([7], "cells[0]: an object is wanted"),
])
def test_a_malformed_field_is_named(tmp_path, cells, message):
    import json

    (tmp_path / "step.json").write_text(json.dumps({"schema": "cellway.step/1", "cells": cells}))
    done = subprocess.run([sys.executable, str(RUNTIME), str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 2 and message in done.stderr


def test_the_first_failing_cell_ends_the_step(tmp_path):
    attempt = run_step(tmp_path / "a", ["a = 1", "def f():\n    1 / 0\nf()", "print('never')"])
    assert attempt.code == 1 and len(attempt.outputs) == 2
    error = attempt.report["error"]
    assert (error["ename"], error["cell"], error["index"], error["line"]) == ("ZeroDivisionError", "c2", 2, 2)


def test_an_unbound_name_is_needed(tmp_path):
    attempt = run_step(tmp_path / "a", ["def f():\n    return gone\n\nf()"])
    assert attempt.code == 4
    assert attempt.report["needs"] == [{"name": "gone", "cell": "c1", "index": 1, "line": 2}]
    assert attempt.report["error"]["ename"] == "NameError"


def test_an_unbound_local_is_an_error_only(tmp_path):
    assert run_step(tmp_path / "a", ["def f():\n    x\n    x = 1\nf()"]).code == 1


def test_replay_is_silent_and_keeps_its_lines(tmp_path):
    piece = {"cell": {"index": 1, "id": "s"}, "line": 4, "source": "print('no')\ndef f():\n    return 1 / 0", "names": ["f"]}
    attempt = run_step(tmp_path / "a", [{"index": 2, "id": "c", "source": "f()"}], replay=[piece])
    assert attempt.code == 1 and attempt.log == ""
    assert (attempt.report["error"]["cell"], attempt.report["error"]["line"]) == ("s", 6)
    assert "Could not get source" not in (trace := "".join(attempt.report["error"]["traceback"])) and "return" in trace


def test_an_error_in_replay_names_the_replayed_cell(tmp_path):
    piece = {"cell": {"index": 1, "id": "s"}, "line": 3, "source": "x = 1 / 0", "names": ["x"]}
    attempt = run_step(tmp_path / "a", ["print('never')"], replay=[piece])
    assert (attempt.code, attempt.report["error"]["cell"], attempt.report["error"]["line"]) == (1, "s", 3)
    assert attempt.log == ""


def test_parameters_are_bound_and_setup_injects_after_its_cell(tmp_path):
    attempt = run_step(tmp_path / "a", ["n = 1", "n, lr"], parameters={"lr": {"$float": "nan"}}, inject={"n": 3},
                       inject_after="c1")
    assert attempt.text(1) == "(3, nan)"


def test_values_travel_between_steps(tmp_path):
    a = run_step(tmp_path / "a", ["x = [1]; y = x; z = 5\nif False: gone = 1"], outputs={"names": ["x", "y", "gone"]})
    assert a.code == 0 and a.report["unbound"] == ["gone"]
    inputs = [{"artifact": str(tmp_path / "a" / row["path"]), "names": row["names"]} for row in a.report["artifacts"]]
    b = run_step(tmp_path / "b", ["x is y, x", "x.append(2)"], inputs=inputs)
    assert b.text(0) == "(True, [1])"
    assert [row["name"] for row in b.report["inputs_changed"]] == ["x", "y"]


def test_a_wanted_value_that_cannot_travel_refuses_the_step(tmp_path):
    attempt = run_step(tmp_path / "a", ["a = 1", "g = 2\ng = (i for i in [1])"], outputs={"names": ["g"]})
    assert attempt.code == 3
    reason = attempt.report["reason"]
    assert (reason["code"], reason["name"], reason["cell"], reason["line"]) == ("cannot-travel", "g", "c2", 2)
    assert reason["fix"]


def test_with_all_what_cannot_travel_is_only_listed(tmp_path):
    attempt = run_step(tmp_path / "a", ["g = (i for i in [1]); x = 1"], outputs={"names": ["x"], "all": True})
    assert attempt.code == 0
    assert [row["name"] for row in attempt.report["missing"]] == ["g"]


def test_metrics_come_from_what_is_bound_shown_and_printed(tmp_path):
    attempt = run_step(tmp_path / "a", [
        "import numpy as np\nacc = np.float32(0.5)\nscores = {'a': 1, 'b': {'c': float('inf')}}\nok = True\nrows = [1]", ], )
    assert attempt.report["metrics"] == []
    attempt = run_step(tmp_path / "b", ["early = 3", {"metrics": True, "source":
        "import numpy as np\nacc = np.float32(0.5)\nscores = {'a': 1, 'b': {'c': float('inf')}}\nok = True\nprint(early)"}])
    assert {m["name"]: m["value"] for m in attempt.report["metrics"]} == {
        "acc": 0.5, "scores.a": 1, "scores.b.c": {"$float": "inf"}, "early": 3}


def test_output_past_the_limit_is_cut_and_whole_in_the_log(tmp_path):
    attempt = run_step(tmp_path / "a", ["for i in range(1000): print('x' * 99)\nprint('end')", "print('more')"], limits={"output": 5000})
    assert attempt.log.count("x") == 99000 and len(attempt.text(0)) < 6000
    assert "cut the output" in attempt.text(0) and attempt.text(1) == "more\n"


def test_a_long_progress_bar_is_one_line_and_never_cut(tmp_path):
    attempt = run_step(tmp_path / "a", ["for i in range(1000): print('\\r' + 'x' * 50 + str(i), end='')"], limits={"output": 500})
    assert attempt.text(0) == "x" * 50 + "999"


def test_log_ranges_tell_whose_bytes_they_are(tmp_path):
    attempt = run_step(tmp_path / "a", ["print('é')", "import sys; print('b'); print('c', file=sys.stderr)"])
    data = (attempt.folder / "log.txt").read_bytes()
    ranges = [e for e in attempt.events if e["type"] == "log"]
    assert [e["from"] for e in ranges] == [0, *(e["to"] for e in ranges[:-1])] and ranges[-1]["to"] == len(data)
    whose = lambda e: (e["cell"], e["stream"])  # noqa: E731
    # On a busy machine a line is told in two ranges, as its text and its end come 50 ms apart.
    rows = [(*who, b"".join(data[e["from"]:e["to"]] for e in those).decode()) for who, those in groupby(ranges, whose)]
    assert rows == [("c1", "stdout", "é\n"), ("c2", "stdout", "b\n"), ("c2", "stderr", "c\n")]
    assert [e["n"] for e in attempt.events] == list(range(1, len(attempt.events) + 1))


def test_prints_reach_the_log_while_the_cell_runs(tmp_path):
    folder = write_step(tmp_path / "a", ["print('first')\nimport time\nwhile True: time.sleep(0.05)"])
    process = subprocess.Popen([sys.executable, str(RUNTIME), str(folder)])
    attempt = Attempt(folder, 0, "")
    try:
        deadline = time.monotonic() + 30
        while not (folder / "log.txt").exists() or "first" not in attempt.log:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        while not any(e["type"] == "log" for e in attempt.events):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    assert attempt.report["outcome"] == "cancelled"
    assert attempt.outputs[0][-1]["ename"] == "KeyboardInterrupt"


def test_a_cell_that_awaits_is_cancelled_by_sigterm(tmp_path):
    folder = write_step(tmp_path / "a", ["import asyncio\nprint('up')\nawait asyncio.sleep(60)"])
    process = subprocess.Popen([sys.executable, str(RUNTIME), str(folder)])
    deadline = time.monotonic() + 30
    while not (folder / "log.txt").exists() or not (folder / "log.txt").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.terminate()
    assert process.wait(30) == 130


def test_widgets_keep_their_text(tmp_path):
    attempt = run_step(tmp_path / "a", [
        "class W:\n    def _repr_mimebundle_(self, **k):\n        return {'text/plain': 'Slider()', 'application/vnd.jupyter.widget-view+json': {'model_id': 'm'}}\nW()"])
    assert attempt.outputs[0][0]["data"] == {"text/plain": "Slider()"}


OTHERS = [path for version in ("3.9.18", "3.13.0")
          for path in [os.path.expanduser(f"~/.pyenv/versions/{version}/bin/python")] if os.path.exists(path)]


@pytest.mark.parametrize("python", OTHERS)
def test_without_ipython_plain_cells_run(tmp_path, python):
    attempt = run_step(tmp_path / "a", [
        "x = 1\nprint('p')\nx + 1", "import asyncio\nawait asyncio.sleep(0)", "_", "class H:\n    def _repr_html_(self): return '<b>'\nH()",
        "import os; os.system('echo child')\nNone", "1 / 0"], python=python)
    assert attempt.code == 1, attempt.stderr
    assert attempt.text(0) == "p\n2" and attempt.outputs[3][0]["data"]["text/html"] == "<b>" and attempt.text(4) == "child\n"
    assert attempt.report["error"]["index"] == 6


@pytest.mark.parametrize("python", OTHERS)
def test_without_ipython_its_syntax_is_refused_by_cell_and_line(tmp_path, python):
    attempt = run_step(tmp_path / "a", ["x = 1\n%time x"], python=python)
    assert attempt.code == 1
    assert "cell 1 line 2" in attempt.report["error"]["evalue"] and attempt.report["error"]["line"] == 2


def test_what_hangs_at_the_end_does_not_keep_the_step(tmp_path):
    attempt = run_step(tmp_path / "a", ["import atexit, threading\natexit.register(threading.Event().wait)"])
    assert attempt.code == 0 and attempt.report["outcome"] == "succeeded"


def test_a_thread_that_runs_on_does_not_keep_the_step(tmp_path):
    attempt = run_step(tmp_path / "a", ["import threading\nthreading.Thread(target=threading.Event().wait).start()"])
    assert (attempt.code, attempt.report["reason"]["code"]) == (3, "still-running")


@pytest.mark.parametrize("cell", ["print('é' * 3000)", "for n in range(3000): print('é', end='')",
                                  "for n in range(3000): print('ab\\r\\n', end='')"], ids=["at once", "by and by", "\\r\\n"])
def test_the_limit_of_output_is_in_bytes(tmp_path, cell):
    attempt = run_step(tmp_path / "a", [cell], limits={"output": 1001})
    kept, notice = attempt.text(0).split("\n[Cellway cut")
    assert 990 < len(kept.encode()) <= 1001 and "1001 bytes" in notice
    assert len(attempt.log) > 2900


def test_updates_of_one_line_are_no_long_output(tmp_path):
    attempt = run_step(tmp_path / "a", ["for n in range(3000): print(f'\\r{n:4d} ▏', end='')"], limits={"output": 100})
    assert attempt.text(0) == "2999 ▏"


def test_a_future_that_is_replayed_holds_for_the_cells(tmp_path):
    attempt = run_step(tmp_path / "a", ["def f(x: no_such_name): ...\nf.__annotations__"], replay=[
        {"cell": {"index": 1, "id": "z"}, "line": 2, "source": "from __future__ import annotations", "names": ["annotations"]}])
    assert attempt.text(0) == "{'x': 'no_such_name'}"


LOCKED = """import threading
class Counter:
    lock = threading.Lock()
    def __init__(self): self.n = 0
    def add(self):
        with self.lock: self.n += 1"""


def test_an_object_whose_class_holds_a_lock_travels_where_the_class_can_be_replayed(tmp_path):
    (tmp_path / "definitions.json").write_text(json.dumps({"Counter": [
        {"cell": {"index": 1, "id": "c1"}, "line": 1, "source": LOCKED, "names": ["threading", "Counter"]}]}))
    more = {"definitions": "../definitions.json", "outputs": {"names": ["counter"]}}
    first = run_step(tmp_path / "a", [LOCKED, "counter = Counter(); counter.add()"], **more)
    assert first.code == 0, first.report
    second = run_step(tmp_path / "b", ["counter.add(); counter.n"], **more, inputs=[
        {"artifact": str(tmp_path / "a/outputs/1"), "names": ["counter"]}])
    assert second.code == 0, second.report
    assert second.text(0) == "2" and [r["name"] for r in second.report["inputs_changed"]] == ["counter"]
    assert second.report["definitions_changed"] == []


def test_an_object_whose_class_holds_a_lock_is_refused_without_the_source(tmp_path):
    attempt = run_step(tmp_path / "a", [LOCKED, "counter = Counter()"], outputs={"names": ["counter"]})
    assert attempt.code == 3 and attempt.report["reason"]["name"] == "counter"


def test_a_figure_travels(tmp_path):
    pytest.importorskip("matplotlib")
    attempt = run_step(tmp_path / "a", [
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.scatter(range(5), range(5), c=range(5))\nplt.show()"],
        outputs={"names": ["fig", "ax"]})
    assert attempt.code == 0, attempt.report["reason"]
    again = run_step(tmp_path / "b", ["ax.get_figure() is fig"], inputs=[
        {"artifact": str(tmp_path / "a/outputs/1"), "names": ["fig", "ax"]}])
    assert again.text(0) == "True", again.report
