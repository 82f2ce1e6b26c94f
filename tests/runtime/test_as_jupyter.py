"""The same cells through a Jupyter kernel and through the step runtime give the same outputs."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any, Dict, List, Optional

import pytest

from attempts import run_step

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")

CELLS = [
    "print('one'); 1 + 1",
    "import sys\nprint('out'); print('err', file=sys.stderr)",
    "import os\nprint('a', flush=True); os.system('echo b; sleep 0.3')\nNone",
    "!echo from the shell",
    "x = !printf 'p\\nq\\n'\nx",
    "%%bash\necho in bash; echo wrong >&2",
    "%%capture caught\nprint('hidden')\n42",
    "caught.stdout",
    "import asyncio\nasync def later():\n    await asyncio.sleep(0.01)\n    return 'late'\nawait later()",
    "task = asyncio.ensure_future(later())\ntype(asyncio.get_running_loop()).__module__.split('.')[0]",
    "await task",
    "from __future__ import annotations",
    "def annotated(a: not_a_name): ...\nannotated.__annotations__",
    "Out[1], _1, In[1]",
    "_",
    "from IPython.display import HTML, Markdown, JSON, SVG, display, clear_output, update_display\ndisplay(HTML('<b>x</b>'), Markdown('*m*'))",
    "handle = display('first', display_id='d')",
    "update_display('second', display_id='d')",
    "for i in range(3):\n    clear_output(wait=True)\n    print('step', i)",
    "print('gone'); clear_output(); print('kept')",
    "for i in range(4):\n    print(f'\\rprogress {i}', end='')",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.title('t');",
    "plt.get_fignums()",
    "fig, ax = plt.subplots(figsize=(2, 2)); ax.plot([1, 2]); fig",
    "plt.plot([3, 1]); plt.show(); print('after the figure')",
    "import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': ['x', 'y']})",
    "class C:\n    def __repr__(self): return 'C!'\nC.__module__, __name__, C()",
    "import pickle\npickle.loads(pickle.dumps(C()))",
    "import warnings\nwarnings.warn('careful')",
    "class Rich:\n    def _repr_html_(self): return '<i>r</i>'\n    def _repr_latex_(self): return '$r$'\nRich()",
    "%precision 3\n3.14159",
    "from multiprocessing import get_context\nwith get_context('fork').Pool(2) as pool:\n    print(pool.map(abs, [-1, -2]))",
    "import subprocess\nsubprocess.run(['sh', '-c', 'echo child; echo bad >&2'])",
    "import inspect\ninspect.getsource(later)",
    "%who_ls function",
    "print('é 中 🎉'); 'é'",
    "import logging\nlogging.warning('logged')",
    "get_ipython().__class__.__name__",
    "1;",
    "pd.options.display.max_rows, 'x' * 3",
    "display({'a': 1}, metadata={'text/plain': {'k': 1}})",
    "print('x', end=''); print('y')",
    "%matplotlib inline\n%config InlineBackend.figure_format = 'svg'\nplt.plot([1,2]); None",
    "from IPython.display import Image\nImage(data=b'\\x89PNG\\r\\n\\x1a\\n1234', format='png')",
    "print('\\x1b[31mred\\x1b[0m')",
    "len?",
    "import sys\nsys.path",
    "dir()",
    "import threading\nthread = threading.Thread(target=lambda: print('from a thread')); thread.start(); thread.join()",
    "class Shown:\n    def _ipython_display_(self): print('shows itself')\nShown()",
    "import numpy as np\nnp.set_printoptions(precision=2); np.array([1.2345])",
    "np.array([1.2345])",
    "pd.get_option('display.max_columns'), pd.DataFrame([list(range(30))], columns=['column %d' % n for n in range(30)])",
    "ip = get_ipython()\nhasattr(ip, 'kernel'), ip.has_trait('kernel'), str(type(ip)), 'IPKernelApp' in ip.config",
    "ip.kernel.shell is ip, ip.kernel.implementation, sorted(ip.kernel.language_info)",
    "import sys\n'ipykernel' in sys.modules, sys.modules['ipykernel'].__name__",
    "import ipykernel\nipykernel.__version__, ipykernel.version_info[0] > 1, ipykernel.get_connection_file.__name__",
    "from comm import create_comm\ncreate_comm(target_name='t', data={}).send({'a': 1})",
    "%autosave 0",
]

FAILING = [
    "def f(x):\n    y = x\n    return 1 / y\nf(0)",
    "x = 1\nthis is no python",
    "import sys\nprint('before')\nsys.exit('bye')",
    "input('name? ')",
    "%%bash\nexit 3",
    "raise KeyboardInterrupt",
    "%%time\na = 1\nb = a / 0",
    "%no_such_magic",
    "import getpass\ngetpass.getpass()",
    "try:\n    1/0\nexcept ZeroDivisionError as e:\n    raise ValueError('outer') from e",
    "class R:\n    def __repr__(self):\n        raise RuntimeError('no repr')\nR()",
    "assert 1 == 2, 'no'",
    "  x = 1\n y = 2",
    "return 5",
    "raise ExceptionGroup('g', [ValueError(1)])" if sys.version_info >= (3, 11) else "1/0",
    "import json\njson.loads('{')",
    "await nothing()",
    "undefined",
]


def by_jupyter(cells: List[str], folder: Any, replies: Optional[List[str]] = None) -> List[List[Dict[str, Any]]]:
    """Each cell's outputs; what the kernel called its end (`ok`, `error`) goes to `replies`."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    client = nbclient.NotebookClient(notebook, allow_errors=True, coalesce_streams=True, timeout=60,
                                     resources={"metadata": {"path": str(folder)}})
    if replies is not None:
        client.on_cell_executed = lambda cell, cell_index, execute_reply: replies.append(execute_reply["content"]["status"])
    os.environ.pop("PYTEST_CURRENT_TEST", None)  # ipykernel does not watch descriptors 1 and 2 when it sees this
    client.execute()
    return [cell.outputs for cell in notebook.cells]


