"""Watches what the cells do outside their namespace, by Python's audit hook: files, child processes, network.

The hook is active only while a cell runs, so the runtime's own files are not seen. A hook cannot be removed: `close`
makes it do nothing.
"""

from __future__ import annotations

import os
import sys
import threading
from types import FrameType
from typing import Any, Callable, Dict, Iterable, Optional, Set, Tuple

from ..contract import Cell
from ..outliving import Outliving
from ..places import Places, Position
from . import asking
from .folders import Folders
from .linked import ARROW_WRITES, HARMLESS, NATIVE_WRITERS, own_all, own_inode
from .record import Record
from .snapshot import Stamp, differences, snapshot

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

NATIVE = ("pyarrow.parquet", "pyarrow.feather", "pyarrow.orc", "pyarrow.csv", "pyarrow.dataset", "h5py", "netCDF4", "cv2", "polars", "duckdb", "tables", "rasterio", "lightgbm", "xgboost")
"""Modules that open files in C, past the audit hook: what they wrote is found by comparing the folder. pandas loads
pyarrow itself for everybody; its parts that write come with their first use, or the text names what writes. Not sqlite3,
which IPython 8 loads for everybody: that a database is opened is seen."""


class WriteRefused(PermissionError):
    """A write outside the run's working folder."""


