"""What is around the cells: inputs, ambient state, files. Looked at before, between and after them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional

from .ambient import Ambient, AmbientUnreadable
from .contract import BrokenContract, Cell, Replay, SlotSource, Step
from .events import Events
from .local_imports import LocalModules
from .modules import imported_packages, local_modules
from .places import Places
from .replay import Replaying
from .report import Report
from .watch import Watch
from .watch.folders import Folders
from .watch.record import Record

GENERATORS = ("random", "numpy.random", "torch.random")

PATHS = ("sys.path", "environ", "cwd")
"""In force before replay, and put in force again after it: a replayed setting may change them too."""


class Surroundings:
    def __init__(self, step: Step, folder: Path, places: Places, events: Events, report: Report) -> None:
        self._step = step
        self._folder = folder
        self._places = places
        self._events = events
        self._report = report
        self._workdir = os.getcwd()
        self._bundles: List[Any] = []
        self._baseline: Any = None
        self._definitions_baseline: Any = None
        self._input_names: Dict[str, bool] = {}
        self._record = Record(events.emit)
        runtime = Path(__file__).parent
        self._sources = [piece.source for piece in step.replay] + [cell.source for cell in step.cells]
        folders = Folders(self._workdir, step.allow_writes, (folder, runtime))
        self._watch = Watch(folders, places, self._record, self._sources)
        self._ambient = Ambient(self._watch.in_import, self._watch.outliving.by_notebook)
        self._watch.import_set_environ = self._ambient.take_imported_environ
        self._ambient.begin()
        self._modules = LocalModules(lambda path: folders.inside(os.path.abspath(path)) and "/site-packages/" not in path,
                                     self._ambient.module_appeared)
        self._modules.watch()

    def load_paths(self) -> None:
        """The ambient state that replay needs: it imports and reads as the notebook did."""
        self._load_ambient([source for source in self._step.ambient_load if source.slot in PATHS])

    def load(self, runner: Any, replaying: Replaying) -> None:
        """Binds the inputs."""
        namespace = runner.namespace
        replayed = [name for piece in self._step.replay for name in piece.names]
        if self._step.inputs:
            replayed += self._load_inputs(namespace, replaying)
            if hasattr(runner, "shell"):
                from .figures import show_loaded_figures

                show_loaded_figures(runner.shell, [given.artifact for given in self._step.inputs])
        self._watch_inputs(namespace)
        if replayed:
            from .artifacts import DefinitionsBaseline

            self._definitions_baseline = DefinitionsBaseline.of(namespace, replayed)

    def settle(self) -> None:
        """All is as the first cell finds it: what happened so far is no change, what follows is seen."""
        self._load_ambient(self._step.ambient_load)
        self._ambient.settle()
        self._watch.install()

    def before_cell(self, cell: Cell) -> None:
        self._watch.begin(cell)

    def after_cell(self, cell: Cell) -> Optional[Dict[str, Any]]:
        """What the cell changed; a reason to refuse the step, if there is one."""
        refusal = self._watch.end()
        if self._step.ambient_watch:
            for slot in self._ambient.changed():
                drawn = {"drawn": True} if self._ambient.only_drawn(slot) else {}
                row = {"slot": slot, "cell": cell.place.id, "index": cell.place.index, "line": None, **drawn}
                known = next((known for known in self._report.ambient["changed"] if known["slot"] == slot), None)
                if known is None:
                    self._report.ambient["changed"].append(row)
                    self._events.emit("verification", what="ambient-changed", **row)
                elif not drawn:
                    known.pop("drawn", None)
                if slot in GENERATORS and slot not in self._report.used["random"]:
                    self._report.used["random"].append(slot)
        return refusal

    def end_cells(self, refused: bool = False) -> None:
        """Fills the report's parts about files, modules and ambient state, and stores the latter."""
        self._watch.close()
        report = self._report
        report.files = self._record.report()
        report.used.update(network=self._record.network, shell=self._record.shell,
                           figures=self._ambient.looked_for_figures)
        report.modules = imported_packages(self._sources)
        report.local_modules = local_modules(self._workdir)
        rows = report.ambient["changed"] = [row for row in report.ambient["changed"] if not self._ambient.undone(row["slot"])]
        changed = [row["slot"] for row in rows if row["slot"] in self._ambient.slots]
        if changed and not refused and report.outcome == "succeeded":
            target = self._folder / "outputs"
            target.mkdir(exist_ok=True)
            lost = self._ambient.save(target / ".ambient.tmp", changed)
            os.replace(target / ".ambient.tmp", target / "ambient")
            for row in report.ambient["changed"]:
                if row["slot"] in lost:
                    row["lost"] = lost[row["slot"]]
            report.ambient["artifact"] = "outputs/ambient"
            size = sum(path.stat().st_size for path in (target / "ambient").iterdir())
            self._events.emit("artifact", path="outputs/ambient", names=changed, bytes=size, kind="ambient")

    def outliving(self) -> Optional[Dict[str, Any]]:
        """A reason to refuse the step: work that its cells began and that still runs."""
        return self._watch.outliving.reason()

    def changed_inputs(self) -> List[str]:
        """Names of inputs that the step changed; fills the report."""
        report = self._report
        changed: List[str] = []
        if self._baseline is not None:
            for name in self._baseline.changed():
                wanted = self._input_names.get(name, False)
                changed.append(name)
                report.inputs_changed.append({"name": name, "wanted": name in self._step.wanted})
                self._events.emit("verification", what="input-changed", name=name, wanted=wanted)
        if self._definitions_baseline is not None:
            for name in self._definitions_baseline.changed():
                report.definitions_changed.append(name)
                self._events.emit("verification", what="definition-changed", name=name)
        return changed

    def close(self) -> None:
        self._watch.close()
        self._modules.remove()
        self._ambient.close()

    def _load_ambient(self, sources: Iterable[SlotSource]) -> None:
        try:
            self._ambient.load(sources)
        except AmbientUnreadable as error:
            raise BrokenContract(str(error)) from error

    def _load_inputs(self, namespace: Dict[str, Any], replaying: Replaying) -> List[str]:
        """Binds the wanted names; gives the definitions that had to be replayed for them."""
        from .artifacts import Definitions, load_bundle

        replayed: List[str] = []

        def run(piece: Replay) -> None:
            replaying.run(piece, namespace)
            replayed.extend(piece.names)

        definitions = Definitions({name: list(pieces) for name, pieces in self._step.definitions.items()}, run, namespace,
                                  self._step.replay)
        bundles = []
        for given in self._step.inputs:
            try:
                bundle = load_bundle(given.artifact, namespace, definitions=definitions)
            except Exception as error:
                raise BrokenContract(f"input {given.artifact}: {type(error).__name__}: {error}") from error
            for name in given.names:
                if name not in bundle:
                    raise BrokenContract(f"input {given.artifact}: it holds no {name}")
                namespace[name] = bundle[name]
            self._input_names.update({name: name in given.names for name in bundle})
            bundles.append(bundle)
        self._bundles = bundles
        return replayed

    def _watch_inputs(self, namespace: Dict[str, Any]) -> None:
        """From here on changes in place are seen: of inputs, and of parameters that are lists or dicts."""
        parameters = {name: value for name, value in self._step.parameters.items() if isinstance(value, (list, dict))}
        if self._bundles or parameters:
            from .artifacts import Baseline

            self._baseline = Baseline.of(parameters, *self._bundles, namespace=namespace,
                                         replayable=frozenset(self._step.definitions))
