"""`report.json`: what a step came to, gathered as it goes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional

from .contract import CANCELLED, FAILED, NEEDS, REFUSED, SUCCEEDED
from .memory import most_taken

EXITS = {"succeeded": SUCCEEDED, "failed": FAILED, "refused": REFUSED, "needs": NEEDS, "cancelled": CANCELLED}


@dataclass
class Report:
    outcome: str = "succeeded"
    error: Optional[Dict[str, Any]] = None
    reason: Optional[Dict[str, Any]] = None
    needs: List[Dict[str, Any]] = field(default_factory=list)
    artifacts: List[Dict[str, Any]] = field(default_factory=list)
    unbound: List[str] = field(default_factory=list)
    missing: List[Dict[str, Any]] = field(default_factory=list)
    inputs_changed: List[Dict[str, Any]] = field(default_factory=list)
    definitions_changed: List[str] = field(default_factory=list)
    ambient: Dict[str, Any] = field(default_factory=lambda: {"changed": [], "artifact": None})
    files: Dict[str, Any] = field(default_factory=lambda: {"read": [], "written": [], "removed": [], "unwatched": []})
    used: Dict[str, Any] = field(default_factory=lambda: {"network": False, "shell": False, "figures": False, "random": []})
    displays: Dict[str, Any] = field(default_factory=lambda: {"shown": [], "updated": []})
    modules: Dict[str, str] = field(default_factory=dict)
    local_modules: List[str] = field(default_factory=list)
    metrics: List[Dict[str, Any]] = field(default_factory=list)
    cells: List[Dict[str, Any]] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    @property
    def exit_code(self) -> int:
        return EXITS[self.outcome]

    def as_json(self) -> Dict[str, Any]:
        body = {key: value for key, value in self.__dict__.items() if key != "started" and value is not None}
        return {"schema": "cellway.report/1", **body, "maxrss": most_taken(),
                "took": round(time.perf_counter() - self.started, 6)}