def comparable(outputs: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Streams joined by name (Jupyter does not fix the order of stdout and stderr); addresses and numbers that differ
    by themselves taken out."""
    streams: Dict[str, str] = {}
    rest = []
    for output in outputs:
        if output["output_type"] == "stream":
            streams[output["name"]] = streams.get(output["name"], "") + output["text"]
        else:
            if output.get("ename") == "StdinNotImplementedError":  # its last frame is ipykernel's own
                output = {**output, "traceback": output["traceback"][:3]}
            rest.append({key: value for key, value in output.items() if not (key == "metadata" and value == {})})
    return [_normal({"streams": streams}), *map(_normal, rest)]


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "PICTURE" if key in ("image/svg+xml",) else _normal(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_normal(item) for item in value]
    if isinstance(value, str):
        value = re.sub(r"0x[0-9a-f]+", "0xADDRESS", value)
        value = re.sub(r"CPU times.*\nWall time.*", "TIMES", value)
        value = re.sub(r"/tmp/ipykernel_\d+/\d+\.py", "CELL.py", value)
        return value.replace("\r\n", "\n").rstrip("\n")
    return value


def test_outputs_are_those_of_a_jupyter_kernel(tmp_path):
    attempt = run_step(tmp_path / "a", CELLS, workdir=tmp_path)
    assert attempt.code == 0, (attempt.report.get("error"), attempt.report.get("reason"), attempt.stderr)
    got = [comparable(outputs) for outputs in attempt.outputs]
    wrong: Dict[int, Any] = {n: None for n in range(len(CELLS))}
    for _ in range(3):  # on a busy machine a kernel may take what a child process prints for the next cell's, or for nobody's
        expected = [comparable(outputs) for outputs in by_jupyter(CELLS, tmp_path)]
        wrong = {n: (CELLS[n], expected[n], got[n]) for n in wrong if expected[n] != got[n]}
        if not wrong:
            return
    assert list(wrong.values()) == []


def test_errors_are_those_of_a_jupyter_kernel(tmp_path):
    replies: List[str] = []
    expected = by_jupyter(FAILING, tmp_path, replies)
    assert "error" in replies  # but not always: to ipykernel before 7 a `%%time` is fine whose code failed
    wrong = []
    for number, (source, want, reply) in enumerate(zip(FAILING, expected, replies), 1):
        attempt = run_step(tmp_path / f"a{number}", [{"source": source, "execution_count": number, "index": number}])
        if comparable(want) != comparable(attempt.outputs[0]) or attempt.code not in ((0,) if reply == "ok" else (1, 4)):
            wrong.append((attempt.code, reply, source, comparable(want), comparable(attempt.outputs[0])))
    assert wrong == []


def test_the_reference_needs_a_kernel_but_not_nbformat(tmp_path, monkeypatch):
    from cellway.verify.reference import run_reference

    monkeypatch.setitem(sys.modules, "nbformat", None)
    cells = [{"index": 1, "id": "a", "source": "print('x')\n1 + 1", "may_raise": False}]
    run_reference({"cells": cells, "inject": {}, "inject_after": None, "workdir": str(tmp_path), "environment": {}, "folder": str(tmp_path / "r"), "argv": [sys.executable]})
    [row] = json.loads((tmp_path / "r" / "cells.json").read_text())
    assert row["outputs"] == [
        {"output_type": "stream", "name": "stdout", "text": "x\n"},
        {"output_type": "execute_result", "data": {"text/plain": "2"}, "metadata": {}, "execution_count": 1},
    ]
