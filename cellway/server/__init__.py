"""JupyterLab's side of Cellway in the Jupyter server: hands the browser's requests on to the bridge."""

from .extension import CellwayExtension

__all__ = ["CellwayExtension"]
