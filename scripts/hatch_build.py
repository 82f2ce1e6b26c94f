"""Builds the bridge and the JupyterLab extension before a wheel or an sdist is made from a clone that has not been built yet."""

import shutil
import subprocess
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BridgeBuildHook(BuildHookInterface):
    """`pip install .` works on a fresh clone: it needs npm once; an sdist carries the built bridge and needs nothing."""

    def initialize(self, version, build_data):
        root = Path(self.root)
        built = [root / "cellway" / part for part in ("bridge", "labextension")]
        if version == "editable" or all(any(folder.glob("*")) for folder in built):
            return
        npm, node = shutil.which("npm"), shutil.which("node")
        if npm is None or node is None:
            raise RuntimeError("Building Cellway from its sources needs Node.js and npm (Debian: apt-get install nodejs npm).")
        if not (root / "node_modules" / ".package-lock.json").exists():
            subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=root, check=True)
        for script in ("scripts/build.mjs", "scripts/build-lab.mjs"):
            subprocess.run([node, script], cwd=root, check=True)
