"""Makes attempt folders and runs them as an engine does: a process, a folder, an exit code."""

from __future__ import annotations

import atexit
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Timer
from typing import Any, Dict, List, Optional, Tuple, Union

from forking import RUNTIME, Server

FORKED = os.environ.get("CELLWAY_TEST_START") == "fork"
"""Steps are forked from a warm interpreter, as the local engine starts them on Linux: many times quicker than a process of
its own for each, which is what they get otherwise."""

PATIENCE = 60


@dataclass
class Attempt:
    folder: Path
    code: int
    stderr: str

    @property
    def report(self) -> Dict[str, Any]:
        return json.loads((self.folder / "report.json").read_text("utf-8"))

    @property
    def events(self) -> List[Dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "events.jsonl").read_text("utf-8").splitlines()]

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text("utf-8")

    @property
    def outputs(self) -> List[List[Dict[str, Any]]]:
        return [row["outputs"] for row in json.loads((self.folder / "cells.json").read_text("utf-8"))]

    def text(self, cell: int) -> str:
        """All text of a cell's streams and results, joined."""
        return "".join(o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in self.outputs[cell])


def write_step(folder: Path, cells: List[Union[str, Dict[str, Any]]], workdir: Optional[Path] = None, **more: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    work = workdir or folder / "work"
    work.mkdir(exist_ok=True)
    rows = [{"index": n, "id": f"c{n}", **({"source": c} if isinstance(c, str) else c)} for n, c in enumerate(cells, 1)]
    (folder / "step.json").write_text(json.dumps({
        "schema": "cellway.step/1", "run": "r", "step": "s", "workdir": str(work), "cells": rows, **more}))
    return folder


def run_step(folder: Path, cells: List[Union[str, Dict[str, Any]]], python: str = sys.executable, **more: Any) -> Attempt:
    write_step(folder, cells, **more)
    if FORKED and python == sys.executable:
        return _fork_step(folder)
    done = subprocess.run([python, str(RUNTIME), str(folder)], capture_output=True, text=True, timeout=PATIENCE)
    return Attempt(folder, done.returncode, done.stderr)


LIBRARIES = ("numpy", "pandas", "pyarrow", "matplotlib.pyplot", "seaborn", "sklearn.linear_model", "sklearn.preprocessing", "joblib")


def _fork_step(folder: Path) -> Attempt:
    uses = re.search(r"\b(?:%s)\b" % "|".join(name.split(".")[0] for name in LIBRARIES), (folder / "step.json").read_text("utf-8"))
    server, said = _server(LIBRARIES if uses else ())
    before = os.fstat(said).st_size
    server.start(folder)
    giving_up = Timer(PATIENCE, lambda: server.say(op="kill", folder=str(folder), signal=9))
    giving_up.start()
    ended = server.hear()
    giving_up.cancel()
    assert ended["op"] == "exit", ended
    return Attempt(folder, -ended["signal"] if ended["code"] is None else ended["code"], os.pread(said, 100_000, before).decode())


@lru_cache(maxsize=None)
def _server(modules: Tuple[str, ...]) -> Tuple[Server, int]:
    """With the file that its children's standard error goes to, by its number. Ends with this process."""
    said, name = tempfile.mkstemp()
    os.remove(name)
    server = Server(stderr=said)
    atexit.register(server.close)
    server.say(op="preload", modules=modules)
    ready = server.hear()
    assert ready["unsafe"] is None, ready
    return server, said
