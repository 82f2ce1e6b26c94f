"""The variables of the judge's kernel, saved as a step saves its own."""

from __future__ import annotations

import json
import types
from pathlib import Path
from typing import Any, Dict


def snapshot(namespace: Dict[str, Any], folder: str) -> None:
    """Writes artifacts under `folder/variables` and `folder/snapshot.json`: {"bundles": [{path, names}], "missing": […]}."""
    from cellway.runtime.artifacts import save_all
    from cellway.runtime.namespace import is_notebook_name

    names = [n for n, v in namespace.items() if is_notebook_name(n) and n != "_cellway_snapshot" and comparable(v)]
    target = Path(folder) / "variables"
    target.mkdir(exist_ok=True)
    saved, missing = save_all(target, namespace, names, [])
    answer = {
        "bundles": [{"path": str(b.path), "names": list(b.names)} for b in saved],
        "missing": [{"name": m.name, "type": m.type, "why": m.why} for m in missing],
    }
    (Path(folder) / "snapshot.json").write_text(json.dumps(answer), "utf-8")


def comparable(value: Any) -> bool:
    """Definitions are compared by what they compute, not as values."""
    return not isinstance(value, (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type))
