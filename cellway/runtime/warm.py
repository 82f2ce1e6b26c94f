"""What a fork server does before the first step, so that no child does it again.

Libraries put off work until their first use: scikit-learn's first check of an input reads the entry points of all
installed packages (27 ms), pandas' first frame imports Arrow's glue, Matplotlib's first figure loads fonts. None of it
may use a thread pool: a child of a process that has used OpenMP hangs. It leaves no state that a notebook could see.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any, Callable, Dict


def warm_shell(shell: Any) -> None:
    """Imports that wait for the first cell, value, error and artifact."""
    from . import artifacts, plain, saving, surroundings  # noqa: F401

    if shell is None:
        return
    shell.run_cell("None", silent=True, store_history=False)
    shell.display_formatter.format(1)
    shell.logger
    try:
        raise ValueError("warm")
    except ValueError as error:
        shell.InteractiveTB.structured_traceback(ValueError, error, error.__traceback__)


def warm_libraries() -> None:
    """First uses of the libraries that are imported. One that fails here fails in the step too, where it is shown."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module, use in _USES.items():
            if module in sys.modules:
                try:
                    use(sys.modules[module])
                except Exception:
                    continue


def rehearse(shell: Any) -> None:
    """In a child that waits for its step: what every step does, so that the memory pages that this writes to (each
    object's reference count) are the child's own by then. They are a third of a trivial step's time."""
    import asyncio

    from .ambient import Ambient
    from .artifacts.bundles import pickle_names

    asyncio.new_event_loop().close()
    if shell is not None:
        shell.run_cell("None", silent=True, store_history=False)
    Ambient(lambda: False).changed()
    pickle_names({"warm": 1}, ("warm",))
    warm_libraries()


def _pandas(pandas: Any) -> None:
    frame = pandas.DataFrame({"a": [1], "b": ["x"]})
    frame._repr_html_()
    repr(frame)


def _sklearn(preprocessing: Any) -> None:
    preprocessing.StandardScaler().fit([[1.0], [2.0]]).transform([[1.0]])


def _matplotlib(figure: Any) -> None:
    import io

    from matplotlib.backends.backend_agg import FigureCanvasAgg

    drawing = figure.Figure(figsize=(1, 1))
    FigureCanvasAgg(drawing)
    drawing.add_subplot().set_title("warm")
    drawing.savefig(io.BytesIO(), format="png", bbox_inches="tight")


_USES: Dict[str, Callable[[Any], None]] = {
    "pandas": _pandas, "sklearn.preprocessing": _sklearn, "matplotlib.figure": _matplotlib}
