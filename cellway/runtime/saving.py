"""What leaves a step: the wanted values, the inputs that it changed, and with `all` whatever else it bound."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional

from .contract import Step
from .events import Events
from .report import Report


class Refused(Exception):
    """The step is refused; `reason` is the report's."""

    def __init__(self, reason: Dict[str, Any]) -> None:
        super().__init__(reason["message"])
        self.reason = reason


def save_outputs(step: Step, folder: Path, namespace: Dict[str, Any], module: Any, bound: List[str],
                 changed_inputs: List[str], report: Report, events: Events, bound_at: Dict[str, Any]) -> None:
    """Saves into `outputs/<k>/`. Raises Refused for a wanted value that cannot travel."""
    wanted = [name for name in step.wanted if name in namespace]
    report.unbound = [name for name in step.wanted if name not in namespace]
    names = list(dict.fromkeys([*wanted, *(n for n in changed_inputs if n in namespace)]))
    extra = [name for name in bound if step.all_names and name in namespace and name not in names]
    if not names and not extra:
        return
    from .artifacts import CannotTravel, can_travel, save_values

    for name in extra:
        why = can_travel(namespace[name])
        if why is None:
            names.append(name)
        else:
            report.missing.append({"name": name, "type": type(namespace[name]).__name__, "why": str(why)})
    target = folder / "outputs"
    target.mkdir(exist_ok=True)
    while True:
        try:
            saved = save_values(target, namespace, names, user_module=module)
            break
        except CannotTravel as error:
            root = _root(error.name, names)
            if root is None or root in wanted or root not in names:
                raise Refused(_reason(error, bound_at.get(root or error.name))) from error
            names.remove(root)
            report.missing.append({"name": root, "type": error.type, "why": error.why})
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


def _reason(error: Any, at: Any) -> Dict[str, Any]:
    reason: Dict[str, Any] = {"code": "cannot-travel", "message": str(error), "name": error.name, "fix": error.fix}
    if at is not None:
        reason.update(cell=at.place.id, index=at.place.index, line=at.line)
    return reason
