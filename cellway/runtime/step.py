"""Runs one attempt from its folder, start to report."""

from __future__ import annotations

import os
import platform
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

from . import contract
from .capture import Capture
from .contract import BrokenContract, Cell, Place, Replay, Step
from .ending import module_level_name
from .events import Events
from .folder import is_full, write_json
from .log import Log
from .memory import limit_memory
from .metrics import metrics_of
from .namespace import Bound, new_main
from .outputs import Outputs
from .places import Places, Position
from .replay import Replaying, future_flags
from .report import Report
from .running import Ran
from .saving import Refused, save_outputs
from .signals import Cancelling
from .surroundings import Surroundings


def run_folder(path: str, shell: Any = None) -> int:
    """Runs the attempt in the folder; gives the exit code. `shell`: an IPython shell made before (fork server)."""
    folder = Path(os.path.abspath(path))
    try:
        step = contract.read_step(folder)
        attempt = Attempt(folder, step)
        attempt.enter_workdir()
    except (BrokenContract, OSError) as error:
        if is_full(error):
            return _full(error)
        return _broken(folder, str(error))
    if step.memory_limit is not None:
        limit_memory(step.memory_limit)
    try:
        return attempt.run(shell)
    except OSError as error:
        if not is_full(error):
            raise
        return _full(error)


class Cancelled(Exception):
    """A signal asked the step to end; the cell that ran has ended."""


