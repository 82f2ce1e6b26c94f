"""The outputs of a step's cells, as nbformat 4.5 keeps them, built up as they come.

This plays the part of Jupyter's front end: consecutive text of one stream is one output, `clear_output(wait=True)`
waits for the next output, `update_display` changes every output with that display id, earlier cells' too.
"""

from __future__ import annotations

import json
import threading
from typing import Any, Callable, Dict, List, Optional, Tuple

from .contract import Cell
from .overwriting import Line

LARGE = 65536
"""An output above this size is a reference in its event, so that a line of events stays readable."""

RICH_LIMIT = 64 << 20
"""Rich output kept per cell: enough for any figure, and a loop that displays for ever does not fill the disk."""

WIDGET = "application/vnd.jupyter.widget-view+json"

Emit = Callable[..., None]


class Stream:
    """One stream output: its text after overwriting, and what of it no event has told yet."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done: List[str] = []
        self.line = Line()
        self.untold: List[str] = []
        self.told = False

    def write(self, text: str) -> int:
        """Takes text in; gives by how many bytes the kept text grew."""
        straight = self.line.at_end and "\r" not in text and "\b" not in text
        before = 0 if straight else _bytes(self.line.text)
        done = self.line.write(text)
        if done:
            self.done.append(done)
        return _bytes(text) if straight else _bytes(done) + _bytes(self.line.text) - before

    def cut(self, kept: int, notice: str) -> None:
        """Keeps the first `kept` bytes, and says so."""
        text = _first("".join(self.done) + self.line.text, kept)
        self.done, self.line = [text + notice], Line()

    def size(self) -> int:
        return sum(map(_bytes, self.done)) + _bytes(self.line.text)

    def output(self) -> Dict[str, Any]:
        return {"output_type": "stream", "name": self.name, "text": "".join(self.done) + self.line.text}


class CellOutputs:
    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.items: List[Any] = []  # Stream, or an nbformat output
        self.kept = 0
        self.rich = 0
        self.cut = False
        self.clear_next = False

    def finished(self) -> List[Dict[str, Any]]:
        return [item.output() if isinstance(item, Stream) else item for item in self.items]


class Outputs:
    """All cells' outputs. Every method may be called from any thread."""

    def __init__(self, emit: Emit, limit: int, keep_widgets: bool) -> None:
        self._emit = emit
        self._limit = limit
        self._keep_widgets = keep_widgets
        self._cells: List[CellOutputs] = []
        self._current: Optional[CellOutputs] = None
        self._displays: Dict[str, List[Tuple[CellOutputs, Dict[str, Any]]]] = {}
        self._updated: Dict[str, Cell] = {}
        self._lock = threading.RLock()

    @property
    def current(self) -> Optional[Cell]:
        return self._current.cell if self._current is not None else None

    def begin(self, cell: Cell) -> None:
        with self._lock:
            self._current = CellOutputs(cell)
            self._cells.append(self._current)

    def end(self) -> None:
        with self._lock:
            self.tell()
            self._current = None

    def rows(self) -> List[Dict[str, Any]]:
        """`cells.json`."""
        with self._lock:
            return [{"id": c.cell.place.id, "index": c.cell.place.index, "execution_count": c.cell.execution_count,
                     "outputs": c.finished()} for c in self._cells]

    def stream(self, name: str, text: str) -> None:
        """Text of stdout or stderr. Outside a cell it is only in the log."""
        with self._lock:
            cell = self._current
            if cell is None or not text:
                return
            self._clear_if_due(cell)
            if cell.cut:
                return
            last = cell.items[-1] if cell.items else None
            if not isinstance(last, Stream) or last.name != name:
                self.tell()
                last = Stream(name)
                cell.items.append(last)
            grew = last.write(text)
            cell.kept += grew
            if cell.kept <= self._limit:
                last.untold.append(text)
                return
            # Judged after overwriting: a progress bar of a million updates is one line.
            cell.cut = True
            notice = f"\n[Cellway cut the output of this cell here, at {self._limit} bytes; the log has all of it]\n"
            over = cell.kept - self._limit
            last.cut(last.size() - over, notice)
            last.untold.append(_first(text, max(0, grew - over)) + notice)

    def display(self, data: Dict[str, Any], metadata: Optional[Dict[str, Any]], transient: Optional[Dict[str, Any]],
                update: bool) -> None:
        display_id = (transient or {}).get("display_id")
        content = {"data": self._plain(data), "metadata": dict(metadata or {})}
        with self._lock:
            if update:
                if display_id and self._current is not None:
                    self._updated.setdefault(display_id, self._current.cell)
                for cell, output in self._displays.get(display_id or "", []):
                    output.update(content)
                    self._tell_output(cell, cell.items.index(output), "set", output)
                return
            output = {"output_type": "display_data", **content}
            cell = self._add(output)
            if display_id and cell is not None:
                self._displays.setdefault(display_id, []).append((cell, output))

    def displays(self) -> Dict[str, List[Dict[str, Any]]]:
        """Display ids that were shown, and those that were updated, each with the first cell that did."""
        with self._lock:
            shown = {display_id: entries[0][0].cell for display_id, entries in self._displays.items() if entries}
            return {what: [{"id": display_id, "cell": cell.place.id, "index": cell.place.index}
                           for display_id, cell in ids.items()]
                    for what, ids in (("shown", shown), ("updated", self._updated))}

    def result(self, data: Dict[str, Any], metadata: Optional[Dict[str, Any]], count: int) -> None:
        self._add({"output_type": "execute_result", "execution_count": count, "data": self._plain(data),
                   "metadata": dict(metadata or {})})

    def error(self, ename: str, evalue: str, traceback: List[str]) -> None:
        self._add({"output_type": "error", "ename": ename, "evalue": evalue, "traceback": list(traceback)})

    def clear(self, wait: bool) -> None:
        with self._lock:
            if self._current is None:
                return
            self._current.clear_next = True
            if not wait:
                self._clear_if_due(self._current)

    def tell(self) -> None:
        """Emits what stream text no event has told yet."""
        with self._lock:
            cell = self._current
            if cell is None or not cell.items or not isinstance(cell.items[-1], Stream):
                return
            stream, at = cell.items[-1], len(cell.items) - 1
            if not stream.untold:
                return
            text = "".join(stream.untold)
            stream.untold.clear()
            if stream.told:
                self._emit("output", cell=cell.cell.place.id, at=at, op="append", text=text)
            else:
                stream.told = True
                self._emit("output", cell=cell.cell.place.id, at=at, op="add",
                           output={"output_type": "stream", "name": stream.name, "text": text})

    def _add(self, output: Dict[str, Any]) -> Optional[CellOutputs]:
        with self._lock:
            cell = self._current
            if cell is None:
                return None
            self._clear_if_due(cell)
            self.tell()
            size = _size(output)
            if cell.rich + size > RICH_LIMIT and "data" in output:
                output["data"] = {"text/plain": f"[Cellway left out this output of {size} bytes: the cell showed too much]"}
                size = 0
            cell.rich += size
            cell.items.append(output)
            self._tell_output(cell, len(cell.items) - 1, "add", output)
            return cell

    def _clear_if_due(self, cell: CellOutputs) -> None:
        if not cell.clear_next:
            return
        cell.clear_next = False
        cell.items.clear()
        cell.kept = cell.rich = 0
        cell.cut = False
        for shown in self._displays.values():
            shown[:] = [entry for entry in shown if entry[0] is not cell]
        self._emit("output", cell=cell.cell.place.id, at=0, op="clear", output=None)

    def _tell_output(self, cell: CellOutputs, at: int, op: str, output: Dict[str, Any]) -> None:
        told: Any = output if _size(output) <= LARGE else {"ref": "cells.json"}
        self._emit("output", cell=cell.cell.place.id, at=at, op=op, output=told)

    def _plain(self, data: Dict[str, Any]) -> Dict[str, Any]:
        """A widget's view needs its live model, which ends with the step: its text form stays."""
        if WIDGET in data and not self._keep_widgets and len(data) > 1:
            return {mime: value for mime, value in data.items() if mime != WIDGET}
        return dict(data)


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _first(text: str, count: int) -> str:
    """As many whole characters as fit in `count` bytes."""
    return text[:count] if text.isascii() else text.encode("utf-8", "surrogatepass")[:count].decode("utf-8", "ignore")


def _size(output: Dict[str, Any]) -> int:
    data = output.get("data")
    if not isinstance(data, dict):
        return len(json.dumps(output, default=str))
    return sum(len(value) if isinstance(value, str) else len(json.dumps(value, default=str)) for value in data.values())
