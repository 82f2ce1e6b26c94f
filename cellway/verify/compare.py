"""Two runs of the notebook and one of the pipeline: what is the same, what differs, and what differs by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Optional

from .outputs import compare_outputs
from .values import DIFFERENT, IDENTICAL, SAME, Grade, compare_values, excusing


def compare(spec: Dict[str, Any]) -> Dict[str, Any]:
    """
    `spec`: {"references": [folder, folder], "cells": [cells.json, …] of the run's steps, "definitions": path,
    "variables": {name: {"artifact", "step"}}, "missing": {name: why}}. Gives
    {"cells": [{index, id, grade, where, what, varies}], "variables": [{name, step, grade, where, what, varies}], "notes": […]}.
    `varies`: all that differs differs between the notebook's own two runs as well, and says nothing of the pipeline.
    """
    first, second = (Path(p) for p in spec["references"])
    notes: List[str] = []
    cells = _cells(first, second, spec["cells"])
    variables = _variables(first, second, spec, notes)
    return {"cells": cells, "variables": variables, "notes": notes, "failed": _read(first / "failed.json")}


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _cells(first: Path, second: Path, run_files: List[str]) -> "List[Dict[str, Any]]":
    ran = {row["id"]: row for path in run_files for row in _read(Path(path))}
    again = {row["id"]: row for row in _read(second / "cells.json")}
    out = []
    for row in _read(first / "cells.json"):
        mine, other = ran.get(row["id"]), again.get(row["id"])
        base = {"index": row["index"], "id": row["id"]}
        if mine is None:
            out.append({**base, "grade": DIFFERENT, "where": "", "what": "the run did not execute this cell", "varies": False})
            continue
        grade = compare_outputs(row["outputs"], mine["outputs"])
        out.append({**base, **_row(grade, SAME if other is None else compare_outputs(row["outputs"], other["outputs"]))})
    return out


def _variables(first: Path, second: Path, spec: Dict[str, Any], notes: List[str]) -> "List[Dict[str, Any]]":
    namespaces = [_Values(_read(p / "snapshot.json"), spec["definitions"], notes) for p in (first, second)]
    run = _Run(spec["variables"], spec["definitions"])
    out: List[Dict[str, Any]] = []
    for name in namespaces[0].names():
        row = spec["variables"].get(name)
        base = {"name": name, "step": row["step"] if row else None}
        reference, why = namespaces[0].get(name)
        if why is not None:
            notes.append(f"{name}: {why}")
            continue
        if row is None:
            if name in spec["missing"]:
                notes.append(f"{name}: cannot travel, so it was not compared ({spec['missing'][name]})")
            else:
                out.append({**base, "grade": DIFFERENT, "where": "", "what": "no step of the run left it", "varies": False})
            continue
        value, why = run.get(name)
        if why is not None:
            notes.append(f"{name}: {why}")
            continue
        grade = compare_values(reference, value)
        by_itself = SAME
        if grade.grade != IDENTICAL:
            other, why = namespaces[1].get(name)
            by_itself = compare_values(reference, other) if why is None else grade
        out.append({**base, **_row(grade, by_itself)})
    return out


def _row(grade: Grade, by_itself: Grade) -> "Dict[str, Any]":
    """What differs in the notebook's own two runs is excused, the rest is not."""
    left, excused = excusing(grade, by_itself)
    told = left if left.grade != IDENTICAL else grade
    return {"grade": told.grade, "where": told.where, "what": told.what, "varies": excused and left.grade == IDENTICAL}


class _Values:
    """Variables of one run of the notebook, loaded when asked for."""

    def __init__(self, snapshot: Dict[str, Any], definitions: str, notes: List[str]) -> None:
        self._loader = _Loader(definitions)
        self._paths = {name: row["path"] for row in snapshot.get("bundles", []) for name in row["names"]}
        if "error" in snapshot:
            notes.append(f"the notebook's variables could not be saved: {snapshot['error']}")
        for row in snapshot.get("missing", []):
            notes.append(f"{row['name']}: {row['why']}")

    def names(self) -> List[str]:
        return list(self._paths)

    def get(self, name: str) -> "tuple[Any, Optional[str]]":
        if name not in self._paths:
            return None, "not bound in every run of the notebook"
        return self._loader.get(self._paths[name], name)


class _Run:
    def __init__(self, variables: Dict[str, Any], definitions: str) -> None:
        self._loader = _Loader(definitions)
        self._variables = variables

    def get(self, name: str) -> "tuple[Any, Optional[str]]":
        return self._loader.get(self._variables[name]["artifact"], name)


class _Loader:
    """Loads bundles into a namespace of its own, so that classes of the notebook are one class on each side."""

    def __init__(self, definitions: str) -> None:
        from cellway.runtime.artifacts import Definitions

        self._namespace: Dict[str, Any] = {"__name__": "__main__"}
        self._loaded: Dict[str, Any] = {}

        def run(piece: Dict[str, Any]) -> None:
            exec(compile("\n" * (piece["line"] - 1) + piece["source"], "<definition>", "exec"), self._namespace)

        self._definitions = Definitions(_read(Path(definitions)), run, self._namespace)

    def get(self, path: str, name: str) -> "tuple[Any, Optional[str]]":
        from cellway.runtime.artifacts import ArtifactUnreadable, load_bundle

        if path not in self._loaded:
            try:
                self._loaded[path] = load_bundle(Path(path), self._namespace, definitions=self._definitions)
            except ArtifactUnreadable as error:
                self._loaded[path] = str(error)
        bundle = self._loaded[path]
        if isinstance(bundle, str):
            return None, bundle
        if name not in bundle:
            return None, "not in its artifact"
        return bundle[name], None

