"""What cells do to files, network and processes is seen, by cell and line."""

from __future__ import annotations

import os
import sys

import pytest

from attempts import run_step


def rows(attempt, kind):
    return {(r["path"], r["cell"], r["line"]) for r in attempt.report["files"][kind]}


@pytest.fixture
def work(tmp_path):
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "d.csv").write_text("a\n1\n")
    return folder


def test_reads_and_writes_are_told_by_cell_and_line(tmp_path, work):
    attempt = run_step(tmp_path / "a", [
        "import pandas as pd\ndf = pd.read_csv('d.csv')",
        "df.to_csv('out.csv')\nimport os, shutil\nshutil.copy('out.csv', 'b.csv')\nos.rename('b.csv', 'c.csv')\nos.remove('c.csv')",
        "os.makedirs('deep'); os.chdir('deep')\nopen('x.txt', 'w').close()"], workdir=work)
    assert attempt.code == 0, attempt.report
    assert ("d.csv", "c1", 2) in rows(attempt, "read")
    assert {("out.csv", "c2", 1), ("b.csv", "c2", 3), ("c.csv", "c2", 4), ("deep/x.txt", "c3", 2)} == rows(attempt, "written")
    assert {("b.csv", "c2", 4), ("c.csv", "c2", 5)} == rows(attempt, "removed")


def test_packages_and_the_system_are_not_told(tmp_path, work):
    attempt = run_step(tmp_path / "a", ["import pandas, sklearn.datasets\nX = sklearn.datasets.load_iris()\nopen('/etc/hostname').close()"], workdir=work)
    assert attempt.report["files"] == {"read": [], "written": [], "removed": [], "unwatched": []}


def test_a_write_outside_is_refused_with_the_way_out(tmp_path, work):
    target = os.path.expanduser("~/cellway-must-not-exist.txt")
    attempt = run_step(tmp_path / "a", ["x = 1", f"\nopen({target!r}, 'w')", "2"], workdir=work)
    reason = attempt.report["reason"]
    assert attempt.code == 3 and not os.path.exists(target) and len(attempt.outputs) == 2
    assert (reason["code"], reason["cell"], reason["line"]) == ("write-outside", "c2", 2)
    assert "files.allow_writes" in reason["fix"]


def test_a_swallowed_refusal_refuses_too(tmp_path, work):
    target = os.path.expanduser("~/cellway-must-not-exist.txt")
    assert run_step(tmp_path / "a", [f"try:\n    open({target!r}, 'w')\nexcept OSError:\n    pass"], workdir=work).code == 3


def test_a_write_outside_can_be_allowed(tmp_path, work):
    folder = os.path.expanduser("~")
    target = os.path.join(folder, f"cellway-test-{os.getpid()}.txt")
    try:
        assert run_step(tmp_path / "a", [f"open({target!r}, 'w').write('y')"], workdir=work, files={"allow_writes": [folder]}).code == 0
        assert os.path.exists(target)
    finally:
        if os.path.exists(target):
            os.remove(target)


def test_a_linked_file_is_copied_before_it_is_written(tmp_path, work):
    original = tmp_path / "original.csv"
    os.link(work / "d.csv", original)
    attempt = run_step(tmp_path / "a", ["open('d.csv', 'a').write('2\\n')"], workdir=work)
    assert attempt.code == 0
    assert original.read_text() == "a\n1\n" and (work / "d.csv").read_text() == "a\n1\n2\n"


def test_what_children_write_is_found(tmp_path, work):
    attempt = run_step(tmp_path / "a", ["!echo x > made.txt\nimport os; os.remove('d.csv')", "%%bash\nrm made.txt; echo y > two.txt"], workdir=work)
    assert {("made.txt", "c1", None), ("two.txt", "c2", None)} == rows(attempt, "written")
    assert attempt.report["used"]["shell"] and attempt.report["files"]["unwatched"] == ["shell"]
    assert ("made.txt", "c2", None) in rows(attempt, "removed")


def test_what_c_code_writes_is_found(tmp_path, work):
    attempt = run_step(tmp_path / "a", ["import pandas as pd\npd.DataFrame({'a': [1]}).to_parquet('t.parquet')"], workdir=work)
    assert "t.parquet" in {path for path, _, _ in rows(attempt, "written")}


def test_what_a_database_in_memory_writes_to_a_file_is_found(tmp_path, work):
    attempt = run_step(tmp_path / "a", ["import sqlite3\ndb = sqlite3.connect(':memory:')", "db.execute(\"attach 'y.db' as y\")\ndb.execute('create table y.t (a)')"], workdir=work)
    assert ("y.db", "c2", None) in rows(attempt, "written"), attempt.report["files"]


def test_listing_a_folder_is_a_read_of_it(tmp_path, work):
    attempt = run_step(tmp_path / "a", ["import glob\nglob.glob('*.csv')"], workdir=work)
    assert ("./", "c1", 2) in rows(attempt, "read")


