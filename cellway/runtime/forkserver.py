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
import selectors
import signal
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

from .folder import write_json
from .modules import remember_server_modules
from .step import finish_process, make_shell, run_folder

PROTOCOL_FD = 200
"""The protocol's pipes are moved up here, out of the way of user code; they are closed in the children."""


class Server:
    def __init__(self, commands: int, answers: int, wakeup: int) -> None:
        self._commands = commands
        self._answers = answers
        self._wakeup = wakeup
        self._children: Dict[int, str] = {}
        self._shell: Any = make_shell()
        _warm(self._shell)
        self._path = list(sys.path)
        remember_server_modules()
        gc.collect()
        gc.freeze()

    def serve(self) -> None:
        """Until stdin ends and the last child has ended."""
        waiting = selectors.DefaultSelector()
        waiting.register(self._commands, selectors.EVENT_READ)
        waiting.register(self._wakeup, selectors.EVENT_READ)
        rest = b""
        listening = True
        while listening or self._children:
            for key, _ in waiting.select():
                if key.fd == self._wakeup:
                    os.read(self._wakeup, 4096)
                    continue
                data = os.read(self._commands, 65536)
                if not data:
                    waiting.unregister(self._commands)
                    listening = False
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    if line.strip():
                        self._obey(line)
            self._reap()

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
        remember_server_modules()
        gc.collect()
        gc.freeze()
        self._answer({"op": "ready", "python": platform.python_version(), "threads": _threads(), "unsafe": _unsafe(),
                      "failed": failed})

    def _start(self, folder: str, cwd: Optional[str], env: Dict[str, Optional[str]]) -> None:
        pid = os.fork()
        if pid == 0:
            self._be_child(folder, cwd, env)
        # pid.json is there before the child runs user code: the child waits for nothing, so it writes it first itself;
        # the server's copy makes sure that it is there also when the child was killed at once.
        self._children[pid] = folder
        self._answer({"op": "started", "folder": folder, "pid": pid})

    def _be_child(self, folder: str, cwd: Optional[str], env: Dict[str, Optional[str]]) -> None:
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            for fd in (self._commands, self._answers, self._wakeup, self._wakeup + 1):
                os.close(fd)
            write_json(Path(folder) / "pid.json", {"pid": os.getpid(), "started": start_ticks(os.getpid())})
            for name, value in env.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
            if cwd:
                os.chdir(cwd)
            sys.path[:] = self._path
            reseed()
            code = run_folder(folder, self._shell)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            finish_process(code)

    def _kill(self, folder: str, number: int) -> None:
        for pid, of in self._children.items():
            if of == folder:
                try:
                    os.killpg(pid, number)
                except ProcessLookupError:
                    os.kill(pid, number)  # it has not made its group yet; it is not reaped, so its id is its own

    def _reap(self) -> None:
        for pid in list(self._children):
            done, status, usage = os.wait4(pid, os.WNOHANG)
            if done == 0:
                continue
            folder = self._children.pop(pid)
            code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
            number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
            maxrss = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
            exit_row = {"code": code, "signal": number, "ended": round(time.time(), 3), "maxrss": maxrss}
            try:
                write_json(Path(folder) / "exit.json", exit_row)
            except OSError as error:
                self._answer({"op": "error", "message": f"exit.json of {folder}: {error}"})
            self._answer({"op": "exit", "folder": folder, "code": code, "signal": number, "maxrss": maxrss})

    def _answer(self, value: Dict[str, Any]) -> None:
        data = memoryview(json.dumps(value).encode("utf-8") + b"\n")
        while data:
            data = data[os.write(self._answers, data):]


def start_ticks(pid: int) -> Optional[int]:
    """When the process started, in clock ticks since boot; None where there is no /proc."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rsplit(b")", 1)[1].split()[19])
    except OSError:
        return None


def reseed() -> None:
    """Forks share their parent's generators: every child gets its own from the operating system, as a fresh process."""
    if "random" in sys.modules:
        sys.modules["random"].seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if "torch" in sys.modules:
        sys.modules["torch"].seed()


def _warm(shell: Any) -> None:
    """Does once what every child would do first: imports that wait for the first cell, value, error and artifact."""
    from . import artifacts, plain, saving, surroundings  # noqa: F401

    surroundings.Folders(os.getcwd(), (), ())
    if shell is None:
        return
    shell.run_cell("None", silent=True, store_history=False)
    shell.display_formatter.format(1)
    try:
        raise ValueError("warm")
    except ValueError as error:
        shell.InteractiveTB.structured_traceback(ValueError, error, error.__traceback__)


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1


def _unsafe() -> Optional[str]:
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        return "cuda"
    return None


def main() -> None:
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
    main()
