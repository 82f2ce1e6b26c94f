"""Copy on write for the working copy: large files in it are hard links to the user's own.

Python's own opening of a file is seen (`own_inode`). A child process, a worker of a pool and code in C open files
unseen, so before one can run, every linked file is made the folder's own (`own_all`).
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import stat
from typing import Iterator

_FICLONE = 0x40049409

HARMLESS = frozenset({"lscpu", "uname", "fc-list", "ldconfig", "gcc", "cc", "ld", "nvidia-smi", "sysctl", "getconf"})
"""Programs that libraries ask about the machine; they write nothing."""

NATIVE_WRITERS = ("h5py", "netCDF4", "tables", "rasterio", "duckdb", "cv2", "lightgbm", "xgboost", "polars")
"""Modules whose own writing is not seen. pyarrow too, but pandas loads it for everybody: there the text decides."""

ARROW_WRITES = re.compile(r"\bto_(?:parquet|feather|orc)\b|\bwrite_\w+|\bOSFile\b|\bmemory_map\b|\bopen_\w+_stream\b")


def own_inode(path: str, folder: str) -> None:
    """If the file is known under other names too, gives `path` an inode of its own with the same content, so that
    writing to it leaves the others as they are. Nothing when it does not exist or is no plain file. `folder`: the
    working folder; steps that share it take turns, so that none puts an old copy over what another just wrote."""
    if not _linked(path):
        return
    path = os.path.realpath(path)
    turn = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if _linked(path):
            temporary = f"{path}.cellway-{os.getpid()}"
            _copy(path, temporary)
            os.replace(temporary, path)
    finally:
        os.close(turn)


def own_all(folder: str) -> None:
    """Every linked file below the folder gets an inode of its own."""
    for path in _files(folder):
        own_inode(path, folder)


def _files(folder: str) -> Iterator[str]:
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif entry.is_file(follow_symlinks=False):
                        yield entry.path
        except FileNotFoundError:
            continue  # removed while we looked


def _linked(path: str) -> bool:
    try:
        status = os.stat(path)
    except OSError:
        return False
    return status.st_nlink > 1 and stat.S_ISREG(status.st_mode)


def _copy(path: str, target: str) -> None:
    """Shares the blocks where the file system can, as Btrfs and XFS do."""
    with open(path, "rb") as source, open(target, "xb") as copy:
        try:
            fcntl.ioctl(copy.fileno(), _FICLONE, source.fileno())
            shared = True
        except OSError:
            shared = False
    if not shared:
        shutil.copyfile(path, target)
    shutil.copystat(path, target)
