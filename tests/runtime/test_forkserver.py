"""The fork server: children as good as fresh processes, and a record of each end."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from attempts import RUNTIME, Attempt, write_step
from forking import Server


@pytest.fixture
def server():
    made = Server()
    yield made
    assert made.close() == 0


def test_a_step_runs_and_its_end_is_recorded(server, tmp_path):
    server.say(op="preload", modules=["json", "no_such_module_at_all"])
    ready = server.hear()
    assert ready["op"] == "ready" and ready["unsafe"] is None
    folder = write_step(tmp_path / "a", ["import os, sys\nprint(os.environ['K'], sys.argv[1:], sys.stdin.read(), __name__)\n7"])
    ended = server.run(folder, cwd=str(tmp_path), env={"K": "v"})
    assert (ended["op"], ended["code"], ended["signal"]) == ("exit", 0, None) and ended["maxrss"] > 1e6
    assert json.loads((folder / "exit.json").read_text())["code"] == 0
    assert json.loads((folder / "pid.json").read_text())["pid"] > 0
    assert Attempt(folder, 0, "").text(0) == "v []  __main__\n7"


def test_a_child_goes_by_its_own_environment(server, tmp_path):
    (tmp_path / "temporary").mkdir()
    server.say(op="preload", modules=[])
    server.hear()
    folder = write_step(tmp_path / "a", ["import tempfile, time\nprint(tempfile.gettempdir(), time.tzname[0])"])
    server.run(folder, env={"TMPDIR": str(tmp_path / "temporary"), "TZ": "XYZ-5"})
    assert Attempt(folder, 0, "").text(0) == f"{tmp_path}/temporary XYZ\n"


def test_variables_of_the_server_are_not_the_childs(tmp_path):
    server = Server("GLIBC_TUNABLES", GLIBC_TUNABLES="glibc.malloc.hugetlb=1", OTHER="other")
    cell = "import os, subprocess\nprint(os.environ.get('GLIBC_TUNABLES'), subprocess.getoutput('echo $GLIBC_TUNABLES $OTHER'))"
    server.run(write_step(tmp_path / "a", [cell]))
    assert Attempt(tmp_path / "a", 0, "").text(0) == "None other\n"
    assert server.close() == 0


def test_children_do_not_share_random_streams(server, tmp_path):
    server.say(op="preload", modules=["numpy"])
    server.hear()
    seen = set()
    for n in range(3):
        folder = write_step(tmp_path / str(n), ["import random, numpy as np\n(random.random(), np.random.rand())"])
        server.run(folder)
        seen.add(Attempt(folder, 0, "").text(0))
    assert len(seen) == 3


def test_children_do_not_see_the_protocol(server, tmp_path):
    folder = write_step(tmp_path / "a", ["import os\nopen_fds = [int(n) for n in os.listdir('/proc/self/fd')]\n[n for n in open_fds if n >= 200], os.getpid() == os.getsid(0)"])
    server.run(folder)
    assert Attempt(folder, 0, "").text(0) == "([], True)"


def test_a_child_that_kills_itself_is_recorded(server, tmp_path):
    folder = write_step(tmp_path / "a", ["import os, signal\nprint('x')\nos.kill(os.getpid(), signal.SIGKILL)"])
    ended = server.run(folder)
    assert (ended["code"], ended["signal"]) == (None, 9)
    assert json.loads((folder / "exit.json").read_text())["signal"] == 9
    assert (folder / "log.txt").read_text() == "x\n" and not (folder / "report.json").exists()


def test_a_child_can_be_cancelled(server, tmp_path):
    folder = write_step(tmp_path / "a", ["print('up')\nimport time\nwhile True: time.sleep(0.02)"])
    server.start(folder)
    deadline = time.monotonic() + 30
    while not (folder / "log.txt").exists() or not (folder / "log.txt").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    server.say(op="kill", folder=str(folder), signal=2)
    assert server.hear()["code"] == 130


def test_the_end_of_stdin_waits_for_children(tmp_path):
    server = Server()
    folder = write_step(tmp_path / "a", ["import time; time.sleep(0.3)"])
    server.start(folder)
    assert server.close() == 0
    assert json.loads((folder / "exit.json").read_text())["code"] == 0


def test_a_bad_line_does_not_end_the_server(server, tmp_path):
    server.process.stdin.write("nonsense\n")
    assert server.hear()["op"] == "error"
    assert server.run(write_step(tmp_path / "a", ["1"]))["code"] == 0


def child_pids(server):
    return [int(pid) for pid in open(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read().split()]


def wait_for_spare(server):
    deadline = time.monotonic() + 30
    while not child_pids(server):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return child_pids(server)[0]


def test_a_child_forked_ahead_takes_the_next_step(server, tmp_path):
    server.say(op="preload", modules=[])
    server.hear()
    spare = wait_for_spare(server)
    assert server.start(write_step(tmp_path / "a", ["import os; os.getpid()"]))["pid"] == spare
    server.hear()
    assert Attempt(tmp_path / "a", 0, "").text(0) == str(spare)


def runs(pid):
    """Neither waiting to be reaped nor gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


