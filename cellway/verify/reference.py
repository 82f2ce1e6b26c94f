"""The judge: the notebook's cells in one Jupyter kernel, top to bottom, as a user would run them."""

from __future__ import annotations

import json
import os
import queue
from pathlib import Path
from typing import Any, Dict, List

#: Run in the kernel after the last cell; `%r` are the folder of this package and the folder to save into.
_SNAPSHOT = """
def _cellway_snapshot():
    import sys
    sys.path.append(%r)
    from cellway.verify.snapshot import snapshot
    snapshot(sys.modules["__main__"].__dict__, %r)
_cellway_snapshot()
"""


def run_reference(spec: Dict[str, Any]) -> None:
    """
    `spec`: {"cells": [{"index", "id", "source", "may_raise"}], "inject": {name: value}, "inject_after": cell id or null,
    "workdir", "environment": {…}, "folder", "argv": [kernel command]}. Writes `cells.json` (as a step does) and the
    variables at the end, or those where a cell failed, under `folder`.
    """
    from jupyter_client.manager import KernelManager

    folder = Path(spec["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    manager = KernelManager()
    manager._kernel_spec = _kernel_spec(spec["argv"])  # the interpreter that the steps use, whatever is registered
    env = {**os.environ, **spec["environment"]}
    manager.start_kernel(cwd=spec["workdir"], env=env)
    try:
        client = manager.blocking_client()
        client.start_channels()
        client.wait_for_ready(timeout=120)
        rows: List[Dict[str, Any]] = []
        try:
            failed = _run_cells(manager, client, spec, rows)
        except KernelEnded as ended:
            failed = {**ended.cell, "ename": "KernelEnded", "evalue": "the kernel ended"}
        _write(folder / "cells.json", rows)
        _write(folder / "failed.json", failed)
        package = str(Path(__file__).resolve().parents[2])
        try:
            content = _execute(manager, client, {"index": 0, "id": "", "source": _SNAPSHOT % (package, str(folder))}, lambda _: None, False)
            if content["status"] != "ok":
                _write(folder / "snapshot.json", {"error": f"{content.get('ename')}: {content.get('evalue')}"})
        except KernelEnded:
            _write(folder / "snapshot.json", {"error": "the kernel ended"})
        client.stop_channels()
    finally:
        manager.shutdown_kernel(now=True)


def _kernel_spec(argv: List[str]) -> Any:
    from jupyter_client.kernelspec import KernelSpec

    return KernelSpec(argv=[*argv, "-m", "ipykernel_launcher", "-f", "{connection_file}"], display_name="Python", language="python")


class KernelEnded(Exception):
    """The kernel's process is gone: `exit()`, `os._exit`, a crash."""

    def __init__(self, cell: Dict[str, Any]) -> None:
        super().__init__(cell["id"])
        self.cell = {"index": cell["index"], "id": cell["id"]}


def _run_cells(manager: Any, client: Any, spec: Dict[str, Any], rows: List[Dict[str, Any]]) -> Any:
    """Fills the rows; gives the cell at which the notebook stops, or None."""
    #: By display id, all over the notebook: a later cell may update what an earlier one shows.
    displays: Dict[str, List[Any]] = {}
    for cell in spec["cells"]:
        outputs: List[Any] = []
        clear: List[bool] = [False]

        def hook(message: Any, outputs: List[Any] = outputs, clear: List[bool] = clear) -> None:
            kind, content = message["msg_type"], message["content"]
            if kind == "clear_output":
                if content.get("wait"):
                    clear[0] = True
                else:
                    outputs.clear()
                return
            if kind == "update_display_data":
                for old in displays.get(content.get("transient", {}).get("display_id"), []):
                    old["data"], old["metadata"] = content["data"], content["metadata"]
                return
            if kind not in _KEPT:
                return
            if clear[0]:
                outputs.clear()
                clear[0] = False
            output = _output(kind, content)
            display = content.get("transient", {}).get("display_id")
            if display is not None:
                displays.setdefault(display, []).append(output)
            outputs.append(output)

        content = _execute(manager, client, cell, hook)
        rows.append({"id": cell["id"], "index": cell["index"], "execution_count": content.get("execution_count"), "outputs": outputs})
        if content["status"] != "ok" and not cell.get("may_raise"):
            return {"index": cell["index"], "id": cell["id"], "ename": content.get("ename"), "evalue": content.get("evalue")}
        if cell["id"] == spec.get("inject_after"):
            _execute(manager, client, {**cell, "source": _injection(spec["inject"])}, lambda _: None, False)
    return None


#: Fields of a message that a notebook keeps, by the type of its output (nbformat 4).
_KEPT = {
    "stream": ("name", "text"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata", "execution_count"),
    "error": ("ename", "evalue", "traceback"),
}


def _output(kind: str, content: Dict[str, Any]) -> Dict[str, Any]:
    """The output as a notebook keeps it. Without nbformat, which an environment with a kernel need not have."""
    return {"output_type": kind, **{field: content[field] for field in _KEPT[kind]}}


def _execute(manager: Any, client: Any, cell: Dict[str, Any], hook: Any, history: bool = True) -> Dict[str, Any]:
    """Runs the cell; gives the reply's content. A cell may take any time, so only the kernel's end ends the waiting."""

    def message_of(receive: Any) -> Any:
        while True:
            try:
                message = receive(timeout=1)
            except queue.Empty:
                if not manager.is_alive():
                    raise KernelEnded(cell) from None
                continue
            if message["parent_header"].get("msg_id") == request:
                return message

    request = client.execute(cell["source"], store_history=history, allow_stdin=False)
    while True:
        message = message_of(client.get_iopub_msg)
        if message["msg_type"] == "status":
            if message["content"]["execution_state"] == "idle":
                break
        else:
            hook(message)
    return message_of(client.get_shell_msg)["content"]


def _injection(values: Dict[str, Any]) -> str:
    lines = [f"{name} = {_literal(value)}" for name, value in values.items()]
    return "\n".join(lines)


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        if set(value) == {"$float"}:
            return f"float({value['$float']!r})"
        return "{" + ", ".join(f"{k!r}: {_literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return repr(value)


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, default=str), "utf-8")
