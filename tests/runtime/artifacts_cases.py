"""Runs notebook code in one namespace, hands names over to another, as two steps would."""

import tempfile
from pathlib import Path

from cellway.runtime.artifacts import Definitions, load_bundle, save_values


def notebook(source):
    namespace = {"__name__": "__main__"}
    exec(compile(source, "<cell 1>", "exec", dont_inherit=True), namespace)
    return namespace


def hand_over(namespace, names, into=None, pieces=None):
    """The reader's namespace with `names` bound, and the loaded bundles."""
    into = into if into is not None else {"__name__": "__main__"}
    folder = Path(tempfile.mkdtemp())
    definitions = Definitions(pieces or {}, lambda piece: exec(piece["source"], into), into)
    bundles = [load_bundle(b.path, into, definitions=definitions) for b in save_values(folder, namespace, list(names))]
    for bundle in bundles:
        into.update(bundle)
    return into, bundles
