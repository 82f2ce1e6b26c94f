"""What libraries look for to see that they are in a Jupyter kernel, without one.

pandas asks `hasattr(get_ipython(), 'kernel')`, others for the shell's class and its module, for `IPKernelApp` in its
configuration, for `ipykernel` in `sys.modules`; ipywidgets asks the kernel for the request that it answers. What they
show follows from the answers, and it is to be what Jupyter shows.
"""

from __future__ import annotations

import sys
import types
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any, Dict, Optional


class Session:
    """Takes messages for a front end that is not there."""

    session = "cellway"
    username = "cellway"
    key = b""

    def send(self, stream: Any, msg_or_type: Any, *arguments: Any, **options: Any) -> None:
        return None

    def msg(self, msg_type: str, content: Any = None, **options: Any) -> Dict[str, Any]:
        return {"header": {"msg_type": msg_type}, "msg_type": msg_type, "parent_header": {}, "metadata": {},
                "content": content or {}}


class Kernel:
    """The attributes of `ipykernel.ipkernel.IPythonKernel` that libraries use. There is no request to answer."""

    implementation = "ipython"
    iopub_socket = None
    shell_streams: "tuple[Any, ...]" = ()

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.session = Session()
        self._parent_header: Dict[str, Any] = {}

    @property
    def comm_manager(self) -> Any:
        from comm import get_comm_manager

        return get_comm_manager()

    @property
    def language_info(self) -> Dict[str, Any]:
        return {"name": "python", "version": sys.version.split()[0], "mimetype": "text/x-python",
                "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]}, "pygments_lexer": "ipython3",
                "nbconvert_exporter": "python", "file_extension": ".py"}

    def get_parent(self, channel: Optional[str] = None) -> Dict[str, Any]:
        return {}

    def do_one_iteration(self) -> None:
        return None


MAGICS = ("autosave", "clear", "cls", "connect_info", "edit", "less", "man", "more", "qtconsole", "subshell")
"""Those of ipykernel's own shell."""

EXTENSIONS = {"store": "IPython.extensions.storemagic"}
"""Magics of the extensions that ipykernel loads; here they are loaded when they are used."""


def load_ipython_extension(shell: Any) -> None:
    """Called by IPython when one of MAGICS is used the first time."""
    from ipykernel.zmqshell import KernelMagics

    shell.register_magics(KernelMagics)


def announce() -> None:
    """Puts `ipykernel` in `sys.modules`, where it is installed, without running it: it takes 0.17 s and sockets'
    libraries with it. The module runs when somebody wants more of it than that it is there."""
    if "ipykernel" in sys.modules:
        return
    spec = PathFinder.find_spec("ipykernel")
    if spec is None or spec.loader is None or spec.origin is None:
        return
    sys.modules["ipykernel"] = _later(spec)


def _later(spec: ModuleSpec) -> types.ModuleType:
    module = types.ModuleType("ipykernel")
    module.__spec__, module.__loader__, module.__package__ = spec, spec.loader, "ipykernel"
    module.__path__, module.__file__ = spec.submodule_search_locations, spec.origin  # type: ignore

    def __getattr__(name: str) -> Any:
        if name.startswith("__") and name != "__version__":
            raise AttributeError(f"module 'ipykernel' has no attribute {name!r}")
        if module.__dict__.pop("__getattr__", None) is not None:
            spec.loader.exec_module(module)  # type: ignore
        if name in module.__dict__:
            return module.__dict__[name]
        raise AttributeError(f"module 'ipykernel' has no attribute {name!r}")

    module.__getattr__ = __getattr__  # type: ignore
    return module
