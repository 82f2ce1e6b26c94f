"""Loading a bundle: its memory is mapped, its pickle read with the reader's namespace in view."""

from __future__ import annotations

import io
import json
import pickle
from pathlib import Path
from typing import Any, Optional

from .collecting import gc_paused
from .context import Load, loading
from .definitions import Definitions
from .errors import ArtifactUnreadable
from .memory import Mapping
from . import rebuild

SCHEMA = "cellway.artifact/1"


class Loaded(dict):
    """The names of a bundle with their values; remembers the folder and the mapping for `Baseline`."""

    __slots__ = ("path", "mapping", "places")
    path: Path
    mapping: Optional[Mapping]


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module.endswith("artifacts.rebuild"):
            # Wherever the writer's runtime was installed, the functions are ours.
            return getattr(rebuild, name)
        if module == "__main__":
            return rebuild.global_object(name)
        return super().find_class(module, name)


def load_bundle(path: Path, namespace: dict, *, definitions: Optional[Definitions] = None) -> "dict[str, Any]":
    """
    All names of the bundle; nothing is bound. Raises `ArtifactUnreadable`. What an object's own `__setstate__` raises is
    reported so too: the value cannot be had here. Memory is mapped, not read: the time does not depend on its size.
    """
    path = Path(path)
    meta = read_meta(path)
    data = _read_data(path, meta)
    mapping = _map(path, meta)
    try:
        file = io.BytesIO(data)
        places, asked = pickle.load(file)
        buffers = [mapping.view[places[n] : places[n] + length] for n, length in asked] if mapping else []
        load = Load(namespace, definitions, frozenset(meta["names"]), places, mapping)
        with loading(load), gc_paused():
            names, values = _Unpickler(file, buffers=buffers).load()
    except ArtifactUnreadable:
        raise
    except Exception as error:
        raise ArtifactUnreadable(path, f"its values cannot be rebuilt here: {type(error).__name__}: {error}") from error
    if set(names) != set(meta["names"]):
        raise ArtifactUnreadable(path, "meta.json and data.pkl name different values")
    loaded = Loaded(zip(names, values))
    loaded.path, loaded.mapping = path, mapping
    return loaded


def read_meta(path: Path) -> dict:
    try:
        meta = json.loads((path / "meta.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ArtifactUnreadable(path, "it has no meta.json: it was not written completely, or is not an artifact") from None
    except (OSError, ValueError) as error:
        raise ArtifactUnreadable(path, f"meta.json cannot be read: {error}") from error
    if not isinstance(meta, dict) or meta.get("schema") != SCHEMA or meta.get("codec") != "pickle5":
        raise ArtifactUnreadable(path, f"meta.json is not of {SCHEMA} with codec pickle5")
    sizes = (meta.get("data"), meta.get("size"))
    if not isinstance(meta.get("names"), dict) or not all(type(n) is int and n >= 0 for n in sizes):
        raise ArtifactUnreadable(path, "meta.json lacks names or sizes")
    return meta


def _read_data(path: Path, meta: dict) -> bytes:
    try:
        data = (path / "data.pkl").read_bytes()
    except OSError as error:
        raise ArtifactUnreadable(path, f"data.pkl cannot be read: {error.strerror}") from error
    if len(data) != meta["data"]:
        raise ArtifactUnreadable(path, f"data.pkl has {len(data)} bytes, {meta['data']} were written")
    return data


def _map(path: Path, meta: dict) -> Optional[Mapping]:
    if not meta["size"]:
        return None
    file = path / "buffers.bin"
    try:
        found = file.stat().st_size
        if found != meta["size"]:
            raise ArtifactUnreadable(path, f"buffers.bin has {found} bytes, {meta['size']} were written")
        return Mapping(file, found)
    except OSError as error:
        raise ArtifactUnreadable(path, f"buffers.bin cannot be read: {error.strerror}") from error
