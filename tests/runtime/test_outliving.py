"""Work that still runs when a step's cells have ended refuses the step; a pool that waits does not."""

from __future__ import annotations

import sys

import pytest

from attempts import run_step


@pytest.mark.parametrize("cell, name, line", [
    ("import threading, time\nthreading.Thread(target=lambda: time.sleep(60), daemon=True, name='beat').start()", "beat", 2),
    ("import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True, name='beat').start()", "beat", 2),
    ("import threading\nt = threading.Timer(60, print)\nt.daemon = True; t.name = 'later'; t.start()", "later", 3),
    ("import concurrent.futures as f, time\nex = f.ThreadPoolExecutor(1, 'pool')\nex.submit(time.sleep, 5)", "pool_0", 3),
    ("import asyncio\nasync def co():\n    await asyncio.sleep(60)\nasyncio.ensure_future(co())\nNone", "co", 3),
])
def test_what_still_runs_refuses(tmp_path, cell, name, line):
    attempt = run_step(tmp_path / "a", [cell, "x = 1"])
    reason = attempt.report["reason"]
    assert attempt.code == 3, attempt.report
    assert (reason["code"], reason["name"], reason["cell"], reason["line"]) == ("still-running", name, "c1", line)


@pytest.mark.parametrize("cell", [
    "import threading\nt = threading.Thread(target=print); t.start(); t.join()",
    "import concurrent.futures as f\nex = f.ThreadPoolExecutor(2)\nlist(ex.map(abs, [1, 2, 3]))\ndel ex",
    "import concurrent.futures as f\nex = f.ThreadPoolExecutor(2)\nlist(ex.map(abs, [1, 2, 3]))",
    "import concurrent.futures as f\nex = f.ProcessPoolExecutor(1)\nlist(ex.map(abs, [1, 2, 3]))",
    "from multiprocessing.pool import ThreadPool\npool = ThreadPool(2)\npool.map(abs, [1, 2])",
    "from multiprocessing import Pool\npool = Pool(1)\npool.map(abs, [1, 2])",
    "import joblib\njoblib.Parallel(2)(joblib.delayed(abs)(n) for n in [1, 2])\njoblib.Parallel(2, 'threading')(joblib.delayed(abs)(n) for n in [1, 2])",
    "import asyncio\nasync def co(): return 1\nt = asyncio.ensure_future(co())\nawait asyncio.to_thread(abs, 1)" ,
    "%%bash\necho x",
    "!sleep 0.01",
    "import subprocess\nsubprocess.run(['echo', 'x'], capture_output=True, timeout=5)",
])
def test_what_waits_or_ended_does_not(tmp_path, cell):
    attempt = run_step(tmp_path / "a", [cell, "x = 1"])
    assert attempt.code == 0, attempt.report


def test_a_step_without_ipython_has_no_loop_to_look_at(tmp_path):
    """An interpreter that hides IPython: the fallback runner drives the step."""
    attempt = run_step(tmp_path / "a", ["x = 1"], python=_without_ipython(tmp_path))
    assert attempt.code == 0 and attempt.events[0]["ipython"] is None, attempt.stderr


def _without_ipython(folder):
    script = folder / "python"
    script.write_text(f"#!/bin/sh\nexec {sys.executable} -S \"$@\"\n")
    script.chmod(0o755)
    return str(script)
