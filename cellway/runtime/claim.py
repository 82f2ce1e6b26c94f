"""An attempt is run once: by the process that signs it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Optional


def sign(folder: str) -> bool:
    """Signs the attempt as this process's (`pid.json`), before anything of the user's runs, so that whoever finds the
    folder can tell whether it still runs. False when the engine has given it up: one that was started for it and comes
    late must not run beside the attempt after it."""
    path = Path(folder) / "pid.json"
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    pid = os.getpid()
    temporary.write_text(json.dumps({"pid": pid, "started": start_ticks(pid), "group": os.getpgrp()}))
    try:
        os.link(temporary, path)  # fails where there is one
    except FileExistsError:
        if _abandoned(path):
            return False
        os.replace(temporary, path)  # of an earlier use of the folder
    except OSError:
        os.replace(temporary, path)  # a file system without hard links
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _abandoned(path: Path) -> bool:
    return bool(json.loads(path.read_text()).get("abandoned", False))


def start_ticks(pid: int) -> Optional[int]:
    """When the process started, in clock ticks since boot; None where there is no /proc."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rsplit(b")", 1)[1].split()[19])
    except OSError:
        return None
