"""Copy on write for the working copy: large files in it are hard links to the user's own."""

from __future__ import annotations

import os
import shutil
import stat


def own_inode(path: str) -> None:
    """If the file is known under other names too, gives `path` an inode of its own with the same content, so that
    writing to it leaves the others as they are. Nothing when it does not exist or is no plain file."""
    try:
        status = os.stat(path)
    except OSError:
        return
    if status.st_nlink < 2 or not stat.S_ISREG(status.st_mode):
        return
    path = os.path.realpath(path)
    temporary = f"{path}.cellway-{os.getpid()}"
    shutil.copy2(path, temporary)
    os.replace(temporary, path)
