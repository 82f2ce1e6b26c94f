"""What is around the cells: inputs, ambient state, files. Looked at before, between and after them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional

from .contract import BrokenContract, Cell, Step
from .events import Events
from .places import Places
from .replay import Definitions, Replaying
from .report import Report


class Surroundings:
    def __init__(self, step: Step, folder: Path, places: Places, events: Events, report: Report) -> None:
        self._step = step
        self._folder = folder
        self._places = places
        self._events = events
        self._report = report
        self._baseline: Any = None
        self._definitions: Any = None

    def load(self, runner: Any, replaying: Replaying) -> None:
        namespace = runner.namespace
        bundles = []
        definitions = Definitions(self._step.definitions, replaying, namespace)
        if self._step.inputs:
            from .artifacts import load_bundle

            for given in self._step.inputs:
                try:
                    bundle = load_bundle(given.artifact, namespace, definitions=definitions)
                except Exception as error:
                    raise BrokenContract(f"input {given.artifact}: {type(error).__name__}: {error}") from error
                for name in given.names:
                    if name not in bundle:
                        raise BrokenContract(f"input {given.artifact}: it holds no {name}")
                    namespace[name] = bundle[name]
                bundles.append(bundle)
            from .artifacts import Baseline

            self._baseline = Baseline.of(bundles, namespace)

    def before_cell(self, cell: Cell) -> None:
        return None

    def after_cell(self, cell: Cell) -> Optional[Dict[str, Any]]:
        return None

    def end_cells(self) -> None:
        return None

    def close(self) -> None:
        return None

    def changed_inputs(self) -> List[str]:
        return []
