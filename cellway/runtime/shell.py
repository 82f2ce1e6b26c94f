"""Cells through IPython, as ipykernel runs them, without a kernel (kernel.py has what libraries see of one)."""

from __future__ import annotations

import asyncio
import builtins
import getpass
import os
import re
import sys
import types
from subprocess import CalledProcessError
from typing import Any, Coroutine, Dict, Optional

from IPython.core import page
from IPython.core.autocall import ZMQExitAutocall
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell, InteractiveShellABC
from IPython.utils.process import system
from traitlets import Any as AnyTrait
from traitlets import CBool, Instance, Type, default
from traitlets.config import Config

from .contract import Cell, Place
from .kernel import EXTENSIONS, MAGICS, Kernel, announce
from .memory import lift_limit
from .outputs import Outputs
from .places import Places
from .running import Ran

MPLBACKEND = "module://matplotlib_inline.backend_inline"


class _Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **kwargs):  # type: ignore
        self._validate_data(data, metadata)
        self.shell.outputs.display(_text(data), metadata, transient, update)

    def clear_output(self, wait=False):  # type: ignore
        self.shell.outputs.clear(wait)


class _Hook(DisplayHook):
    """Collects one result's parts and hands them over whole."""

    data: Optional[Dict[str, Any]] = None

    def start_displayhook(self):  # type: ignore
        self.data = {}
        self.metadata: Dict[str, Any] = {}
        self.showing = True

    def write_output_prompt(self):  # type: ignore
        return None

    def write_format_data(self, format_dict, md_dict=None):  # type: ignore
        self.data = _text(format_dict)
        self.metadata = md_dict or {}

    def finish_displayhook(self):  # type: ignore
        data, self.data = self.data, None
        if data:
            self.shell.outputs.result(data, self.metadata, self.prompt_count)


class _Compiler(CachingCompiler):
    """Gives compiled cells names that tell their cell. `cell` is the one that runs; nested code (the body of a cell
    magic) is looked up in its source."""

    places: Optional[Places] = None
    cell: Optional[Cell] = None

    def get_code_name(self, raw_code, transformed_code, number):  # type: ignore
        if self.places is None or self.cell is None:
            return super().get_code_name(raw_code, transformed_code, number)
        source = self.cell.source
        if raw_code == source:
            # IPython drops leading empty lines; its tracebacks count from the first that is not.
            offset = source.count("\n", 0, len(source) - len(source.lstrip())) if not source.isspace() else 0
        else:
            offset = source.count("\n", 0, max(0, source.find(raw_code)))
        return self.places.name(self.cell.place, raw_code, offset)


class ZMQInteractiveShell(InteractiveShell):
    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    compiler_class = Type(_Compiler)
    autoindent = CBool(False)
    exiter = Instance(ZMQExitAutocall)
    keepkernel_on_exit = None
    kernel: Any = AnyTrait()
    outputs: Any = AnyTrait()
    failed_showing = False
    missed: Any = None
    asked_to_exit = False

    @default("exiter")
    def _exiter(self):  # type: ignore
        return ZMQExitAutocall(self)

    def init_environment(self):  # type: ignore
        """As ipykernel's: what child processes print depends on it."""
        os.environ.update(TERM="xterm-color", CLICOLOR="1", FORCE_COLOR="1", CLICOLOR_FORCE="1", PAGER="cat",
                          GIT_PAGER="cat")

    def init_virtualenv(self):  # type: ignore
        return None

    def init_hooks(self):  # type: ignore
        """`name?` opens a pager in Jupyter's front end and leaves nothing among the outputs."""
        super().init_hooks()
        self.set_hook("show_in_pager", page.as_hook(lambda text, start=0, screen_lines=0, pager_cmd=None: None), 99)

    def enable_gui(self, gui=None):  # type: ignore
        """A step has no windows; `%matplotlib inline` asks for none."""

    def ask_exit(self):  # type: ignore
        self.asked_to_exit = True

    def set_next_input(self, text, replace=False):  # type: ignore
        """There is no front end whose next cell could be filled."""

    def showtraceback(self, *arguments, **options):  # type: ignore
        if isinstance(sys.exc_info()[1], MemoryError):
            lift_limit()  # telling it takes some
        super().showtraceback(*arguments, **options)

    def _showtraceback(self, etype, evalue, stb):  # type: ignore
        if self.displayhook.data is not None:
            self.failed_showing = True
        # IPython goes on after a `_repr_html_` that failed. One that looked for a name may find it in another step.
        if etype is NameError:
            self.missed = evalue
        self.outputs.error(str(etype.__name__), str(evalue), stb)

    def system_piped(self, cmd):  # type: ignore
        if cmd.rstrip().endswith("&"):
            raise OSError("Background processes not supported.")
        code = system(self.var_expand(cmd, depth=1))
        self.user_ns["_exit_code"] = code
        if getattr(self, "system_raise_on_error", False) and code != 0:
            raise CalledProcessError(code, cmd)

    system = system_piped


ZMQInteractiveShell.__module__ = "ipykernel.zmqshell"
InteractiveShellABC.register(ZMQInteractiveShell)


