"""`python -m cellway.runtime.forkserver`: keeps an interpreter warm and forks one child an attempt.

One JSON object a line on stdin, answers on stdout (docs/contracts.md, section 2). The server has one thread of its own
and runs no user code: it imports third-party modules, builds the IPython shell, and forks.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import platform
import re
import selectors
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional

from .claim import sign
from .clibrary import clibrary
from .folder import write_json
from .leaving import leave
from .modules import remember_server_modules
from .prefault import Learning, Pages, Sample, copy
from .step import finish_process, make_shell, run_folder
from .warm import warm_libraries, warm_shell

PROTOCOL_FD = 200
"""The protocol's pipes are moved up here, out of the way of user code; they are closed in the children."""


class Spare(NamedTuple):
    """A child that was forked ahead and waits for its step at the other end of the pipe `task`."""

    pid: int
    task: int


class Server:
    def __init__(self, commands: int, answers: int, wakeup: int) -> None:
        self._commands = commands
        self._answers = answers
        self._wakeup = wakeup
        self._children: Dict[int, str] = {}
        self._shell: Any = make_shell()
        warm_shell(self._shell)
        self._path = list(sys.path)
        self._spare: Optional[Spare] = None
        self._learning = Learning()
        clibrary()  # loaded here, it need not be in each child
        self._settle()

    def serve(self) -> None:
        """Until stdin ends and the last child has ended."""
        waiting = selectors.DefaultSelector()
        waiting.register(self._commands, selectors.EVENT_READ)
        waiting.register(self._wakeup, selectors.EVENT_READ)
        self._spare_wanted = False
        rest = b""
        listening = True
        while listening or self._children:
            events = waiting.select(0 if self._spare_wanted else None)
            if not events:
                self._spare_wanted = False
                self._make_spare()
            for key, _ in events:
                if key.fd == self._wakeup:
                    os.read(self._wakeup, 4096)
                    continue
                data = os.read(self._commands, 65536)
                if not data:
                    waiting.unregister(self._commands)
                    listening = self._spare_wanted = False
                    self._drop_spare()
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    if line.strip():
                        self._obey(line)
            self._reap()
        self._wait_for_the_rest()

    def _wait_for_the_rest(self) -> None:
        """Who left would stay a zombie in a container whose first process does not reap."""
        until = time.monotonic() + 0.2
        while time.monotonic() < until:
            try:
                if os.wait4(-1, os.WNOHANG)[0] == 0:
                    time.sleep(0.005)
            except ChildProcessError:
                return

    def _obey(self, line: bytes) -> None:
        try:
            command = json.loads(line)
            op = command["op"]
            if op == "preload":
                self._preload(command.get("modules", []))
            elif op == "start":
                self._start(command["folder"], command.get("cwd"), command.get("env") or {})
            elif op == "kill":
                self._kill(command["folder"], command.get("signal", signal.SIGTERM))
            else:
                self._answer({"op": "error", "message": f"unknown op {op!r}"})
        except (ValueError, KeyError, TypeError, OSError) as error:
            self._answer({"op": "error", "message": f"{type(error).__name__}: {error}", "line": line.decode("utf-8", "replace")})

    def _preload(self, modules: List[str]) -> None:
        failed = []
        with contextlib.nullcontext() if self._shell is None else self._shell.builtin_trap:  # they look for `get_ipython`
            for name in modules:
                try:
                    importlib.import_module(name)
                except Exception as error:  # a module that breaks here breaks in the step too, where it is shown
                    failed.append({"module": name, "error": f"{type(error).__name__}: {error}"})
            warm_libraries()
        self._settle()
        self._drop_spare()
        self._spare_wanted = True
        self._answer({"op": "ready", "python": platform.python_version(), "threads": max(1, len(_threads())), "unsafe": _unsafe(),
                      "failed": failed})

    def _start(self, folder: str, cwd: Optional[str], env: Dict[str, Optional[str]]) -> None:
        task = json.dumps([folder, cwd, env]).encode("ascii")
        pid = self._use_spare(task)
        if pid is None:
            pid = self._fork(lambda: task)
        self._children[pid] = folder
        self._spare_wanted = True
        self._answer({"op": "started", "folder": folder, "pid": pid})

    def _make_spare(self) -> None:
        """Forks the next child ahead: forking a server with pandas and scikit-learn takes 10 to 20 ms."""
        if self._spare is not None:
            return
        read, write = os.pipe()
        server = os.getpid()

        def wait() -> bytes:
            os.close(write)
            return _wait_for_task(read, server, self._learning.pages)

        pid = self._fork(wait, self._learning.sample())
        os.close(read)
        self._spare = Spare(pid, write)

    def _fork(self, task: Callable[[], bytes], sample: Optional[Sample] = None) -> int:
        """A child that runs the task, and tells by the sample what that wrote to."""
        pid = os.fork()
        if pid == 0:
            self._be_child(task, sample)
        if sample is not None:
            self._learning.ask(pid, sample)
        return pid

    def _use_spare(self, task: bytes) -> Optional[int]:
        spare, self._spare = self._spare, None
        if spare is None:
            return None
        try:
            with os.fdopen(spare.task, "wb") as pipe:
                pipe.write(task)
        except BrokenPipeError:
            return None  # it is gone, killed for memory perhaps
        return spare.pid

    def _drop_spare(self) -> None:
        if self._spare is not None:
            os.close(self._spare.task)
            os.kill(self._spare.pid, signal.SIGKILL)  # it may hang in a lock that it inherited
            self._spare = None

    def _settle(self) -> None:
        """What is there now stays: children neither look for modules in it nor collect garbage of it. Nor does the
        server: to look for it during the imports and after them takes a tenth of their time."""
        remember_server_modules()
        gc.freeze()

    def _be_child(self, task: Callable[[], bytes], sample: Optional[Sample]) -> None:
        code = 1
        own = os.getpid()

        def end(code: int) -> None:
            if sample is not None:
                sample.tell()
            leave(code)

        try:
            gc.enable()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            spare = () if self._spare is None else (self._spare.task,)
            for fd in (self._commands, self._answers, self._wakeup, self._wakeup + 1, *spare):
                os.close(fd)
            text = task()
            if not text:
                os._exit(0)
            folder, cwd, env = json.loads(text)
            if not sign(folder):
                os._exit(0)
            set_environment(env)
            if cwd:
                os.chdir(cwd)
            sys.path[:] = self._path
            reseed()
            code = run_folder(folder, self._shell)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            finish_process(code, end if os.getpid() == own else os._exit)

    def _kill(self, folder: str, number: int) -> None:
        for pid, of in self._children.items():
            if of == folder:
                try:
                    os.killpg(pid, number)
                except ProcessLookupError:
                    os.kill(pid, number)  # it has not made its group yet; it is not reaped, so its id is its own

    def _reap(self) -> None:
        """All that has ended: attempts, spare children, what a step has left its memory to."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if self._spare is not None and pid == self._spare.pid:
                os.close(self._spare.task)
                self._spare = None
            folder = self._children.pop(pid, None)
            if folder is None:
                self._learning.ended(pid, None)
                continue
            code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
            number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
            maxrss = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
            exit_row = {"code": code, "signal": number, "ended": round(time.time(), 3), "maxrss": maxrss}
            try:
                write_json(Path(folder) / "exit.json", exit_row)
            except OSError as error:
                self._answer({"op": "error", "message": f"exit.json of {folder}: {error}"})
            self._answer({"op": "exit", "folder": folder, "code": code, "signal": number, "maxrss": maxrss})
            self._learning.ended(pid, usage.ru_minflt)

    def _answer(self, value: Dict[str, Any]) -> None:
        data = memoryview(json.dumps(value).encode("utf-8") + b"\n")
        try:
            while data:
                data = data[os.write(self._answers, data):]
        except BrokenPipeError:
            return  # who listened is gone; the children's `exit.json` are for the one that takes over


def _wait_for_task(pipe: int, server: int, pages: Optional[Pages]) -> bytes:
    """Empty when the server is gone; even if this hangs, the child ends with the server."""
    _end_with(server)
    if pages is not None:
        copy(pages)
    with os.fdopen(pipe, "rb") as file:
        task = file.read()
    _end_with(None)
    return task


PR_SET_PDEATHSIG = 1


def _end_with(server: Optional[int]) -> None:
    """The child is killed when the server, its parent, ends; None: it lives on its own again."""
    library = clibrary()
    if library is not None:
        library.prctl(PR_SET_PDEATHSIG, 0 if server is None else signal.SIGKILL, 0, 0, 0)
        if server is not None and os.getppid() != server:
            os._exit(0)


def set_environment(difference: Dict[str, Optional[str]]) -> None:
    """As if the process had started with it: what was made of the environment before is made anew."""
    for name, value in difference.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    if not difference.keys().isdisjoint(("TMPDIR", "TEMP", "TMP")):
        tempfile.tempdir = None
    if "TZ" in difference:
        time.tzset()


def reseed() -> None:
    """Forks share their parent's generators: every child gets its own from the operating system, as a fresh process."""
    if "random" in sys.modules:
        sys.modules["random"].seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if "torch" in sys.modules:
        sys.modules["torch"].seed()


