"""Which packages the notebook's code imported, with versions, and which modules came from its own folder."""

from __future__ import annotations

import os
import sys
from typing import Dict, List


_last_of_server = [""]


def remember_server_modules() -> None:
    """Called by a fork server: what it has imported is third-party, and its children need not look at it again. (Looking
    at a module object writes its reference count, which copies its memory page: 2,000 modules cost 20 ms.)"""
    _last_of_server[0] = next(reversed(sys.modules))


def imported_packages(sources: List[str]) -> Dict[str, str]:
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
    roots = {folder.rstrip("/") + "/" for folder in (workdir, os.path.realpath(workdir))}
    found = []
    names = []
    for name in reversed(sys.modules):
        if name == _last_of_server[0]:
            break
        names.append(name)
    for name in names:
        module = sys.modules.get(name)
        path = getattr(module, "__dict__", {}).get("__file__")
        if isinstance(path, str) and "/site-packages/" not in path:
            found.extend(path[len(root):] for root in roots if path.startswith(root))
    return sorted(set(found))


def _imported(source: str) -> List[str]:
    import ast
    import re

    if "import" not in source:
        return []
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
