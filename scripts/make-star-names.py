"""Writes core/python/tables/names.json: what `from M import *` binds in modules that notebooks star-import, every builtin
of the given Pythons, and the standard library's modules. Usage: make-star-names.py [other python ...]"""

import builtins
import importlib
import json
import pathlib
import subprocess
import sys
import warnings

MODULES = """math cmath os os.path typing collections collections.abc itertools functools random datetime time re json
statistics decimal fractions string pathlib operator copy dataclasses enum contextlib abc tkinter tkinter.ttk turtle
glob shutil sys io csv heapq bisect numpy numpy.random numpy.linalg pandas matplotlib.pyplot pylab scipy.stats
scipy.special scipy.optimize sklearn.metrics sklearn.model_selection sklearn.preprocessing sklearn.linear_model
sklearn.ensemble sklearn.datasets sklearn.pipeline sklearn.cluster sklearn.tree sklearn.svm IPython.display
seaborn""".split()


def star_names(name):
    try:
        module = importlib.import_module(name)
    except ImportError:
        return None
    names = getattr(module, "__all__", None)
    if names is None:
        names = [name for name in vars(module) if not name.startswith("_")]
    return sorted(set(names))


def names_of(python):
    code = "import builtins, sys, json; print(json.dumps([dir(builtins), sorted(getattr(sys, 'stdlib_module_names', []))]))"
    return json.loads(subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout)


def main():
    warnings.simplefilter("ignore")
    known, modules = set(dir(builtins)), set(sys.stdlib_module_names)
    for python in sys.argv[1:]:
        more, stdlib = names_of(python)
        known.update(more)
        modules.update(stdlib)
    # What 3.14 adds, and IPython's own.
    known.update(["PythonFinalizationError", "get_ipython", "display", "_", "__"])
    modules.update(["compression", "annotationlib"])
    known -= {"__doc__", "__spec__", "__loader__", "__package__"}
    star = {name: " ".join(names) for name in MODULES if (names := star_names(name)) is not None}
    table = {"builtins": " ".join(sorted(known)), "stdlib": " ".join(sorted(modules)), "star": star}
    path = pathlib.Path(__file__).parent.parent / "core/python/tables/names.json"
    path.write_text(json.dumps(table, indent=0, ensure_ascii=False) + "\n")


main()
