"""Execute the example notebooks and store their outputs, or check that they are reproducible.

    python scripts/make-examples.py [--check] [NOTEBOOK…]

Each notebook runs twice, each time in a fresh copy of `examples/`, so that nothing a run writes stays in the
checkout. The two runs must give identical outputs. Without `--check` the outputs are then stored in the notebook;
cell ids, sources and tags are never touched.
"""
from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
LEFT_BY_RUNS = shutil.ignore_patterns("scratch", "__pycache__", ".ipynb_checkpoints", "*.ipynb")


def execute(path: Path) -> tuple[nbformat.NotebookNode, float]:
    """The notebook as Jupyter executes it top to bottom, and how long that took in seconds."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "examples"
        shutil.copytree(EXAMPLES, work, ignore=LEFT_BY_RUNS)
        started = time.perf_counter()
        client = NotebookClient(
            notebook, timeout=120, record_timing=False, resources={"metadata": {"path": str(work)}}
        )
        client.execute()
        return notebook, time.perf_counter() - started


def merged(outputs: list) -> list:
    """Outputs with consecutive pieces of one stream joined: where the kernel flushes is a matter of timing."""
    joined: list = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def differences(first: nbformat.NotebookNode, second: nbformat.NotebookNode) -> list[str]:
    found = []
    codes = [c for c in zip(first.cells, second.cells) if c[0].cell_type == "code"]
    for index, (a, b) in enumerate(codes, start=1):
        if json.dumps(a.outputs, sort_keys=True) != json.dumps(b.outputs, sort_keys=True):
            found.append(f"cell {index} ({a.id}): outputs differ between two runs")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="store nothing")
    parser.add_argument("notebooks", nargs="*", type=Path)
    options = parser.parse_args()
    failed = False
    for path in options.notebooks or sorted(EXAMPLES.glob("[0-9]*.ipynb")):
        (first, took), (second, _) = execute(path), execute(path)
        for notebook in (first, second):
            for cell in notebook.cells:
                if cell.cell_type == "code":
                    cell.outputs = merged(cell.outputs)
        problems = differences(first, second)
        failed = failed or bool(problems)
        if not problems and not options.check:
            nbformat.write(first, path)
        count = sum(cell.cell_type == "code" for cell in first.cells)
        print(f"{path.name}: {count} code cells, {took:.1f} s", *problems, sep="\n  ", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
