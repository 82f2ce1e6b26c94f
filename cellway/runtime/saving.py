"""What leaves a step: the wanted values, the inputs that it changed, and with `all` whatever else it bound."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional

from .contract import Cell, Step
from .ending import source_line_of
from .events import Events
from .report import Report


class Refused(Exception):
    """The step is refused; `reason` is the report's."""

    def __init__(self, reason: Dict[str, Any]) -> None:
        super().__init__(reason["message"])
        self.reason = reason


def save_outputs(step: Step, folder: Path, namespace: Dict[str, Any], bound: List[str],
                 changed_inputs: List[str], report: Report, events: Events, bound_in: Dict[str, Cell]) -> None:
    """Saves into `outputs/<k>/`. Raises Refused for a wanted value that cannot travel."""
    wanted = [name for name in step.wanted if name in namespace]
    report.unbound = [name for name in step.wanted if name not in namespace]
    names = list(dict.fromkeys([*wanted, *(n for n in changed_inputs if n in namespace)]))
    extra = [name for name in bound if step.all_names and name in namespace and name not in names]
    if not names and not extra:
        return
    from .artifacts import CannotTravel, save_all

    replayable = frozenset(step.definitions) - set(report.definitions_changed)
    target = folder / "outputs"
    target.mkdir(exist_ok=True)
    try:
        saved, missing = save_all(target, namespace, [*names, *extra], wanted, replayable=replayable)
    except CannotTravel as error:
        name = _root(error.name, names) or error.name
        raise Refused(_reason(error, name, bound_in.get(name))) from error
    report.missing = [{"name": row.name, "type": row.type, "why": row.why} for row in missing]
    for bundle in saved:
        row = {"path": f"outputs/{Path(bundle.path).name}", "names": list(bundle.names), "bytes": bundle.bytes,
               "types": dict(bundle.types)}
        report.artifacts.append(row)
        events.emit("artifact", path=row["path"], names=row["names"], bytes=row["bytes"], kind="value")


def _root(path: str, names: List[str]) -> Optional[str]:
    """`cfg` of `cfg['conn']`."""
    for name in sorted(names, key=len, reverse=True):
        if path == name or (path.startswith(name) and not path[len(name)].isidentifier()):
            return name
    return None


def _reason(error: Any, name: str, cell: Optional[Cell]) -> Dict[str, Any]:
    reason: Dict[str, Any] = {"code": "cannot-travel", "message": str(error), "name": error.name, "fix": error.fix}
    if cell is not None:
        reason.update(cell=cell.place.id, index=cell.place.index, line=source_line_of(cell.source, name))
    return reason