class Attempt:
    def __init__(self, folder: Path, step: Step) -> None:
        self.folder = folder
        self.step = step
        self.events = Events(folder / "events.jsonl", step.attempt, step.replica)
        self.outputs = Outputs(self.events.emit, step.output_limit, step.keep_widgets)
        self.capture = Capture(Log(folder / "log.txt", self.events.emit), self.outputs)
        self.places = Places()
        self.cancelling = Cancelling(self.places)
        self.report = Report()
        self.bound_in: Dict[str, Cell] = {}
        self.bound_names: List[str] = []

    def run(self, shell: Any) -> int:
        self.capture.start()
        self.cancelling.listen()
        try:
            self.runner = self._make_runner(shell)
            self.events.emit("step", state="started", python=platform.python_version(), ipython=_ipython_version())
            self.runner.drive(self._all())
        except (KeyboardInterrupt, Cancelled):
            self._cancelled()
        except Refused as refusal:
            self.report.outcome, self.report.reason = "refused", refusal.reason
            self.report.error = None
        except BrokenContract as error:
            self.capture.end()
            return _broken(self.folder, str(error), self.report)
        return self._finish()

    async def _all(self) -> None:
        self.surroundings = Surroundings(self.step, self.folder, self.places, self.events, self.report)
        try:
            self._prepare()
            try:
                if self.report.outcome == "succeeded":
                    await self._run_cells()
                if self.report.outcome == "succeeded":
                    outliving = self.surroundings.outliving()
                    if outliving is not None:
                        raise Refused(outliving)
            finally:
                self.surroundings.end_cells()
            if self.report.outcome == "succeeded":
                self._save()
        finally:
            self.surroundings.close()

    def enter_workdir(self) -> None:
        if self.step.workdir is not None:
            try:
                os.chdir(self.step.workdir)
            except OSError as error:
                raise BrokenContract(f"workdir {self.step.workdir}: {error.strerror}") from None
        here = os.getcwd()
        # Where Jupyter's kernel looks: behind the standard library, before what is installed, and it follows `os.chdir`.
        path = [entry for entry in sys.path if entry not in ("", here)]
        at = next((n for n, entry in enumerate(path) if entry.endswith(("site-packages", "dist-packages"))), len(path))
        sys.path[:] = [*path[:at], "", *path[at:]]
        sys.argv = [os.path.join(here, "ipykernel_launcher.py")]
        process: Any = sys.modules.get("multiprocessing.process")
        if process is not None:  # a fork server loaded it elsewhere; workers look for the notebook's modules there
            process.ORIGINAL_DIR = here

    def _make_runner(self, shell: Any) -> Any:
        if shell is None:
            shell = make_shell()
        if shell is None:
            from .plain import PlainRunner

            runner: Any = PlainRunner(new_main(), self.outputs, self.places)
        else:
            from .shell import IPythonRunner

            runner = IPythonRunner(shell, self.outputs, self.places)
        runner.add_flags(future_flags(self.step.futures))
        self.cancelling.interrupt_loop = runner.interrupt
        return runner

    def _prepare(self) -> None:
        """Paths, replay, parameters, inputs, ambient state: what stands when the first cell starts."""
        replaying = Replaying(self.runner, self.places)
        namespace = self.runner.namespace
        self.surroundings.load_paths()
        late = [piece for piece in self.step.replay if not piece.names and replaying.reads(piece) & self.step.given]
        if not self._replay(replaying, [piece for piece in self.step.replay if piece not in late]):
            return
        namespace.update(self.step.parameters)
        self.surroundings.load(self.runner, replaying)
        if self._replay(replaying, late):
            self.surroundings.settle()

    def _replay(self, replaying: Replaying, pieces: List[Replay]) -> bool:
        """False when one of them raised, which fails the step."""
        self.capture.mute(True)
        try:
            for piece in pieces:
                try:
                    replaying.run(piece, self.runner.namespace)
                except (Exception, SystemExit) as error:
                    self._failed(piece.place, error)
                    return False
        finally:
            self.capture.mute(False)
        return True

    async def _run_cells(self) -> None:
        for cell in self.step.cells:
            if not await self._run_cell(cell):
                return
            if cell.place.id == self.step.inject_after:
                self.runner.namespace.update(self.step.inject)

    async def _run_cell(self, cell: Cell) -> bool:
        """False when the step ends here."""
        self.outputs.begin(cell)
        self.events.emit("cell", cell=cell.place.id, index=cell.place.index, state="running")
        bound = Bound(self.runner.namespace)
        bound.mark()
        start = time.perf_counter()
        self.surroundings.before_cell(cell)
        ran: Ran = await self.runner.run(cell)
        took = round(time.perf_counter() - start, 6)
        self.capture.settle()
        names = bound.names()
        for name in names:
            self.bound_in[name] = cell
            if name not in self.bound_names:
                self.bound_names.append(name)
        refusal = self.surroundings.after_cell(cell)
        if ran.error is None and cell.metrics:
            self._metrics(cell, names, ran.result)
        self.outputs.end()
        write_json(self.folder / "cells.json", self.outputs.rows())
        failed = ran.error is not None or refusal is not None or self.cancelling.asked
        self.events.emit("cell", cell=cell.place.id, index=cell.place.index, state="failed" if failed else "succeeded", took=took)
        self.report.cells.append({"id": cell.place.id, "took": took})
        if self.cancelling.asked:
            raise Cancelled
        excused = cell.may_raise and isinstance(ran.error, Exception)
        if ran.error is not None and not excused:
            self._describe_error(cell.place, ran.error)
        if refusal is not None:
            raise Refused(refusal)
        return ran.error is None or excused

    def _metrics(self, cell: Cell, names: List[str], result: Any) -> None:
        for name, value in metrics_of(cell.source, names, self.runner.namespace, result):
            number = contract.encode_number(value)
            self.report.metrics.append({"name": name, "value": number, "cell": cell.place.id})
            self.events.emit("metric", cell=cell.place.id, name=name, value=number)

    def _failed(self, place: Place, error: BaseException) -> None:
        """A replayed piece raised: the error stands as an output of the first cell, which never started."""
        if self.step.cells:
            self.outputs.begin(self.step.cells[0])
            self.runner.show_error(error)
            self.outputs.end()
            write_json(self.folder / "cells.json", self.outputs.rows())
        self._describe_error(place, error)

    def _describe_error(self, place: Place, error: BaseException) -> None:
        at = self.places.of_error(error) or Position(place, 1)
        self.report.outcome = "failed"
        self.report.error = {
            "ename": type(error).__name__, "evalue": str(error), "cell": at.place.id, "index": at.place.index,
            "line": at.line, "traceback": self._last_traceback()}
        name = module_level_name(error, self.places, self.runner.namespace)
        if name is not None and name in self.step.given:
            self.report.reason = {
                "code": "given-unbound", "name": name, "cell": at.place.id, "index": at.place.index, "line": at.line,
                "message": f"{name} was given to the step, and is read where it is not bound: before the step's inputs "
                           f"are there, or after it was deleted",
                "fix": f"Read {name} in the step that makes it, or in a cell of a step instead of a `setup` cell."}
        elif name is not None:
            self.report.outcome = "needs"
            self.report.needs = [{"name": name, "cell": at.place.id, "index": at.place.index, "line": at.line}]

    def _last_traceback(self) -> List[str]:
        for row in reversed(self.outputs.rows()):
            for output in reversed(row["outputs"]):
                if output["output_type"] == "error":
                    return output["traceback"]
        return []

    def _save(self) -> None:
        namespace = self.runner.namespace
        changed = self.surroundings.changed_inputs()
        save_outputs(self.step, self.folder, namespace, self.bound_names, changed, self.report,
                     self.events, self.bound_in)

    def _cancelled(self) -> None:
        self.cancelling.final = True
        self.report.outcome = "cancelled"

    def _finish(self) -> int:
        self.cancelling.final = True
        if self.cancelling.asked:
            self.report.outcome = "cancelled"
        self.capture.end()
        self.report.displays = self.outputs.displays()
        if not self.step.cells or not self.outputs.rows():
            write_json(self.folder / "cells.json", self.outputs.rows())
        self.events.emit("step", state=self.report.outcome)
        write_json(self.folder / "report.json", self.report.as_json())
        return self.report.exit_code