POOL = re.compile(r"polars(?=-\d)|rayon|tokio")
"""Names of threads that work in a pool: a child that wants its pool waits for threads that it did not inherit. Those of
OpenMP have no names; OpenBLAS's are as many as its processors, and it looks after forks itself."""


def _unsafe() -> Optional[str]:
    """Why children may hang, from what the imports have done."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        return "cuda"
    pools = filter(None, map(POOL.match, _threads()))
    return next((pool.group() for pool in pools), None)


def _threads() -> List[str]:
    """Their names; none where there is no /proc."""
    names = []
    with contextlib.suppress(OSError):
        for thread in Path("/proc/self/task").iterdir():
            names.append((thread / "comm").read_text())
    return names


def main(own_variables: Iterable[str] = ()) -> None:
    """`own_variables`: of the environment, meant for this process alone."""
    gc.disable()
    for name in own_variables:
        os.environ.pop(name, None)
    commands, answers = PROTOCOL_FD, PROTOCOL_FD + 1
    os.dup2(0, commands, inheritable=False)
    os.dup2(1, answers, inheritable=False)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    read, write = os.pipe()
    os.dup2(read, PROTOCOL_FD + 2, inheritable=False)
    os.dup2(write, PROTOCOL_FD + 3, inheritable=False)
    os.close(read)
    os.close(write)
    os.set_blocking(PROTOCOL_FD + 3, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the engine's to pass on
    signal.set_wakeup_fd(PROTOCOL_FD + 3, warn_on_full_buffer=False)
    Server(commands, answers, PROTOCOL_FD + 2).serve()


if __name__ == "__main__":
    del sys.path[0]  # the directory that `-m` was run in
    main(sys.argv[1:])
