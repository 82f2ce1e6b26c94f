"""What a load is about: the functions that a pickle calls have no other way to learn it."""

from __future__ import annotations

import threading
from typing import Any, Optional

from .memory import Mapping


class Load:
    """One load of one bundle into one namespace."""

    def __init__(self, namespace: dict, definitions: Any, names: frozenset, places: Any, mapping: Optional[Mapping]) -> None:
        self.namespace = namespace
        self.definitions = definitions
        self.names = names
        self.places = places
        self.mapping = mapping
        #: ids of functions and classes that were found, not made: their state is not touched unless wanted by name.
        self.found: dict[int, Any] = {}


_local = threading.local()


class loading:
    """`with loading(load):` makes it the current one; loads nest (a replayed definition may load something)."""

    def __init__(self, load: Load) -> None:
        self.load = load

    def __enter__(self) -> Load:
        self.before = getattr(_local, "load", None)
        _local.load = self.load
        return self.load

    def __exit__(self, *_: object) -> None:
        _local.load = self.before


def current() -> Load:
    load = getattr(_local, "load", None)
    if load is None:
        raise RuntimeError("this pickle is a Cellway artifact: read it with load_bundle")
    return load