class Watch:
    def __init__(self, folders: Folders, places: Places, record: Record, sources: Iterable[str]) -> None:
        self.folders = folders
        self.record = record
        self.refusal: Optional[Dict[str, Any]] = None
        self.import_set_environ: Callable[[str], None] = lambda key: None
        self.outliving = Outliving(places, lambda filename: folders.inside(os.path.abspath(filename)))
        self._places = places
        self._cell: Optional[Cell] = None
        self._busy = threading.local()
        self._before: Optional[Dict[str, Stamp]] = None
        self._looked = False
        self._answered: Set[str] = set()
        self._arrow_writes = any(ARROW_WRITES.search(source) for source in sources)
        self._compare = False
        self._databases = False
        self._handlers: Dict[str, Callable[[Tuple[Any, ...], FrameType], None]] = {
            "open": self._open,
            "os.rename": lambda a, f: self._move(a, f),
            "os.remove": lambda a, f: self._remove(a[0], f),
            "os.rmdir": lambda a, f: self._write(a[0], f, tell=False),
            "os.mkdir": lambda a, f: self._write(a[0], f, tell=False),
            "os.link": lambda a, f: self._write(a[1], f),
            "os.symlink": lambda a, f: self._write(a[1], f),
            "os.truncate": lambda a, f: self._write(a[0], f),
            "os.chmod": lambda a, f: self._write(a[0], f, tell=False),
            "os.utime": lambda a, f: self._write(a[0], f, tell=False),
            "os.listdir": lambda a, f: self._list(a[0], f),
            "os.scandir": lambda a, f: self._list(a[0], f),
            "sqlite3.connect": lambda a, f: self._database(a[0], f),
            "tempfile.mkstemp": lambda a, f: self._temporary(a[0]),
            "tempfile.mkdtemp": lambda a, f: self._temporary(a[0]),
            "socket.connect": self._connect,
            "socket.getaddrinfo": lambda a, f: self._network(),
            "import": lambda a, f: self._unseen(a[0]),
            "subprocess.Popen": lambda a, f: self._program(a[0], f),
            "os.system": lambda a, f: self._program(None, f),
            "os.exec": lambda a, f: self._program(a[0], f),
            "os.posix_spawn": lambda a, f: self._program(a[0], f),
            "os.fork": lambda a, f: self._child(f),
            "os.forkpty": lambda a, f: self._child(f),
            "os.putenv": lambda a, f: self._putenv(a[0], f),
        }

    def install(self) -> None:
        sys.addaudithook(self._hook)
        self.outliving.install(lambda: self._cell)
        asking.install(self._asked)

    def begin(self, cell: Cell) -> None:
        if not self._looked:
            self._looked = True
            self._before = snapshot(self.folders.workdir)
        self._compare = False
        if any(name in sys.modules for name in NATIVE_WRITERS) or self._arrow_writes:
            own_all(self.folders.workdir)
        self._cell = cell

    def end(self) -> Optional[Dict[str, Any]]:
        """The reason to refuse the step, if the cell gave one."""
        cell, self._cell = self._cell, None
        if self._compare or self._databases or self._arrow_writes or any(name in sys.modules for name in NATIVE):
            after = snapshot(self.folders.workdir)
            if self._before is None or after is None:
                self.record.cannot_watch("many-files")
            else:
                written, removed = differences(self._before, after)
                for path in written:
                    if self.folders.worth_telling(path):
                        self.record.add("written", self.folders.shown(path), None, cell, unseen=True)
                for path in removed:
                    self.record.add("removed", self.folders.shown(path), None, cell, unseen=True)
            self._before = after
        return self.refusal

    def close(self) -> None:
        self._cell = None

    def in_import(self, frame: Optional[FrameType] = None) -> bool:
        """Whether the code that now runs, up to the cell, runs because a library is being imported. Code of a cell or
        of a module in the working folder is the notebook's own, imported or not."""
        frame = sys._getframe(1) if frame is None else frame
        inside = self.folders.workdir.rstrip("/") + "/"
        while frame is not None:
            filename = frame.f_code.co_filename
            if filename.startswith("<frozen importlib"):
                return True
            if self._places.of_file(filename, 1) is not None or (
                    filename.startswith(inside) and "/site-packages/" not in filename):
                return False
            frame = frame.f_back
        return False

    def _hook(self, event: str, arguments: Tuple[Any, ...]) -> None:
        handler = self._handlers.get(event)
        if handler is None or self._cell is None or getattr(self._busy, "now", False):
            return
        self._busy.now = True
        try:
            handler(arguments, sys._getframe(1))
        finally:
            self._busy.now = False

    def _open(self, arguments: Tuple[Any, ...], frame: FrameType) -> None:
        path, mode, flags = arguments
        if isinstance(path, int) or path is None:
            if _starts_worker(frame):
                self._compare = True
                own_all(self.folders.workdir)
            return
        if flags & WRITING:
            self._write(path, frame)
            if not flags & os.O_WRONLY and not flags & os.O_TRUNC:
                self._read(path, frame)
        else:
            self._read(path, frame)

    def _read(self, path: Any, frame: FrameType) -> None:
        if os.fsdecode(path).startswith("<"):
            return  # a made-up file name of generated code, looked up for a traceback
        full = _full(path)
        if not self.folders.worth_telling(full) or _reads_source(frame) or self.in_import(frame):
            return
        more = {} if os.path.exists(full) else {"exists": False}
        self.record.add("read", self.folders.shown(full), self._places.of_frame(frame), self._cell, **more)

    def _asked(self, path: str, frame: FrameType) -> None:
        """Whether it is there, or how large: a read of what lies there. Folders are no files; their lists are told."""
        if self._cell is None or getattr(self._busy, "now", False):
            return
        self._busy.now = True
        try:
            key = path if os.path.isabs(path) else os.path.join(os.getcwd(), path)
            if key in self._answered:
                return
            self._answered.add(key)
            if self.folders.inside(_full(path)) and not os.path.isdir(path):
                self._read(path, frame)
        except OSError:
            return  # the working directory is gone; whoever asks is told so
        finally:
            self._busy.now = False

    def _write(self, path: Any, frame: FrameType, tell: bool = True) -> None:
        if isinstance(path, int) or path is None:
            return
        full = _full(path)
        at = self._places.of_frame(frame)
        if not self.folders.may_write(full):
            self._refuse(full, at)
        if self.folders.inside(full):
            own_inode(full, self.folders.workdir)
        if tell and self.folders.worth_telling(full):
            self.record.add("written", self.folders.shown(full), at, self._cell)

    def _refuse(self, path: str, at: Optional[Position]) -> None:
        cell = self._cell
        place = at.place if at is not None else (cell.place if cell is not None else None)
        where = "" if place is None else f"cell {place.index}" + (f" line {at.line}" if at is not None else "") + " "
        message = f"{where}writes {path}, which is outside the run's working folder"
        fix = (f"write below the notebook's folder, or allow it: add {os.path.dirname(path)!r} to files.allow_writes in "
               f"the notebook's metadata.cellway")
        if self.refusal is None:
            self.refusal = {"code": "write-outside", "message": message, "name": path, "fix": fix}
            if place is not None:
                self.refusal.update(cell=place.id, index=place.index, line=None if at is None else at.line)
        raise WriteRefused(f"{message}: {fix}")

    def _move(self, arguments: Tuple[Any, ...], frame: FrameType) -> None:
        source, target = arguments[0], arguments[1]
        self._remove(source, frame)
        self._write(target, frame)

    def _remove(self, path: Any, frame: FrameType) -> None:
        full = _full(path)
        at = self._places.of_frame(frame)
        if not self.folders.may_write(full):
            self._refuse(full, at)
        if self.folders.worth_telling(full):
            self.record.add("removed", self.folders.shown(full), at, self._cell)

    def _list(self, path: Any, frame: FrameType) -> None:
        if isinstance(path, int) or _reads_source(frame) or self.in_import(frame):
            return
        full = _full(path if path is not None else os.curdir)
        if self.folders.inside(full):
            self.record.add("read", self.folders.shown(full).rstrip("/") + "/", self._places.of_frame(frame), self._cell)

    def _database(self, path: Any, frame: FrameType) -> None:
        self._databases = True  # it may be written in the next cells too, and have files attached to it
        if isinstance(path, (str, bytes, os.PathLike)) and os.fsdecode(path) not in ("", ":memory:"):
            self.record.cannot_watch("native")
            if self.folders.inside(_full(path)):
                own_inode(_full(path), self.folders.workdir)
            self._read(path, frame)

    def _temporary(self, path: Any) -> None:
        self.folders.temporary.add(_full(path))

    def _connect(self, arguments: Tuple[Any, ...], frame: FrameType) -> None:
        if isinstance(arguments[1], tuple):  # a path is a local socket
            self._network()

    def _network(self) -> None:
        self.record.network = True

    def _program(self, program: Any, frame: FrameType) -> None:
        self._child(frame)
        if program is None or os.path.basename(os.fsdecode(program)) not in HARMLESS or self._by_notebook(frame):
            own_all(self.folders.workdir)

    def _unseen(self, module: str) -> None:
        if module in NATIVE_WRITERS:
            own_all(self.folders.workdir)

    def _child(self, frame: FrameType) -> None:
        self._compare = True
        if self._by_notebook(frame):
            self.record.shell = True
            self.record.cannot_watch("shell")

    def _by_notebook(self, frame: Optional[FrameType]) -> bool:
        """Started by a cell, a magic or a module of the notebook's folder, not by a library for its own ends."""
        library = os.path.dirname(os.__file__)
        while frame is not None:
            filename = frame.f_code.co_filename
            if self._places.of_file(filename, 1) is not None or "/IPython/" in filename:
                return True
            if "site-packages" in filename and "/pexpect/" not in filename and "/ptyprocess/" not in filename:
                return False
            if not filename.startswith((library, "<")) and self.folders.inside(os.path.abspath(filename)):
                return True
            frame = frame.f_back
        return False

    def _putenv(self, key: Any, frame: FrameType) -> None:
        if self.in_import():
            self._imported_key(os.fsdecode(key))

    def _imported_key(self, key: str) -> None:
        self.import_set_environ(key)


def _full(path: Any) -> str:
    """Absolute, links of its folder resolved; the last part stays itself."""
    text = os.path.abspath(os.fsdecode(path))
    head, tail = os.path.split(text)
    return os.path.join(os.path.realpath(head), tail)


def _reads_source(frame: Optional[FrameType]) -> bool:
    """An import, or a traceback that looks up its lines."""
    for _ in range(3):
        if frame is None:
            return False
        filename = frame.f_code.co_filename
        if filename.startswith("<frozen importlib") or filename.endswith(("/linecache.py", "/tokenize.py", "/inspect.py")):
            return True
        frame = frame.f_back
    return False


def _starts_worker(frame: Optional[FrameType]) -> bool:
    """multiprocessing and joblib start workers past the audit hook, then open a pipe to tell them what to run."""
    for _ in range(2):
        if frame is None:
            return False
        if frame.f_code.co_filename.endswith(("popen_spawn_posix.py", "popen_forkserver.py", "popen_loky_posix.py")):
            return True
        frame = frame.f_back
    return False
