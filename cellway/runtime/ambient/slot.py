"""What an ambient slot is: a piece of process-wide state that flows from cell to cell without a name."""

from __future__ import annotations

from typing import Any, Optional


class Slot:
    """One slot. `read` gives a cheap copy that `same` can compare; `pack` makes of it what is stored (given the state at
    the process's start), `apply` puts what is stored in force. `module`: the slot exists once this module is imported."""

    name: str
    module: Optional[str] = None
    json = False
    passing = False
    """A change that is undone before the step ends is none."""

    def read(self) -> Any:
        raise NotImplementedError

    def same(self, a: Any, b: Any) -> bool:
        return bool(a == b)

    def only_drawn(self, a: Any, b: Any) -> bool:
        """Whether state `b` came from `a` by draws alone: a generator that nobody seeded."""
        return False

    def pack(self, state: Any, start: Any) -> Any:
        return state

    def apply(self, packed: Any) -> None:
        raise NotImplementedError
