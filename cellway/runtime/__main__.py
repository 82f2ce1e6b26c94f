"""`python -m cellway.runtime ATTEMPT_FOLDER`, or `python PATH/TO/cellway/runtime ATTEMPT_FOLDER`.

With `--forkserver` in the folder's place it is the fork server; names of environment variables may follow.
"""

import os
import sys


def _package() -> None:
    """Run by its path, this folder is first in `sys.path` and no package: makes it `cellway.runtime`, without leaving
    a folder of ours where the notebook's imports look."""
    import importlib.util
    import types

    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or os.curdir) != here or path == ""]
    parent = types.ModuleType("cellway")
    parent.__path__ = [os.path.dirname(here)]
    sys.modules.setdefault("cellway", parent)
    spec = importlib.util.spec_from_file_location(
        "cellway.runtime", os.path.join(here, "__init__.py"), submodule_search_locations=[here])
    if spec is None or spec.loader is None:
        raise ImportError(here)
    package = importlib.util.module_from_spec(spec)
    sys.modules["cellway.runtime"] = package
    spec.loader.exec_module(package)


def main() -> int:
    by_path = not __package__
    if by_path:
        _package()
    else:
        # `-m` puts the directory that it was started in first: a step looks where Jupyter's kernel looks.
        del sys.path[0]
    if sys.argv[1:2] == ["--forkserver"]:
        from cellway.runtime.forkserver import main as serve

        serve(sys.argv[2:])
        return 0
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print("usage: python -m cellway.runtime ATTEMPT_FOLDER | --forkserver [VARIABLE ...]", file=sys.stderr)
        return 2
    from cellway.runtime.claim import sign
    from cellway.runtime.step import run_folder

    try:
        signed = sign(sys.argv[1])
    except OSError as error:
        print(f"cellway: {sys.argv[1]} cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    if not signed:
        print("cellway: the attempt was given up before it began", file=sys.stderr)
        return 2
    return run_folder(sys.argv[1])


if __name__ == "__main__":
    code = main()
    from cellway.runtime.step import finish_process

    finish_process(code)
