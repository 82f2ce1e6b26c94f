"""What a trivial step costs elsewhere: `peers.py kfp|kfp-bare|papermill STEPS plain|libraries` prints {"seconds": per step}.

Both run in this one process, which is to their advantage: their own start is not counted.
"""

import json
import os
import sys
import tempfile
import time

WITH_LIBRARIES = """
import numpy as np
import pandas as pd
from sklearn import metrics
x = int(np.ones(3).sum() + len(pd.DataFrame({"a": [1]})) + metrics.accuracy_score([1], [1]))
"""


def kfp_chain(steps: int, libraries: bool, install: bool) -> float:
    """A chain in kfp.local's SubprocessRunner, without the virtual environment a step that is its default.

    With `install` each step asks pip for kfp, as components do unless told otherwise.
    """
    from kfp import dsl, local

    @dsl.component(base_image="python:3.11", install_kfp_package=install)
    def plain(x: int) -> int:
        return x + 1

    @dsl.component(base_image="python:3.11", install_kfp_package=install)
    def heavy(x: int) -> int:
        import numpy as np
        import pandas as pd
        from sklearn import metrics

        return x + int(np.ones(3).sum() + len(pd.DataFrame({"a": [1]})) + metrics.accuracy_score([1], [1]))

    step = heavy if libraries else plain

    @dsl.pipeline
    def chain() -> int:
        task = step(x=0)
        for _ in range(steps - 1):
            task = step(x=task.output)
        return task.output

    with tempfile.TemporaryDirectory() as folder:
        local.init(runner=local.SubprocessRunner(use_venv=False), pipeline_root=folder)
        start = time.perf_counter()
        chain()
        return (time.perf_counter() - start) / steps


def papermill_chain(steps: int, libraries: bool) -> float:
    """One notebook of one cell a step, as papermill pipelines are made."""
    import nbformat
    import papermill

    with tempfile.TemporaryDirectory() as folder:
        source = WITH_LIBRARIES if libraries else "x = 1"
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = os.path.join(folder, "step.ipynb")
        nbformat.write(notebook, path)
        start = time.perf_counter()
        for k in range(steps):
            papermill.execute_notebook(path, os.path.join(folder, f"{k}.ipynb"), progress_bar=False)
        return (time.perf_counter() - start) / steps


if __name__ == "__main__":
    which, steps, libraries = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "libraries"
    if which == "papermill":
        seconds = papermill_chain(steps, libraries)
    else:
        seconds = kfp_chain(steps, libraries, install=which == "kfp")
    print(json.dumps({"seconds": seconds}))
