"""`step.json`: what an engine asks for, parsed once at the door."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, FrozenSet, List, Optional, Tuple

SCHEMA = "cellway.step/1"

SUCCEEDED, FAILED, BROKEN, REFUSED, NEEDS, FULL, CANCELLED = 0, 1, 2, 3, 4, 5, 130
"""Exit codes, as docs/contracts.md lists them."""


class BrokenContract(Exception):
    """`step.json` or an input artifact is not what the contract says; the message names the field or file."""


@dataclass(frozen=True)
class Place:
    """A cell: nbformat id and 1-based index among the notebook's code cells."""

    index: int
    id: str


@dataclass(frozen=True)
class Cell:
    place: Place
    source: str
    metrics: bool
    may_raise: bool
    execution_count: int


@dataclass(frozen=True)
class Replay:
    """A piece of a cell that runs silently first; it starts at `line` (1-based) of its cell."""

    place: Place
    line: int
    source: str
    names: Tuple[str, ...]


@dataclass(frozen=True)
class Input:
    """An artifact folder, and the names that the step wants of it."""

    artifact: Path
    names: Tuple[str, ...]


@dataclass(frozen=True)
class SlotSource:
    """Where the state of an ambient slot comes from: an ambient artifact folder."""

    slot: str
    artifact: Path


@dataclass(frozen=True)
class Step:
    run: str
    name: str
    attempt: int
    replica: int
    workdir: Optional[Path]
    cells: Tuple[Cell, ...]
    replay: Tuple[Replay, ...]
    definitions: Dict[str, Tuple[Replay, ...]]
    parameters: Dict[str, Any]
    inject: Dict[str, Any]
    inject_after: Optional[str]
    inputs: Tuple[Input, ...]
    ambient_load: Tuple[SlotSource, ...]
    ambient_watch: bool
    wanted: Tuple[str, ...]
    all_names: bool
    futures: Tuple[str, ...]
    keep_widgets: bool
    output_limit: int
    memory_limit: Optional[int]
    allow_writes: Tuple[Path, ...]

    @property
    def given(self) -> FrozenSet[str]:
        """The names that are bound for the step between replay and its first cell."""
        return frozenset(self.parameters).union(*(given.names for given in self.inputs))


def read_step(folder: Path) -> Step:
    """The step of an attempt folder. Relative paths in it are relative to that folder.

    Raises BrokenContract, naming the field.
    """
    data = _read_json(folder / "step.json")
    return parse_step(data, folder)


def parse_step(data: Any, folder: Path) -> Step:
    top = _Fields(data, "step.json")
    if top.get("schema", str) != SCHEMA:
        raise BrokenContract(f"step.json: schema is {data.get('schema')!r}, this runtime reads {SCHEMA!r}")
    ambient = top.sub("ambient")
    outputs = top.sub("outputs")
    files = top.sub("files")
    workdir = top.get("workdir", str, None)
    definitions_path = top.get("definitions", str, None)
    return Step(
        run=top.get("run", str, ""),
        name=top.get("step", str, "step"),
        attempt=top.get("attempt", int, 1),
        replica=top.get("replica", int, 0),
        workdir=None if workdir is None else (folder / workdir),
        cells=tuple(top.each("cells", _cell)),
        replay=tuple(top.each("replay", _replay)),
        definitions={} if definitions_path is None else _definitions(folder / definitions_path),
        parameters=decode(top.get("parameters", dict, {})),
        inject=decode(top.get("inject", dict, {})),
        inject_after=top.get("inject_after", str, None),
        inputs=tuple(top.each("inputs", lambda f: Input(folder / f.get("artifact", str), tuple(f.strings("names"))))),
        ambient_load=tuple(ambient.each("load", lambda f: SlotSource(f.get("slot", str), folder / f.get("artifact", str)))),
        ambient_watch=ambient.get("watch", bool, True),
        wanted=tuple(outputs.strings("names")),
        all_names=outputs.get("all", bool, False),
        futures=tuple(top.strings("futures")),
        keep_widgets=top.get("nocapture_widgets", bool, False),
        output_limit=top.sub("limits").get("output", int, 1048576),
        memory_limit=top.sub("limits").get("memory", int, None),
        allow_writes=tuple(folder / path for path in files.strings("allow_writes")),
    )


def decode(value: Any) -> Any:
    """JSON as the API writes it: `{"$float": "nan" | "inf" | "-inf"}` is that float."""
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(value.get("$float"), str):
            return float(value["$float"])
        return {key: decode(item) for key, item in value.items()}
    if isinstance(value, list):
        return [decode(item) for item in value]
    return value


def encode_number(value: Any) -> Any:
    """A number as the API writes it: the inverse of `decode` for numbers."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")}
    return value


def _cell(fields: "_Fields") -> Cell:
    index = fields.get("index", int)
    return Cell(
        place=Place(index, fields.get("id", str)),
        source=fields.get("source", str),
        metrics=fields.get("metrics", bool, False),
        may_raise=fields.get("may_raise", bool, False),
        execution_count=fields.get("execution_count", int, index),
    )


def _replay(fields: "_Fields") -> Replay:
    cell = fields.sub("cell")
    return Replay(
        place=Place(cell.get("index", int), cell.get("id", str)),
        line=fields.get("line", int),
        source=fields.get("source", str),
        names=tuple(fields.strings("names")),
    )


def _definitions(path: Path) -> Dict[str, Tuple[Replay, ...]]:
    data = _Fields(_read_json(path), path.name)
    return {name: tuple(data.each(name, _replay)) for name in data.value}


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BrokenContract(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise BrokenContract(f"{path}: not JSON ({error})") from None


_REQUIRED: Any = object()


class _Fields:
    """Typed reads of a JSON object; a wrong type is a BrokenContract with the field's path."""

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise BrokenContract(f"{where}: an object is wanted, not {type(value).__name__}")
        self.value: Dict[str, Any] = value
        self.where = where

    def get(self, key: str, kind: type, default: Any = _REQUIRED) -> Any:
        value = self.value.get(key)
        if value is None:
            if default is _REQUIRED:
                raise BrokenContract(f"{self.where}: {key} is missing")
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise BrokenContract(f"{self.where}: {key} must be {kind.__name__}, not {type(value).__name__}")
        return value

    def sub(self, key: str) -> "_Fields":
        return _Fields(self.get(key, dict, {}), f"{self.where}: {key}")

    def each(self, key: str, build: Callable[["_Fields"], Any]) -> List[Any]:
        items = self.get(key, list, [])
        return [build(_Fields(item, f"{self.where}: {key}[{at}]")) for at, item in enumerate(items)]

    def strings(self, key: str) -> List[str]:
        items = self.get(key, list, [])
        for at, item in enumerate(items):
            if not isinstance(item, str):
                raise BrokenContract(f"{self.where}: {key}[{at}] must be str, not {type(item).__name__}")
        return items