def make_shell() -> Any:
    """An IPython shell with a fresh `__main__`, or None where IPython is not installed."""
    try:
        from .shell import make_shell as make
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("IPython", "traitlets"):
            raise
        return None
    return make(new_main())


def _ipython_version() -> Optional[str]:
    module = sys.modules.get("IPython")
    return None if module is None else module.__version__


def _full(error: BaseException) -> int:
    """There is no room for what the step leaves: no report either, the exit code has to say it."""
    try:
        os.write(2, f"cellway: {error}\n".encode("utf-8", "backslashreplace"))
    except OSError:
        return contract.FULL  # the log is on that disk too
    return contract.FULL


def _broken(folder: Path, message: str, report: Optional[Report] = None) -> int:
    os.write(2, f"cellway: {message}\n".encode("utf-8", "backslashreplace"))
    report = report or Report()
    report.outcome, report.reason = "failed", {"code": "contract", "message": message}
    try:
        write_json(folder / "report.json", report.as_json())
    except OSError as error:
        os.write(2, f"cellway: no report: {error}\n".encode("utf-8", "backslashreplace"))
    return contract.BROKEN


EXIT_SECONDS = 5.0
"""What is left at the end gets so long, as Jupyter's kernels do when they are shut down."""


def finish_process(code: int, leave: Callable[[int], Any] = os._exit) -> None:
    """Ends the process by `leave`, with what a normal end does for the user's code (`atexit`, pools told to end, buffered C
    output), without waiting for threads that run on, and without taking the objects of a large namespace down one by
    one."""
    import _thread
    import atexit
    import threading

    def give_up() -> None:
        time.sleep(EXIT_SECONDS)
        os._exit(code)

    _thread.start_new_thread(give_up, ())
    try:
        # Where pools of `concurrent.futures` and joblib wake their threads; atexit then waits for their workers.
        for told in reversed(getattr(threading, "_threading_atexits", [])):
            told()
        atexit._run_exitfuncs()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and not stream.closed:
            stream.flush()
    leave(code)
