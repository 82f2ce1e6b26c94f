"""Values between steps: saved as folders, loaded by mapping, compared after use. Format: docs/contracts.md, section 3."""

from .baseline import Baseline, DefinitionsBaseline
from .bundles import Missing, SavedBundle, can_travel, save_all, save_values
from .definitions import Definitions
from .errors import ArtifactUnreadable, CannotTravel
from .preview import preview
from .reading import load_bundle

__all__ = [
    "ArtifactUnreadable", "Baseline", "CannotTravel", "Definitions", "DefinitionsBaseline", "Missing", "SavedBundle",
    "can_travel", "load_bundle", "preview", "save_all", "save_values",
]