def test_a_missing_file_that_was_asked_for_is_told(tmp_path, work):
    attempt = run_step(tmp_path / "a", ["try:\n    open('model.pkl')\nexcept FileNotFoundError:\n    pass"], workdir=work)
    assert attempt.report["files"]["read"] == [{"path": "model.pkl", "cell": "c1", "index": 1, "line": 2, "exists": False}]


def test_network_use_is_told(tmp_path, work):
    attempt = run_step(tmp_path / "a", ["import socket\ntry:\n    socket.create_connection(('127.0.0.1', 1), 1)\nexcept OSError: pass"], workdir=work)
    assert attempt.report["used"]["network"] is True


def test_lines_inside_a_timed_cell_are_the_cells(tmp_path, work):
    attempt = run_step(tmp_path / "a", ["%%time\nx = 1\nopen('d.csv').close()"], workdir=work)
    assert ("d.csv", "c1", 3) in rows(attempt, "read")


@pytest.mark.parametrize("cell", [
    "!echo 2 >> d.csv",
    "%%bash\necho 2 >> d.csv",
    "import subprocess\nsubprocess.run('echo 2 >> d.csv', shell=True)",
    "import os\nos.system('echo 2 >> d.csv')",
    "import os\nif os.fork() == 0:\n    os.execvp('sh', ['sh', '-c', 'echo 2 >> d.csv'])\nos.wait()",
    "import helper, multiprocessing as m\nwith m.get_context('spawn').Pool(1) as pool: pool.map(helper.write, ['d.csv'])",
    "import helper, joblib\njoblib.Parallel(2)(joblib.delayed(helper.write)(name) for name in ['d.csv', 'e.csv'])",
    "import pandas as pd\npd.DataFrame({'a': [2]}).to_parquet('d.csv')",
    "import h5py",
    "import sqlite3\nsqlite3.connect('d.csv').close()",
], ids=["!", "%%bash", "subprocess", "os.system", "exec", "spawned worker", "joblib worker", "arrow", "native import", "database"])
def test_a_linked_file_is_safe_from_writers_that_nobody_sees(tmp_path, work, cell):
    original = tmp_path / "original.csv"
    os.link(work / "d.csv", original)
    (work / "h5py.py").write_text("open('h5py.py').close()\n")  # what it does in C cannot be seen; that it comes is
    (work / "helper.py").write_text("def write(name):\n    with open(name, 'a') as file: file.write('2')\n")
    attempt = run_step(tmp_path / "a", [cell], workdir=work)
    assert attempt.code == 0, attempt.report
    assert original.read_text() == "a\n1\n"
    assert os.stat(original).st_nlink == 1


def test_making_a_linked_file_ones_own_is_no_write(tmp_path, work):
    os.link(work / "d.csv", tmp_path / "original.csv")
    attempt = run_step(tmp_path / "a", ["!true"], workdir=work)
    assert os.stat(work / "d.csv").st_nlink == 1
    assert attempt.report["files"]["written"] == []


@pytest.mark.parametrize("ask", ["os.path.exists('F')", "os.path.isfile('F')", "os.access('F', os.R_OK)", "os.path.lexists('F')",
                                 "pathlib.Path('F').exists()", "pathlib.Path('F').is_file()", "glob.glob('F')"])
@pytest.mark.parametrize("name, more", [("d.csv", {}), ("gone", {"exists": False})])
def test_a_question_about_a_file_is_a_read(tmp_path, work, ask, name, more):
    attempt = run_step(tmp_path / "a", ["import glob, os, pathlib", "\n" + ask.replace("F", name)], workdir=work)
    assert attempt.report["files"]["read"] == [{"path": name, "cell": "c2", "index": 2, "line": 2, **more}]


def test_questions_about_folders_and_other_places_are_not_told(tmp_path, work):
    attempt = run_step(tmp_path / "a", ["import os, pathlib\nos.makedirs('deep/er', exist_ok=True)\nos.path.exists('deep'), os.path.exists('/etc/hosts')\n"
                                        "os.stat('.'), pathlib.Path('deep').resolve(), os.path.realpath('d.csv')\n"
                                        "try:\n    os.stat('a\\0b')\nexcept ValueError:\n    pass"], workdir=work)
    assert attempt.code == 0, attempt.report
    assert attempt.report["files"]["read"] == []


def test_files_of_a_step_beside_are_not_ours(tmp_path, work):
    """The folder is not compared when nothing ran that writes unseen."""
    attempt = run_step(tmp_path / "a", ["import pandas, pyarrow, sqlite3, threading, os, posix\nposix.mkfifo('pipe')", "x = 1"], workdir=work)
    assert attempt.report["files"]["written"] == []


def test_what_only_a_comparison_shows_is_marked(tmp_path, work):
    attempt = run_step(tmp_path / "a", ["!echo x > made.txt\nopen('seen.txt', 'w').close()"], workdir=work)
    assert {row["path"]: row.get("unseen", False) for row in attempt.report["files"]["written"]} == {"made.txt": True, "seen.txt": False}