def test_a_child_forked_ahead_that_died_is_replaced(server, tmp_path):
    server.say(op="preload", modules=[])
    server.hear()
    spare = wait_for_spare(server)
    os.kill(spare, 9)
    while runs(spare):
        time.sleep(0.01)
    assert server.run(write_step(tmp_path / "a", ["1"]))["code"] == 0


def test_modules_preloaded_later_are_there_in_the_next_child(server, tmp_path):
    for name in ("wave", "chunk_that_is_not_there", "mailbox"):
        server.say(op="preload", modules=[name])
        server.hear()
        wait_for_spare(server)
    server.run(write_step(tmp_path / "a", ["import sys; 'wave' in sys.modules, 'mailbox' in sys.modules"]))
    assert Attempt(tmp_path / "a", 0, "").text(0) == "(True, True)"


def test_libraries_preloaded_see_the_kernel(server, tmp_path):
    pytest.importorskip("pandas")
    server.say(op="preload", modules=["pandas"])
    server.hear()
    server.run(write_step(tmp_path / "a", ["import pandas\npandas.get_option('display.max_columns')"]))
    assert Attempt(tmp_path / "a", 0, "").text(0) == "20"


def test_warming_libraries_leaves_nothing_that_a_notebook_sees(server, tmp_path):
    pytest.importorskip("sklearn")
    cell = ("import warnings, sys, gc\nimport pandas, sklearn.preprocessing, matplotlib.pyplot as plt\n"
            "len(warnings.filters), plt.get_fignums(), sum(type(o) is pandas.DataFrame for o in gc.get_objects())")
    alone = write_step(tmp_path / "a", [cell])
    subprocess.run([sys.executable, str(RUNTIME), str(alone)], check=True)
    server.say(op="preload", modules=["pandas", "sklearn.preprocessing", "matplotlib.pyplot"])
    server.hear()
    server.run(write_step(tmp_path / "b", [cell]))
    assert Attempt(tmp_path / "b", 0, "").text(0) == Attempt(alone, 0, "").text(0)


def own_memory(pid):
    """Bytes that the process has written to since it was forked; none when it has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    rows = dict(line.split(":") for line in text.splitlines()[1:])
    return int(rows["Private_Dirty"].split()[0]) * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells which pages are a process's own")
def test_what_a_step_wrote_the_next_child_copies_ahead(server, tmp_path):
    server.say(op="preload", modules=[])
    server.hear()
    first = wait_for_spare(server)
    server.run(write_step(tmp_path / "a", ["1"]))  # by a child that knows of no step
    server.run(write_step(tmp_path / "b", ["1"]))  # by one forked while that ran
    deadline = time.monotonic() + 30
    while True:
        spares = [pid for pid in child_pids(server) if pid != first]
        if spares and own_memory(spares[-1]) > 5_000_000:  # 8 MB against 2 MB
            return
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_workers_of_a_pool_find_the_modules_of_the_notebooks_folder(server, tmp_path):
    (tmp_path / "helper.py").write_text("def double(x):\n    return 2 * x\n")
    server.say(op="preload", modules=["multiprocessing.pool"])
    server.hear()
    cell = "import helper, multiprocessing as m\nwith m.get_context('spawn').Pool(1) as pool: print(pool.map_async(helper.double, [2]).get(60))"
    server.run(write_step(tmp_path / "a", [cell], workdir=tmp_path))
    assert Attempt(tmp_path / "a", 0, "").text(0) == "[4]\n"


def test_the_end_of_a_step_leaves_no_process(server, tmp_path):
    server.say(op="preload", modules=[])
    server.hear()
    for n in range(3):
        assert server.run(write_step(tmp_path / str(n), ["1"]))["code"] == 0
    deadline = time.monotonic() + 30
    while len(child_pids(server)) != 1:  # the next step's
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_a_step_held_is_free_when_its_end_is_told(server, tmp_path):
    hold = "import socket, fcntl\ns = socket.socket(); s.bind(('127.0.0.1', {port})); s.listen()\nf = open('lock', 'w'); fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for n in range(3):
        ended = server.run(write_step(tmp_path / str(n), [hold.format(port=port)], workdir=tmp_path))
        assert ended["code"] == 0, Attempt(tmp_path / str(n), 0, "").report


@pytest.mark.skipif(sys.platform != "linux", reason="threads have names there")
def test_a_library_whose_import_starts_a_pool_makes_forking_unsafe(tmp_path):
    (tmp_path / "pooling.py").write_text(
        "import ctypes, threading\nnamed = threading.Event()\n"
        "def work():\n    ctypes.CDLL(None).prctl(15, b'polars-0', 0, 0, 0)\n    named.set()\n    threading.Event().wait()\n"
        "threading.Thread(target=work, daemon=True).start()\nnamed.wait()\n")
    server = Server(PYTHONPATH=str(tmp_path))
    server.say(op="preload", modules=["pooling"])
    assert server.hear()["unsafe"] == "polars"
    assert server.close() == 0
