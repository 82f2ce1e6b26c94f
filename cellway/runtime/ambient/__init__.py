"""Ambient state: what flows from cell to cell through the process instead of through a name (contracts, section 4).

Compared before and after each cell; only a change is told. Not told, because the notebook did not do it: the choice of
a drawing backend, variables that IPython sets, `KMP_*` of thread pools, and what a library does to filters and
environment while it is imported (a step that uses the library imports it, and has that too).
"""

from __future__ import annotations

import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Set

from ..contract import SlotSource
from ..folder import write_json
from .after_import import AfterImport
from .generators import NumpyRandom, Random, TorchRandom
from .interpreter import Figures, IPythonSettings, Process
from .logs import Logging
from .module_globals import PREFIX, ModuleGlobals
from .options import Decimal, ErrState, PandasOptions, PrintOptions, RcParams
from .process import Cwd, Environ, Locale, SysPath
from .slot import Slot
from .warning_filters import Warnings


class AmbientUnreadable(Exception):
    """An ambient artifact is missing a slot or cannot be read."""


class Ambient:
    def __init__(self, in_import: Callable[[], bool], by_notebook: Callable[[], bool] = lambda: True) -> None:
        warnings = Warnings(in_import)
        logs = Logging(by_notebook)
        self.slots: Dict[str, Slot] = {slot.name: slot for slot in (
            Random(), NumpyRandom(), TorchRandom(), Environ(), Cwd(), SysPath(), warnings, Locale(), PandasOptions(),
            RcParams(), PrintOptions(), ErrState(), Decimal(), logs,
            Process(), IPythonSettings(), Figures())}
        self._warnings, self._logs = warnings, logs
        self._start: Dict[str, Any] = {}
        self._now: Dict[str, Any] = {}
        self._imports = AfterImport()
        self._set: Set[str] = set()
        self._waiting: Dict[str, Path] = {}

    def begin(self) -> None:
        """From here on changes are seen."""
        self._warnings.watch()
        self._logs.watch()
        for slot in self.slots.values():
            if self._there(slot):
                self._start[slot.name] = self._now[slot.name] = slot.read()
            elif slot.module is not None:
                self._imports.watch(slot.module, lambda slot=slot: self._appeared(slot))  # type: ignore
        self._imports.install()

    def load(self, sources: Iterable[SlotSource]) -> None:
        """Puts stored states in force: now, or right after the import of the module that the slot belongs to."""
        for source in sources:
            slot = self.slots.get(source.slot)
            if slot is None and source.slot.startswith(PREFIX):
                self._waiting[source.slot] = source.artifact  # objects of its classes: reading them would import it
                continue
            if slot is None:
                raise AmbientUnreadable(f"there is no ambient slot {source.slot!r}")
            packed = _stored(slot, source.artifact)
            if self._there(slot):
                self._apply(slot, packed)
            else:
                self._imports.watch(slot.module or "", lambda slot=slot, packed=packed: self._apply(slot, packed))  # type: ignore

    def module_appeared(self, name: str) -> None:
        """A module of the notebook's folder has just been imported, for the first time or anew."""
        slot = self.slots[PREFIX + name] = ModuleGlobals(name)
        if name in sys.modules:
            self._appeared(slot)
            artifact = self._waiting.pop(slot.name, None)
            if artifact is not None:
                self._apply(slot, _stored(slot, artifact))
        else:
            del self.slots[slot.name]  # its import raised

    def settle(self) -> None:
        """What happened so far (replay, loads) is no change."""
        for name, slot in self.slots.items():
            if self._there(slot):
                self._move(slot, slot.read())

    def changed(self) -> List[str]:
        """Slots that changed since this was last asked."""
        found = []
        for name, slot in self.slots.items():
            if not self._there(slot):
                continue
            state = slot.read()
            if name not in self._now:
                self._start.setdefault(name, state)
            elif not slot.same(self._now[name], state):
                found.append(name)
            self._move(slot, state)
        return found

    def undone(self, name: str) -> bool:
        """A passing change that left nothing."""
        slot = self.slots.get(name)
        return slot is not None and slot.passing and self._now[name] == self._start[name]

    def only_drawn(self, name: str) -> bool:
        """The slot is a generator, and since the process gave it a seed of its own nobody set it: what is drawn from it
        is another at every run, so it matters to no later step, unless an earlier step has set it after all."""
        return name in self.slots and name not in self._set

    def take_imported_environ(self, key: str) -> None:
        """A library set this variable while it was imported."""
        environ = self._now.get("environ")
        if environ is not None and key in os.environ:
            environ[key] = os.environ[key]

    def save(self, folder: Path, names: Iterable[str]) -> Dict[str, str]:
        """Stores the slots; gives those that cannot be stored, each with the reason."""
        folder.mkdir(parents=True)
        lost: Dict[str, str] = {}
        stored = []
        for name in self.slots:
            if name not in self._now:
                continue
            slot = self.slots[name]
            try:
                packed = slot.pack(self._now[name], self._start.get(name))
                if slot.json:
                    write_json(folder / f"{name}.json", packed)
                else:
                    (folder / f"{name}.pkl").write_bytes(pickle.dumps(packed, 5))
                stored.append(name)
            except Exception as error:
                lost[name] = f"{type(error).__name__}: {error}"
        write_json(folder / "meta.json", {"schema": "cellway.ambient/1", "slots": stored, "lost": lost})
        return {name: why for name, why in lost.items() if name in set(names)}

    @property
    def looked_for_figures(self) -> bool:
        figures = self.slots[Figures.name]
        return isinstance(figures, Figures) and figures.looked

    def close(self) -> None:
        self._imports.remove()

    def _there(self, slot: Slot) -> bool:
        if slot.module is None:
            return True
        module = sys.modules.get(slot.module)
        spec = getattr(module, "__spec__", None)
        return module is not None and not getattr(spec, "_initializing", False)

    def _move(self, slot: Slot, state: Any) -> None:
        before = self._now.get(slot.name, state)
        if slot.name not in self._set and not slot.same(before, state) and not slot.only_drawn(before, state):
            self._set.add(slot.name)
        self._now[slot.name] = state

    def _appeared(self, slot: Slot) -> None:
        self._start[slot.name] = self._now[slot.name] = slot.read()

    def _apply(self, slot: Slot, packed: Any) -> None:
        slot.apply(packed)
        self._set.add(slot.name)
        self._now[slot.name] = slot.read()


def _stored(slot: Slot, folder: Path) -> Any:
    try:
        if slot.json:
            return json.loads((folder / f"{slot.name}.json").read_text("utf-8"))
        return pickle.loads((folder / f"{slot.name}.pkl").read_bytes())
    except Exception as error:
        raise AmbientUnreadable(f"{folder}: slot {slot.name}: {type(error).__name__}: {error}") from error
