"""What can go wrong with an artifact, in words for the person who wrote the notebook."""

from __future__ import annotations

from pathlib import Path


class CannotTravel(Exception):
    """A value that cannot be handed to another step. `name` may carry a path: `cfg['conn']`."""

    def __init__(self, name: str, type: str, why: str, fix: str) -> None:
        super().__init__(f"{name} ({type}) cannot travel to another step: {why}. {fix}")
        self.name = name
        self.type = type
        self.why = why
        self.fix = fix


class ArtifactUnreadable(Exception):
    """An artifact folder that is damaged, foreign, or made by a Python that this one cannot follow."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = Path(path)
        self.reason = reason


class Refused(Exception):
    """Raised while pickling, at the object that is to blame; the saver adds the path that leads to it."""

    def __init__(self, type: str, why: str, fix: str) -> None:
        super().__init__(why)
        self.type = type
        self.why = why
        self.fix = fix
