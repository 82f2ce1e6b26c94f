"""What lies in the working folder, to find what child processes and C code wrote there unseen."""

from __future__ import annotations

import os
from typing import Dict, List, Optional, Tuple

LIMIT = 20000
"""Above so many files a comparison would cost more than a cell; the report then says that it was not made."""

Stamp = Tuple[int, int]


def snapshot(folder: str) -> Optional[Dict[str, Stamp]]:
    """Path to (mtime in ns, size) of every file; None above the limit. The inode says nothing: linked files get one of
    their own without being written, by this step or by one beside it."""
    found: Dict[str, Stamp] = {}
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.name in ("__pycache__", ".ipynb_checkpoints", ".git"):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                        continue
                    status = entry.stat(follow_symlinks=False)
                    found[entry.path] = (status.st_mtime_ns, status.st_size)
        except FileNotFoundError:
            continue  # removed while we looked
        if len(found) > LIMIT:
            return None
    return found


def differences(before: Dict[str, Stamp], after: Dict[str, Stamp]) -> Tuple[List[str], List[str]]:
    """Files written (new or changed), and removed."""
    written = [path for path, stamp in after.items() if before.get(path) != stamp]
    removed = [path for path in before if path not in after]
    return written, removed
