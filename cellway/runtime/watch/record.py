"""What was seen of files, network and child processes: rows for the report, each path once a kind."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from ..contract import Cell
from ..places import Position


class Record:
    def __init__(self, tell: Callable[..., None]) -> None:
        self.rows: Dict[str, List[Dict[str, Any]]] = {"read": [], "written": [], "removed": []}
        self.unwatched: List[str] = []
        self.network = False
        self.shell = False
        self._seen: Set[Tuple[str, str]] = set()
        self._tell = tell

    def add(self, kind: str, path: str, at: Optional[Position], cell: Optional[Cell], **more: Any) -> None:
        if (kind, path) in self._seen:
            return
        self._seen.add((kind, path))
        place = at.place if at is not None else (cell.place if cell is not None else None)
        row = {"path": path, "cell": None if place is None else place.id, "index": None if place is None else place.index,
               "line": None if at is None else at.line, **more}
        self.rows[kind].append(row)
        self._tell("verification", what="file", access=kind, **row)

    def cannot_watch(self, why: str) -> None:
        if why not in self.unwatched:
            self.unwatched.append(why)

    def report(self) -> Dict[str, Any]:
        return {**self.rows, "unwatched": self.unwatched}
