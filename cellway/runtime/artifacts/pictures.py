"""Figures compared by what one sees."""

from __future__ import annotations

import pickle
import sys
from typing import Any, Optional


def is_figure(value: Any) -> bool:
    return _figure(value) is not None


def _figure(value: Any) -> Optional[Any]:
    """The figure, or the one that an axes or another artist belongs to."""
    figures, artists = sys.modules.get("matplotlib.figure"), sys.modules.get("matplotlib.artist")
    if figures is None or artists is None or not isinstance(value, artists.Artist):
        return None
    owner = value if isinstance(value, figures.Figure) else value.figure
    return owner if isinstance(owner, figures.Figure) else None


def same_picture(stored: Any, now: Any) -> bool:
    """`stored` may be drawn; of `now` a copy is, because drawing changes a figure."""
    try:
        copy = pickle.loads(pickle.dumps(_figure(now), 5))
    except Exception:  # it holds what plain pickle cannot copy: then it counts as changed
        return False
    return _pixels(_figure(stored)) == _pixels(copy)


def _pixels(figure: Any) -> tuple:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas.get_width_height(), bytes(canvas.buffer_rgba())
