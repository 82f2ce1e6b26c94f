"""Settings of the interpreter, of IPython, and pyplot's open figures."""

from __future__ import annotations

import collections
import gc
import operator
import os
import sys
import time
from typing import Any, Dict, Iterator, List

from .slot import Slot


class Process(Slot):
    """What `sys`, `gc`, `socket` and `time` hold for the whole process."""

    name = "process"
    json = True

    def read(self) -> Any:
        socket = sys.modules.get("socket")
        digits = getattr(sys, "get_int_max_str_digits", None)
        return {"recursionlimit": sys.getrecursionlimit(), "switchinterval": sys.getswitchinterval(),
                "int_max_str_digits": None if digits is None else digits(), "gc": gc.isenabled(),
                "gc_threshold": list(gc.get_threshold()),
                "timeout": None if socket is None else socket.getdefaulttimeout(),
                "zone": [*time.tzname, time.timezone, time.altzone]}

    def pack(self, state: Dict[str, Any], start: Dict[str, Any]) -> Any:
        changed = {key: value for key, value in state.items() if value != start[key]}
        if "zone" in changed:
            changed["zone"] = os.environ.get("TZ")
        return changed

    def apply(self, packed: Dict[str, Any]) -> None:
        for key, value in packed.items():
            _SETTERS[key](value)


def _set_gc(on: bool) -> None:
    (gc.enable if on else gc.disable)()


def _set_timeout(seconds: Any) -> None:
    import socket

    socket.setdefaulttimeout(seconds)


def _set_zone(name: Any) -> None:
    if name is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = name
    time.tzset()


_SETTERS: Dict[str, Any] = {
    "recursionlimit": sys.setrecursionlimit, "switchinterval": sys.setswitchinterval, "gc": _set_gc,
    "int_max_str_digits": lambda count: sys.set_int_max_str_digits(count),
    "gc_threshold": lambda numbers: gc.set_threshold(*numbers), "timeout": _set_timeout, "zone": _set_zone}


class IPythonSettings(Slot):
    """How results are shown; which formatters, magics and callbacks the notebook itself made (those cannot travel).
    What a library registers comes with the library."""

    name = "ipython"
    module = "IPython"
    json = True

    def read(self) -> Any:
        shell = sys.modules["IPython"].get_ipython()
        if shell is None:
            return None
        return {"interactivity": shell.ast_node_interactivity,
                "float_format": shell.display_formatter.formatters["text/plain"].float_format, "own": _registered.own(shell)}

    def pack(self, state: Any, start: Any) -> Any:
        new = [entry for entry in state["own"] if entry not in start["own"]]
        if new:
            raise ValueError(f"the notebook registered {new[0].rpartition(' ')[0]}, which would have to be done again")
        return {"interactivity": state["interactivity"], "float_format": state["float_format"]}

    def apply(self, packed: Dict[str, Any]) -> None:
        shell = sys.modules["IPython"].get_ipython()
        if shell is not None:
            shell.ast_node_interactivity = packed["interactivity"]
            shell.display_formatter.formatters["text/plain"].float_format = packed["float_format"]


class _Registered:
    """What is registered in a shell, some 150 things, and which of them are the notebook's. Kept until one of them is
    another: to judge them all takes 0.5 ms, three times a step."""

    def __init__(self) -> None:
        self._things: List[Any] = []
        self._own: List[str] = []

    def own(self, shell: Any) -> List[str]:
        things: List[Any] = []
        for table in _tables(shell):
            things += table
            things += table.values() if isinstance(table, dict) else ()
        if len(things) != len(self._things) or not all(map(operator.is_, things, self._things)):
            self._things, self._own = things, _own(shell)
        return self._own


def _tables(shell: Any) -> Iterator[Any]:
    for formatter in shell.display_formatter.formatters.values():
        yield formatter.type_printers
    yield from shell.magics_manager.magics.values()
    yield from shell.events.callbacks.values()


def _own(shell: Any) -> List[str]:
    found = []
    for mime, formatter in shell.display_formatter.formatters.items():
        for cls, function in formatter.type_printers.items():
            found.append((f"a formatter for {getattr(cls, '__name__', cls)} as {mime}", function))
    for kind, magics in shell.magics_manager.magics.items():
        for name, function in magics.items():
            found.append((f"the {kind} magic {name}", function))
    for event, callbacks in shell.events.callbacks.items():
        for function in callbacks:
            found.append((f"a callback for {event}", function))
    return sorted(f"{what} {id(function)}" for what, function in found if _of_notebook(function))


_registered = _Registered()


def _of_notebook(function: Any) -> bool:
    return _own_attribute(function, "__module__") == "__main__" or type(_own_attribute(function, "__self__")).__module__ == "__main__"


def _own_attribute(function: Any, name: str) -> Any:
    """Without asking a `__getattr__`: IPython's magics are proxies whose first attribute imports the magic, and all of
    them together take 45 ms."""
    try:
        return object.__getattribute__(function, name)
    except AttributeError:
        return None


class Figures(Slot):
    """Figures that pyplot still holds: the next `plt.plot` would draw into one. The inline backend closes them after
    each cell, unless told not to; another backend leaves them."""

    name = "matplotlib.figures"
    module = "matplotlib._pylab_helpers"
    passing = True

    def __init__(self) -> None:
        self.looked = False
        self._told = False

    def read(self) -> Any:
        self._listen()
        helpers = sys.modules["matplotlib._pylab_helpers"]
        return [] if "IPython" not in sys.modules else sorted(map(str, helpers.Gcf.figs.keys()))

    def pack(self, state: Any, start: Any) -> Any:
        if state:
            raise ValueError("pyplot's open figures stay in the process; close them (`plt.close()`) or draw in the same step")
        return state

    def apply(self, packed: Any) -> None:
        return None

    def _listen(self) -> None:
        """From here on it is seen when somebody asks for the current figure while there is none: in the notebook's process
        one that an earlier step left open would be it."""
        if self._told:
            return
        self._told = True
        gcf = sys.modules["matplotlib._pylab_helpers"].Gcf
        active = gcf.get_active

        def get_active() -> Any:
            if len(gcf.figs) == 0 and sys._getframe(1).f_code.co_name == "gcf":
                self.looked = True
            return active()

        gcf.get_active = get_active
        gcf.figs = _Asked(gcf.figs, self)


class _Asked(collections.OrderedDict):  # type: ignore
    """pyplot's figures; a cell that asks for their numbers (`get_fignums`, `fignum_exists`) is noted."""

    def __init__(self, figures: Any, slot: Figures) -> None:
        super().__init__(figures)
        self._slot = slot

    def __iter__(self) -> Any:
        self._ask(sys._getframe(1))
        return super().__iter__()

    def __contains__(self, number: object) -> bool:
        self._ask(sys._getframe(1))
        return super().__contains__(number)

    def _ask(self, frame: Any) -> None:
        caller = frame.f_back
        if caller is not None and caller.f_code.co_name == "fignum_exists":
            caller = caller.f_back
        if len(self) == 0 and caller is not None and "matplotlib" not in caller.f_code.co_filename:
            self._slot.looked = True
