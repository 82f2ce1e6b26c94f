"""Which packages the notebook's code imported, with versions, and which modules came from its own folder."""

from __future__ import annotations

import os
import sys
from typing import Any, Dict, List, Tuple


def imported_packages(namespace: Dict[str, Any], sources: List[str]) -> Dict[str, str]:
    """Top-level packages that the sources import and that have a version (the standard library has none)."""
    names = {name for source in sources for name in _imported(source)}
    versions: Dict[str, str] = {}
    for name in sorted(names):
        module = sys.modules.get(name)
        if module is None:
            continue
        version = getattr(module, "__version__", None)
        if isinstance(version, str):
            versions[name] = version
    return versions


def local_modules(workdir: str) -> List[str]:
    """Files below the working folder that were imported, relative to it."""
    root = os.path.realpath(workdir).rstrip("/") + "/"
    found = []
    for module in list(sys.modules.values()):
        path = getattr(module, "__dict__", {}).get("__file__")
        if isinstance(path, str) and "site-packages" not in path:
            full = os.path.realpath(path)
            if full.startswith(root):
                found.append(full[len(root):])
    return sorted(set(found))


def _imported(source: str) -> List[str]:
    import ast
    import re

    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return re.findall(r"(?m)^\s*(?:import|from)\s+(\w+)", source)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.extend(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module.split(".")[0])
    return found