def make_shell(module: types.ModuleType) -> ZMQInteractiveShell:
    """The shell, with `module` as `__main__`. Without a history file: a step leaves nothing in the user's profile."""
    os.environ.setdefault("MPLBACKEND", MPLBACKEND)
    config = Config()
    config.HistoryManager.enabled = False
    config.MagicsManager.lazy_magics = {**dict.fromkeys(MAGICS, Kernel.__module__), **EXTENSIONS}
    config.IPKernelApp.connection_file = ""  # libraries look whether there is this section
    shell = ZMQInteractiveShell.instance(user_module=module, config=config)
    shell.kernel = Kernel(shell)
    announce()
    return shell


class IPythonRunner:
    """Runs cells of one step, in a loop that lives as long as the step: `asyncio.create_task` works in any cell."""

    def __init__(self, shell: ZMQInteractiveShell, outputs: Outputs, places: Places) -> None:
        self.shell = shell
        self.namespace: Dict[str, Any] = shell.user_ns
        self.module = shell.user_module
        self._places = places
        self._loop = asyncio.new_event_loop()
        self._task: Optional["asyncio.Future[Any]"] = None
        asyncio.set_event_loop(self._loop)
        shell.outputs = outputs
        shell.compile.places = places
        _no_input(shell)

    def flags(self) -> int:
        return self.shell.compile.flags

    def add_flags(self, flags: int) -> None:
        self.shell.compile.flags |= flags

    def drive(self, attempt: "Coroutine[Any, Any, None]") -> None:
        """Runs the whole attempt as one task: what cells set in context variables (NumPy's print options, the decimal
        context) holds for the next cell, and tasks that they started go on."""
        self._loop.run_until_complete(attempt)

    def interrupt(self) -> bool:
        """Ends a cell that waits in the event loop, where no frame of the cell is on the stack."""
        if self._task is None:
            return False
        self._loop.call_soon_threadsafe(self._task.cancel)
        return True

    async def run(self, cell: Cell) -> Ran:
        shell = self.shell
        shell.compile.cell = cell
        shell.failed_showing = False
        shell.missed = None
        shell.execution_count = cell.execution_count
        _pad_history(shell, cell.execution_count)
        broken: Any = None
        try:
            transformed = shell.transform_cell(cell.source)
        except Exception:
            transformed, broken = cell.source, sys.exc_info()
        if shell.should_run_async(cell.source, transformed_cell=transformed, preprocessing_exc_tuple=broken):
            self._task = asyncio.ensure_future(shell.run_cell_async(
                cell.source, store_history=True, transformed_cell=transformed, preprocessing_exc_tuple=broken))
            result = None
            try:
                result = await self._task
            finally:
                self._task = None
                shell.events.trigger("post_execute")
                shell.events.trigger("post_run_cell", result)
        else:
            result = shell.run_cell(cell.source, store_history=True)
        await asyncio.sleep(0)
        error = result.error_before_exec if result.error_before_exec is not None else result.error_in_exec
        if shell.asked_to_exit:
            error = SystemExit("the cell called exit(), which ends the kernel in Jupyter")
        elif error is None and shell.missed is not None and shell.missed.__traceback__ is not None:
            error = shell.missed
        elif error is None and shell.failed_showing and _jupyter_fails_too():
            error = RuntimeError("showing the cell's result failed")
        return Ran(error, result.result)

    def show_error(self, error: BaseException) -> None:
        """Puts an error that no cell raised (a replayed definition's) among the cell's outputs, as IPython shows it."""
        if isinstance(error, SyntaxError):
            self.shell.outputs.error(type(error).__name__, str(error), self.shell.SyntaxTB.structured_traceback(
                type(error), error, []))
            return
        self.shell.outputs.error(type(error).__name__, str(error), self.shell.InteractiveTB.structured_traceback(
            type(error), error, error.__traceback__, tb_offset=2))

    def register(self, place: Place, name: str, number: int) -> None:
        """Lets tracebacks call replayed code `Cell In[number]`."""
        self.shell.compile._filename_map[name] = number


def _jupyter_fails_too() -> bool:
    """Whether a cell has failed whose result cannot be shown: to ipykernel before 7.3 it has not."""
    from importlib import metadata  # 20 ms

    try:
        version = metadata.version("ipykernel")
    except metadata.PackageNotFoundError:
        return True
    return [int(part) for part in re.findall(r"\d+", version)[:2]] >= [7, 3]


def _text(data: Dict[str, Any]) -> Dict[str, Any]:
    """Binary images in base64, as nbformat wants them."""
    import base64

    return {mime: base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
            for mime, value in data.items()}


def _pad_history(shell: Any, count: int) -> None:
    """`In[5]` is cell 5's input also when the step starts there."""
    history = shell.history_manager
    for inputs in (history.input_hist_parsed, history.input_hist_raw):
        inputs.extend([""] * (count - len(inputs)))


def _no_input(shell: Any) -> None:
    def input(prompt: object = "") -> str:
        raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")

    def ask_password(prompt: str = "", stream: Any = None, **options: Any) -> str:
        raise StdinNotImplementedError("getpass was called, but this frontend does not support input requests.")

    builtins.input = input  # type: ignore
    getpass.getpass = ask_password
