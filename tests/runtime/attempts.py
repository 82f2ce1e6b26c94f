"""Makes attempt folders and runs them as an engine does: a process, a folder, an exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Union

RUNTIME = Path(__file__).resolve().parents[2] / "cellway" / "runtime"


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
    done = subprocess.run([python, str(RUNTIME), str(folder)], capture_output=True, text=True, timeout=60)
    return Attempt(folder, done.returncode, done.stderr)
