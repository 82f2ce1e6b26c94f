"""What can be had by running its source again: imports, functions, classes, constants of the notebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, Iterable, Iterator


class Definitions(Mapping):
    """
    Name -> the pieces of source to replay for it (docs/contracts.md, `definitions`), in order. `run(piece)` executes one
    piece in the namespace; pieces that already ran are not run again.
    """

    def __init__(self, pieces: "Mapping[str, list]", run: Callable[[Any], None], namespace: dict, done: Iterable = ()) -> None:
        self._pieces = dict(pieces)
        self._run = run
        self._namespace = namespace
        self._done = {_key(piece) for piece in done}

    def __getitem__(self, name: str) -> list:
        return self._pieces[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pieces)

    def __len__(self) -> int:
        return len(self._pieces)

    def replay(self, name: str) -> bool:
        """Makes `name` bound if its definition is known. Whether it is bound afterwards."""
        if name not in self._namespace:
            for piece in self._pieces.get(name, ()):
                if _key(piece) not in self._done:
                    self._done.add(_key(piece))
                    self._run(piece)
            found = self._namespace.get(name)
            self.need(_uses(found, set()))
        return name in self._namespace

    def need(self, names: Iterable[str]) -> None:
        """Replays those of the names that can be and are not bound; names that are not definitions are nobody's matter."""
        for name in sorted(names):
            if name in self._pieces and name not in self._namespace:
                self.replay(name)


def _key(piece: Any) -> Any:
    if isinstance(piece, Mapping):
        return (str(piece.get("cell")), piece.get("line"), piece.get("source"))
    return piece


def _uses(thing: Any, seen: set) -> set:
    """Global names that the code of a function, or of a class's methods, looks up."""
    from .classes import functions_of
    from .functions import global_names

    if id(thing) in seen:
        return set()
    seen.add(id(thing))
    names: set = set()
    for attribute in vars(thing).values() if isinstance(thing, type) else (thing,):
        for function in functions_of(attribute):
            names |= global_names(function.__code__)
            if hasattr(function, "__wrapped__"):
                names |= _uses(function.__wrapped__, seen)
    return names
