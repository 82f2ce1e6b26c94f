"""Talks with a fork server as an engine does (docs/contracts.md, section 2)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict

RUNTIME = Path(__file__).resolve().parents[2] / "cellway" / "runtime"


class Server:
    """`env` is added to this process's; its children are not to have `own_variables` of it. What they print before they
    capture goes to `stderr`."""

    def __init__(self, *own_variables: str, stderr: Any = None, **env: str) -> None:
        self.process = subprocess.Popen([sys.executable, str(RUNTIME), "--forkserver", *own_variables],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True, bufsize=1,
                                        env={**os.environ, **env})

    def say(self, **command: Any) -> None:
        self.process.stdin.write(json.dumps(command) + "\n")  # type: ignore[union-attr]

    def hear(self) -> Dict[str, Any]:
        return json.loads(self.process.stdout.readline())  # type: ignore[union-attr]

    def start(self, folder: Path, **more: Any) -> Dict[str, Any]:
        self.say(op="start", folder=str(folder), **more)
        return self.hear()

    def run(self, folder: Path, **more: Any) -> Dict[str, Any]:
        self.start(folder, **more)
        return self.hear()

    def close(self) -> int:
        """Its exit code, when its last child has ended."""
        self.process.stdin.close()  # type: ignore[union-attr]
        return self.process.wait(30)
