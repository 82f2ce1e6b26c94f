"""Pictures of figures that came from an earlier step.

Matplotlib's inline support, which turns a `Figure` into a picture, begins with the first figure that pyplot makes. A
step that only shows a loaded one makes none; the notebook's process had made it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Iterable

INLINE = "matplotlib_inline.backend_inline"


def show_loaded_figures(shell: Any, artifacts: Iterable[Path]) -> None:
    """If one of the artifacts, already loaded, holds a figure, the first showing of a figure puts the inline support in
    force."""
    if "matplotlib.figure" not in sys.modules or not any(_holds_figure(folder) for folder in artifacts):
        return

    def begin(figure: Any) -> None:
        """Asked first of all formatters; leaves the showing to those that it puts there."""
        formatter.type_printers.pop(cls, None)
        _begin_inline(shell)

    cls = sys.modules["matplotlib.figure"].Figure
    formatter = shell.display_formatter.mimebundle_formatter
    formatter.for_type(cls, begin)


def _holds_figure(folder: Path) -> bool:
    """Pickle writes the names of classes as they are."""
    data = (folder / "data.pkl").read_bytes()
    return b"matplotlib.figure" in data


def _begin_inline(shell: Any) -> None:
    import matplotlib

    backend = matplotlib.rcParams._get_backend_or_none()
    if backend is None or backend.lower() not in ("inline", "module://" + INLINE):
        return  # chosen by the notebook: then Jupyter shows no picture either
    from matplotlib_inline.backend_inline import configure_inline_support

    configure_inline_support(shell, backend)
