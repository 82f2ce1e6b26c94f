"""What a fork server does before the first step, so that no child does it again.

Libraries put off work until their first use: scikit-learn's first check of an input reads the entry points of all
installed packages (27 ms), pandas' first frame imports Arrow's glue, Matplotlib's first figure loads fonts. None of it
may use a thread pool: a child of a process that has used OpenMP hangs. It leaves no state that a notebook could see.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any, Callable, Tuple


def warm_shell(shell: Any) -> None:
    """What waits for the first step, cell, value, error and artifact: imports, and answers that are kept."""
    from . import artifacts, figures, plain, saving, surroundings  # noqa: F401

    _begin_step()
    _pass_values()
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
    for module, use in _USES:
        _use(module, use)


def _use(module: str, use: Callable[[Any], None]) -> None:
    if module in sys.modules:
        with warnings.catch_warnings(), contextlib.suppress(Exception):
            warnings.simplefilter("ignore")
            use(sys.modules[module])


def _begin_step() -> None:
    import ast

    from .ambient import Ambient
    from .contract import parse_step
    from .events import Events
    from .places import Places
    from .report import Report
    from .watch import Watch
    from .watch.folders import Folders
    from .watch.record import Record

    nowhere = Path(os.devnull)
    step = parse_step(json.loads(_STEP), nowhere)
    places = Places()
    source = step.cells[0].source
    exec(compile(ast.parse(source), places.name(step.cells[0].place, source), "exec"), {})
    Watch(Folders(os.getcwd(), (), (Path(__file__).parent,)), places, Record(Events(nowhere, 1, 0).emit), [source])
    ambient = Ambient(lambda: False)
    ambient.settle()
    ambient.changed()
    json.dumps(Report().as_json())


def _pass_values() -> None:
    import io
    import pickle

    from .artifacts import Baseline, DefinitionsBaseline, preview
    from .artifacts.bundles import pickle_names

    values = {"warm": 1.5, "list": [1]}
    preview(values["warm"])
    Baseline.of(values, namespace=values).changed()
    DefinitionsBaseline.of(values, values).changed()
    pickle.load(io.BytesIO(pickle_names(values, tuple(values)).data.getvalue()))


_STEP = """{"schema": "cellway.step/1", "cells": [{"index": 1, "id": "warm", "source": "warm = 1"}],
"replay": [{"cell": {"index": 1, "id": "warm"}, "line": 1, "source": "warm = 1", "names": ["warm"]}],
"inputs": [{"artifact": "1", "names": ["warm"]}], "outputs": {"names": ["warm"]}}"""


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


_USES: Tuple[Tuple[str, Callable[[Any], None]], ...] = (("pandas", _pandas), ("sklearn.preprocessing", _sklearn), ("matplotlib.figure", _matplotlib))
"""By module."""
